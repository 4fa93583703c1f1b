"""`lead check`: compile policies, and print what the compiler has to say about them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from leadpolicy.cli.paths import policy_files
from leadpolicy.cli.screen import out, print_json
from leadpolicy.compiler.diagnostics import Diagnostic
from leadpolicy.compiler.wording import Lang, translated

if TYPE_CHECKING:
    from leadpolicy.compiler.analysis.findings import NotAnalysed


def check(paths: Iterable[Path], form: str, strict: bool, lang: Lang = "en", verbose: bool = False) -> int:
    """Exit code 1 for an error (with `strict`: or a warning), else 0. `verbose`: also what was not analysed."""
    from leadpolicy.cli.diagnostics import counted, github_line, print_diagnostics

    files = policy_files(paths)
    checked = [_checked(file) for file in files]
    diagnostics = [d for found, _ in checked for d in found]
    open_ = [translated(one.told(), lang) for _, not_analysed in checked for one in not_analysed]
    if form == "json":
        print_json({"diagnostics": [d.in_language(lang).to_dict() for d in diagnostics], "not_analysed": open_})
    elif form == "sarif":
        from leadpolicy import __version__
        from leadpolicy.cli.sarif import sarif_log

        print_json(sarif_log(diagnostics, __version__, lang))
    elif form == "github":
        for diagnostic in diagnostics:
            print(github_line(diagnostic, lang))
        print(counted(diagnostics, len(files), lang))
    else:
        print_diagnostics(out(), diagnostics, len(files), lang)
        if verbose:
            for text in open_:
                out().print(text, soft_wrap=True, markup=False, highlight=False)
    findings = ("error", "warning") if strict else ("error",)
    return int(any(d.severity in findings for d in diagnostics))


def _checked(file: Path) -> tuple[tuple[Diagnostic, ...], tuple[NotAnalysed, ...]]:
    """What is said of a policy, and what of it was not analysed."""
    from leadpolicy.policy import ModuleError, Policy, PolicyError

    try:
        policy = Policy.load(file)
    except ModuleError as error:
        return error.findings, ()
    except PolicyError as error:
        return error.diagnostics, ()
    return policy.diagnostics, policy.not_analysed
