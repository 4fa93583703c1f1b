"""Why a decision came out as it did, item by item (0002 §7), and what stands between a lead and something else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from operator import itemgetter
from typing import NamedTuple, TypeAlias, cast, overload

from leadpolicy.engine.json_text import dumps
from leadpolicy.engine.numbers import as_number, print_decimal
from leadpolicy.engine.policy import (
    ItemDeclaration,
    PartDeclaration,
    PolicyDeclaration,
    Results,
    TargetDeclaration,
    Telling,
    Values,
)
from leadpolicy.engine.printing import print_outcome
from leadpolicy.engine.tracing import NOT_REACHED, ItemVerdict, Trace, by_itself, tells_all

_MARKS = {"true": "✓", "false": "✗", "unknown": "?"}


class Reason(NamedTuple):
    """One item. `verdict` is true, false, unknown, skipped or not reached; what has nothing to say is None, or ()."""

    part: str
    entry: str
    text: str
    place: str
    verdict: str
    points: int | Decimal | None
    because: str | None
    outcome: object
    values: dict[str, object]
    unknown: tuple[str, ...]
    failing: tuple[str, ...]

    def to_dict(self) -> dict[str, object]:
        """As decisions print it: keys with nothing to say are left out."""
        printed: dict[str, object] = {
            "part": self.part,
            "entry": self.entry,
            "text": self.text,
            "place": self.place,
            "verdict": self.verdict,
        }
        optional = {"points": self.points, "because": self.because, "outcome": self.outcome}
        printed.update((key, value) for key, value in optional.items() if value is not None)
        printed["values"] = dict(self.values)
        if self.unknown:
            printed["unknown"] = list(self.unknown)
        if self.failing:
            printed["failing"] = list(self.failing)
        return printed

    def __str__(self) -> str:
        mark = _MARKS.get(self.verdict, "·")
        points = ""
        if self.points is not None:
            size = str(self.points) if type(self.points) is int else print_decimal(Decimal(self.points))
            points = f"{'+' if self.points >= 0 else ''}{size} "
        if self.points is not None and self.text.startswith(points.strip()):
            points = ""  # the author's words begin with them
        name = self.text if self.entry == self.text else f"{self.entry}: {self.text}"
        told = [name]
        if self.outcome is not None:
            told.append("→ " + (self.outcome if isinstance(self.outcome, str) else dumps(self.outcome)))
        if self.verdict not in _MARKS:
            told.append(f"({self.verdict})")
        if self.because and self.because not in self.text:
            told.append(f"because {self.because}")
        if self.values:
            told.append("[" + ", ".join(f"{k}: {_shown(v)}" for k, v in self.values.items()) + "]")
        if self.failing and self.failing != (self.text,):
            told.append("fails: " + "; ".join(self.failing))
        return f"{mark} {points}{'  '.join(told)}  {self.place}"


def _shown(value: object) -> str:
    if value is None:
        return "?"
    return str(value) if type(value) is int else dumps(value)


class Reasons(Sequence[Reason]):
    """Reasons in order; `str()` is a text for people, grouped by part.

    All is worked out when it is made; the objects are made when they are first looked at.
    """

    __slots__ = ("_made", "_printed", "_states")

    def __init__(self, states: Sequence[State], printed: Sequence[object]) -> None:
        self._states = states
        self._printed = printed
        self._made: tuple[Reason, ...] | None = None

    def _reasons(self) -> tuple[Reason, ...]:
        made = self._made
        if made is None:
            printed, new = self._printed, tuple.__new__
            made = self._made = tuple(
                [new(Reason, (*head, values(printed), *tail)) for _, head, tail, values in self._states]
            )
        return made

    @overload
    def __getitem__(self, index: int) -> Reason: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Reason, ...]: ...

    def __getitem__(self, index: int | slice) -> Reason | tuple[Reason, ...]:
        return self._reasons()[index]

    def __len__(self) -> int:
        return len(self._states)

    def __iter__(self) -> Iterator[Reason]:
        return iter(self._reasons())

    def to_list(self) -> list[dict[str, object]]:
        """As decisions print them."""
        return [reason.to_dict() for reason in self._reasons()]

    def __str__(self) -> str:
        lines: list[str] = []
        part = ""
        for reason in self._reasons():
            if reason.part != part:
                part = reason.part
                lines.append(part)
            lines.append("  " + "\n    ".join(str(reason).splitlines()))
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<Reasons: {len(self._states)}>"


# ── What an item's reason says, values apart ──

Head: TypeAlias = tuple[str, str, str, str, str, int | Decimal | None, str | None, object]
Tail: TypeAlias = tuple[tuple[str, ...], tuple[str, ...]]
Show: TypeAlias = Callable[[Sequence[object]], dict[str, object]]


class State(NamedTuple):
    """All of a reason but its values: what stands before and behind them, and what takes them from what is printed of
    a decision. The same for every lead of whom the item's clauses say the same."""

    verdict: ItemVerdict
    head: Head
    tail: Tail
    show: Show


