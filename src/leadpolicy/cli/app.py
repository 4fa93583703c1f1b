"""The commands of `lead` and their options. What they do stands in a module each, loaded when it is called."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Optional

import typer

from leadpolicy.cli.language import chosen_language
from leadpolicy.cli.screen import run_command
from leadpolicy.compiler.wording import Lang

app = typer.Typer(
    name="lead",
    help="Lead policies: check them, decide leads by them, explain and test their decisions.",
    epilog="Exit codes: 0 fine, 1 findings (a diagnostic, a failed test, a bad row), 2 wrong usage or input.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Form(StrEnum):
    """How a result is printed."""

    TEXT = "text"
    JSON = "json"


class CheckForm(StrEnum):
    """How diagnostics are printed."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    SARIF = "sarif"


class KeywordLanguage(StrEnum):
    """The language of a policy's own words."""

    ZH = "zh"
    EN = "en"


class Spoken(StrEnum):
    """The language of the screen."""

    EN = "en"
    ZH = "zh"


class Target(StrEnum):
    """What a policy is compiled to."""

    IR = "ir"
    PYTHON = "python"
    POLARS = "polars"


Paths = Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files, or folders (searched for .lead files).")]
PolicyPath = Annotated[Path, typer.Argument(metavar="POLICY", help="A .lead file.")]
LeadsPath = Annotated[
    Path, typer.Argument(metavar="LEADS", help="All leads: a .csv, .tsv, .jsonl, .xlsx or .parquet file.")
]
Format = Annotated[Form, typer.Option("--format", help="For people, or one JSON document.")]
LangOption = Annotated[
    Optional[Spoken],  # noqa: UP045 (read by Typer at run time)
    typer.Option("--lang", help="Of the screen; else the locale's, and English where the format is for machines."),
]
FactsOption = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option("--facts", metavar="NAME=FILE", help="Other facts that the policy reads; once for each."),
]
EventsOption = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option("--events", metavar="[NAME=]FILE", help="What happened to the leads; once for each kind of event."),
]
NowOption = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--now", metavar="TIME", help="The time of the decisions, as 2026-11-20T10:00; else the clock's."),
]
MapOption = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option("--map", metavar="FILE", help="TOML: which column feeds which field, which values mean unknown."),
]
EncodingOption = Annotated[
    str, typer.Option("--encoding", metavar="NAME", help="Of text files; auto finds UTF-8, UTF-16 and GBK.")
]
UnknownOption = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option("--unknown", metavar="VALUE", help="A value that means unknown, in every column; once for each."),
]


def _lang(wanted: Spoken | None, for_people: bool) -> Lang:
    languages: dict[Spoken, Lang] = {Spoken.EN: "en", Spoken.ZH: "zh"}
    return chosen_language(None if wanted is None else languages[wanted], for_people, os.environ)


def _version(wanted: bool) -> None:
    if wanted:
        from leadpolicy import __version__

        typer.echo(f"lead {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Lead policies: check them, decide leads by them, explain and test their decisions."""


@app.command()
def check(
    paths: Paths,
    form: Annotated[CheckForm, typer.Option("--format", help="How diagnostics are printed.")] = CheckForm.TEXT,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings are findings too.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="As text: list what was not analysed too.")] = False,
    lang: LangOption = None,
) -> None:
    """Compile policies and print every mistake. Exit code 1 if there is one."""
    from leadpolicy.cli.check import check as body

    spoken = _lang(lang, form is CheckForm.TEXT)
    run_command(lambda: body(paths, form, strict, spoken, verbose), form is CheckForm.JSON, spoken)


@app.command()
def fmt(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH...", help="Files, folders (searched for .lead files), or - for standard input."),
    ],
    check_only: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit code 1 if a file would change, and which.")
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Write nothing; print what would change.")] = False,
    keywords: Annotated[
        Optional[KeywordLanguage],  # noqa: UP045
        typer.Option("--keywords", help="Translate the language's own words; names, texts and comments stay."),
    ] = None,
    lang: LangOption = None,
) -> None:
    """Lay policies out in the one way: indents, columns, blank lines. What they mean stays the same.

    A file with mistakes of writing is left alone; they are printed, and the exit code is 1. With - the policy is read
    from standard input and written to standard output.
    """
    from leadpolicy.cli.fmt import LANGUAGES
    from leadpolicy.cli.fmt import fmt as body

    language = None if keywords is None else LANGUAGES[keywords]
    spoken = _lang(lang, True)
    run_command(lambda: body(paths, check_only, diff, language, spoken), lang=spoken)


@app.command()
def run(
    policy: PolicyPath,
    leads: LeadsPath,
    events: EventsOption = None,
    facts: FactsOption = None,
    now: NowOption = None,
    mapping: MapOption = None,
    out: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--out", metavar="FILE", help="Where decisions go: .jsonl, .csv, .xlsx or .parquet."),
    ] = None,
    errors: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--errors", metavar="FILE", help="Where bad rows are listed: .csv or .jsonl."),
    ] = None,
    trace: Annotated[bool, typer.Option("--trace", help="Reasons with each decision (--out as .jsonl).")] = False,
    form: Format = Form.TEXT,
    encoding: EncodingOption = "auto",
    unknown: UnknownOption = None,
    lang: LangOption = None,
) -> None:
    """Decide every lead of a file and print a summary.

    A row that can't be decided is reported and the others go on; the exit code is then 1. Files are written whole or
    not at all. An empty cell is an absent value: unknown, or none where the field is declared `or none`.
    """
    from leadpolicy.cli.inputs import Inputs
    from leadpolicy.cli.outputs import Outputs
    from leadpolicy.cli.run import run as body

    given = tuple(events or ())
    inputs = Inputs(policy, leads, tuple(facts or ()), now, mapping, encoding, tuple(unknown or ()), given)
    spoken = _lang(lang, form is Form.TEXT)
    run_command(lambda: body(inputs, Outputs(out, errors, trace), form, spoken), form is Form.JSON, spoken)


