"""`lead run`: decide every lead of a file."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Literal

from leadpolicy.cli.framed import in_frames, of_problem
from leadpolicy.cli.inputs import Inputs, Opened, open_inputs
from leadpolicy.cli.language import teller
from leadpolicy.cli.outputs import Outputs
from leadpolicy.cli.screen import err, out, print_json
from leadpolicy.cli.seen import SeenKeys
from leadpolicy.cli.summary import Summary
from leadpolicy.compiler.wording import Lang, say, translated
from leadpolicy.engine.errors import InputError, Problem
from leadpolicy.files.problems import BadRow, FileError, place_word
from leadpolicy.files.records import Record, Records
from leadpolicy.files.writers import (
    WRITABLE,
    Write,
    WriteFrame,
    bad_rows_to,
    check_ending,
    decisions_to,
    frames_to,
)

_EVERY = 500
_DIGEST = (1 << 64) - 1


def run(inputs: Inputs, outputs: Outputs, form: str, lang: Lang = "en") -> int:
    """Exit code 1 where a row was bad, else 0."""
    _check_outputs(inputs, outputs)
    summary = Summary()
    with open_inputs(inputs) as opened:
        with ExitStack() as files:
            write: Write = _ignore
            write_frame: WriteFrame = _ignore
            framed = in_frames(opened, outputs)
            if outputs.decisions is not None and framed is not None:
                write_frame = files.enter_context(frames_to(outputs.decisions, opened.policy.ir))
            elif outputs.decisions is not None:
                write = files.enter_context(decisions_to(outputs.decisions, opened.policy.ir))
            report: Callable[[BadRow], None] = _ignore
            if outputs.errors is not None:
                report = files.enter_context(bad_rows_to(outputs.errors))
            if framed is None:
                _decide_all(opened, summary, write, report, outputs.trace, lang)
            else:
                with _progress(opened.records, lang) as advance:
                    framed.decide_all(summary, write_frame, report, advance)
        if form == "json":
            print_json(_as_json(opened, summary, inputs, outputs))
        else:
            from leadpolicy.cli.summary_view import print_summary

            print_summary(out(), opened, summary, inputs, outputs, teller(lang))
    return int(summary.bad > 0)


def _check_outputs(inputs: Inputs, outputs: Outputs) -> None:
    """Refuse, before any work is done, what could not be written in the end."""
    if outputs.decisions is not None:
        ending = check_ending(outputs.decisions, WRITABLE, "--out")
        if outputs.trace and ending != ".jsonl":
            raise FileError(say("--trace needs --out with the ending .jsonl"), say("reasons don't fit into a table"))
    elif outputs.trace:
        raise FileError(say("--trace without --out"), say("say where the reasons go: --out decisions.jsonl"))
    if outputs.errors is not None:
        check_ending(outputs.errors, (".csv", ".jsonl"), "--errors")
    read = [inputs.policy, inputs.leads, *([inputs.mapping] if inputs.mapping else [])]
    read += [Path(option.rpartition("=")[2]) for option in (*inputs.facts, *inputs.events)]
    for option, path in (("--out", outputs.decisions), ("--errors", outputs.errors)):
        if path is not None and any(path.resolve() == other.resolve() for other in read):
            raise FileError(say("{} {}: this file is read", option, path), say("name another file to write"))
    if outputs.decisions and outputs.errors and outputs.decisions.resolve() == outputs.errors.resolve():
        raise FileError(say("--out and --errors name the same file"), say("name two files"))


def _ignore(_value: object) -> None:
    """Where nothing is written."""


def _decide_all(
    opened: Opened, summary: Summary, write: Write, report: Callable[[BadRow], None], trace: bool, lang: Lang
) -> None:
    program, facts, now = opened.policy.program, opened.happened.base, opened.now
    broken = opened.happened.broken
    seen = _Seen(opened)
    for bad in opened.happened.bad:
        summary.add_bad([bad])
        report(bad)
    with _progress(opened.records, lang) as advance:
        for record in opened.records:
            if summary.read % _EVERY == 0:
                advance()
            summary.read += 1
            if isinstance(record, BadRow):
                mistakes = [record]
            elif seen.same(record):
                summary.repeated += 1
                continue
            else:
                mistakes = seen.mistakes(record)
                if broken:
                    mistakes += _of_events(record, str(record.values.get(opened.key or "")).strip(), broken)
            if not mistakes and isinstance(record, Record):
                try:
                    decision = program.decide(record.values, facts=facts, now=now).to_dict(trace=trace)
                except InputError as error:
                    mistakes = [of_problem(record.line, p) for p in error.problems]
                else:
                    write(decision)
                    summary.add(decision)
                    continue
            summary.add_bad(mistakes)
            for mistake in mistakes:
                report(mistake)


def _of_events(record: Record, key: str, broken: Mapping[str, list[Problem]]) -> list[BadRow]:
    """What is wrong with the events of a lead."""
    return [of_problem(record.line, p) for p in broken.get(key, ())]


class _Seen:
    """The keys met so far: a lead that stands twice is one lead if both rows are alike, else a mistake."""

    def __init__(self, opened: Opened) -> None:
        self._key = opened.key
        self._unit: Literal["line", "row"] = opened.records.table.unit
        self._keys = SeenKeys()
        self._first = 0
        """The line where the key of the record at hand stood first."""

    def same(self, record: Record) -> bool:
        """Whether the record was met before, exactly alike; a new key is remembered."""
        key = self._text(record)
        if key is None:
            return False
        content = hash(repr(sorted(record.values.items()))) & _DIGEST
        self._first, known = self._keys.first(key, record.line, content)
        return self._first != record.line and known == content

    def mistakes(self, record: Record) -> list[BadRow]:
        """What is wrong with the record just looked at, if its key was met before."""
        key = self._text(record)
        if key is None or self._first == record.line:
            return []
        expected = say("a key that stands once, or rows that are alike")
        found = say("another row than in {} {}", place_word(self._unit), self._first)
        return [BadRow(record.line, key, self._key, expected, found)]

    def _text(self, record: Record) -> str | None:
        value = record.values.get(self._key) if self._key else None
        return None if value is None else str(value).strip()


@contextmanager
def _progress(records: Records, lang: Lang) -> Generator[Callable[[], None], None, None]:
    """A bar on standard error, where that is a terminal."""
    console = err()
    if not console.is_terminal:
        yield lambda: None
        return
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(translated(say("deciding {}", records.table.path.name), lang), total=1.0)
        yield lambda: bar.update(task, completed=records.table.progress())


def _as_json(opened: Opened, summary: Summary, inputs: Inputs, outputs: Outputs) -> dict[str, object]:
    policy, columns = opened.policy, opened.records.columns
    absent = columns.absent()
    return {
        "policy": {"name": policy.name, "version": policy.version, "digest": policy.digest},
        "file": str(inputs.leads),
        **summary.to_dict(),
        "columns": {
            "used": {f.name: columns.column(f.name) for f in opened.about.fields if f.name not in absent},
            "unused": columns.unused(),
            "absent": absent,
        },
        **_duplicates(opened),
        "notes": opened.notes,
        "out": None if outputs.decisions is None else str(outputs.decisions),
        "errors": None if outputs.errors is None else str(outputs.errors),
    }


def _duplicates(opened: Opened) -> dict[str, object]:
    found = opened.happened.duplicates
    return {} if found is None else {"duplicates": [{"keep": g.keep, "others": list(g.others)} for g in found]}
