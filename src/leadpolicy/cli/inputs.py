"""What `lead run` and `lead explain` read: the policy, the leads, the other facts, the time."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from leadpolicy.cli.happened import Files, Happened, Rows, named_files, read_happened
from leadpolicy.compiler import ir
from leadpolicy.compiler.wording import say
from leadpolicy.duplicates import find_duplicates
from leadpolicy.files.columns import Columns
from leadpolicy.files.map_file import MapFile, read_map
from leadpolicy.files.problems import FileError
from leadpolicy.files.records import Record, Records, key_field
from leadpolicy.files.table import open_table
from leadpolicy.policy import Policy


@dataclass(frozen=True, slots=True)
class Inputs:
    """The arguments and options, as given."""

    policy: Path
    leads: Path
    facts: tuple[str, ...]
    now: str | None
    mapping: Path | None
    encoding: str
    unknown: tuple[str, ...]
    events: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Opened:
    """The inputs, open and checked."""

    policy: Policy
    about: ir.Fact
    key: str | None
    records: Records
    happened: Happened
    now: datetime
    notes: list[str]
    given: Rows | None = None
    """All leads, facts and events as they were read, where rules are to be played."""


@contextmanager
def open_inputs(inputs: Inputs, keep: bool = False) -> Generator[Opened, None, None]:
    """Open everything; a `FileError` where something can't be used at all. `keep`: all that is given, for rules."""
    policy = Policy.load(inputs.policy)
    now = read_time(inputs.now)
    about = policy.ir.fact(policy.ir.about)
    mapping = read_map(inputs.mapping, about, inputs.unknown)
    keep = keep and bool(policy.ir.rules)
    happened, leads = _happened(policy, inputs, mapping, about, keep)
    given = {about.name: leads or [], **happened.rows} if keep else None
    with open_table(inputs.leads, inputs.encoding) as table:
        records = Records(table, Columns(table, about, mapping))
        notes = [*table.notes, *happened.notes]
        yield Opened(policy, about, key_field(about), records, happened, now, notes, given)


def read_time(text: str | None, option: str = "--now") -> datetime:
    """The time that an option says; without it, the clock's. One without an offset is in the policy's zone."""
    if text is None:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        hint = say("write 2026-11-20, 2026-11-20T10:00 or 2026-11-20T10:00:00+08:00")
        raise FileError(say("{} {}: not a time", option, text), hint) from None


def _happened(
    policy: Policy, inputs: Inputs, mapping: MapFile, about: ir.Fact, keep: bool
) -> tuple[Happened, list[dict[str, object]] | None]:
    """What was read beside the leads; and all leads, where they are needed or kept."""
    facts = named_files(policy, "--facts", inputs.facts, events=False)
    events = named_files(policy, "--events", inputs.events, events=True)
    unknown = read_map(None, about, inputs.unknown).unknown
    leads = None
    if keep or policy.ir.about in policy.ir.reads_facts or policy.ir.duplicates:
        with open_table(inputs.leads, inputs.encoding) as table:
            records = Records(table, Columns(table, about, mapping))
            leads = [r.values for r in records if isinstance(r, Record)]
    files = Files(facts, events, inputs.encoding, unknown)
    happened = read_happened(policy, files, leads if policy.ir.about in policy.ir.reads_facts else None, keep)
    for rule in policy.ir.duplicates:
        if rule.fact == policy.ir.about and leads is not None:
            happened.duplicates = find_duplicates(rule, policy.ir, leads)
    return happened, leads
