"""One lead in time: its lease, its reminders and who holds it, as the tests of a policy see them.

Plays the phases of one instant (ruling 45) for a single lead: stage entries, disqualification, recalls, routing,
reminders; over and over until nothing changes. Members are not picked, so a lead that is routed to a team is held by
the team. What rules, service levels and nurture programmes do needs a session and is not played here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from leadpolicy.compiler import ir
from leadpolicy.compiler.wording import Message, keyword, say, term
from leadpolicy.testing.givens import RawInput, micros, moment

if TYPE_CHECKING:
    from leadpolicy.compiler.interpreter import Run
    from leadpolicy.compiler.interpreter.printing import Printed

MOST_MOVES = 10
"""How often a lead may be moved in one instant before it is called a loop (ruling 66)."""

Decide = Callable[[RawInput, dict[str, int]], "Run"]


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has the lead: a member by key, or a team, queue, pool, nurture programme by name; `nobody`, `closed`."""

    kind: str
    name: str | None = None

    def said(self) -> str:
        """In words."""
        kind = term("nobody") if self.kind == "nobody" else keyword(self.kind)
        return kind if self.name is None else say("{} {}", kind, self.name)


@dataclass(frozen=True, slots=True)
class Effect:
    """Something that the host would be told to do."""

    at: int
    kind: str
    to: str | None
    channel: str | None


class MoveLoopError(Exception):
    """A lead that is moved without end in one instant."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message


@dataclass
class _Lease:
    """What is remembered of the lead's present owner."""

    spent: set[tuple[str, str]] = field(default_factory=set)
    """Due values that have been looked at, by entry."""
    fired: set[str] = field(default_factory=set)
    """`when` entries that are true and have acted."""
    reminded: set[tuple[str, int, str]] = field(default_factory=set)


