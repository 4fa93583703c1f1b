"""`lead simulate`: a log of dated facts, played through a policy's rules."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeAlias

from leadpolicy.cli.inputs import read_time
from leadpolicy.cli.language import teller
from leadpolicy.cli.screen import out
from leadpolicy.compiler.unmatched import NotMatchedError
from leadpolicy.compiler.wording import Lang, foreign, say
from leadpolicy.engine.json_text import dumps
from leadpolicy.engine.times import from_datetime, print_time
from leadpolicy.files.atomic import written_whole
from leadpolicy.files.jsonl_reader import open_jsonl
from leadpolicy.files.problems import BadRow, FileError
from leadpolicy.files.writers import bad_rows_to, check_ending
from leadpolicy.policy import Policy
from leadpolicy.simulation.log import LogReader, first_time
from leadpolicy.simulation.playing import Happening, Player

if TYPE_CHECKING:
    from leadpolicy.engine.session.host import Session

Use: TypeAlias = Callable[[Happening | BadRow], None]
Write: TypeAlias = Callable[[Mapping[str, Any]], None]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
KEPT = 5
"""So many bad lines are shown."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The arguments and options, as given."""

    policy: Path
    log: Path
    now: str | None = None
    until: str | None = None
    out: Path | None = None
    errors: Path | None = None
    encoding: str = "auto"


@dataclass(slots=True)
class Tally:
    """What a play came to."""

    begins: str = ""
    ends: str = ""
    firings: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    effects: Counter[str] = field(default_factory=Counter)
    errors: int = 0
    bad_lines: set[int] = field(default_factory=set)
    mistakes: list[BadRow] = field(default_factory=list)
    more_mistakes: int = 0
    read: int = 0
    played: int = 0
    undone: int = 0
    left: int = 0
    stopped: bool = False

    def take(self, one: Happening | BadRow) -> None:
        """Count it."""
        if isinstance(one, BadRow):
            self.bad_lines.add(one.line)
            if len(self.mistakes) < KEPT:
                self.mistakes.append(one)
            else:
                self.more_mistakes += 1
        elif one.kind == "firing":
            self.firings[one.told["rule"]] += 1
        elif one.kind == "failure":
            self.failures[one.told["rule"]] += 1
        elif one.kind == "effect":
            self.effects[one.told["kind"]] += 1
        else:
            self.errors += 1

    def to_dict(self, rules: list[str]) -> dict[str, object]:
        """As JSON has it; rules in the policy's order, all of them."""
        return {
            "from": self.begins,
            "to": self.ends,
            "lines": {
                "read": self.read,
                "played": self.played,
                "bad": len(self.bad_lines),
                "undone": self.undone,
                "not_reached": self.left,
            },
            "rules": {name: {"firings": self.firings[name], "failures": self.failures[name]} for name in rules},
            "effects": {kind: self.effects[kind] for kind in sorted(self.effects)},
            "errors": self.errors,
        }


def simulate(asked: Asked, form: str, lang: Lang = "en") -> int:
    """Exit code 1 where a line is bad, an action failed, or rules went round; else 0."""
    from leadpolicy.cli.simulate_view import LinePrinter, print_summary, print_title

    _check(asked)
    policy = Policy.load(asked.policy)
    tell, console = teller(lang), out()
    begins, until = _times(asked, policy)
    player = Player(_session(policy, begins), begins, until)
    tally = Tally(begins=print_time(begins, policy.program.policy.zone))
    with ExitStack() as files:
        writes: list[Write] = [_printed] if form == "json" else []
        if asked.out is not None:
            writes.append(files.enter_context(_lines_to(asked.out)))
        uses: list[Use] = [tally.take, *(_as_line(write) for write in writes)]
        if asked.errors is not None:
            uses.append(_bad_only(files.enter_context(bad_rows_to(asked.errors))))
        if form != "json":
            print_title(console, policy, asked, tally, tell)
            uses.append(LinePrinter(console, tell))
        with open_jsonl(asked.log, asked.encoding) as table:
            for one in player.play(_reader(policy).entries(table.rows())):
                for use in uses:
                    use(one)
        tally.read, tally.played, tally.undone = player.read, player.played, player.undone
        tally.left, tally.stopped = player.left, player.stopped
        tally.ends = print_time(player.now, policy.program.policy.zone)
        for write in writes:
            write(_summary(policy, asked, tally))
    if form != "json":
        print_summary(console, policy, asked, tally, tell)
    return int(bool(tally.bad_lines or tally.failures or tally.errors))


