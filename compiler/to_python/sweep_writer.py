"""Writes one loop over the records of a type, and what it does to each tally."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python import moments, sweep_filters
from leadpolicy.compiler.to_python.code import ALWAYS, COMPARISON, NEVER, Code, all_of, inverse
from leadpolicy.compiler.to_python.expressions import Expressions
from leadpolicy.compiler.to_python.literals import literal, sequence
from leadpolicy.compiler.to_python.rails import Operand, Rails, conjunction, guarded, guards
from leadpolicy.compiler.to_python.scope import Scope, Shared
from leadpolicy.compiler.to_python.writer import Writer

_LONGEST_CHAIN: Final = 40
_MOST_UNPACKED: Final = 12
_LONGEST_TABLE: Final = 3700
"""Days that a fading table has at most: ten years. Fading over more is worked out record by record."""
_DAY: Final = 86_400_000_000


@dataclass(slots=True)
class Tally:
    """What is counted of some records, and the name of its result.

    `what`: `each`, `once` (how many records give points), `once_per_day` (how many days do), or these with `faded_`
    before them (the sum of the factors, in 10⁻⁹); `any` (a verdict); `count` (a number, or a pair of ends where a
    record can be a maybe); `first`, `last` (the record).
    """

    what: str
    name: str
    records: ir.Records
    mode: str
    decay: ir.Decay | None
    doubt: bool
    rest: list[ir.Expr] = field(default_factory=list)
    """What must hold of a record besides what it was told apart by."""


class Feed(NamedTuple):
    """When a tally takes a record: certainly, and perhaps; and what is done then."""

    true: Code
    unknown: Code
    sure: list[str]
    maybe: list[str]


class SweepWriter:
    """Writes the loop for tallies over one type."""

    def __init__(self, shared: Shared, fact: ir.Fact, tallies: list[Tally]) -> None:
        self._shared = shared
        self._fact = fact
        self._tallies = tallies
        self._scope = Scope(shared, shared.plan.names.make("sweep", fact.name), inner=True)
        self._before = Writer()
        self._after = Writer()
        self._known: dict[str, str] = {}
        """Names of what is worked out before the loop, by its code."""
        self._used: set[int] = set()
        self._needs_row = False
        self._needs_rank = False
        self._dated = self._place(fact.dated) if fact.dated is not None else None
        for variable in {tally.records.var for tally in tallies}:
            self._scope.elements[variable] = self._element
        for tally in tallies:
            tally.rest = sweep_filters.conjuncts(tally.records)

    def write(self) -> Scope:
        """The function: from rows to the results of all tallies, in their order."""
        loop = Writer()
        self._start_tallies()
        left = self._tallies
        while left:
            left = self._told_apart(loop, left)
        scope, body = self._scope, self._scope.body
        if body.lines:
            raise ValueError("a shared loop over records needs nothing worked out inside it")
        head = Writer()
        self._cut(head)
        if self._needs_rank:
            at = self._at().text
            head.line(f"rank = {at} if type({at}) is int else BEFORE_ALL")
        body.extend(self._before)
        total = len(self._fact.fields) + (self._fact.of is not None) + (self._key_free())
        unpacked = total <= _MOST_UNPACKED and bool(self._used)
        names = ", ".join(f"e{index}" if index in self._used else "_" for index in range(total))
        names += "," if total == 1 else ""
        with body.block(f"for {names} in rows:" if unpacked and not self._needs_row else "for row in rows:"):
            if unpacked and self._needs_row:
                body.line(f"{names} = row")
            elif not unpacked:
                for index in sorted(self._used):
                    body.line(f"e{index} = row[{index}]")
            body.extend(head)
            body.extend(loop)
            if not head.lines and not loop.lines:
                body.line("pass")
        body.extend(self._after)
        body.line(f"return {sequence(tally.name for tally in self._tallies)}")
        scope.finish("One loop over records, for all that is counted among them.", over="rows")
        return scope

    def _key_free(self) -> bool:
        return not any(one.key for one in self._fact.fields)

    # ── What the loop reads ──

    def _place(self, name: str) -> int:
        return next(index for index, one in enumerate(self._fact.fields) if one.name == name)

    def _element(self, place: int) -> str:
        """The name of a field of the record at hand."""
        self._used.add(place)
        return f"e{place}"

    def _at(self) -> Operand:
        assert self._dated is not None
        nature = self._shared.natures.record_path(self._fact, (self._fact.dated or "",))
        return Operand(self._element(self._dated), nature, "time")

    def _once(self, hint: str, code: str) -> str:
        """A name for what is worked out before the loop."""
        if code not in self._known:
            self._known[code] = f"{hint}_{len(self._known) + 1}"
            self._before.line(f"{self._known[code]} = {code}")
        return self._known[code]

    def _zone(self) -> str:
        return moments.zone(self._shared.constants, self._shared.plan.policy.zone)

    def _calendar(self) -> None:
        """Today, the start of the zone's present offset, and that offset."""
        if "today" not in self._known:
            self._known["today"] = "today"
            self._before.line(f"today, steady, shift = day_and_offset({self._scope.now()}, {self._zone()})")

    # ── Which records ──

    def _cut(self, out: Writer) -> None:
        """Events dated after now don't exist (ruling 12)."""
        if not self._fact.event or self._dated is None:
            return
        at = self._at()
        test = all_of([*guards([at]), Code(f"{at.text} > {self._scope.now()}", COMPARISON)])
        with out.block(f"if {test.text}:"):
            out.line("continue")

    def _window(self, tally: Tally, expressions: Expressions) -> list[Rails]:
        window = tally.records.window
        if window is None or self._dated is None:
            return []
        at, now = self._at(), self._scope.now()
        parts: list[Code] = []
        if window.longest is not None:
            bound = self._once("after", f"{now} - {literal(window.longest)}")
            parts.append(Code(f"{at.text} > {bound}", COMPARISON))
        if window.shortest != 0:
            bound = self._once("until", f"{now} - {literal(window.shortest)}")
            parts.append(Code(f"{at.text} <= {bound}", COMPARISON))
        elif not self._fact.event or not parts:
            parts.append(Code(f"{at.text} <= {now}", COMPARISON))
        rails = [guarded([at], part) for part in parts]
        if window.since is not None:
            since = expressions.operand(window.since)
            rails.append(guarded([at, since], Code(f"{at.text} >= {since.text}", COMPARISON)))
        return rails

    def _filter(self, tally: Tally) -> tuple[Rails, bool]:
        """The rest of a tally's filter, and whether it can be unknown."""
        expressions = Expressions(self._scope, tally.mode)
        rails = [*self._window(tally, expressions), *(expressions.rails(expr, 1) for expr in tally.rest)]
        doubt = any(expressions.nature(expr).unknown for expr in tally.rest)
        window = tally.records.window
        if window is not None and self._dated is not None:
            doubt = doubt or self._at().nature.unknown
            doubt = doubt or (window.since is not None and expressions.nature(window.since).unknown)
        return (conjunction(rails) if rails else Rails(ALWAYS, NEVER)), doubt

    def _feed(self, tally: Tally) -> Feed:
        """When a tally takes a record."""
        rails, doubt = self._filter(tally)
        true = rails.true
        if tally.what == "once_per_day" or tally.what.startswith("faded"):
            true = all_of([*guards([self._at()]), true])
        maybe = _MAYBE.get(tally.what) if doubt else None
        return Feed(true, rails.left if maybe else NEVER, self._sure(tally), self._said(tally, maybe))

    # ── Telling records apart ──

    def _told_apart(self, out: Writer, tallies: list[Tally]) -> list[Tally]:
        """A chain over the texts of the field that most filters ask for; the tallies that are left."""
        by_field: dict[str, list[tuple[Tally, ir.Expr, tuple[str, ...]]]] = {}
        for tally in tallies:
            asked: set[str] = set()
            for expr in tally.rest:
                found = sweep_filters.selected(self._shared.natures, expr, tally.records.var)
                if found is not None and found[0] not in asked:
                    asked.add(found[0])
                    by_field.setdefault(found[0], []).append((tally, expr, found[1]))
        most = max(by_field, key=lambda name: len(by_field[name]), default=None)
        chosen = [] if most is None else by_field[most]
        texts = dict.fromkeys(text for _, _, wanted in chosen for text in wanted)
        if most is None or len(chosen) < 2 or len(texts) > _LONGEST_CHAIN:
            self._write_feeds(out, [self._feed(tally) for tally in tallies])
            return []
        self._chain(out, most, texts, chosen)
        done = {id(tally) for tally, _, _ in chosen}
        return [tally for tally in tallies if id(tally) not in done]

    def _chain(
        self, out: Writer, name: str, texts: Iterable[str], chosen: list[tuple[Tally, ir.Expr, tuple[str, ...]]]
    ) -> None:
        subject = self._element(self._place(name))
        for tally, expr, _ in chosen:
            tally.rest = [one for one in tally.rest if one is not expr]
        word = "if"
        for text in texts:
            with out.block(f"{word} {subject} == {literal(text)}:"):
                self._write_feeds(out, [self._feed(tally) for tally, _, wanted in chosen if text in wanted])
            word = "elif"
        nature = self._shared.natures.record_path(self._fact, (name,))
        perhaps = [self._perhaps(tally) for tally, _, _ in chosen if tally.what in _MAYBE] if nature.unknown else []
        if perhaps:
            with out.block(f"elif {subject} is None:"):
                self._write_feeds(out, perhaps)

    def _perhaps(self, tally: Tally) -> Feed:
        """When a record is a maybe of which isn't known whether it is told apart for the tally."""
        rails, _ = self._filter(tally)
        return Feed(inverse(rails.false), NEVER, self._said(tally, _MAYBE.get(tally.what)), [])

    def _write_feeds(self, out: Writer, feeds: list[Feed]) -> None:
        """Feeds, those with the same condition together."""
        together: dict[tuple[Code, Code], list[Feed]] = {}
        for feed in feeds:
            if feed.true != NEVER or feed.unknown != NEVER:
                together.setdefault((feed.true, feed.unknown), []).append(feed)
        for (true, unknown), same in together.items():
            if true == ALWAYS:
                for line in (line for feed in same for line in feed.sure):
                    out.line(line)
                continue
            with out.block(f"if {true.text}:"):
                for line in (line for feed in same for line in feed.sure):
                    out.line(line)
            if unknown != NEVER:
                with out.block(f"elif {unknown.text}:"):
                    for line in (line for feed in same for line in feed.maybe):
                        out.line(line)
        if not together:
            out.line("pass")

    # ── What is done to tallies ──

    def _start_tallies(self) -> None:
        for tally in self._tallies:
            name, before, after = tally.name, self._before.line, self._after.line
            match tally.what:
                case "each" | "once":
                    before(f"{name} = 0")
                case "once_per_day":
                    before(f"{name} = set()")
                    after(f"{name} = len({name})")
                case "any":
                    before(f"{name} = False")
                case "count":
                    before(f"{name} = 0")
                    if tally.doubt:
                        before(f"{name}_more = 0")
                        after(f"{name} = ({name}, {name} + {name}_more)")
                case "first" | "last":
                    before(f"{name} = NOTHING")
                    before(f"{name}_at = {'AFTER' if tally.what == 'first' else 'BEFORE'}_ALL")
                case _:
                    self._start_faded(tally)

    def _start_faded(self, tally: Tally) -> None:
        self._calendar()
        assert tally.decay is not None
        name, fall = tally.name, f"{tally.decay.kind}, {literal(tally.decay.days)}"
        match tally.what:
            case "faded_each":
                self._before.line(f"{name} = 0")
            case "faded_once":
                self._before.line(f"{name} = BEFORE_ALL")
                self._after.line(f"{name} = latest_factor({name}, today, {self._zone()}, {fall})")
            case _:
                self._before.line(f"{name} = set()")
                self._after.line(f"{name} = sum_of_days({name}, today, {fall})")

    def _sure(self, tally: Tally) -> list[str]:
        """What is done with a record that counts."""
        name = tally.name
        match tally.what:
            case "each" | "count":
                return [f"{name} += 1"]
            case "once":
                return [f"{name} = 1"]
            case "any":
                return [f"{name} = True"]
            case "first" | "last":
                return self._wins(tally, "row")
            case "faded_once":
                at = self._at().text
                return [f"if {at} > {name}:", f"    {name} = {at}"]
            case "faded_each":
                return self._fade(tally)
            case _:
                self._calendar()
                at, zone = self._at().text, self._zone()
                if not self._fact.event:
                    return [f"{name}.add(day_number({at}, {zone}))"]
                return [f"{name}.add(({at} + shift) // {_DAY} if {at} >= steady else day_number({at}, {zone}))"]

    def _fade(self, tally: Tally) -> list[str]:
        decay, at, name, zone = tally.decay, self._at().text, tally.name, self._zone()
        assert decay is not None
        age = f"age_in_days({at}, today, {zone})"
        if self._fact.event:
            age = f"today - ({at} + shift) // {_DAY} if {at} >= steady else {age}"
        if decay.days > _LONGEST_TABLE:
            return [f"age_ = {age}", f"{name} += {decay.kind}(age_, {literal(decay.days)})"]
        table = self._once("table", f"{decay.kind}_table({literal(decay.days)})")
        end = self._once("end", f"len({table})")
        return [f"age_ = {age}", f"if age_ < {end}:", f"    {name} += {table}[age_]"]

    def _said(self, tally: Tally, maybe: str | None) -> list[str]:
        """What is done with a maybe."""
        if maybe is None:
            return []
        if maybe == "wins":
            return self._wins(tally, "None")
        return [line.replace("NAME", tally.name) for line in maybe.split("\n")]

    def _wins(self, tally: Tally, what: str) -> list[str]:
        """In order of arrival: of equal times the first one wins, or the last one."""
        self._needs_row = self._needs_rank = True
        self._at()
        sign = "<" if tally.what == "first" else ">="
        return [f"if rank {sign} {tally.name}_at:", f"    {tally.name}_at = rank", f"    {tally.name} = {what}"]


_MAYBE: Final = {
    "any": "if NAME is False:\n    NAME = None",
    "count": "NAME_more += 1",
    "first": "wins",
    "last": "wins",
}
"""What a maybe does to those tallies that it matters to. Entries give points for sure records only."""
