"""What a generated module declares about its policy: the shapes that the engine works with.

Everything here is made once, when the module is loaded. Functions in these shapes are the module's own; `Values`
are the slots of one lead (then `now`, then the other facts; in a policy that reads records also a view of these and
the stage-entry table), `Results` what `decide` worked out, in the order of the module's layout: the scores' values
come first.

A generated module has two halves: what decides, and what tells (`Telling`), which runs when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import starmap
from threading import Lock
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from leadpolicy.engine.attribution import Share
    from leadpolicy.engine.missing import Missing, Ranked
    from leadpolicy.engine.reasons import Forms, Look, Reasons, State
    from leadpolicy.engine.replay import Turns
    from leadpolicy.engine.times import ZoneDeclaration
    from leadpolicy.engine.tracing import Trace
    from leadpolicy.engine.work_time import WorkCalendar

Values: TypeAlias = Sequence[object]
Results: TypeAlias = Sequence[object]
Verdict: TypeAlias = bool | None
Clauses: TypeAlias = tuple[Verdict, ...]
Sources: TypeAlias = tuple[int, ...]
"""What can make something unknown: a slot's index, or `~i` for part `i`; beyond the slots, a field of records."""
Bound: TypeAlias = tuple[int | None, int | None]
"""(low, high) of a score, in its own scale; None: without bound."""
Blame: TypeAlias = Sources | Callable[[Values, Results], Sources]
Tracer: TypeAlias = Callable[[Values, Results], Sequence[object]]
FactRecords: TypeAlias = Mapping[str, Mapping[str, tuple[object, ...]]]
"""By the fact's name, by key: the values of a record's fields, in order."""


@dataclass(frozen=True, slots=True)
class TypeDeclaration:
    """A type, as in the IR."""

    kind: str
    currency: str | None = None
    choices: tuple[str, ...] | None = None
    item: TypeDeclaration | None = None
    fact: str | None = None


@dataclass(frozen=True, slots=True)
class FieldDeclaration:
    """A field of a fact. `or_none`: absent means nothing, not unknown."""

    name: str
    type: TypeDeclaration
    key: bool = False
    required: bool = False
    or_none: bool = False
    markers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FactDeclaration:
    """A fact or event type. `of`: the fact type that its records belong to; `dated`: the field that dates them;
    `concluded`: made by rules, never passed; `read`: whether decisions go through its records."""

    name: str
    fields: tuple[FieldDeclaration, ...]
    event: bool = False
    of: str | None = None
    dated: int | None = None
    concluded: bool = False
    read: bool = False

    @property
    def key(self) -> int | None:
        """The place of the key among the fields."""
        return next((index for index, field in enumerate(self.fields) if field.key), None)


@dataclass(frozen=True, slots=True)
class SlotDeclaration:
    """One value that the policy looks at: a field, a path, or `domain` of one.

    `steps` are the slots of the path's beginnings, the slot itself last. `order` is its place in the declarations.
    """

    path: str
    type: TypeDeclaration
    steps: tuple[int, ...]
    order: tuple[int, ...]
    nothing: bool
    ask: str | None


@dataclass(frozen=True, slots=True)
class ClauseDeclaration:
    """One part of an `and` chain: its text, the parts it reads by name, and who can make it unknown."""

    text: str
    reads: tuple[str, ...]
    blame: Blame


@dataclass(frozen=True, slots=True)
class BandDeclaration:
    """A band of a `bands` entry: what the entry's reason says where the band counts."""

    text: str
    because: str | None
    points: int


@dataclass(frozen=True, slots=True)
class ItemDeclaration:
    """One item of the reasons: an entry, a row, a criterion, a stage. `values` are atoms, in order of appearance.

    `member`: who can make the member that a route entry names unknown, or the time of a recall entry; `unless`:
    the clauses that spare a lead the recall. `question`: a criterion's `ask`.
    """

    entry: str
    text: str
    place: str
    because: str | None = None
    values: tuple[int, ...] = ()
    clauses: tuple[ClauseDeclaration, ...] = ()
    bands: tuple[BandDeclaration, ...] = ()
    outcome: object = None
    member: Blame = ()
    unless: tuple[ClauseDeclaration, ...] = ()
    question: str | None = None


@dataclass(frozen=True, slots=True)
class PartDeclaration:
    """A part of a decision: `kind` is score, sum (score expression), table, gate, disqualify, stage, route or recall.

    `name` is as in `could_change`; `index` counts within its kind; `trace` gives each item's verdicts.
    """

    kind: str
    name: str
    index: int
    items: tuple[ItemDeclaration, ...]
    trace: Tracer