class Form:
    """One item of a policy: the states it was found in, by what is said of it (`known`), and where that doesn't tell
    who made it unknown, by this, too (`open`). `plain`: what is said always tells."""

    __slots__ = ("known", "open", "plain", "show")

    def __init__(self, show: Show, plain: bool) -> None:
        self.show = show
        self.plain = plain
        self.known: dict[object, State] = {}
        self.open: dict[object, State] = {}


Look: TypeAlias = Callable[[object], "State | None"]
"""Looks up a state of an item by what is said of it."""


class Forms:
    """All items of a policy, one after the other. So many states are remembered: of an item, and of all.

    `places`: (part, item) of each. `ladders`: the parts whose items below the first true one aren't reached, as
    (first item, end, part). `looks` look up what is known.
    """

    __slots__ = ("_unreached", "items", "ladders", "left", "looks", "places", "starts")

    _OF_AN_ITEM = 256
    _OF_ALL = 20_000

    def __init__(self, policy: PolicyDeclaration, told: Telling) -> None:
        self.left = self._OF_ALL
        self.places: list[tuple[int, int]] = []
        self.items: list[Form] = []
        self.ladders: list[tuple[int, int, int]] = []
        self.starts: list[int] = []
        self._unreached: dict[int, list[State]] = {}
        for number, part in enumerate(told.parts):
            start = len(self.items)
            self.starts.append(start)
            self.places += ((number, i) for i in range(len(part.items)))
            self.items += (
                Form(_showing(told.atoms, o), _is_plain(policy, part, i)) for i, o in enumerate(part.items)
            )
            if part.kind == "route" or (part.kind == "table" and policy.tables[part.index].hit == "first"):
                self.ladders.append((start, len(self.items), number))
        self.looks: list[Look] = [form.known.get for form in self.items]

    def keep(self, states: dict[object, State], key: object, state: State) -> None:
        """Remember a state, where there is room."""
        if self.left > 0 and len(states) < self._OF_AN_ITEM:
            self.left -= 1
            states[key] = state

    def unreached(self, start: int, end: int, teller: Teller) -> list[State]:
        """The states of items that nobody looked at."""
        found = self._unreached.get(start)
        if found is None:
            found = [teller.make(at, NOT_REACHED, ()) for at in range(start, end)]
            self._unreached[start] = found
        return found


def looked_up(looks: Sequence[Look], start: int, said: Sequence[object]) -> list[State | None]:
    """The states of a part's items, by what its trace says."""
    return [look(one) for look, one in zip(looks[start : start + len(said)], said, strict=True)]


def _forms(policy: PolicyDeclaration, told: Telling) -> Forms:
    made = told.forms
    if not made:
        made.append(Forms(policy, told))
    return made[0]


def _showing(atoms: Sequence[str], item: ItemDeclaration) -> Show:
    """What takes an item's values from all that are printed of a decision."""
    places = item.values
    names = tuple(atoms[i] for i in places)
    if not places:
        return _show_none
    if len(places) == 1:
        (name,), (at,) = names, places
        return lambda printed: {name: printed[at]}
    get: Callable[[Sequence[object]], tuple[object, ...]] = itemgetter(*places)
    return lambda printed: dict(zip(names, get(printed), strict=True))


