"""A compiled policy, ready to run: what a generated module is for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from types import CodeType
from typing import TypeAlias

from leadpolicy.engine.decision import Decision, places
from leadpolicy.engine.decision import decision_class as decision_class
from leadpolicy.engine.errors import InputError, Problem
from leadpolicy.engine.intake import Events, FactBase, Facts, Taken, brought_along, take
from leadpolicy.engine.own_events import EventType, UnusualError, own_rows, own_sets, typed_events, usual_events
from leadpolicy.engine.policy import (
    FactRecords,
    Later,
    PartDeclaration,
    PolicyDeclaration,
    Results,
    Values,
    lines_of,
)
from leadpolicy.engine.reading import FieldReader, Reading, Records, Take, as_mapping
from leadpolicy.engine.reading import record_readers as _record_readers
from leadpolicy.engine.reading import remembering as remembering
from leadpolicy.engine.records import OwnView, RecordSet, View
from leadpolicy.engine.replay import instants, replay
from leadpolicy.engine.times import from_datetime

Lines: TypeAlias = tuple[tuple[int, str, int], ...]
ReadLead: TypeAlias = Callable[[Callable[[str], object], FactRecords, int], Values]
Decide: TypeAlias = Callable[[Values], Results]
AtOnce: TypeAlias = Callable[[object, int, FactRecords | None], Decision | None]
"""Reads a lead and decides it in one go; None where it needs a closer look. It reads no facts."""
OnError: TypeAlias = Callable[[int, InputError], None]
_MOST_KINDS = 256
"""So many classes of leads are remembered."""


class Program:
    """A policy's generated code. Holds no state: safe to share between threads. What tells (`parts`,
    `lines`) is loaded when it is first asked for."""

    __slots__ = (
        "_about", "_decide", "_decision", "_events", "_kinds", "_last", "_linked", "_none", "_own", "_read",
        "_readers", "_rich", "_sole", "at_once", "later", "names", "objects", "places", "policy", "scores", "source",
        "takes_events",
    )  # fmt: skip

    def __init__(
        self,
        policy: PolicyDeclaration,
        readers: dict[str, Records],
        read: ReadLead,
        decide: Decide,
        later: Later,
        decision: type[Decision],
        at_once: AtOnce | None,
    ) -> None:
        decision._program = self
        self._decision = decision
        self.at_once = at_once
        self.objects: Callable[[], AtOnce] | None = None
        self._kinds: dict[type, AtOnce | None] = {}
        self._last: tuple[datetime | None, int] = (None, 0)
        self.policy = policy
        self.places = places(policy)
        self.scores = tuple((score.name, score.index, score.scaled) for score in policy.scores)
        self.later = later
        self.source = ""
        self.names = tuple(field.name for field in policy.facts[policy.about].fields)
        self._readers = readers
        self._read = read
        self._decide = decide
        self._rich = policy.rich
        self._about = readers[policy.facts[policy.about].name]
        self._linked = any(fact.of == self._about.name for fact in policy.facts)
        self.takes_events = any(fact.event for fact in policy.facts)
        self._sole: EventType | None = None
        self._events: dict[str, EventType] | None = None
        """The event types, once they are asked for: `readers` don't have all their code yet."""
        self._own = policy.rich and not policy.reads_facts
        """Whether a lead with its own events is all that a decision reads."""
        self._none = Taken(FactBase(policy, readers, {fact.name: {} for fact in policy.facts}, {}, False), ())

    @property
    def readers(self) -> Mapping[str, Records]:
        """What reads the records of each fact type."""
        return self._readers

    @property
    def parts(self) -> tuple[PartDeclaration, ...]:
        """The parts of a decision, in order."""
        return self.later.get().parts

    @property
    def lines(self) -> Lines:
        """Lines of the generated source and the policy's: (generated line, file, line), ascending."""
        return lines_of(self.later.get())

    def facts(self, facts: Facts | FactBase | None, events: Events | None = None) -> FactBase:
        """Read other facts and events once, for any number of leads.

        InputError for records that can't be read, and where the policy reads what isn't passed (ruling 8).
        ValueError for a fact base of another policy.
        """
        taken = self._take(facts, events)
        if taken.problems:
            raise InputError(taken.problems)
        return taken.base

    def _take(self, facts: Facts | FactBase | None, events: Events | None, owner: str | None = None) -> Taken:
        policy = self.policy
        if facts is None and events is None and not policy.reads_facts and not policy.reads_events:
            return self._none
        return take(policy, self._readers, facts, events, owner)

    def decide(
        self,
        lead: object,
        *,
        events: Events | None = None,
        facts: Facts | FactBase | None = None,
        now: datetime,
        entered: Mapping[str, int] | None = None,
    ) -> Decision:
        """Decide one lead: a mapping, or any object with attributes. `now`: a naive one is in the policy's zone.

        `events`, `facts`: by type; those that don't say whose they are belong to this lead. `entered`: when each
        stage was first reached, in microseconds since 1970 UTC; without it, a replay finds that where it matters.
        InputError where the lead, a fact or an event can't be read: all problems at once.
        """
        last = self._last
        instant = last[1] if last[0] is now else self._remembered(now)
        if self.at_once is not None and events is None and facts is None:
            made = self._at_once(lead, instant)
            if made is not None:
                return made
        if events is not None and facts is None and self._own and type(lead) is dict:
            decision = self.with_own_events(lead, events, instant, entered) if type(events) is list else None
            if decision is None:
                decision = self._usual(lead, events, instant, entered)
            if decision is not None:
                return decision
        elif events is None and isinstance(facts, FactBase) and self._is_whole(facts):
            return self._one(lead, facts, instant, entered)
        taken = self._take(facts, events, self._about.read_key(lead) if self._linked else None)
        if taken.problems:
            raise InputError((*taken.problems, *self._problems(lead, taken.base, instant)))
        return self._one(lead, taken.base, instant, entered)

    def _is_whole(self, facts: FactBase) -> bool:
        """Whether what was read before is all that a decision reads."""
        return facts.digest == self.policy.digest and (facts.has_events or not self.policy.reads_events)

    def _event_types(self) -> dict[str, EventType]:
        types = self._events = typed_events(self.policy, self._readers)
        found = next(iter(types.values())) if len(types) == 1 else None
        self._sole = found if found is not None and found.read and found.own and self.policy.key is not None else None
        return types

    @property
    def takes_own_events(self) -> bool:
        """Whether leads may come with a list of their own events, and that is all that is read."""
        if self._own and self._events is None:
            self._event_types()
        return self._own and self._sole is not None

    def with_own_events(
        self, lead: dict[str, object], events: list[object], now: int, entered: Mapping[str, int] | None
    ) -> Decision | None:
        """Decide a lead with its own events where the policy reads nothing besides one type of them, and none says
        anything of itself; else None, and where anything is wrong."""
        if self._events is None:
            self._event_types()
        type_, base = self._sole, self._none.base
        if type_ is None:
            return None
        try:
            values = self._read(lead.get, base.records, now)
            owner = values[self.policy.key]  # type: ignore[index]
            if type(owner) is not str:
                owner = str(owner)
            rows = own_rows(type_, events, owner)
        except (InputError, UnusualError):
            return None
        if values[-1] is not None or values[-2] is not base.records:
            return None
        view = OwnView(base.sets, now, type_, rows, owner)
        if entered is None:
            entered = {} if self.policy.replay is None else self._replayed(list(values[:-1]), view, now)
        return self._decided((*values[:-1], view, entered))

    def _usual(
        self, lead: dict[str, object], events: Events, now: int, entered: Mapping[str, int] | None
    ) -> Decision | None:
        """A lead with its own events, all as hosts usually pass them. None where anything is not so, or wrong: then
        `take` reads them again, and tells."""
        types = self._events
        if types is None:
            types = self._event_types()
        named = usual_events(types, events)
        if named is None:
            return None
        base = self._none.base
        try:
            values = self._read(lead.get, base.records, now)
            owner = None if self.policy.key is None else str(values[self.policy.key])
            sets = own_sets(base.sets, named, owner)
        except (InputError, UnusualError):
            return None
        values = self._with_records(values, base, sets, now, entered)
        return self._decided(values)

    def _remembered(self, now: datetime) -> int:
        """Hosts pass the same time for many leads."""
        instant = self.instant(now)
        self._last = (now, instant)
        return instant

    def _at_once(self, lead: object, now: int) -> Decision | None:
        """Decide a lead in one go, where that can be."""
        if self.at_once is None or type(lead) is dict:
            return None if self.at_once is None else self.at_once(lead, now, None)
        decide = self.of_kind(type(lead))
        if decide is None:
            return None
        try:
            return decide(lead, now, None)
        except AttributeError:
            return None  # an object without some of the fields

    def of_kind(self, kind: type) -> AtOnce | None:
        """What decides objects of a class in one go; None for mappings and the like."""
        if kind not in self._kinds:
            plain = not issubclass(kind, Mapping | list | tuple | str | bytes)
            if len(self._kinds) >= _MOST_KINDS:
                self._kinds.clear()
            self._kinds[kind] = self.objects() if plain and self.objects is not None else None
        return self._kinds[kind]

    def _problems(self, lead: object, base: FactBase, now: int) -> tuple[Problem, ...]:
        """What is wrong with a lead itself."""
        try:
            self._read(as_mapping(lead, self.names).get, base.records, now)
        except InputError as error:
            return error.problems
        return ()

    def decide_many(
        self,
        leads: Iterable[object],
        *,
        events: Events | None = None,
        facts: Facts | FactBase | None = None,
        now: datetime,
        on_error: OnError | None = None,
    ) -> Iterator[Decision]:
        """Decide leads one by one, as they are asked for. Facts and events are read and indexed at once.

        A lead that can't be read raises its InputError when its turn comes; with `on_error` that gets the lead's
        index and the error, and the lead is left out.
        """
        return self._many(leads, self.facts(facts, events), self.instant(now), on_error)

    def _many(
        self, leads: Iterable[object], base: FactBase, now: int, on_error: OnError | None
    ) -> Iterator[Decision]:
        at_once = self.at_once or _never
        for index, lead in enumerate(leads):
            made = at_once(lead, now, None) if type(lead) is dict else self._at_once(lead, now)
            if made is None:
                try:
                    made = self._one(lead, base, now, None)
                except InputError as error:
                    if on_error is None:
                        raise
                    on_error(index, error)
                    continue
            yield made

    def _one(self, lead: object, base: FactBase, now: int, entered: Mapping[str, int] | None) -> Decision:
        if type(lead) is not dict:
            lead = as_mapping(lead, self.names)
        values = self._read(lead.get, base.records, now)
        if self._rich:
            values = self._with_records(values, base, base.sets, now, entered)
        return self._decided(values)

    def _decided(self, values: Values) -> Decision:
        """Decide what was read."""
        made = self._decision()
        made._ends = made._memo = None
        made._values = values
        made._results = self._decide(values)
        return made

    def _with_records(
        self,
        read: Values,
        base: FactBase,
        sets: Sequence[RecordSet | None],
        now: int,
        entered: Mapping[str, int] | None,
    ) -> tuple[object, ...]:
        """What was read of a lead, with a view of the records in place of its own record, and the stage entries."""
        this, facts = read[-1], read[-2]
        alone = this is None and facts is base.records
        view = View(sets, now, None if alone else brought_along(self.policy, base, facts, this))
        if entered is None:
            entered = {} if self.policy.replay is None else self._replayed(list(read[:-1]), view, now)
        return (*read[:-1], view, entered)

    def _replayed(self, own: list[object], view: View, now: int) -> dict[str, int]:
        """The stage-entry table of a lead whose history wasn't kept (ruling 36)."""
        policy = self.policy
        declared = policy.replay
        assert declared is not None
        at = len(policy.slots)
        facts = own[at + 1]
        key = None if policy.key is None else str(own[policy.key])
        own_types = {i for i in declared.events if policy.facts[i].of == policy.facts[policy.about].name}
        times = [t for i in declared.events for t in view.times(i, key if i in own_types else None)]
        created = None if declared.created is None else own[declared.created]
        fields = {name: t for name, slot in declared.fields.items() if isinstance(t := own[slot], int)}
        known = created if isinstance(created, int) else None

        def ask(instant: int, entered: Mapping[str, int]) -> tuple[list[str], bool]:
            results = self._decide((*own[:at], instant, facts, view.at(instant), entered))
            reached = [stage for stage, index in declared.stages if results[index] is True]
            return reached, results[declared.disqualified] is True

        return replay(instants(declared.turns, known, times, fields, now, policy.zone), ask)

    def instant(self, now: datetime) -> int:
        """Microseconds since 1970 UTC. TypeError for anything but a datetime."""
        if not isinstance(now, datetime):
            raise TypeError(f"now: expected a datetime, found {type(now).__name__}")
        return from_datetime(now, self.policy.zone)

    def __repr__(self) -> str:
        return f"<Program {self.policy.name} {self.policy.version}>"


