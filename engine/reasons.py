"""Why a decision came out as it did, item by item (0002 §7), and what stands between a lead and something else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from operator import itemgetter
from typing import NamedTuple, TypeAlias, cast, overload

from leadpolicy.engine.json_text import dumps
from leadpolicy.engine.numbers import as_number, print_decimal
from leadpolicy.engine.policy import ItemDeclaration, PartDeclaration, PolicyDeclaration, TargetDeclaration, Telling
from leadpolicy.engine.printing import print_outcome
from leadpolicy.engine.tracing import NOT_REACHED, ItemVerdict, Trace, by_itself, conjunction, tells_all

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
            points = f"{'+' if self.points >= 0 else ''}{print_decimal(Decimal(self.points))} "
        if self.points is not None and self.text.startswith(points.strip()):
            points = ""  # the author's words begin with them
        name = self.text if self.entry == self.text else f"{self.entry}: {self.text}"
        told = [f"{name}"]
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
    return "?" if value is None else dumps(value)


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
    """One item of a policy: the states it was found in, by what its trace says. Who made it unknown is part of that
    (`open`) where the trace doesn't tell it (`plain` where it does)."""

    __slots__ = ("known", "open", "plain", "show")

    def __init__(self, show: Show, plain: bool) -> None:
        self.show = show
        self.plain = plain
        self.known: dict[object, State] = {}
        self.open: dict[object, State] = {}


class Part:
    """The items of a part; `known` looks up each one's state. `unreached`: their states where nobody looked at them."""

    __slots__ = ("forms", "known", "unreached")

    def __init__(self, forms: list[Form]) -> None:
        self.forms = forms
        self.known = [form.known.get for form in forms]
        self.unreached: list[State] | None = None


class Forms:
    """All items of a policy, by part. So many states are remembered: of an item, and of all."""

    __slots__ = ("left", "parts")

    _OF_AN_ITEM = 64
    _OF_ALL = 20_000

    def __init__(self, policy: PolicyDeclaration, told: Telling) -> None:
        self.left = self._OF_ALL
        self.parts = [
            Part([Form(_showing(told.atoms, item), _is_plain(policy, part, i)) for i, item in enumerate(part.items)])
            for part in told.parts
        ]

    def keep(self, states: dict[object, State], key: object, state: State) -> None:
        """Remember a state, where there is room."""
        if self.left > 0 and len(states) < self._OF_AN_ITEM:
            self.left -= 1
            states[key] = state


def _forms(policy: PolicyDeclaration) -> Forms:
    told = policy.later.told or policy.later.get()
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


def why(trace: Trace) -> Reasons:
    """The reasons of all items of all parts."""
    teller = Teller(trace)
    states: list[State] = []
    disqualified = trace.disqualified()
    reached: object = not disqualified
    for part, declared in enumerate(trace.parts):
        kind = declared.kind
        if kind == "score":
            states += teller.entries(part)
        elif kind == "stage":
            one = trace.said(part)[0]
            own = conjunction(one) if isinstance(one, tuple) else one
            reached = own if reached is True else False if False in (reached, own) else None
            states.append(teller.stage(part, reached, one))
        elif kind == "sum":
            states.append(teller.sum(part))
        elif kind == "recall":
            states += (teller.state(part, i, trace.verdict(part, i)) for i in range(len(declared.items)))
        elif kind == "route" and disqualified:
            states += teller.unreached(part)
        else:
            first = kind == "route" or (kind == "table" and trace.policy.tables[declared.index].hit == "first")
            states += teller.rows(part, first)
    return Reasons(states, teller.printed)


