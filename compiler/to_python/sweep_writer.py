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
_LONGEST_SPAN: Final = 4_000_000 * 86_400_000_000
"""Microseconds that lie between no two times."""


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
        self._taken = fact.event
        """Whether records come as taken: dated by timedeltas."""
        self._clock = Writer()
        self._before = Writer()
        self._after = Writer()
        self._known: dict[str, str] = {}
        """Names of what is worked out from the time of the decision alone, by its code."""
        self._used: set[int] = set()
        self._needs_row = False
        self._needs_rank = False
        self._sinces: dict[str, str] = {}
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
            kind, before = ("timedelta", "BEFORE_TAKEN") if self._taken else ("int", "BEFORE_ALL")
            head.line(f"rank = {at} if type({at}) is {kind} else {before}")
        self._read_clock()
        body.extend(self._before)
        total = len(self._fact.fields) + (self._fact.of is not None) + (not self._taken and self._key_free())
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

    def _read_clock(self) -> None:
        """What depends on the time of the decision alone is worked out once for all leads of that time."""
        names = [name for name in self._known.values() if name]
        if not names:
            return
        clock = self._shared.plan.names.make("clock", self._fact.name)
        out = Writer()
        with out.block(f"def {clock}(now):"):
            out.line('"""Ends of windows, days and factors at one time."""')
            out.extend(self._clock)
            out.line(f"return {sequence(names)}")
        out.line()
        out.line()
        out.line(f"{clock} = remembered({clock})")
        self._shared.functions.append(out)
        before, self._before = self._before, Writer()
        self._before.line(f"{', '.join(names)}{',' if len(names) == 1 else ''} = {clock}({self._scope.now()})")
        self._before.extend(before)

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
        """A name for what depends on the time of the decision alone."""
        if code not in self._known:
            self._known[code] = hint if code == hint else f"{hint}_{len(self._known) + 1}"
            self._clock.line(f"{self._known[code]} = {code}")
        return self._known[code]

    def _now(self) -> str:
        """The time of the decision, as records are dated."""
        if not self._taken:
            return self._scope.now()
        if "here" not in self._known:
            self._known["here"] = "here"
            self._clock.line("here = moment(now)")
        return "here"

    def _bound(self, hint: str, span: int) -> str:
        """A time so many microseconds ago, as records are dated."""
        size = literal(min(span, _LONGEST_SPAN))
        return self._once(hint, f"{self._now()} - {f'timedelta(microseconds={size})' if self._taken else size}")

    def _since(self, since: Operand) -> Operand:
        """A time of the lead's, as records are dated."""
        if not self._taken:
            return since
        if since.text not in self._sinces:
            self._sinces[since.text] = f"since_{len(self._sinces) + 1}"
            self._before.line(f"{self._sinces[since.text]} = moment({since.text})")
        return since._replace(text=self._sinces[since.text])

    def _zone(self) -> str:
        return moments.zone(self._shared.constants, self._shared.plan.policy.zone)

    def _calendar(self) -> None:
        """Today, the start of the zone's present offset, and that offset."""
        if "today" not in self._known:
            self._known |= {"today": "today", "steady": "steady", "shift": "shift"}
            self._clock.line(f"today, steady, shift = day_and_offset(now, {self._zone()})")

    def _day(self) -> str:
        """The local day of the record at hand."""
        self._calendar()
        at, zone = self._at().text, self._zone()
        if not self._taken:
            return f"day_number({at}, {zone})"
        return f"({at} + shift).days if {at} >= steady else day_number({at}, {zone})"

    # ── Which records ──

    def _cut(self, out: Writer) -> None:
        """Events dated after now don't exist (ruling 12). Where all are dated, that is asked where they would count:
        most don't."""
        if not self._fact.event or self._dated is None or self._always_dated():
            return
        at = self._at()
        test = all_of([*guards([at]), Code(f"{at.text} > {self._now()}", COMPARISON)])
        with out.block(f"if {test.text}:"):
            out.line("continue")

    def _always_dated(self) -> bool:
        nature = self._at().nature
        return not (nature.unknown or nature.nothing)

    def _window(self, tally: Tally, expressions: Expressions) -> list[Rails]:
        """That a record lies in its window, and exists."""
        window = tally.records.window
        exists = self._fact.event and self._dated is not None and self._always_dated()
        if self._dated is None or (window is None and not exists):
            return []
        at = self._at()
        shortest = 0 if window is None else window.shortest
        end = self._now() if shortest == 0 else self._bound("until", shortest)
        test = f"{at.text} <= {end}"
        if window is not None and window.longest is not None:
            test = f"{self._bound('after', window.longest)} < {test}"
        rails = [guarded([at], Code(test, COMPARISON))]
        if window is not None and window.since is not None:
            since = self._since(expressions.operand(window.since))
            rails.append(guarded([at, since], Code(f"{at.text} >= {since.text}", COMPARISON)))
        return rails

    def _filter(self, tally: Tally) -> tuple[Rails, bool]:
        """The rest of a tally's filter, and whether it can be unknown."""
        expressions = Expressions(self._scope, tally.mode)
        # Windows stand last: comparing texts tells more records apart, and faster.
        rails = [*(expressions.rails(expr, 1) for expr in tally.rest), *self._window(tally, expressions)]
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
                    before(f"{name}_at = None")
                    if self._taken:
                        after(f"{name} = picked({name}, {literal(self._dated)})")
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
                self._before.line(f"{name} = None")
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
                return [f"if {name} is None or {at} > {name}:", f"    {name} = {at}"]
            case "faded_each":
                return self._fade(tally)
            case _:
                return [f"{name}.add({self._day()})"]

    def _fade(self, tally: Tally) -> list[str]:
        decay, at, name = tally.decay, self._at().text, tally.name
        assert decay is not None
        self._calendar()
        age = f"age_in_days({at}, today, {self._zone()})"
        if self._taken:
            age = f"today - ({at} + shift).days if {at} >= steady else {age}"
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
        at = self._at()
        self._needs_row = True
        rank = "rank" if at.nature.unknown or at.nature.nothing else at.text
        self._needs_rank = self._needs_rank or rank == "rank"
        sign, best = "<" if tally.what == "first" else ">=", f"{tally.name}_at"
        return [f"if {best} is None or {rank} {sign} {best}:", f"    {best} = {rank}", f"    {tally.name} = {what}"]


_MAYBE: Final = {
    "any": "if NAME is False:\n    NAME = None",
    "count": "NAME_more += 1",
    "first": "wins",
    "last": "wins",
}
"""What a maybe does to those tallies that it matters to. Entries give points for sure records only."""
