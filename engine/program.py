"""A compiled policy, ready to run: what a generated module is for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import TypeAlias

from leadpolicy.engine.decision import Decision
from leadpolicy.engine.errors import InputError
from leadpolicy.engine.policy import (
    AtomDeclaration,
    FactRecords,
    PartDeclaration,
    PolicyDeclaration,
    Results,
    Values,
)
from leadpolicy.engine.reading import FactBase, Facts, FieldReader, Reading, Records, as_mapping, read_facts
from leadpolicy.engine.reading import record_readers as _record_readers
from leadpolicy.engine.times import from_datetime

Lines: TypeAlias = tuple[tuple[int, str, int], ...]
ReadLead: TypeAlias = Callable[[Callable[[str], object], FactRecords, int], Values]
Decide: TypeAlias = Callable[[Values], Results]
OnError: TypeAlias = Callable[[int, InputError], None]


class Program:
    """A policy's generated code. Holds no state: safe to share between threads.

    `lines` maps lines of the generated source to the policy's: (generated line, file, line), ascending.
    """

    __slots__ = ("_decide", "_none", "_read", "_readers", "atoms", "lines", "names", "parts", "policy", "source")

    def __init__(
        self,
        policy: PolicyDeclaration,
        readers: dict[str, Records],
        read: ReadLead,
        decide: Decide,
        atoms: tuple[AtomDeclaration, ...],
        parts: tuple[PartDeclaration, ...],
        lines: Lines,
    ) -> None:
        self.policy = policy
        self.atoms = atoms
        self.parts = parts
        self.lines = lines
        self.source = ""
        self.names = tuple(field.name for field in policy.facts[policy.about].fields)
        self._readers = readers
        self._read = read
        self._decide = decide
        self._none = FactBase(policy.digest, {fact.name: {} for fact in policy.facts})

    def facts(self, facts: Facts | FactBase | None) -> FactBase:
        """Read other facts once, for any number of leads.

        InputError for records that can't be read, and where the policy reads facts that aren't passed (ruling 8).
        ValueError for a fact base of another policy.
        """
        if isinstance(facts, FactBase):
            if facts.digest != self.policy.digest:
                raise ValueError("these facts were read for another policy")
            return facts
        if facts is None and not self.policy.reads_facts:
            return self._none
        return read_facts(self.policy, self._readers, facts or {})

    def decide(self, lead: object, *, facts: Facts | FactBase | None = None, now: datetime) -> Decision:
        """Decide one lead: a mapping, or any object with attributes. `now`: a naive one is in the policy's zone.

        InputError where the lead, or a fact, can't be read.
        """
        return self._one(lead, self.facts(facts).records, self.instant(now))

    def decide_many(
        self,
        leads: Iterable[object],
        *,
        facts: Facts | FactBase | None = None,
        now: datetime,
        on_error: OnError | None = None,
    ) -> Iterator[Decision]:
        """Decide leads one by one, as they are asked for. Facts are read at once.

        A lead that can't be read raises its InputError when its turn comes; with `on_error` that gets the lead's
        index and the error, and the lead is left out.
        """
        return self._many(leads, self.facts(facts).records, self.instant(now), on_error)

    def _many(
        self, leads: Iterable[object], records: FactRecords, now: int, on_error: OnError | None
    ) -> Iterator[Decision]:
        for index, lead in enumerate(leads):
            try:
                decision = self._one(lead, records, now)
            except InputError as error:
                if on_error is None:
                    raise
                on_error(index, error)
                continue
            yield decision

    def _one(self, lead: object, records: FactRecords, now: int) -> Decision:
        if type(lead) is not dict:
            lead = as_mapping(lead, self.names)
        values = self._read(lead.get, records, now)
        return Decision(self, values, self._decide(values))

    def instant(self, now: datetime) -> int:
        """Microseconds since 1970 UTC. TypeError for anything but a datetime."""
        if not isinstance(now, datetime):
            raise TypeError(f"now: expected a datetime, found {type(now).__name__}")
        return from_datetime(now, self.policy.zone)

    def __repr__(self) -> str:
        return f"<Program {self.policy.name} {self.policy.version}>"


def readers(policy: PolicyDeclaration) -> dict[str, Records]:
    """The readers of the policy's fact types, for generated modules."""
    return _record_readers(policy)


def field_reader(records: Mapping[str, Records], fact: str, field: int) -> Callable[[object, Reading], object]:
    """What reads a field where generated code doesn't do it itself."""
    reader: FieldReader = records[fact].field(field)
    return reader.read


def load(source: str, name: str) -> Program:
    """Run a generated module's source; `name` stands in tracebacks. The only exec in the project.

    The source comes from `leadpolicy.compiler.to_python`, which lets policy text in as literals only.
    """
    namespace: dict[str, object] = {"__name__": "leadpolicy_generated"}
    exec(compile(source, f"<generated from {name}>", "exec"), namespace)
    program = namespace["PROGRAM"]
    if not isinstance(program, Program):
        raise TypeError("the source defines no PROGRAM")
    program.source = source
    return program
