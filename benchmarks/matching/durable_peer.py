"""Miss Manners and the memory of leads for durable_rules (C beneath Python), in its own language.

It has no update: a fact that changes is taken out and put in anew. What is unknown is left out of a fact, and each
test against it stands in the rules; a field that is compared with another fact's must be there in both, or the engine
fails. Errors in actions go silently into its state: actions keep them here, and they are raised. Each chain of tests
ends with one within it because of a mistake in the engine (docs/decisions/0014).
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from benchmarks.matching.guests import Memory, Row

PACKAGE = "durable_rules"
_NUMBERS = itertools.count()


class _Rules:
    """A rule set of its own name: its facts by number, and what went wrong in its actions."""

    def __init__(self) -> None:
        from durable import engine, lang

        self.lang = lang
        self.name = f"matching{next(_NUMBERS)}"
        self._unhandled = engine.MessageNotHandledException
        self._wrong: list[Exception] = []
        self._ids = itertools.count(1)
        self.firings = 0
        with lang.ruleset(self.name):
            self.rules()
        self.host = lang.get_host()

    def rules(self) -> None:
        """The rules, in durable_rules' language."""
        raise NotImplementedError

    def kind(self, kind: str, *tests: Any) -> Any:
        """A fact of a kind that meets some tests."""
        m = self.lang.m
        found = m.kind == kind
        for test in tests:
            found = found & test
        return found & ((m.kind == kind) & (m.kind == kind))  # the end of an inner chain: see above

    def when(self, *conditions: Any, priority: int = 0) -> Callable[[Callable[[Any], None]], None]:
        """A rule; its action's errors are kept. Its name in a traceback is the action's."""

        def decorate(act: Callable[[Any], None]) -> None:
            def fire(c: Any) -> None:
                self.firings += 1
                try:
                    act(c)
                except Exception as error:
                    self._wrong.append(error)

            self.lang.when_all(self.lang.pri(priority), *conditions)(functools.wraps(act)(fire))

        return decorate

    def put(self, kind: str, **values: Any) -> dict[str, Any]:
        """Put a fact in, without what is unknown, and fire; the fact."""
        fact = {"id": next(self._ids), "kind": kind, **{k: v for k, v in values.items() if v is not None}}
        self._do(self.host.assert_fact, fact)
        return fact

    def again(self, fact: dict[str, Any], **values: Any) -> dict[str, Any]:
        """Put a fact in anew, with other values; the new fact."""
        self.gone(fact)
        kept = {k: v for k, v in fact.items() if k not in {"id", "kind", "sid", *values}}
        return self.put(fact["kind"], **kept, **values)

    def gone(self, fact: dict[str, Any]) -> None:
        """Take a fact out."""
        self._do(self.host.retract_fact, fact)

    def _do(self, call: Callable[[str, dict[str, Any]], object], fact: dict[str, Any]) -> None:
        with suppress(self._unhandled):  # raised where no rule has a place for it
            call(self.name, dict(fact))
        if self._wrong:
            raise self._wrong.pop()


class Manners:
    """The rules of `manners.lead`, conditions in the same order; a rule set for each run, as none can be emptied."""

    def __init__(self) -> None:
        self.firings = 0

    def run(self, guests: list[tuple[int, str, int]], seats: int) -> list[tuple[int, int]]:
        """Seat the guests: (seat, name) of the last seating's path, by seat."""
        table = _Manners()
        for name, sex, hobby in guests:
            table.put("guest", name=name, sex=sex, hobby=hobby)
        table.put("last", seat=seats)
        table.put("counter", next=1)
        table.put("context", state="start")
        self.firings = table.firings
        last = max(table.seated)
        return sorted((seat, name) for seating, name, seat in table.paths if seating == last)