class Play:
    """A lead from the beginning of a test on. `effects` are in the order in which they came."""

    def __init__(self, policy: ir.Policy, given: RawInput, decide: Decide) -> None:
        self._policy = policy
        self._decide = decide
        self._owner, self._assigned = (_role(policy, role) for role in ("owner", "assigned"))
        self._spans = sorted(set(_spans(policy)))
        self.input = given
        self.now = micros(given.start)
        self.entered: dict[str, int] = {}
        self.effects: list[Effect] = []
        self.holder = self._first_holder()
        self._lease = _Lease()
        self._came_from: Holder | None = None
        self._before: Holder | None = None
        self._applied: object = None
        self._settle()

    def key_of(self, name: str) -> str:
        """The key of a given record by its name; anything else is a key already."""
        return self.input.keys.get(name, name)

    @property
    def run(self) -> Run:
        """The decision about the lead as it now is."""
        return self._decide(self.input.at(moment(self.now)), self.entered)

    def advance_to(self, to: int) -> None:
        """Visit every instant up to `to`, that one included (ruling 47)."""
        while self.now < to:
            self.now = min((at for at in self._instants() if at > self.now), default=to)
            self.now = min(self.now, to)
            self._settle()

    # ── Instants ──

    def _instants(self) -> Iterator[int]:
        for at in self.input.times:
            yield at
            for span in self._spans:
                yield at + span
        for item in _due(self.run):
            if isinstance(item["at"], str):
                yield micros(datetime.fromisoformat(item["at"]))

    def _settle(self) -> None:
        """One instant: the phases, until nothing changes."""
        for _ in range(MOST_MOVES):
            run = self.run
            self._enter_stages(run)
            if not (self._leave_disqualified(run) or self._recall(run) or self._route(run)):
                self._remind(self.run)
                return
        raise MoveLoopError(say("the lead was moved more than {} times at one instant", MOST_MOVES))

    def _enter_stages(self, run: Run) -> None:
        reached, disqualified = run.stages_reached()
        for stage in () if disqualified else reached:
            self.entered.setdefault(stage, self.now)

    # ── Moves ──

    def _leave_disqualified(self, run: Run) -> bool:
        """A disqualified lead moves at once, and its round ends (rulings 37, 56)."""
        found: Any = run.decision().get("disqualified")
        if not found:
            return False
        self.entered.clear()
        first = found[0]["entry"]
        if self._applied == ("disqualify", first):
            return False
        self._applied = ("disqualify", first)
        entry = next(e for e in self._policy.disqualify or () if e.name == first)
        self._move(entry.destination, run)
        return True

    def _recall(self, run: Run) -> bool:
        """The first entry that is due ends the lease (rulings 46, 51 to 53)."""
        recall = self._policy.recall
        if recall is None or self.holder.kind != "member":
            return False
        if recall.while_ is not None and run.truth(recall.while_) is not True:
            return False
        entry = self._true_entry(recall, run) or self._due_entry(recall, run)
        if entry is None:
            return False
        self._move(entry.destination, run)
        return True

    def _true_entry(self, recall: ir.Recall, run: Run) -> ir.RecallEntry | None:
        """An entry whose `when` has become true."""
        for entry in recall.entries:
            if entry.at is not None or entry.when is None:
                continue
            holds = run.truth(entry.when) is True
            blocked = entry.unless is not None and run.truth(entry.unless) is True
            if holds and not blocked and entry.name not in self._lease.fired:
                self._lease.fired.add(entry.name)
                return entry
            if not holds:
                self._lease.fired.discard(entry.name)
        return None

    def _due_entry(self, recall: ir.Recall, run: Run) -> ir.RecallEntry | None:
        """An entry whose time has come; each value of it is looked at once."""
        due = {str(i["entry"]): i["at"] for i in _due(run) if i["kind"] == "recall"}
        coming: list[tuple[int, int]] = []
        for place, entry in enumerate(recall.entries):
            if entry.at is None:
                continue
            shown = run.show(entry.at)
            if not isinstance(shown, str) or shown == "none":
                continue
            value = micros(datetime.fromisoformat(shown))
            if value > self.now or (entry.name, shown) in self._lease.spent:
                continue
            self._lease.spent.add((entry.name, shown))
            if entry.name in due:
                coming.append((value, place))
        return recall.entries[min(coming)[1]] if coming else None

    def _route(self, run: Run) -> bool:
        """A lead without owner goes where the route says, when the winning entry changes (ruling 49)."""
        route = run.decision().get("route")
        if self.holder.kind == "member" or not isinstance(route, dict):
            return False
        winner = ("route", route["entry"], route["target"])
        if winner == self._applied:
            return False
        self._applied = winner
        self._to_route(route)
        return True

    def _to_route(self, route: dict[str, Printed]) -> None:
        kind, member, target = str(route["kind"]), route["member"], route["target"]
        if kind in ("member", "owner"):
            self._hold(Holder("member", str(member)))
        elif kind == "undecided":
            waiting = self._policy.route.undecided if self._policy.route else None
            self._hold(Holder("nobody") if waiting is None else Holder(waiting.kind, waiting.name))
        else:
            self._hold(Holder(kind, None if target is None else str(target)))

    def _move(self, destination: ir.Destination, run: Run) -> None:
        """A destination's own rules (rulings 48, 55)."""
        kind = destination.kind
        if kind in ("owner", "member"):
            key = destination.member and run.show(destination.member)
            self._hold(Holder("member", str(key)) if isinstance(key, str) else Holder("nobody"))
        elif kind == "previous_owner":
            self._hold(self._before or self._own_pool(run))
        elif kind == "own_pool":
            self._hold(self._own_pool(run))
        elif kind == "route":
            self._hold(Holder("nobody"))
            self._applied = None
            return
        else:
            text = destination.text.partition(" ")[2] or None
            self._hold(Holder(kind, destination.name or text))
        route = self.run.decision().get("route")
        if isinstance(route, dict):
            # What the route says now is not applied behind the move's back.
            self._applied = self._applied if route["entry"] is None else ("route", route["entry"], route["target"])

    def _own_pool(self, run: Run) -> Holder:
        """The pool that the lead last came from, else the route's, else that of `otherwise`."""
        if self._came_from is not None:
            return self._came_from
        route = run.decision().get("route")
        if isinstance(route, dict) and route["kind"] == "pool":
            return Holder("pool", str(route["target"]))
        entries = self._policy.route.entries if self._policy.route else ()
        rest = next((e.destination for e in entries if e.condition is None), None)
        return Holder("nobody") if rest is None or rest.kind != "pool" else Holder("pool", rest.name)

    def _first_holder(self) -> Holder:
        owner = self.input.lead.get(self._owner) if self._owner else None
        return Holder("nobody") if owner is None else Holder("member", str(owner))

    def _hold(self, holder: Holder) -> None:
        """The lead changes hands: a member's lease begins now, any other move ends it (ruling 48)."""
        if self.holder.kind == "member":
            self._before = self.holder
        if holder.kind == "pool":
            self._came_from = holder
        self.holder = holder
        self._lease = _Lease()
        owned = holder.kind == "member"
        changes: dict[str, object] = {}
        if self._owner:
            changes[self._owner] = holder.name if owned else None
        if self._assigned:
            changes[self._assigned] = moment(self.now) if owned else None
        self.input = self.input.changed(changes)

    # ── Reminders ──

    def _remind(self, run: Run) -> None:
        """Reminders whose time has come, once for each due value (ruling 54)."""
        recall = self._policy.recall
        if recall is None or self.holder.kind != "member":
            return
        due = _due(run)
        for entry in recall.entries:
            value = next((i["at"] for i in due if i["entry"] == entry.name and i["kind"] == "recall"), None)
            times = {i["at"] for i in due if i["entry"] == entry.name and i["kind"] == "remind"}
            for place, reminder in enumerate(entry.reminders):
                at = run.show(_time_of(entry, reminder))
                mark = (entry.name, place, str(value))
                if at not in times or mark in self._lease.reminded:
                    continue
                if micros(datetime.fromisoformat(str(at))) <= self.now:
                    self._lease.reminded.add(mark)
                    to = run.show(reminder.to)
                    key = to if isinstance(to, str) and to != "none" else None
                    self.effects.append(Effect(self.now, "remind", key, reminder.channel))


def _time_of(entry: ir.RecallEntry, reminder: ir.Reminder) -> ir.Expr:
    assert entry.at is not None
    kind = ir.Type(kind="time")
    return ir.TimeAdd(time=entry.at, amount=reminder.before, sign=-1, calendar=reminder.calendar, type=kind)


def _due(run: Run) -> list[dict[str, Printed]]:
    found = run.decision().get("due")
    return found if isinstance(found, list) else []  # type: ignore[return-value]


def _role(policy: ir.Policy, role: ir.Role) -> str | None:
    return next((f.name for f in policy.fact(policy.about).fields if f.role == role), None)


def _spans(node: object) -> Iterator[int]:
    """The ends of all windows in a part of the intermediate representation."""
    if isinstance(node, ir.Window):
        if node.longest is not None:
            yield node.longest
        if node.shortest:
            yield node.shortest
    if isinstance(node, BaseModel):
        for name in type(node).model_fields:
            yield from _spans(getattr(node, name))
    elif isinstance(node, tuple):
        for item in node:
            yield from _spans(item)