def _show_none(printed: Sequence[object]) -> dict[str, object]:
    return {}


def _is_plain(policy: PolicyDeclaration, part: PartDeclaration, item: int) -> bool:
    """Whether an item's trace tells who made it unknown."""
    if part.kind == "score":
        entry = policy.scores[part.index].telling.entries[item]
        (slot, *more) = entry.slots or (-1,)
        return entry.blame == () and not more and slot >= 0 and by_itself(policy.slots[slot], slot)
    return part.kind not in {"stage", "sum", "recall"} and tells_all(policy, part.items[item])


# ── Telling ──


def why(
    policy: PolicyDeclaration, told: Telling, values: Values, results: Results, trace: Callable[[], Trace]
) -> Reasons:
    """The reasons of all items of all parts. `trace` is asked for where a state isn't known yet."""
    forms = _forms(policy, told)
    states = told.states(values, results, forms.looks)
    teller: Teller | None = None
    for start, end, part in forms.ladders:
        if told.parts[part].kind == "route" and _disqualified(policy, results):
            teller = teller or Teller(trace())
            states[start:end] = forms.unreached(start, end, teller)
            continue
        for at in range(start, end):
            state = states[at]
            if state is None:
                teller = teller or Teller(trace())
                state = states[at] = teller.state(at)
            if state[0] is True:
                if at + 1 < end:
                    teller = teller or Teller(trace())
                    states[at + 1 : end] = forms.unreached(start, end, teller)[at + 1 - start :]
                break
    if not all(states):
        teller = teller or Teller(trace())
        states = [teller.state(at) if state is None else state for at, state in enumerate(states)]
    return Reasons(states, told.printed(values, results))  # type: ignore[arg-type]


def _disqualified(policy: PolicyDeclaration, results: Results) -> bool:
    found = results[policy.disqualify_result] if policy.disqualify_result >= 0 else ()
    return isinstance(found, tuple) and True in found