class _Manners(_Rules):
    def __init__(self) -> None:
        self.seated: list[int] = []
        self.paths: list[tuple[int, int, int]] = []
        super().__init__()

    def rules(self) -> None:
        lang, m, c = self.lang, self.lang.m, self.lang.c

        @self.when(
            c.context << self.kind("context", m.state == "start"),
            c.guest << self.kind("guest"),
            c.counter << self.kind("counter"),
            priority=0,
        )
        def assign_first_seat(c: Any) -> None:
            number = c.counter.next
            self.seat(c, number, 0, 1, c.guest.name, c.guest.name, 1, True)
            self.path(c, number, c.guest.name, 1)
            self.change(c, c.counter, next=number + 1)
            self.change(c, c.context, state="assign_seats")

        @self.when(
            c.context << self.kind("context", m.state == "assign_seats"),
            c.seating << self.kind("seating", m.done == True),  # noqa: E712 - durable_rules' own language
            c.guest << self.kind("guest", m.name == c.seating.name2),
            c.other << self.kind("guest", m.hobby == c.guest.hobby, m.sex != c.guest.sex),
            c.counter << self.kind("counter"),
            lang.none(self.kind("path", m.seating == c.seating.number, m.name == c.other.name)),
            lang.none(
                self.kind(
                    "chosen",
                    m.seating == c.seating.number,
                    m.name == c.other.name,
                    m.hobby == c.guest.hobby,
                )
            ),
            priority=3,
        )
        def find_seating(c: Any) -> None:
            number, seat = c.counter.next, c.seating.seat2 + 1
            self.seat(c, number, c.seating.number, c.seating.seat2, c.guest.name, c.other.name, seat, False)
            self.path(c, number, c.other.name, seat)
            self.add(c, "chosen", seating=c.seating.number, name=c.other.name, hobby=c.guest.hobby)
            self.change(c, c.counter, next=number + 1)
            self.change(c, c.context, state="make_path")

        @self.when(
            c.context << self.kind("context", m.state == "make_path"),
            c.seating << self.kind("seating", m.done == False),  # noqa: E712
            c.path << self.kind("path", m.seating == c.seating.parent),
            lang.none(self.kind("path", m.seating == c.seating.number, m.name == c.path.name)),
            priority=1,
        )
        def make_path(c: Any) -> None:
            self.path(c, c.seating.number, c.path.name, c.path.seat)

        @self.when(
            c.context << self.kind("context", m.state == "make_path"),
            c.seating << self.kind("seating", m.done == False),  # noqa: E712
            priority=4,
        )
        def path_done(c: Any) -> None:
            self.change(c, c.seating, done=True)
            self.change(c, c.context, state="check_done")

        @self.when(
            c.context << self.kind("context", m.state == "check_done"),
            c.last << self.kind("last"),
            c.seating << self.kind("seating", m.seat2 == c.last.seat),
            priority=2,
        )
        def are_we_done(c: Any) -> None:
            self.change(c, c.context, state="print_results")

        @self.when(c.context << self.kind("context", m.state == "check_done"), priority=5)
        def continue_seating(c: Any) -> None:
            self.change(c, c.context, state="assign_seats")

    def seat(
        self, c: Any, number: int, parent: int, seat1: int, name1: int, name2: int, seat2: int, done: bool
    ) -> None:
        """A new seating."""
        self.seated.append(number)
        values = {"seat1": seat1, "name1": name1, "name2": name2, "seat2": seat2, "done": done}
        self.add(c, "seating", number=number, parent=parent, **values)

    def path(self, c: Any, seating: int, name: int, seat: int) -> None:
        """A guest's seat in a seating."""
        self.paths.append((seating, name, seat))
        self.add(c, "path", seating=seating, name=name, seat=seat)

    def add(self, c: Any, kind: str, **values: Any) -> None:
        """A new fact, from an action."""
        with suppress(self._unhandled):
            c.assert_fact({"id": next(self._ids), "kind": kind, **values})

    def change(self, c: Any, fact: Any, **values: Any) -> None:
        """A fact out, and in anew, from an action."""
        kept = dict(fact.items())
        c.retract_fact(dict(kept))
        self.add(c, kept.pop("kind"), **{k: v for k, v in kept.items() if k not in {"id", "sid", *values}}, **values)


class Leads(_Rules):
    """The rules of `memory.lead`. `noted`: (rule, lead) as rules fired. What is concluded is only noted: there is no
    fact that goes with its reasons."""

    def __init__(self) -> None:
        self.noted: list[tuple[str, str]] = []
        self._leads: dict[str, dict[str, Any]] = {}
        super().__init__()

    def rules(self) -> None:
        lang, m, c = self.lang, self.lang.m, self.lang.c
        active = (m.what == "call") | (m.what == "email") | (m.what == "visit")

        @self.when(
            c.lead << self.kind("lead", m.status == "contacted", +m.owner),
            lang.none(self.kind("activity", m.lead == c.lead.key, m.by == c.lead.owner, active)),
            lang.none(self.kind("doubtful", m.lead == c.lead.key, active)),
            priority=1,
        )
        def fake_contact(c: Any) -> None:
            self.noted.append(("fake_contact", c.lead.key))

        @self.when(
            c.customer << self.kind("lead", m.status == "won"),
            c.link << self.kind("link", m.what != "competitor", m.company == c.customer.company),
            c.lead << self.kind("lead", m.status == "new", m.company == c.link.related),
        )
        def warm_introduction(c: Any) -> None:
            self.noted.append(("warm_introduction", c.lead.key))

        @self.when(
            c.rep << self.kind("member", m.away == True),  # noqa: E712
            c.lead << self.kind("lead", m.status == "new", +m.owner, m.owner == c.rep.key),
            priority=2,
        )
        def away_owner(c: Any) -> None:
            self.noted.append(("away_owner", c.lead.key))

        @self.when(
            c.lead << self.kind("lead", m.status == "contacted"),
            c.call << self.kind("called", m.seconds == 0, m.lead == c.lead.key),
            lang.none(self.kind("called", m.seconds > 0, m.lead == c.lead.key)),
            priority=3,
        )
        def not_reached(c: Any) -> None:
            self.noted.append(("not_reached", c.lead.key))

    def load(self, memory: Memory) -> None:
        """Take all facts in, then fire: activities first, as rules fire with each fact that comes."""
        for row in memory.activities:
            self.activity(row)
        for row in memory.members:
            self.put("member", key=row["id"], name=row["name"], manager=row["manager"], away=row["away"])
        for row in memory.links:
            self.put("link", company=row["company"], related=row["related"], what=row["kind"])
        for row in memory.leads:
            values = {"company": row["company"], "status": row["status"], "owner": row["owner"]}
            self._leads[row["id"]] = self.put("lead", key=row["id"], **values)

    def activity(self, row: Row) -> None:
        """Take one activity in, then fire."""
        kind = "activity" if row["by"] is not None else "doubtful"
        self.put(kind, lead=row["of"], what=row["kind"], by=row["by"])
        if row["kind"] == "call":
            self.put("called", lead=row["of"], seconds=row["seconds"])

    def status(self, lead: str, status: str) -> None:
        """Change a lead's status, then fire."""
        self._leads[lead] = self.again(self._leads[lead], status=status)