@app.command()
def explain(
    policy: PolicyPath,
    leads: LeadsPath,
    lead: Annotated[str, typer.Option("--lead", metavar="ID", help="The lead's key.")],
    why_not: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--why-not", metavar="TARGET", help="Why it isn't there: a stage, gate, table value or target."),
    ] = None,
    what_if: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--what-if", metavar="FIELD=VALUE", help="What would change; an empty value: unknown."),
    ] = None,
    events: EventsOption = None,
    facts: FactsOption = None,
    now: NowOption = None,
    mapping: MapOption = None,
    form: Format = Form.TEXT,
    encoding: EncodingOption = "auto",
    unknown: UnknownOption = None,
    lang: LangOption = None,
) -> None:
    """Say why one lead was decided as it was: score by score, criterion by criterion, route by route."""
    from leadpolicy.cli.explain import explain as body
    from leadpolicy.cli.explanation import Question
    from leadpolicy.cli.inputs import Inputs

    given = tuple(events or ())
    inputs = Inputs(policy, leads, tuple(facts or ()), now, mapping, encoding, tuple(unknown or ()), given)
    question = Question(lead, why_not, tuple(what_if or ()))
    spoken = _lang(lang, form is Form.TEXT)
    run_command(lambda: body(inputs, question, form, spoken), form is Form.JSON, spoken)


@app.command()
def simulate(
    policy: PolicyPath,
    log: Annotated[Path, typer.Argument(metavar="LOG", help="JSON lines: what became known, each with its time.")],
    now: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--now", metavar="TIME", help="When the play begins; else at the first time in the log."),
    ] = None,
    until: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--until", metavar="TIME", help="When it ends: lines behind that are not played."),
    ] = None,
    out: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--out", metavar="FILE", help="Where firings, effects and failures go: .jsonl."),
    ] = None,
    errors: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--errors", metavar="FILE", help="Where bad lines are listed: .csv or .jsonl."),
    ] = None,
    form: Annotated[Form, typer.Option("--format", help="For people, or JSON lines.")] = Form.TEXT,
    encoding: EncodingOption = "auto",
    lang: LangOption = None,
) -> None:
    """Play a log of dated facts through a policy's rules: what fires, and what that asks the host to do.

    A line that can't be played is reported and the others go on; the exit code is then 1, as it is where an action
    fails or rules go round.
    """
    from leadpolicy.cli.simulate import Asked
    from leadpolicy.cli.simulate import simulate as body

    asked = Asked(policy, log, now, until, out, errors, encoding)
    spoken = _lang(lang, form is Form.TEXT)
    run_command(lambda: body(asked, form, spoken), form is Form.JSON, spoken)


@app.command(name="test")
def run_tests(
    paths: Paths,
    only: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("-k", metavar="TEXT", help="Only tests whose name contains the text."),
    ] = None,
    junit: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--junit", metavar="FILE", help="Write the results as JUnit XML."),
    ] = None,
    form: Format = Form.TEXT,
    lang: LangOption = None,
) -> None:
    """Run the tests in policies, and the fixtures beside them (NAME.fixtures.jsonl). Exit code 1 if one fails.

    Every test is decided by the generated evaluator and by the reference interpreter, which must agree.
    """
    from leadpolicy.cli.tests import run_all as body

    spoken = _lang(lang, form is Form.TEXT)
    run_command(lambda: body(paths, only, junit, form, spoken), form is Form.JSON, spoken)


@app.command(name="compile")
def compile_(
    policy: PolicyPath,
    to: Annotated[Target, typer.Option("--to", help="What to compile to.")] = Target.PYTHON,
    output: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--output", "-o", metavar="FILE", help="Where to write it; else it is printed."),
    ] = None,
    form: Format = Form.TEXT,
    lang: LangOption = None,
) -> None:
    """Print a policy as generated Python, as Polars columns, or as its intermediate representation."""
    from leadpolicy.cli.compile import compile_policy as body

    said = _lang(lang, form is Form.TEXT)
    run_command(lambda: body(policy, to, output, form, said), form is Form.JSON, said)


@app.command(name="explain-code")
def explain_code(
    code: Annotated[
        Optional[str],  # noqa: UP045
        typer.Argument(metavar="[CODE]", help="A code of a diagnostic, such as LP2003; all are listed without one."),
    ] = None,
    form: Format = Form.TEXT,
    lang: LangOption = None,
) -> None:
    """Say what a diagnostic code means, with an example, wrong and right."""
    from leadpolicy.cli.explain_code import explain_code as body

    spoken = _lang(lang, form is Form.TEXT)
    run_command(lambda: body(code, form, spoken), form is Form.JSON, spoken)