class Teller:
    """Tells of the items of one decision."""

    __slots__ = ("_forms", "printed", "trace")

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self._forms = _forms(trace.policy)
        self.printed = trace.policy.later.get().printed(trace.values, trace.results)

    def tell(self, items: Sequence[tuple[int, int]]) -> Reasons:
        """The reasons of some items: (part, item)."""
        return Reasons([self.state(p, i, self.trace.verdict(p, i)) for p, i in items], self.printed)

    def entries(self, part: int) -> list[State]:
        """The entries of a score."""
        trace, own = self.trace, self._forms.parts[part]
        said = trace.said(part)
        found = [known(one) for known, one in zip(own.known, said, strict=True)]
        states = found if all(found) else [f or self._entry_state(part, i, said[i]) for i, f in enumerate(found)]
        # An entry that is unknown is unsettled, too; one that is unsettled says whom that hangs on, whatever it gives.
        for i in trace.unsettled(trace.parts[part].index):
            form, one = own.forms[i], said[i]
            states[i] = (form.open.get(one) if form.plain else None) or self._open_entry(part, i, one)
        return states  # type: ignore[return-value]

    def sum(self, part: int) -> State:
        """A score expression."""
        value = self.trace.results[self.trace.parts[part].index]
        state = self._forms.parts[part].known[0](value)
        if state is None:
            state = self._make(part, 0, True, ())
            self._forms.keep(self._forms.parts[part].forms[0].known, value, state)
        return state

    def _entry_state(self, part: int, item: int, one: object) -> State:
        state = self._make(part, item, self.trace.verdict(part, item), ())
        if self._is_event(part, item):
            return state
        self._forms.keep(self._forms.parts[part].forms[item].known, one, state)
        return state

    def _open_entry(self, part: int, item: int, one: object) -> State:
        form = self._forms.parts[part].forms[item]
        unknown = self.trace.item_blame(part, item)
        if self._is_event(part, item):
            return self._make(part, item, self.trace.verdict(part, item), unknown)
        key = one if form.plain else (one, unknown)
        state = form.open.get(key)
        if state is None:
            state = self._make(part, item, self.trace.verdict(part, item), unknown)
            self._forms.keep(form.open, key, state)
        return state

    def _is_event(self, part: int, item: int) -> bool:
        index = self.trace.parts[part].index
        return self.trace.policy.scores[index].telling.entries[item].kind == "event"

    def rows(self, part: int, first: bool) -> list[State]:
        """Rows, criteria, entries; `first`: those below the first true one aren't reached."""
        said, own = self.trace.said(part), self._forms.parts[part]
        if not first:
            found = [known(one) for known, one in zip(own.known, said, strict=True)]
            if not all(found):
                found = [state or self._row_state(part, i, said[i]) for i, state in enumerate(found)]
            return found  # type: ignore[return-value]
        states: list[State] = []
        for known, one in zip(own.known, said, strict=True):
            state = known(one) or self._row_state(part, len(states), one)
            states.append(state)
            if state[0] is True:
                states += self.unreached(part)[len(states) :]
                break
        return states

    def _row_state(self, part: int, item: int, one: object) -> State:
        form = self._forms.parts[part].forms[item]
        verdict = self.trace.own_verdict(part, item)
        if verdict is not None or form.plain:
            unknown = self.trace.item_blame(part, item) if verdict is None else ()
            state = self._make(part, item, verdict, unknown)
            self._forms.keep(form.known, one, state)
            return state
        return self._open(form, part, item, verdict, one)

    def stage(self, part: int, verdict: object, one: object) -> State:
        """A stage, reached or not."""
        own = self._forms.parts[part]
        if verdict is None:
            return self._open(own.forms[0], part, 0, None, one)
        reached = bool(verdict)
        key = True if reached else (one,)  # a stage that is reached says one thing only
        state = own.known[0](key)
        if state is None:
            state = self._make(part, 0, reached, ())
            self._forms.keep(own.forms[0].known, key, state)
        return state

    def _open(self, form: Form, part: int, item: int, verdict: ItemVerdict, one: object) -> State:
        """An unknown item whose trace doesn't tell who made it so."""
        unknown = self.trace.item_blame(part, item)
        state = form.open.get((one, unknown))
        if state is None:
            state = self._make(part, item, verdict, unknown)
            self._forms.keep(form.open, (one, unknown), state)
        return state

    def unreached(self, part: int) -> list[State]:
        """A part's items where nobody looked at them."""
        own = self._forms.parts[part]
        if own.unreached is None:
            own.unreached = [self._make(part, i, NOT_REACHED, ()) for i in range(len(own.forms))]
        return own.unreached

    def state(self, part: int, item: int, verdict: ItemVerdict) -> State:
        """Any item, worked out anew."""
        trace = self.trace
        kind = trace.parts[part].kind
        if kind == "recall":
            unknown = () if verdict == NOT_REACHED else trace.due_blame(part)
        elif verdict is None or (kind == "score" and item in trace.unsettled(trace.parts[part].index)):
            unknown = trace.item_blame(part, item)
        else:
            unknown = ()
        return self._make(part, item, verdict, unknown)

    def _make(self, part: int, item: int, verdict: ItemVerdict, unknown: tuple[int, ...]) -> State:
        trace = self.trace
        declared = trace.parts[part]
        own = declared.items[item]
        text, because = own.text, None
        points: int | Decimal | None = None
        show = _show_none if verdict == NOT_REACHED else self._forms.parts[part].forms[item].show
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
