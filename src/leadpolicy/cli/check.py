"""`lead check`: compile policies, and print what the compiler has to say about them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from leadpolicy.cli.paths import policy_files
from leadpolicy.cli.screen import out, print_json
from leadpolicy.compiler.diagnostics import Diagnostic
from leadpolicy.compiler.wording import Lang


def check(paths: Iterable[Path], form: str, strict: bool, lang: Lang = "en") -> int:
    """Exit code 1 where there is an error (with `strict`: or a warning), else 0."""
    from leadpolicy.cli.diagnostics import counted, github_line, print_diagnostics

    files = policy_files(paths)
    diagnostics = [d for file in files for d in _diagnostics(file)]
    if form == "json":
        print_json({"diagnostics": [d.in_language(lang).to_dict() for d in diagnostics]})
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
    findings = ("error", "warning") if strict else ("error",)
    return int(any(d.severity in findings for d in diagnostics))


def _diagnostics(file: Path) -> tuple[Diagnostic, ...]:
    from leadpolicy.policy import ModuleError, Policy, PolicyError

    try:
        return Policy.load(file).diagnostics
    except ModuleError as error:
        return error.findings
    except PolicyError as error:
        return error.diagnostics
