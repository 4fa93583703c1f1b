"""What `lead run` and `lead explain` read: the policy, the leads, the other facts, the time."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from leadpolicy.compiler import ir
from leadpolicy.compiler.diagnostics import nearest
from leadpolicy.engine.errors import InputError
from leadpolicy.files.columns import Columns
from leadpolicy.files.map_file import MapFile, read_map
from leadpolicy.files.problems import BadRow, FileError, quoted
from leadpolicy.files.records import Records, key_field
from leadpolicy.files.table import open_table
from leadpolicy.policy import Policy

if TYPE_CHECKING:
    from leadpolicy.engine.intake import FactBase

_SHOWN = 3


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


@dataclass(frozen=True, slots=True)
class Opened:
    """The inputs, open and checked."""

    policy: Policy
    about: ir.Fact
    key: str | None
    records: Records
    facts: FactBase | None
    now: datetime
    notes: list[str]


@contextmanager
def open_inputs(inputs: Inputs) -> Generator[Opened, None, None]:
    """Open everything; a `FileError` where something can't be used at all."""
    policy = Policy.load(inputs.policy)
    now = read_time(inputs.now)
    about = policy.ir.fact(policy.ir.about)
    mapping = read_map(inputs.mapping, about, inputs.unknown)
    facts = _facts(policy, inputs)
    with open_table(inputs.leads, inputs.encoding) as table:
        records = Records(table, Columns(table, about, mapping))
        yield Opened(policy, about, key_field(about), records, facts, now, table.notes)


def read_time(text: str | None) -> datetime:
    """The time that `--now` says; without it, the clock's. One without an offset is in the policy's zone."""
    if text is None:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        hint = "write 2026-11-20, 2026-11-20T10:00 or 2026-11-20T10:00:00+08:00"
        raise FileError(f"--now {text}: not a time", hint) from None


def _facts(policy: Policy, inputs: Inputs) -> FactBase | None:
    files = _fact_files(policy, inputs.facts)
    needed = [name for name in policy.ir.reads_facts if name not in files]
    if needed:
        raise FileError(
            f"policy {policy.name} reads {quoted(needed)}, and no file of them is given",
            f"add --facts {needed[0]}={needed[0].lower()}.csv" + (", and so on" if needed[1:] else ""),
        )
    if not files:
        return None
    records: dict[str, list[dict[str, object]]] = {}
    for name, path in files.items():
        records[name] = _fact_records(policy.ir.fact(name), path, inputs)
    try:
        return policy.fact_base(records)
    except InputError as error:
        problems = "; ".join(str(p).replace("lead `", "record `", 1) for p in error.problems[:_SHOWN])
        more = len(error.problems) - _SHOWN
        names = ", ".join(f"{path}" for path in files.values())
        text = f"{names}: {problems}" + (f"; and {more} more" if more > 0 else "")
        raise FileError(text, "put the facts right: every lead is decided by them") from None


def _fact_files(policy: Policy, options: tuple[str, ...]) -> dict[str, Path]:
    files: dict[str, Path] = {}
    names = [fact.name for fact in policy.ir.facts if fact.name != policy.ir.about]
    for option in options:
        name, equals, path = option.partition("=")
        if not equals or not path:
            raise FileError(f"--facts {option}: not NAME=FILE", "write --facts Member=members.csv")
        if name not in names:
            near = nearest(name, names)
            known = f"its other facts: {quoted(names)}" if names else "it declares no other fact"
            if name == policy.ir.about:
                known = "the leads are given by the LEADS file"
            hint = f"did you mean `{near}`?" if near else known
            raise FileError(f"--facts {option}: policy {policy.name} has no other fact `{name}`", hint)
        if name in files:
            raise FileError(f"--facts {name} is given twice", "put all records into one file")
        files[name] = Path(path)
    return files


def _fact_records(fact: ir.Fact, path: Path, inputs: Inputs) -> list[dict[str, object]]:
    records: list[dict[str, object]] = []
    bad: list[BadRow] = []
    mapping = MapFile(unknown=read_map(None, fact, inputs.unknown).unknown)
    with open_table(path, inputs.encoding) as table:
        for record in Records(table, Columns(table, fact, mapping)):
            if isinstance(record, BadRow):
                bad.append(record)
            else:
                records.append(record.values)
        if bad:
            shown = "; ".join(f"{table.unit} {b.line}: expected {b.expected}, found {b.found}" for b in bad[:_SHOWN])
            more = f"; and {len(bad) - _SHOWN} more" if len(bad) > _SHOWN else ""
            raise FileError(f"{path}: {shown}{more}", "put the facts right: every lead is decided by them")
    return records