def _never(_lead: object, _now: int, _facts: FactRecords | None) -> Decision | None:
    """Where nothing is decided in one go."""
    return None


def readers(policy: PolicyDeclaration) -> dict[str, Records]:
    """The readers of the policy's fact types, for generated modules."""
    return _record_readers(policy)


def field_reader(records: Mapping[str, Records], fact: str, field: int) -> Callable[[object, Reading], object]:
    """What reads a field where generated code doesn't do it itself."""
    reader: FieldReader = records[fact].field(field)
    return reader.read


def taking(records: Mapping[str, Records], fact: str, take: Take) -> None:
    """Generated code that reads rows of an event type."""
    records[fact].take = take


def load(source: str, name: str) -> Program:
    """Run a generated module's source; `name` stands in tracebacks."""
    program = run(compiled(source, name), None)
    program.source = source
    return program


def compiled(source: str, name: str, after: int = 0) -> CodeType:
    """The code of a generated module, or of one of its halves; the other half's lines stand before it (`after`)."""
    return compile("\n" * after + source, f"<generated from {name}>", "exec", dont_inherit=True)


def run(
    code: CodeType, telling: Callable[[], CodeType] | None, objects: Callable[[], CodeType] | None = None
) -> Program:
    """Run a generated module: all of it, or its deciding half; then `telling` gives the other, when it is asked for,
    and `objects` what decides leads that are objects in one go.

    The project's execs are here and in `run_part`. The source comes from `leadpolicy.compiler.to_python`, which lets
    policy text in as literals only.
    """
    namespace: dict[str, object] = {"__name__": "leadpolicy_generated"}
    exec(code, namespace)
    program = namespace["PROGRAM"]
    if not isinstance(program, Program):
        raise TypeError("the source defines no PROGRAM")
    if telling is not None:
        program.later.run = lambda: exec(telling(), namespace)
    if program.at_once is not None and (objects is not None or "decide_object" in namespace):
        program.objects = lambda: _of_objects(objects, namespace)
    return program


def _of_objects(code: Callable[[], CodeType] | None, namespace: dict[str, object]) -> AtOnce:
    if code is not None and "decide_object" not in namespace:
        exec(code(), namespace)
    made: AtOnce = namespace["decide_object"]  # type: ignore[assignment]
    return made


def run_all(code: CodeType) -> dict[str, object]:
    """Run generated code that stands for itself, and give all that it defines."""
    namespace: dict[str, object] = {"__name__": "leadpolicy_generated"}
    exec(code, namespace)
    return namespace


def run_part(code: CodeType, name: str) -> object:
    """The same, and give what it defines under a name."""
    return run_all(code)[name]