@dataclass(frozen=True, slots=True)
class EntryDeclaration:
    """An entry of a score. Points are in the score's own scale.

    `slots`: all it reads; `alone`: those used only where trial values tell all, with the constants that each is
    compared with; `others` gives further values it is compared with, as (slot, value). `points`: the constants it
    can give, or what works them out (one value; None where unknown). `give` works out what it gives in plain mode.
    Of an entry that reads records, `blame` tells which of their fields make it unknown. Of an event entry, it tells
    all that does, and `reach` is what the entry may give besides: with other records.
    """

    kind: str
    group: int | None
    slots: tuple[int, ...]
    alone: Mapping[int, tuple[object, ...]]
    points: tuple[int, ...] | Callable[[Values], object]
    give: Callable[[Values], int]
    others: Callable[[Values], tuple[tuple[int, object], ...]] | None = None
    choices: Mapping[str, int] | None = None
    blame: Blame = ()
    reach: Callable[[Values], tuple[int, ...]] | None = None
    type: str = ""
    """The name of an event entry's records."""


@dataclass(frozen=True, slots=True)
class ScoreTelling:
    """What a score's bounds are worked out from. `groups`: the groups' limits. `unsettled` gives the indexes of the
    entries that are unknown in open mode; `ends` its own bounds, where conditions read them. `parts`: the scores that
    a score expression is made of."""

    entries: tuple[EntryDeclaration, ...] = ()
    groups: tuple[int | None, ...] = ()
    unsettled: Callable[[Values], tuple[int, ...]] | None = None
    ends: Callable[[Values, Results], Bound] | None = None
    parts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Telling:
    """The telling half of a module: what bounds, reasons and `missing` are worked out from.

    `fields` are the records' fields that can be unknown, named as slots are. `lines` are places of the policy by
    lines of the module: of each file, pairs `generated:written`.
    `ends`: low and high of each score, one after the other.
    `lacking`: what is missing. `hangs`: of the fields that scores are open by the slot, and what hangs on it by
    scores alone, a bit for each part, and above these the millionths of points; the order is that in which they are
    asked for. `asks`: the gates whose criteria's own questions `lacking` leaves to the engine.
    `states`: of each item the state that it is known to be in by what it says; None where that isn't known. `atoms`
    are the names of what reasons print, `printed` gives all their values.
    """

    scores: tuple[ScoreTelling, ...]
    parts: tuple[PartDeclaration, ...]
    atoms: tuple[str, ...]
    fields: tuple[SlotDeclaration, ...]
    lines: tuple[tuple[str, str], ...]
    ends: Callable[[Values, Results], tuple[int | None, ...]]
    lacking: Callable[[Values, Results, Callable[[], Trace]], tuple[Missing, ...]]
    hangs: tuple[tuple[int, int], ...]
    asks: tuple[int, ...]
    states: Callable[[Values, Results, Sequence[Look]], list[State | None]]
    printed: Callable[[Values, Results], tuple[object, ...]]
    trace: Callable[[PolicyDeclaration, Sequence[PartDeclaration], Values, Results], Trace]
    why: Callable[[PolicyDeclaration, Telling, Values, Results, Callable[[], Trace]], Reasons]
    missing: dict[tuple[int, int, str | None], Ranked] = field(default_factory=dict, compare=False, repr=False)
    """What is said of unknown fields, by all that it depends on (`engine/missing.py`)."""
    answers: dict[object, tuple[Missing, ...]] = field(default_factory=dict, compare=False, repr=False)
    """What was found missing, by the fields that scores are open by and those that parts blame."""
    blamed: dict[tuple[int, object], tuple[int, ...]] = field(default_factory=dict, compare=False, repr=False)
    """Who made a gate unknown, by its verdicts (`engine/tracing.py`)."""
    forms: list[Forms] = field(default_factory=list, compare=False, repr=False)
    """What reasons say of each item (`engine/reasons.py`): one, made when it is first asked for."""


class Later:
    """The telling half, run when it is first asked for. `run` is called once, and fills it in (`tell`)."""

    __slots__ = ("_lock", "run", "told")

    def __init__(self) -> None:
        self.told: Telling | None = None
        self.run: Callable[[], None] | None = None
        self._lock = Lock()

    def get(self) -> Telling:
        """What it tells."""
        told = self.told
        return self._made() if told is None else told

    def _made(self) -> Telling:
        with self._lock:
            if self.told is None and self.run is not None:
                self.run()
            told = self.told
        if told is None:
            raise TypeError("the module has no telling half")
        return told


@dataclass(frozen=True, slots=True)
class ScoreDeclaration:
    """A score. `scaled`: its numbers are millionths. `index`: its place among the scores."""

    name: str
    scaled: bool
    low: int | None
    high: int | None
    index: int
    later: Later

    @property
    def telling(self) -> ScoreTelling:
        """What its bounds are worked out from."""
        return (self.later.told or self.later.get()).scores[self.index]


@dataclass(frozen=True, slots=True)
class TableDeclaration:
    """A table. `outputs` are (name or None, type); `outcomes` one a row: a value, or a tuple of several outputs."""

    name: str
    hit: str
    outputs: tuple[tuple[str | None, TypeDeclaration], ...]
    outcomes: tuple[object, ...]
    complete: bool
    result: int


@dataclass(frozen=True, slots=True)
class GateDeclaration:
    """A gate: its criteria's names, where its verdict stands in the results, and what gives theirs."""

    name: str
    criteria: tuple[str, ...]
    result: int
    verdicts: Callable[[Values, Results], tuple[Verdict, ...]]


