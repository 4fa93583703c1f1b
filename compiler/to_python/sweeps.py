"""One loop over the records of a type for everything that `decide` counts among them: score entries, `any`, counts,
and the first or last one. What only reasons and bounds need goes through records by itself (`records.py`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python import sweep_filters, walk
from leadpolicy.compiler.to_python.nature import ASKING, PLAIN
from leadpolicy.compiler.to_python.plan import Plan
from leadpolicy.compiler.to_python.scope import Scope, Shared
from leadpolicy.compiler.to_python.sweep_writer import SweepWriter, Tally

Expr = ir.Expr


class Key(NamedTuple):
    """What makes two tallies the same: what is counted of which records, in which mode; the authors' words don't."""

    what: str
    fact: str
    of: Expr | None
    var: str
    where: tuple[Expr, ...]
    window: ir.Window | None
    decay: ir.Decay | None
    mode: str


class Sweeps:
    """Finds what `decide` counts, and writes a loop for each type."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._plan = shared.plan
        self._tallies: dict[Key, Tally] = {}
        self._seen: set[tuple[int, str]] = set()
        self._collect()

    # ── What there is to count ──

    def _collect(self) -> None:
        policy = self._plan.policy
        for score in policy.scores:
            for _, entry in walk.flat_entries(score):
                if isinstance(entry, ir.EventEntry):
                    self._add(entry_kind(entry), entry.records, PLAIN, entry.decay)
                self._look(walk.entry(entry), PLAIN)
            self._look(() if score.expr is None else (score.expr,), PLAIN)
        for exprs in _conditions(self._plan):
            self._look(exprs, PLAIN)
        for gate in policy.gates:
            self._look(tuple(e for one in gate.criteria for e in walk.condition(one.condition)), ASKING)

    def _look(self, exprs: tuple[Expr, ...], mode: str) -> None:
        """All that expressions count, through lets."""
        stack = [(expr, mode) for expr in exprs]
        while stack:
            expr, own = stack.pop()
            if isinstance(expr, ir.LetRef):
                below = self._shared.natures.let_mode(expr.name, own)
                let = self._plan.lets[expr.name].expr
                if (id(let), below) not in self._seen:
                    self._seen.add((id(let), below))
                    stack.append((let, below))
                continue
            if isinstance(expr, ir.Any):
                self._add("any", expr.records, own)
            elif isinstance(expr, ir.Count):
                self._add("count", expr.records, own)
            elif isinstance(expr, ir.Pick) and not expr.prefer:
                self._add(expr.which, expr.records, own)
            stack += [(child, own) for child in walk.children(expr)]

    def _add(self, what: str, found: ir.Records, mode: str, decay: ir.Decay | None = None) -> None:
        key = self._key(what, found, mode, decay)
        if key in self._tallies or not sweep_filters.fits(self._plan, self._shared.natures, found):
            return
        fact = self._plan.policy.fact(found.fact)
        if what in {"first", "last"} and (fact.dated is None or any(field.key for field in fact.fields)):
            return
        name = self._plan.names.make("n")
        doubt = self._shared.natures.doubtful(found, key.mode)
        self._tallies[key] = Tally(what, name, found, key.mode, decay, doubt)

    def _key(self, what: str, found: ir.Records, mode: str, decay: ir.Decay | None) -> Key:
        where = walk.condition(found.where)
        asks = any(isinstance(node, ir.IsKnown) for node in walk.nodes(where))
        kept = mode if asks else PLAIN
        return Key(what, found.fact, found.of, found.var, where, found.window, decay, kept)

    # ── In generated code ──

    def write(self, scope: Scope) -> None:
        """The loops, and at the start of `decide` their calls."""
        loops: dict[tuple[str, bool], list[Tally]] = {}
        for key, tally in self._tallies.items():
            loops.setdefault((key.fact, key.of is None), []).append(tally)
        for (fact, everyone), tallies in loops.items():
            inner = SweepWriter(self._shared, self._plan.policy.fact(fact), tallies).write()
            rows = self._rows(scope, fact, everyone)
            names = ", ".join(tally.name for tally in tallies)
            scope.body.line(f"{names}{',' if len(tallies) == 1 else ''} = {scope.call_over(inner, rows)}")
            scope.tallied.update(tally.name for tally in tallies)

    def _rows(self, scope: Scope, name: str, everyone: bool) -> str:
        """The records to go through. Events are taken as they came: the loop leaves out those that lie ahead."""
        place = self._plan.bindings.place(name)
        event = self._plan.policy.fact(name).event
        if everyone:
            return f"{scope.records()}.{'events' if event else 'all'}({place}{', None' if event else ''})"
        return f"{scope.records()}.{'events' if event else 'of'}({place}, {self._this(scope)})"

    def _this(self, scope: Scope) -> str:
        """The key of the lead."""
        key = next(field for field in self._plan.about.fields if field.key)
        text = scope.slot(self._plan.slot((key.name,)))
        return f"str({text})" if key.type.kind == "int" else text

    def tally(
        self,
        scope: Scope,
        mode: str,
        what: str,
        found: ir.Records,
        again: Callable[[Scope], str],
        decay: ir.Decay | None = None,
    ) -> str | None:
        """The name of what a loop counted, where one does. `again` gets it in another function."""
        tally = self._tallies.get(self._key(what, found, mode, decay)) if mode in _MODES else None
        if tally is None:
            return None
        if scope.inner:
            scope.wanted.setdefault(tally.name, again)
            return tally.name
        return tally.name if tally.name in scope.tallied else None


_MODES: Final = frozenset({PLAIN, ASKING})


def _conditions(plan: Plan) -> Iterator[tuple[Expr, ...]]:
    """What decisions read in plain mode, scores apart."""
    policy = plan.policy
    yield from (walk.condition(row.condition) for table in policy.tables for row in table.rows)
    yield from (walk.condition(stage.condition) for stage in policy.funnel or ())
    entries: list[ir.DisqualifyEntry | ir.RouteEntry] = [*(policy.disqualify or ())]
    entries += policy.route.entries if policy.route else ()
    yield from (walk.condition(e.condition) + walk.destination(e.destination, plan.owner) for e in entries)


def entry_kind(entry: ir.EventEntry) -> str:
    """What is counted for an entry."""
    return entry.repeat if entry.decay is None else f"faded_{entry.repeat}"