class Teller:
    """Works out the states of items of one decision."""

    __slots__ = ("_forms", "trace")

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self._forms = _forms(trace.policy, trace.policy.later.get())

    def tell(self, items: Sequence[tuple[int, int]]) -> Reasons:
        """The reasons of some items: (part, item)."""
        trace, starts = self.trace, self._forms.starts
        printed = trace.policy.later.get().printed(trace.values, trace.results)
        return Reasons([self.state(starts[part] + item) for part, item in items], printed)

    def state(self, at: int) -> State:
        """The state of an item, remembered by what it depends on."""
        part, item = self._forms.places[at]
        form, verdict = self._forms.items[at], self.trace.verdict(part, item)
        said = None if verdict == NOT_REACHED else self._said(part, item, verdict)
        if said is None:
            return self.make(at, verdict, self._unknown(part, item, verdict))
        settled = not self._is_open(part, item, verdict)
        unknown = () if settled else self.trace.item_blame(part, item)
        known = settled or (form.plain and verdict is None)
        states, key = (form.known, said[0]) if known else (form.open, (said[0], unknown))
        state = states.get(key)
        if state is None:
            state = self.make(at, verdict, unknown)
            self._forms.keep(states, key, state)
        return state

    def _is_open(self, part: int, item: int, verdict: ItemVerdict) -> bool:
        """Whether an item says who made it unknown: an entry of a score that is unsettled does, whatever it gives."""
        declared = self.trace.parts[part]
        return verdict is None or (declared.kind == "score" and item in self.trace.unsettled(declared.index))

    def _said(self, part: int, item: int, verdict: ItemVerdict) -> tuple[object] | None:
        """What a state is looked up by; None where there is more to it."""
        trace = self.trace
        declared = trace.parts[part]
        if declared.kind == "recall" or (declared.kind == "score" and self._is_event(part, item)):
            return None
        if declared.kind == "sum":
            return (trace.results[declared.index],)
        said = trace.item(part, item)
        if declared.kind != "stage":
            return (said,)
        return (True,) if verdict is True else ((said,),)

    def _unknown(self, part: int, item: int, verdict: ItemVerdict) -> tuple[int, ...]:
        if self.trace.parts[part].kind == "recall":
            return () if verdict == NOT_REACHED else self.trace.due_blame(part)
        return self.trace.item_blame(part, item) if self._is_open(part, item, verdict) else ()

    def _is_event(self, part: int, item: int) -> bool:
        index = self.trace.parts[part].index
        return self.trace.policy.scores[index].telling.entries[item].kind == "event"

    def make(self, at: int, verdict: ItemVerdict, unknown: tuple[int, ...]) -> State:
        """The state of an item with that verdict, made unknown by these."""
        trace = self.trace
        part, item = self._forms.places[at]
        declared = trace.parts[part]
        own = declared.items[item]
        text, because = own.text, None
        points: int | Decimal | None = None
        show = _show_none if verdict == NOT_REACHED else self._forms.items[at].show
        if declared.kind == "score":
            text, because, points = self._entry(part, item, verdict)
            if self._is_event(part, item):
                show = self._showing_events(part, item, show)
        elif declared.kind == "sum":
            points = self._number(declared, trace.results[declared.index])
        name = "recall" if declared.kind == "recall" else declared.name
        outcome = self._outcome(declared, own)
        head = name, own.entry, text, own.place, _word(verdict), points, because, outcome
        paths = tuple([trace.policy.source(slot).path for slot in unknown])
        return State(verdict, head, (paths, self._failing(part, item, verdict)), show)

    def _showing_events(self, part: int, item: int, show: Show) -> Show:
        """Of an event entry: how many records gave points, behind its values."""
        trace = self.trace
        entry = trace.policy.scores[trace.parts[part].index].telling.entries[item]
        count = trace.event(part, item)[0]
        return lambda printed: {**show(printed), entry.type: count}

    def _entry(self, part: int, item: int, verdict: ItemVerdict) -> tuple[str, str | None, int | Decimal]:
        """(text, because, points) of a score entry."""
        trace = self.trace
        declared = trace.parts[part]
        own = declared.items[item]
        entry = trace.policy.scores[declared.index].telling.entries[item]
        if verdict is not True:
            return own.text, None, 0
        found = trace.item(part, item)
        if entry.kind == "event":
            return own.text, own.because, self._number(declared, trace.event(part, item)[2])
        if entry.kind == "plain":
            points = entry.points[0] if isinstance(entry.points, tuple) else trace.second(part, item)
            return own.text, own.because, self._number(declared, points if isinstance(points, int) else 0)
        if entry.choices is not None:
            return own.text, own.because, self._number(declared, entry.choices[str(found)])
        band = own.bands[cast(int, found)]
        return band.text, band.because, self._number(declared, band.points)

    def _number(self, part: PartDeclaration, value: object) -> int | Decimal:
        return as_number(cast(int, value), self.trace.policy.scores[part.index].scaled)

    def _outcome(self, part: PartDeclaration, item: ItemDeclaration) -> object:
        if part.kind == "table":
            return print_outcome(self.trace.policy.tables[part.index], item.outcome, self.trace.policy.zone)
        return item.outcome.text if isinstance(item.outcome, TargetDeclaration) else None

    def _failing(self, part: int, item: int, verdict: ItemVerdict) -> tuple[str, ...]:
        if verdict is True or isinstance(verdict, str):
            return ()
        clauses = self.trace.parts[part].items[item].clauses
        if not clauses:
            return ()
        verdicts = self.trace.clauses(part, item)
        return tuple(c.text for c, v in zip(clauses, verdicts, strict=True) if v is not True)


def _word(verdict: ItemVerdict) -> str:
    if isinstance(verdict, str):
        return verdict
    return "unknown" if verdict is None else "true" if verdict else "false"