@dataclass(frozen=True, slots=True)
class TargetDeclaration:
    """Where a lead goes. `target` is the declared name, None for members, owners, durations and closed. `duration`:
    that of `nurture for …`, as (months, days, microseconds)."""

    entry: str
    kind: str
    target: str | None
    text: str
    duration: tuple[int, int, int] | None = None


@dataclass(frozen=True, slots=True)
class ReminderDeclaration:
    """`before`: a duration, or millionths of work hours or workdays in `calendar`; `kind` says which.
    `published`: the first and last published year of that calendar, where it has such."""

    before: int
    kind: str
    calendar: WorkCalendar | None = None
    published: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class DueDeclaration:
    """A recall entry with a due time. `published`: first and last published year of each calendar it counts in."""

    entry: str
    reminders: tuple[ReminderDeclaration, ...]
    published: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class AttributionDeclaration:
    """A credit model. `touches` gives the records that count, and the times that `shares` name by their number."""

    name: str
    fact: int
    dated: int
    window: int | None
    shares: tuple[Share, ...]
    touches: Callable[[Values, Results], tuple[Sequence[tuple[object, ...]], Sequence[object]]]


@dataclass(frozen=True, slots=True)
class ReplayDeclaration:
    """What a replay of stage entries looks at: slots of the creation time and of times that ages are taken of, types
    of events by their place among the facts, and where the stages and whether one is disqualified stand in the
    results."""

    turns: Turns
    created: int | None
    fields: Mapping[str, int]
    events: tuple[int, ...]
    stages: tuple[tuple[str, int], ...]
    disqualified: int


@dataclass(frozen=True, slots=True)
class PolicyDeclaration:
    """A policy. Absent blocks are empty or None; results of `disqualify`, `funnel`, `route` by index.

    `rich`: values have a view of records and the stage-entry table. `assigned`: the slot of the field with that role.
    """

    name: str
    version: str
    digest: str
    about: int
    key: int | None
    zone: ZoneDeclaration
    calling_code: str | None
    facts: tuple[FactDeclaration, ...]
    reads_facts: tuple[str, ...]
    slots: tuple[SlotDeclaration, ...]
    scores: tuple[ScoreDeclaration, ...]
    tables: tuple[TableDeclaration, ...]
    gates: tuple[GateDeclaration, ...]
    disqualify: tuple[TargetDeclaration, ...] | None
    stages: tuple[str, ...] | None
    route: tuple[TargetDeclaration, ...] | None
    undecided: str | None
    disqualify_result: int
    stage_result: int
    route_result: int
    later: Later
    reads_events: tuple[str, ...] = ()
    rich: bool = False
    assigned: int | None = None
    has_recall: bool = False
    recall: tuple[DueDeclaration, ...] = ()
    attributions: tuple[AttributionDeclaration, ...] = ()
    replay: ReplayDeclaration | None = None

    @property
    def fields(self) -> tuple[SlotDeclaration, ...]:
        """The records' fields that can be unknown."""
        return self.later.get().fields

    def source(self, index: int) -> SlotDeclaration:
        """The slot, or field of records, that a source means."""
        slots = self.slots
        return slots[index] if index < len(slots) else self.fields[index - len(slots)]


def tell(later: Later, told: Telling) -> None:
    """Fill in the telling half: its last line."""
    later.told = told


# ── Tables of a module, made into declarations ──

ItemRow: TypeAlias = tuple[object, ...]
"""The fields of an item in their order, with clauses and bands as rows too; the last ones may be left out."""


def targets(rows: Iterable[tuple[object, ...]]) -> tuple[TargetDeclaration, ...]:
    """The targets of rows."""
    made: Callable[..., TargetDeclaration] = TargetDeclaration
    return tuple(starmap(made, rows))


def items(rows: Iterable[ItemRow]) -> tuple[ItemDeclaration, ...]:
    """The items of rows."""
    return tuple(map(_item, rows))


def _item(row: ItemRow) -> ItemDeclaration:
    made: Callable[..., ItemDeclaration] = ItemDeclaration
    if len(row) <= 5:
        return made(*row)
    clause: Callable[..., ClauseDeclaration] = ClauseDeclaration
    band: Callable[..., BandDeclaration] = BandDeclaration
    parts = list(row)
    for place, make in ((5, clause), (6, band), (9, clause)):
        if place < len(parts):
            rows: Iterable[Iterable[object]] = parts[place]  # type: ignore[assignment]
            parts[place] = tuple(starmap(make, rows))
    return made(*parts)


def lines_of(told: Telling) -> tuple[tuple[int, str, int], ...]:
    """(line of the module, file, line of the file), ascending."""
    found: list[tuple[int, str, int]] = []
    for file, pairs in told.lines:
        for pair in pairs.split():
            line, _, written = pair.partition(":")
            found.append((int(line), file, int(written)))
    return tuple(sorted(found, key=lambda one: one[0]))
