"""Bounds of scores in generated code: straight lines on the snapshot.

What an entry can give that reads one field and nothing else is the same for every lead in which that is unknown
(`Moves`). A score in which another entry may be unknown goes to the engine then, as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python import walk
from leadpolicy.compiler.to_python.literals import SCALE, literal, scaled, sequence
from leadpolicy.compiler.to_python.reaches import ANYTHING, Reach, points_of, reach_of, write_clamp
from leadpolicy.compiler.to_python.scope import Scope, Shared
from leadpolicy.compiler.to_python.scores import Scores
from leadpolicy.compiler.to_python.uses import Uses
from leadpolicy.compiler.to_python.walk import Entry
from leadpolicy.compiler.to_python.writer import Writer

_SPELT_OUT = 100
"""A score of more entries isn't added up once more in the telling half where its range cut it: the engine does it."""


class Ends:
    """Writes the lows and highs of all scores, and of those that conditions read."""

    def __init__(self, shared: Shared, uses: Uses, scores: Scores) -> None:
        self._shared = shared
        self._plan = shared.plan
        self._uses = uses
        self._scores = scores
        self._order = {score.name: index for index, score in enumerate(self._plan.policy.scores)}
        self._ends = {s.name: (self._name("least", s), self._name("most", s)) for s in self._plan.policy.scores}
        read = self._plan.told_bounds
        self.names = {s.name: self._name("ends", s) for s in self._plan.policy.scores if s.name in read}
        """The functions of the scores whose bounds conditions read, those of rules too."""
        self._moves: dict[tuple[int, tuple[int, ...], int], int] = {}
        self._sums: dict[str, str] = {}

    def _name(self, word: str, score: ir.Score) -> str:
        return self._plan.names.make(word, score.name)

    def write_all(self) -> str:
        """The function that gives low and high of every score, one after the other. To be written behind all
        `unsettled_…`."""
        scope = Scope(self._shared, "ends")
        written: set[str] = set()
        for score in self._plan.policy.scores:
            self._write(scope, score, written)
        every = [end for score in self._plan.policy.scores for end in self._ends[score.name]]
        scope.body.line(f"return {sequence(every) if every else '()'}")
        return scope.finish("The least and the most that each score can come to.")

    def write_each(self) -> None:
        """The functions of `names`, each gives low and high of one score."""
        for name, function in self.names.items():
            score = self._plan.scores[name]
            scope = Scope(self._shared, function)
            self._write(scope, score, set())
            scope.body.line(f"return {sequence(self._ends[name])}")
            scope.finish(f"The least and the most of the score of line {int(score.place.line)}.")

    def write_moves(self, out: Writer) -> None:
        """`MOVES`: the entries that are bounded by one field alone."""
        with out.block("MOVES = Moves(SCORES, SLOTS, ("):
            for index, entries, slot in self._moves:
                out.line(f"({literal(index)}, {sequence(map(literal, entries))}, {literal(slot)}),")
        out.line("))")

    def _write(self, scope: Scope, score: ir.Score, written: set[str]) -> None:
        if score.name in written:
            return
        written.add(score.name)
        if score.expr is not None:
            self._write_expression(scope, score, written)
        else:
            self._write_entries(scope, score)

    # ── Scores of entries ──

    def _write_entries(self, scope: Scope, score: ir.Score) -> None:
        flat = list(enumerate(walk.flat_entries(score)))
        doubtful = [(i, group, entry) for i, (group, entry) in flat if (score.name, i) in self._scores.doubts]
        least, most = self._ends[score.name]
        body, value = scope.body, scope.result(("score", score.name))
        body.comment(score.place)
        if not doubtful:
            body.line(f"{least} = {most} = {value}")
            return
        fields: dict[tuple[int | None, int], list[int]] = {}
        rest: list[Entry] = []
        for index, group, entry in doubtful:
            slot = self._scores.steady.get((score.name, index))
            if slot is None:
                rest.append(entry)
            else:
                fields.setdefault((group, slot), []).append(index)
        whole = f"block(SCORES, SLOTS, {literal(self._order[score.name])}, v, {value})"
        if rest:
            test = self._any_unknown(scope, rest)
            if test is None or not fields:
                guarded = "" if test is None else f" if {test} else ({value}, {value})"
                body.line(f"{least}, {most} = {whole}{guarded}")
                return
            with body.block(f"if {test}:"):
                body.line(f"{least}, {most} = {whole}")
            with body.block("else:"):
                self._add_up(scope, score, fields, whole)
        else:
            self._add_up(scope, score, fields, whole)

    def _any_unknown(self, scope: Scope, entries: list[Entry]) -> str | None:
        """Code that is true wherever one of the entries is unknown; None where that isn't told by fields."""
        slots = self._uses.slots(tuple(expr for entry in entries for expr in walk.entry(entry)))
        lists = any(self._plan.slots[slot].type.kind == "list" for slot in slots)
        unknown = [scope.slot(slot) for slot in slots if self._plan.slots[slot].unknown]
        if lists or not unknown or any(map(self._scores.reads_records, entries)):
            return None
        return f"{unknown[0]} is None" if len(unknown) == 1 else f"None in {sequence(unknown)}"

    def _add_up(
        self, scope: Scope, score: ir.Score, fields: dict[tuple[int | None, int], list[int]], whole: str
    ) -> None:
        """The ends of each unknown field, added to what the score comes to now."""
        body = scope.body
        least, most = self._ends[score.name]
        cut = self._cut_groups(score)
        sides = ["", *(f"_{literal(group)}" for group in cut)]
        for side in sides:
            body.line(f"down{side} = up{side} = 0")
        for (group, slot), entries in fields.items():
            at = self._moves.setdefault((self._order[score.name], tuple(entries), slot), len(self._moves))
            side = f"_{literal(group)}" if group in cut else ""
            with body.block(f"if {scope.slot(slot)} is None:"):
                body.line(f"low, high = MOVES[{literal(at)}] or MOVES.of({literal(at)}, v)")
                body.line(f"down{side} += low")
                body.line(f"up{side} += high")
        value = scope.result(("score", score.name))
        body.line(f"{least} = {most} = {value}")
        with body.block(f"if {' or '.join(f'down{side} or up{side}' for side in sides)}:"):
            self._write_moved(scope, score, cut, whole)

    def _write_moved(self, scope: Scope, score: ir.Score, cut: dict[int, int], whole: str) -> None:
        """The ends of a score in which something is unknown."""
        body, value = scope.body, scope.result(("score", score.name))
        least, most = self._ends[score.name]
        reach = reach_of(score.entries or (), self._plan.whole[score.name])
        low, high = _biting(self._scores.limits(score), reach)
        inside = _between(value, low, high)
        if len(walk.flat_entries(score)) > _SPELT_OUT and (cut or inside):
            if cut or inside is None:
                body.line(f"{least}, {most} = {whole}")
                return
            with body.block(f"if not {inside}:"):
                body.line(f"{least}, {most} = {whole}")
            with body.block("else:"):
                body.line(f"{least} += down")
                body.line(f"{most} += up")
                self._clamp(body, score, reach)
            return
        if cut:
            groups = [f"group_{literal(group)}" for group in cut]
            body.line(f"base, {', '.join(groups)} = {self._sum(score, cut)}(v)")
        elif inside:
            body.line(f"base = {value} if {inside} else {self._sum(score, cut)}(v)")
        for name, move in ((least, "down"), (most, "up")):
            body.line(f"{name} = {'base' if cut or inside else value} + {move}")
            for group, limit in cut.items():
                end = f"group_{literal(group)} + {move}_{literal(group)}"
                body.line(f"{name} += max({literal(-limit)}, min({literal(limit)}, {end}))")
        self._clamp(body, score, reach)

    def _clamp(self, body: Writer, score: ir.Score, reach: Reach) -> None:
        for name in self._ends[score.name]:
            write_clamp(body, name, *self._scores.limits(score), reach)

    def _cut_groups(self, score: ir.Score) -> dict[int, int]:
        """The groups that their limits can cut, each with its limit."""
        whole = self._plan.whole[score.name]
        groups = [entry for entry in score.entries or () if isinstance(entry, ir.GroupEntry)]
        found: dict[int, int] = {}
        for index, group in enumerate(groups):
            if group.limit is not None:
                limit = points_of(group.limit, whole)
                if _biting((-limit, limit), reach_of(group.entries, whole)) != (None, None):
                    found[index] = limit
        return found

    def _sum(self, score: ir.Score, cut: dict[int, int]) -> str:
        """The function that adds up a score as if it had no range; its groups that can be cut, behind it."""
        if score.name not in self._sums:
            scope = Scope(self._shared, self._name("sum", score))
            names = {group: f"group_{literal(group)}" for group in cut}
            scope.body.line(" = ".join(["base", *names.values(), "0"]))
            for index, (group, entry) in enumerate(walk.flat_entries(score)):
                name = "base" if group is None else names.get(group, "base")
                self._scores.write_entry(scope, score, index, entry, name)
            scope.body.line(f"return {', '.join(['base', *names.values()])}")
            self._sums[score.name] = scope.finish(f"The sum of line {int(score.place.line)}, not cut.", "v")
        return self._sums[score.name]

    # ── Score expressions ──

    def _write_expression(self, scope: Scope, score: ir.Score, written: set[str]) -> None:
        assert score.expr is not None
        self._write_parts(scope, score.expr, written)
        scope.body.comment(score.place)
        ends = self._interval(scope, score.expr, self._plan.whole[score.name])
        low, high = self._scores.limits(score)
        least, most = self._ends[score.name]
        if self._endless(score.expr):
            scope.body.line(f"{least}, {most} = cut(({ends[0]}, {ends[1]}), {literal(low)}, {literal(high)})")
            return
        for name, end in zip((least, most), ends, strict=True):
            scope.body.line(f"{name} = {end}")
            write_clamp(scope.body, name, low, high, ANYTHING)

    def _write_parts(self, scope: Scope, expr: ir.Expr, written: set[str]) -> None:
        for name in self._read(expr):
            self._write(scope, self._plan.scores[name], written)

    def _read(self, expr: ir.Expr) -> Iterator[str]:
        """The scores that an expression reads, lets looked through."""
        seen: set[str] = set()
        stack = [expr]
        while stack:
            for leaf in walk.leaves((stack.pop(),)):
                if isinstance(leaf, ir.LetRef) and leaf.name not in seen:
                    seen.add(leaf.name)
                    stack.append(self._plan.lets[leaf.name].expr)
                elif isinstance(leaf, ir.ScoreRef):
                    yield leaf.name

    def _endless(self, expr: ir.Expr) -> bool:
        """Whether an end can be missing. The checker lets no such policy through."""
        return any(self._is_endless(self._plan.scores[name]) for name in self._read(expr))

    def _is_endless(self, score: ir.Score) -> bool:
        if None not in (score.low, score.high):
            return False
        if score.expr is not None:
            return self._endless(score.expr)
        plain = [entry for _, entry in walk.flat_entries(score) if isinstance(entry, ir.PlainEntry)]
        return any(not isinstance(self._plan.resolve(entry.points), ir.Const) for entry in plain)

    def _interval(self, scope: Scope, expr: ir.Expr, whole: bool) -> tuple[str, str]:
        """Names or literals of an interval's ends, in the scale wanted."""
        plan = self._plan
        expr = plan.resolve(expr)
        match expr:
            case ir.ScoreRef():
                own = self._ends[expr.name]
                if expr.bound != "value":
                    own = (own[0],) * 2 if expr.bound == "low" else (own[1],) * 2
                if plan.whole[expr.name] == whole:
                    return own
                return self._change(scope, expr, own, f"{{}} * {literal(SCALE)}", falling=False)
            case ir.Const():
                fixed = literal(points_of(str(expr.value), whole))
                return fixed, fixed
            case ir.Neg():
                return self._change(scope, expr, self._interval(scope, expr.arg, whole), "-{}", falling=True)
            case ir.Arith(operator="add" | "sub"):
                left, right = (self._interval(scope, side, whole) for side in (expr.left, expr.right))
                if expr.operator == "sub":
                    right = right[1], right[0]
                sign = "+" if expr.operator == "add" else "-"
                lows, highs = zip(left, right, strict=True)
                return self._both(scope, expr, lows, sign), self._both(scope, expr, highs, sign)
            case ir.Arith():
                return self._factor(scope, expr, whole)
            case _:
                raise ValueError(f"a score can't be made of `{expr.op}`")

    def _factor(self, scope: Scope, expr: ir.Arith, whole: bool) -> tuple[str, str]:
        """Multiplied or divided by a number, rounded; by 0: nothing, which counts as 0."""
        left, right = self._plan.resolve(expr.left), self._plan.resolve(expr.right)
        if expr.operator == "mul" and isinstance(left, ir.Const):
            left, right = right, left
        number = _number(right)
        ends = self._interval(scope, left, whole)
        if expr.operator == "mul":
            change = f"round_div({{}} * {literal(number)}, {literal(SCALE)})"
        elif number == 0:
            return "0", "0"
        else:
            change = f"round_div({{}} * {literal(SCALE)}, {literal(number)})"
        return self._change(scope, expr, ends, change, falling=number < 0)

    def _change(
        self, scope: Scope, expr: ir.Expr, ends: tuple[str, str], code: str, falling: bool
    ) -> tuple[str, str]:
        """Both ends changed by a monotone function; `falling` swaps them."""
        endless = self._endless(expr)  # a constant has no ends that could be missing, and is none of these
        low, high = (
            scope.hoist(f"None if {end} is None else {code.format(end)}" if endless else code.format(f"({end})"))
            for end in ends
        )
        return (high, low) if falling else (low, high)

    def _both(self, scope: Scope, expr: ir.Expr, sides: tuple[str, str], sign: str) -> str:
        left, right = sides
        code = f"{left} {sign} {right if not right.startswith('-') else f'({right})'}"
        unknown = [f"{side} is None" for side in sides if side.isidentifier()] if self._endless(expr) else []
        return scope.hoist(f"None if {' or '.join(unknown)} else {code}" if unknown else code)


def _number(expr: ir.Expr) -> int:
    """A constant factor, in millionths."""
    if isinstance(expr, ir.Neg):
        return -_number(expr.arg)
    if not isinstance(expr, ir.Const):
        raise ValueError("a score is multiplied and divided by numbers only")
    return scaled(str(expr.value))


def _biting(limits: tuple[int | None, int | None], reach: Reach) -> tuple[int | None, int | None]:
    """The limits that a sum can pass; None for one that it can't."""
    low, high = limits
    least, most = reach
    bites_low = low is not None and (least is None or least < low)
    bites_high = high is not None and (most is None or most > high)
    return low if bites_low else None, high if bites_high else None


def _between(value: str, low: int | None, high: int | None) -> str | None:
    """Code that tells that a limit didn't cut a sum; None where none can."""
    if low is None and high is None:
        return None
    left = "" if low is None else f"{literal(low)} < "
    right = "" if high is None else f" < {literal(high)}"
    return f"{left}{value}{right}"
