"""`lead test`: run tests, and print what failed and why."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from leadpolicy.cli.language import Tell, teller
from leadpolicy.cli.paths import policy_files
from leadpolicy.cli.screen import out, print_json
from leadpolicy.compiler.diagnostics import Diagnostic
from leadpolicy.compiler.wording import Lang, counted, joined, say
from leadpolicy.files.problems import FileError
from leadpolicy.testing.results import Failure, Result

if TYPE_CHECKING:
    from rich.text import Text


def run_all(paths: Iterable[Path], only: str | None, junit: Path | None, form: str, lang: Lang = "en") -> int:
    """Exit code 1 where a test failed or a policy doesn't compile, else 0."""
    from leadpolicy.policy import ModuleError, Policy, PolicyError
    from leadpolicy.testing.runner import run_tests

    files = policy_files(paths)
    start = perf_counter()
    results: list[Result] = []
    broken: list[Diagnostic] = []
    for file in files:
        try:
            policy = Policy.load(file)
        except ModuleError as error:  # what is wrong with a module is found where it is used, too
            broken.extend(d.in_language(lang) for d in error.findings)
            continue
        except PolicyError as error:
            broken.extend(d.in_language(lang) for d in error.diagnostics)
            continue
        results.extend(run_tests(policy, file, only))
    if only is not None and not results and not broken:
        raise FileError(say("-k {}: no test has this in its name", only), say("leave out -k to run them all"))
    if junit is not None:
        from leadpolicy.testing.junit import write_junit

        write_junit(junit, results)
    if form == "json":
        _print_json(results, broken)
    else:
        _print_text(results, broken, len(files), perf_counter() - start, lang)
    errors = any(d.severity == "error" for d in broken)
    return int(errors or not all(result.passed for result in results))


def _print_json(results: list[Result], broken: list[Diagnostic]) -> None:
    failed = sum(not result.passed for result in results)
    print_json(
        {
            "passed": len(results) - failed,
            "failed": failed,
            "tests": [result.to_dict() for result in results],
            "diagnostics": [d.to_dict() for d in broken],
        }
    )


def _print_text(results: list[Result], broken: list[Diagnostic], files: int, seconds: float, lang: Lang) -> None:
    from rich.text import Text

    from leadpolicy.cli.diagnostics import print_diagnostic

    console, tell = out(), teller(lang)
    for diagnostic in broken:
        print_diagnostic(console, diagnostic, lang)
    by_file: dict[str, list[Result]] = {}
    for result in results:
        by_file.setdefault(result.file, []).append(result)
    for file, tests in by_file.items():
        failed = [test for test in tests if not test.passed]
        mark = ("✗ ", "bold red") if failed else ("✓ ", "green")
        passed = tell(say("{} of {} passed", len(tests) - len(failed), counted(len(tests), "test")))
        console.print(Text.assemble(mark, (file, "bold"), (f"  {passed}", "dim")), soft_wrap=True)
        for test in failed:
            _print_failed(test, tell)
    failures = sum(not result.passed for result in results)
    not_run = sum(result.not_run for result in results)
    parts = [say("{} failed", counted(failures - not_run, "test"))] if failures > not_run else []
    parts += [say("{} not run", counted(not_run, "test"))] if not_run else []
    parts.append(say("{} passed", counted(len(results) - failures, "test")) if results else say("no tests"))
    errors = sum(d.severity == "error" for d in broken)
    parts += [say("{} in policies", counted(errors, "error"))] if errors else []
    line = say("{} in {} ({} s)", joined(parts), counted(files, "policy", "policies"), f"{seconds:.2f}")
    console.print(tell(line), style="bold red" if failures or errors else "bold green")


def _print_failed(test: Result, tell: Tell) -> None:
    from rich.padding import Padding
    from rich.text import Text

    console = out()
    title = Text.assemble("  ", ("✗ ", "red"), (test.name, "bold"), (f"  {test.file}:{test.line}", "dim"))
    console.print(title, soft_wrap=True)
    for failure in test.failures:
        console.print(Padding(_failure(failure, tell), (0, 0, 0, 4)))
    console.print()


_TITLES = {
    "input": say("input: "),
    "fixture": say("fixture: "),
    "disagreement": say("disagreement: "),
    "not run": say("not run: "),
}


def _failure(failure: Failure, tell: Tell) -> Text:
    from rich.cells import cell_len
    from rich.text import Text

    kind = (tell(_TITLES[failure.kind]), "bold magenta") if failure.kind in _TITLES else ""
    text = Text.assemble((tell(say("line {}: ", failure.line)), "dim"), kind, tell(failure.text))
    found = [(tell(say("found {}", name)), tell(value)) for name, value in failure.found]
    width = max((cell_len(name) for name, _ in found), default=0)
    for name, value in found:
        text.append(f"\n  {name}{' ' * (width - cell_len(name))}  {value}", "yellow")
    return text
