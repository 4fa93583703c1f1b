"""What `lead run` and `lead explain` read beside the leads: the other facts, and the events, each from files.

A bad fact stops the command: every lead is decided by it. A bad event belongs to one lead: that lead is reported as
bad, and the others are decided.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from leadpolicy.compiler import ir
from leadpolicy.compiler.diagnostics import nearest
from leadpolicy.compiler.wording import Message, foreign, joined, say
from leadpolicy.duplicates import Group
from leadpolicy.engine.errors import InputError, Problem
from leadpolicy.files.columns import Columns
from leadpolicy.files.map_file import MapFile
from leadpolicy.files.problems import BadRow, FileError, place_word, problem_said, quoted
from leadpolicy.files.records import Records, key_field
from leadpolicy.files.table import open_table
from leadpolicy.policy import Policy

if TYPE_CHECKING:
    from leadpolicy.engine.intake import FactBase

_SHOWN = 3
Rows = dict[str, list[dict[str, object]]]


@dataclass
class Happened:
    """The facts and events of a run. `broken`: by a lead's key, what is wrong with its events; `bad`: rows of which
    not even the lead could be told."""

    base: FactBase | None = None
    broken: dict[str, list[Problem]] = field(default_factory=dict)
    bad: list[BadRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    duplicates: list[Group] | None = None
    """Leads that are the same, where the policy says which are."""
    rows: Rows = field(default_factory=dict)
    """The rows of facts and events as they were read, where they are kept."""


@dataclass(frozen=True, slots=True)
class Files:
    """Which files to read, and how."""

    facts: Mapping[str, Path]
    events: Mapping[str, Path]
    encoding: str
    unknown: frozenset[str]


def named_files(policy: Policy, option: str, given: tuple[str, ...], *, events: bool) -> dict[str, Path]:
    """`--facts NAME=FILE`, `--events NAME=FILE`; a policy with one event type needs no name."""
    names = [f.name for f in policy.ir.facts if f.event is events and f.name != policy.ir.about]
    files: dict[str, Path] = {}
    for text in given:
        name, equals, path = text.partition("=")
        if events and not equals and len(names) == 1:
            name, path = names[0], text
        elif not equals or not path:
            example = "Activity=activities.csv" if events else "Member=members.csv"
            raise FileError(say("{} {}: not NAME=FILE", option, text), say("write {} {}", option, example))
        if name not in names:
            raise _strange(policy, option, text, name, names)
        if name in files:
            raise FileError(say("{} {} is given twice", option, name), say("put all records into one file"))
        files[name] = Path(path)
    return files


def _strange(policy: Policy, option: str, text: str, name: str, names: list[str]) -> FileError:
    near = nearest(name, names)
    if option == "--events":
        text = say("{} {}: policy {} has no event `{}`", option, text, policy.name, name)
        known = say("its events: {}", quoted(names)) if names else say("it declares no event")
    else:
        text = say("{} {}: policy {} has no other fact `{}`", option, text, policy.name, name)
        known = say("its other facts: {}", quoted(names)) if names else say("it declares no other fact")
    if name == policy.ir.about:
        known = say("the leads are given by the LEADS file")
    hint = say("did you mean `{}`?", near) if near else known
    return FileError(text, hint)


def read_happened(
    policy: Policy, files: Files, leads: list[dict[str, object]] | None, keep: bool = False
) -> Happened:
    """Facts and events, read and checked. `leads`: all leads, where the policy looks at other leads too; `keep`: the
    rows, too."""
    found = Happened()
    needed = [n for n in policy.ir.reads_facts if n not in files.facts and n != policy.ir.about]
    if needed:
        raise FileError(
            say("policy {} reads {}, and no file of them is given", policy.name, quoted(needed)),
            _add_facts(needed),
        )
    facts = {name: _fact_rows(policy.ir.fact(name), path, files) for name, path in files.facts.items()}
    if keep:
        found.rows.update(facts)
    if leads is not None:
        facts[policy.ir.about] = _readable(policy, leads)
    without = [n for n in policy.ir.reads_events if n not in files.events]
    if without:
        found.notes.append(
            say("no file of {} is given: the leads are decided as if there were none", quoted(without))
        )
    events = {name: _event_rows(policy.ir, name, path, files, found) for name, path in files.events.items()}
    if keep:
        found.rows.update(events)
    if facts or events or policy.ir.reads_events:
        _check_facts(policy, facts, files)
        found.base = _with_events(policy, facts, events, found)
    return found


def _add_facts(needed: list[str]) -> Message:
    text = say("add --facts {}={}.csv", needed[0], needed[0].lower())
    return say("{}, and so on", text) if needed[1:] else text


def _readable(policy: Policy, leads: list[dict[str, object]]) -> list[dict[str, object]]:
    """The leads that other leads may look at: those that can be read, the first of each key."""
    key = key_field(policy.ir.fact(policy.ir.about))
    first: dict[object, dict[str, object]] = {}
    for lead in leads:
        first.setdefault(lead.get(key) if key else id(lead), lead)
    rows = list(first.values())
    about = policy.ir.about
    others: Rows = {name: [] for name in policy.ir.reads_facts if name != about}
    if _problems(policy, {**others, about: rows}, {}):
        rows = [row for row in rows if not _problems(policy, {**others, about: [row]}, {})]
    return rows


def _problems(policy: Policy, facts: Mapping[str, object], events: Rows) -> tuple[Problem, ...]:
    try:
        policy.program.facts(facts, events)  # type: ignore[arg-type]
    except InputError as error:
        return error.problems
    return ()


def _check_facts(policy: Policy, facts: Rows, files: Files) -> None:
    problems = _problems(policy, facts, {})
    if problems:
        shown = [problem_said(p, record=True) for p in problems]
        text = say("{}: {}", joined(files.facts.values()), _first(shown))
        raise FileError(text, say("put the facts right: every lead is decided by them"))


def _first(shown: list[Message]) -> str:
    """The first mistakes, and how many there are besides."""
    text = joined(shown[:_SHOWN], between="; ")
    return text if len(shown) <= _SHOWN else say("{}; and {} more", text, len(shown) - _SHOWN)


def _with_events(policy: Policy, facts: Rows, events: Rows, found: Happened) -> FactBase:
    """Facts and events for all decisions; events that can't be read break their leads."""
    try:
        return policy.program.facts(facts, events)
    except InputError:
        pass  # told below, row by row
    kept: Rows = {name: [] for name in events}
    for name, rows in events.items():
        for row in rows:
            wrong = _problems(policy, facts, {name: [row]})
            if not wrong:
                kept[name].append(row)
            for problem in wrong:
                _note(problem, found)
    for problem in _problems(policy, facts, kept):  # rows that clash with each other
        _note(problem, found)
    clean = {name: [r for r in rows if not _belongs(r, found.broken)] for name, rows in kept.items()}
    return policy.program.facts(facts, {} if _problems(policy, facts, clean) else clean)