def _check(asked: Asked) -> None:
    """Refuse, before anything is played, what could not be written in the end."""
    if asked.out is not None:
        check_ending(asked.out, (".jsonl",), "--out")
    if asked.errors is not None:
        check_ending(asked.errors, (".csv", ".jsonl"), "--errors")
    for option, path in (("--out", asked.out), ("--errors", asked.errors)):
        if path is not None and any(path.resolve() == other.resolve() for other in (asked.policy, asked.log)):
            raise FileError(say("{} {}: this file is read", option, path), say("name another file to write"))
    if asked.out and asked.errors and asked.out.resolve() == asked.errors.resolve():
        raise FileError(say("--out and --errors name the same file"), say("name two files"))


def _session(policy: Policy, begins: int) -> Session:
    if not policy.ir.rules:
        raise FileError(say("policy {} has no rules, so there is nothing to play", policy.name))
    try:
        return policy.session(now=_EPOCH + timedelta(microseconds=begins))
    except NotMatchedError as error:
        what = foreign(error.construct)
        text = say("the rule {} reads {}, which no session matches yet", error.rule, what)
        raise FileError(text, say("leave the rule out to play the others")) from None


def _reader(policy: Policy) -> LogReader:
    return LogReader(policy.program.policy, policy.ir, policy.program.readers)


def _times(asked: Asked, policy: Policy) -> tuple[int, int | None]:
    """When the play begins, and when it ends at the latest."""
    zone = policy.program.policy.zone
    if asked.now is not None:
        begins: int | None = from_datetime(read_time(asked.now), zone)
    else:
        with open_jsonl(asked.log, asked.encoding) as table:
            begins = first_time(_reader(policy).entries(table.rows()))
    if begins is None:
        text = say("{}: no line says when it is", asked.log)
        raise FileError(text, say("say when the play begins: --now 2026-11-20T10:00"))
    until = None if asked.until is None else from_datetime(read_time(asked.until, "--until"), zone)
    if until is not None and until < begins:
        raise FileError(say("--until {}: the play begins later, at {}", asked.until, print_time(begins, zone)))
    return begins, until


# ── JSON lines ──


def _printed(told: Mapping[str, Any]) -> None:
    sys.stdout.write(dumps(told) + "\n")


@contextmanager
def _lines_to(path: Path) -> Generator[Write, None, None]:
    with written_whole(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        yield lambda told: _write_line(file, told)


def _write_line(file: TextIO, told: Mapping[str, Any]) -> None:
    file.write(dumps(told) + "\n")


def _as_line(write: Write) -> Use:
    return lambda one: write(line_of(one))


def _bad_only(report: Callable[[BadRow], None]) -> Use:
    return lambda one: report(one) if isinstance(one, BadRow) else None


def line_of(one: Happening | BadRow) -> dict[str, Any]:
    """Something that happened as a line of JSON: the log's line (null behind the last), and what it is."""
    if isinstance(one, BadRow):
        told = one.to_dict()
        return {"line": told.pop("line"), "bad": told}
    return {"line": one.line or None, one.kind: one.told}


def _summary(policy: Policy, asked: Asked, tally: Tally) -> dict[str, Any]:
    named = {"name": policy.name, "version": policy.version, "digest": policy.digest}
    rules = [rule.name for rule in policy.ir.rules]
    return {"summary": {"policy": named, "file": str(asked.log), **tally.to_dict(rules)}}
