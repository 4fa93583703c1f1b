"""One lead in time: its lease, its reminders and who holds it, as the tests of a policy see them.

Plays the phases of one instant (ruling 45) for a single lead: stage entries, disqualification, recalls, routing,
reminders; over and over until nothing changes. Members are not picked, so a lead that is routed to a team is held by
the team. What rules, service levels and nurture programmes do needs a session and is not played here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from leadpolicy.compiler import ir
from leadpolicy.compiler.wording import Message, joined, keyword, say, term
from leadpolicy.testing.givens import RawInput, micros, moment
from leadpolicy.testing.instants import Instants, end_of, reminder_time, shown_time

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
        return kind if self.name is None else joined((kind, self.name), between=" ")


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

    spent: set[tuple[str, int]] = field(default_factory=set)
    """Due values that have been looked at, by entry."""
    reminded: set[tuple[str, int, str]] = field(default_factory=set)


class Play:
    """A lead from the beginning of a test on. `effects` are in the order in which they came."""

    def __init__(self, policy: ir.Policy, given: RawInput, decide: Decide) -> None:
        self._policy = policy
        self._decide = decide
        self._owner, self._assigned = (_role(policy, role) for role in ("owner", "assigned"))
        self._instants = Instants(policy)
        self.input = given
        self.now = micros(given.start)
        self.entered: dict[str, int] = {}
        self.effects: list[Effect] = []
        self.holder = self._first_holder()
        self._lease = _Lease()
        self._fired: set[str] = set()
        """`when` entries that have acted, or lapsed, and are true ever since (rulings 52, 53)."""
        self._term: int | None = None
        """When a term in nurture ends (ruling 56)."""
        self._moves: list[str] = []
        """What has moved the lead at this instant."""
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
            instants = [
                *self._instants.around(self.now, self.input, self.run),
                to if self._term is None else self._term,
            ]
            self.now = min((at for at in instants if self.now < at < to), default=to)
            self._settle()

    def _settle(self) -> None:
        """One instant: the phases, until nothing changes."""
        self._moves.clear()
        while len(self._moves) <= MOST_MOVES:
            run = self.run
            self._forget(run)
            self._enter_stages(run)
            if not (self._leave_disqualified(run) or self._end_term() or self._recall(run) or self._route(run)):
                self._remind(self.run)
                return
        loop = " → ".join(self._moves)
        raise MoveLoopError(say("the lead was moved more than {} times at one instant: {}", MOST_MOVES, loop))

    def _forget(self, run: Run) -> None:
        """What is no longer true can become true again (ruling 52)."""
        for entry in self._policy.recall.entries if self._policy.recall else ():
            if entry.at is None and entry.when is not None and run.truth(entry.when) is not True:
                self._fired.discard(entry.name)

    def _enter_stages(self, run: Run) -> None:
        """A round ends in nurture and with closing, and the next begins when the lead leaves it (ruling 37)."""
        if self.holder.kind in ("nurture", "closed"):
            self.entered.clear()
            return
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
        self._moves.append(first)
        entry = next(e for e in self._policy.disqualify or () if e.name == first)
        self._move(entry.destination, run)
        self._applied = ("disqualify", first)
        return True

    def _end_term(self) -> bool:
        """A term in nurture is over: the lead is routed anew, or serves another where it is still disqualified."""
        if self._term is None or self.now < self._term:
            return False
        self._moves.append("the end of its nurture")
        self._applied = None
        self._hold(Holder("nobody"))
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
        self._moves.append(entry.name)
        self._move(entry.destination, run)
        return True

    def _true_entry(self, recall: ir.Recall, run: Run) -> ir.RecallEntry | None:
        """The first entry whose `when` has become true; others that have lapse with the lease (ruling 53)."""
        true = [
            entry
            for entry in recall.entries
            if entry.at is None
            and entry.when is not None
            and entry.name not in self._fired
            and run.truth(entry.when) is True
            and (entry.unless is None or run.truth(entry.unless) is not True)
        ]
        self._fired.update(entry.name for entry in true)
        return true[0] if true else None

    def _due_entry(self, recall: ir.Recall, run: Run) -> ir.RecallEntry | None:
        """An entry whose time has come; each value of it is looked at once."""
        due = {str(i["entry"]): i["at"] for i in _due(run) if i["kind"] == "recall"}
        coming: list[tuple[int, int]] = []
        for place, entry in enumerate(recall.entries):
            if entry.at is None:
                continue
            value = shown_time(run, entry.at)
            if value is None or value > self.now or (entry.name, value) in self._lease.spent:
                continue
            self._lease.spent.add((entry.name, value))
            if entry.name in due:
                coming.append((value, place))
        return recall.entries[min(coming)[1]] if coming else None

    def _route(self, run: Run) -> bool:
        """A lead without owner goes where the route says, when the winning entry changes (ruling 49)."""
        decision = run.decision()
        route = decision.get("route")
        if self.holder.kind == "member" or not isinstance(route, dict) or decision.get("disqualified"):
            return False
        winner = ("route", route["entry"], route["target"])
        if winner == self._applied:
            return False
        self._applied = winner
        self._moves.append(f"route {route['entry']}")
        self._to_route(route, run)
        return True

    def _to_route(self, route: dict[str, Printed], run: Run) -> None:
        kind, member, target = str(route["kind"]), route["member"], route["target"]
        if kind in ("member", "owner"):
            self._hold(Holder("member", str(member)))
        elif kind == "undecided":
            waiting = self._policy.route.undecided if self._policy.route else None
            self._hold(Holder("nobody") if waiting is None else _place(waiting))
        else:
            self._hold(Holder(kind, None if target is None else str(target)))
            entries = self._policy.route.entries if self._policy.route else ()
            self._begin_term(next((e.destination for e in entries if e.name == route["entry"]), None), run)

    def _move(self, destination: ir.Destination, run: Run) -> None:
        """A destination's own rules (rulings 48, 55)."""
        kind = destination.kind
        if kind in ("owner", "member"):
            key = destination.member and run.show(destination.member)
            self._hold(Holder("member", key) if isinstance(key, str) and key != "none" else Holder("nobody"))
        elif kind == "previous_owner":
            self._hold(self._own_pool(run) if self._before is None or self._gone(self._before) else self._before)
        elif kind == "own_pool":
            self._hold(self._own_pool(run))
        elif kind == "route":
            self._hold(Holder("nobody"))
            self._applied = None
            return
        else:
            self._hold(_place(destination))
            self._begin_term(destination, run)
        route = self.run.decision().get("route")
        if isinstance(route, dict):
            # What the route says now is not applied behind the move's back.
            self._applied = self._applied if route["entry"] is None else ("route", route["entry"], route["target"])

    def _begin_term(self, destination: ir.Destination | None, run: Run) -> None:
        """`nurture for 90 days` ends by itself."""
        if destination is not None and destination.duration is not None:
            self._term = end_of(run, self.now, destination.duration)

    def _gone(self, holder: Holder) -> bool:
        """Whether no such member is given any more: what is not given does not exist (ruling 8)."""
        fact = self._policy.member_fact
        key = None if fact is None else next(f.name for f in self._policy.fact(fact).fields if f.key)
        given = self.input.facts.get(fact or "", ())
        return not any(isinstance(record, dict) and record.get(key) == holder.name for record in given)

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
        self._term = None
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
                at = run.show(reminder_time(entry, reminder))
                mark = (entry.name, place, str(value))
                if at not in times or mark in self._lease.reminded:
                    continue
                if micros(datetime.fromisoformat(str(at))) <= self.now:
                    self._lease.reminded.add(mark)
                    to = run.show(reminder.to)
                    key = to if isinstance(to, str) and to != "none" else None
                    self.effects.append(Effect(self.now, "remind", key, reminder.channel))


def _place(destination: ir.Destination) -> Holder:
    """A destination that is a place, or closed."""
    return Holder(destination.kind, destination.name or destination.text.partition(" ")[2] or None)


def _due(run: Run) -> list[dict[str, Printed]]:
    found = run.decision().get("due")
    return found if isinstance(found, list) else []  # type: ignore[return-value]


def _role(policy: ir.Policy, role: ir.Role) -> str | None:
    return next((f.name for f in policy.fact(policy.about).fields if f.role == role), None)