def _note(problem: Problem, found: Happened) -> None:
    if problem.lead is None:
        found.bad.append(BadRow(0, None, problem.field, foreign(problem.expected), foreign(problem.found)))
    else:
        found.broken.setdefault(problem.lead, []).append(problem)


def _belongs(row: Mapping[str, object], broken: Mapping[str, object]) -> bool:
    return str(row.get("of")).strip() in broken


def _fact_rows(fact: ir.Fact, path: Path, files: Files) -> list[dict[str, object]]:
    rows, bad, unit = _rows(fact, path, files, {})
    if bad:
        shown = [say("{} {}: expected {}, found {}", place_word(unit), b.line, b.expected, b.found) for b in bad]
        raise FileError(say("{}: {}", path, _first(shown)), say("put the facts right: every lead is decided by them"))
    return rows


def _event_rows(policy: ir.Policy, name: str, path: Path, files: Files, found: Happened) -> list[dict[str, object]]:
    """The rows of an event file; the column of the lead goes by the names of 0009, such as `lead_id`."""
    fact = policy.fact(name)
    with open_table(path, files.encoding) as table:
        columns = list(table.columns)
    link = next((c for c in _link_names(policy, fact) if c in columns), None)
    if fact.of is not None and columns and link is None:
        names = _link_names(policy, fact)
        raise FileError(
            say(
                "{}: no column says which {} a row belongs to; the columns there are: {}",
                path,
                fact.of,
                quoted(columns),
            ),
            say("name the column `{}`", names[1] if len(names) > 1 else names[0]),
        )
    rows, bad, _ = _rows(_with_link(policy, fact), path, files, {"of": link} if link else {})
    found.bad += bad
    return rows


def _link_names(policy: ir.Policy, fact: ir.Fact) -> list[str]:
    owner = str(fact.of)
    key = key_field(policy.fact(owner)) if fact.of else None
    lower = owner.lower()
    names = ["of", owner, lower, *([f"{owner}_{key}", f"{lower}_{key}"] if key else [])]
    own = {f.name for f in fact.fields}
    return [n for n in dict.fromkeys(names) if n not in own]


def _with_link(policy: ir.Policy, fact: ir.Fact) -> ir.Fact:
    if fact.of is None:
        return fact
    link = ir.FactField(name="of", type=ir.Type(kind="fact", fact=fact.of), place=fact.place)
    return fact.model_copy(update={"fields": (*fact.fields, link)})


def _rows(
    fact: ir.Fact, path: Path, files: Files, columns: Mapping[str, str]
) -> tuple[list[dict[str, object]], list[BadRow], Literal["line", "row"]]:
    rows: list[dict[str, object]] = []
    bad: list[BadRow] = []
    mapping = MapFile(columns=columns, unknown=files.unknown)
    with open_table(path, files.encoding) as table:
        for record in Records(table, Columns(table, fact, mapping)):
            if isinstance(record, BadRow):
                bad.append(record)
            else:
                rows.append(record.values)
        return rows, bad, table.unit
