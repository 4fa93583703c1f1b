"""Scores: their values in `decide`, and for bounds what each entry gives and whether it is settled."""

from __future__ import annotations

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python import event_entries, records, sweep_filters, walk
from leadpolicy.compiler.to_python.code import Code, all_of, inverse
from leadpolicy.compiler.to_python.expressions import Expressions
from leadpolicy.compiler.to_python.literals import SCALE, literal
from leadpolicy.compiler.to_python.nature import OPEN
from leadpolicy.compiler.to_python.rails import Operand
from leadpolicy.compiler.to_python.reaches import ANYTHING, Reach, points_of, reach_of, write_clamp
from leadpolicy.compiler.to_python.reading_entries import ReadingEntries
from leadpolicy.compiler.to_python.scope import Scope, Shared
from leadpolicy.compiler.to_python.uses import Uses

Entry = walk.Entry
_OF_RECORDS = (ir.Any, ir.Count, ir.Compare, ir.Between, ir.And, ir.Or, ir.Not, ir.Const)
"""What an entry consists of that is unknown by nothing but the records that it counts."""
_LONGEST_CHAIN = 40
"""More `elif` than this go into a function of their own: Python's compiler recurses on them."""


class Scores:
    """Writes what scores need."""

    def __init__(self, shared: Shared, uses: Uses) -> None:
        self._shared = shared
        self._plan = shared.plan
        self._uses = uses
        self._given: dict[str, bool] = {}
        """The functions `give_…` that are written."""
        self.doubts: dict[tuple[str, int], str] = {}
        """When an entry is unsettled, by score and index: those that can be. Known once `write_unsettled` ran."""
        self.steady: dict[tuple[str, int], int] = {}
        """The one slot of entries that read nothing else and are compared with constants only: what such an entry can
        give while that is unknown is the same for every lead. Known once the entries' declarations are written."""

    # ── Values ──

    def write_value(self, scope: Scope, score: ir.Score) -> None:
        """The lines that work out a score's value."""
        name = scope.own(("score", score.name))
        whole = self._plan.whole[score.name]
        scope.body.line()
        scope.body.comment(score.place)
        if score.expr is not None:
            value = Expressions(scope).operand(score.expr)
            text = _scaled_text(value, whole)
            scope.body.line(f"{name} = {f'0 if {text} is NOTHING else {text}' if value.nature.nothing else text}")
        else:
            scope.body.line(f"{name} = 0")
            self._write_entries(scope, score, name)
        reach = reach_of(score.entries or (), whole) if score.expr is None else self._reach_of_sum(score.expr, whole)
        write_clamp(scope.body, name, *self.limits(score), reach)

    def _write_entries(self, scope: Scope, score: ir.Score, name: str) -> None:
        whole = self._plan.whole[score.name]
        group_sum = f"{name}_group"
        index = 0
        for entry in score.entries or ():
            if not isinstance(entry, ir.GroupEntry):
                self.write_entry(scope, score, index, entry, name)
                index += 1
                continue
            scope.body.comment(entry.place)
            scope.body.line(f"{group_sum} = 0")
            for member in entry.entries:
                self.write_entry(scope, score, index, member, group_sum)
                index += 1
            if entry.limit is None:
                scope.body.line(f"{name} += {group_sum}")
            else:
                limit = points_of(entry.limit, whole)
                write_clamp(scope.body, group_sum, -limit, limit, reach_of(entry.entries, whole))
                scope.body.line(f"{name} += {group_sum}")

    def _reach_of_sum(self, expr: ir.Expr, whole: bool) -> Reach:
        """What a sum of scores can come to, all in one scale."""
        if isinstance(expr, ir.ScoreRef) and self._plan.whole[expr.name] == whole and expr.bound == "value":
            return self.limits(self._plan.scores[expr.name])
        if isinstance(expr, ir.Arith) and expr.operator == "add":
            left, right = (self._reach_of_sum(side, whole) for side in (expr.left, expr.right))
            low = None if left[0] is None or right[0] is None else left[0] + right[0]
            return low, None if left[1] is None or right[1] is None else left[1] + right[1]
        return ANYTHING

    def limits(self, score: ir.Score) -> tuple[int | None, int | None]:
        """The score's range in its own scale."""
        whole = self._plan.whole[score.name]
        low = None if score.low is None else points_of(score.low, whole)
        return low, None if score.high is None else points_of(score.high, whole)

    def write_entry(self, scope: Scope, score: ir.Score, index: int, entry: Entry, name: str) -> None:
        """The lines that add what an entry gives to a sum."""
        whole = self._plan.whole[score.name]
        if ReadingEntries(self._shared.natures, scope).write(entry, whole, name):
            return
        expressions = Expressions(scope)
        if isinstance(entry, ir.EventEntry):
            given = event_entries.value(expressions, entry, whole)
            scope.body.mark(entry.place)
            scope.body.line(f"{name} += {given}")
        elif isinstance(entry, ir.PointsEntry):
            subject = expressions.operand(entry.subject)
            scope.body.mark(entry.place)
            scope.body.line(f"{name} += {self._choices(entry, whole)}.get({subject.text}, 0)")
        elif isinstance(entry, ir.PlainEntry):
            test, points = self._plain(expressions, entry, whole)
            scope.body.mark(entry.place)
            if test.text == "True":
                scope.body.line(f"{name} += {points}")
            elif test.text != "False":
                with scope.body.block(f"if {test.text}:"):
                    scope.body.line(f"{name} += {points}")
        elif self.single_subject(entry) is None or len(entry.bands) > _LONGEST_CHAIN:
            scope.body.mark(entry.place)
            scope.body.line(f"{name} += {self.write_give(score, index, entry)}({scope.snapshot()})")
        else:
            self._write_bands(scope, entry, whole, name)

    def _write_bands(self, scope: Scope, entry: ir.BandsEntry, whole: bool, name: str) -> None:
        """Bands on one field: a band can only be true where the field is known, so none above it is unknown."""
        expressions = Expressions(scope)
        word = "if"
        for band, test in [(b, expressions.truth(b.condition)) for b in entry.bands]:
            scope.body.mark(band.place)
            with scope.body.block(f"{word} {test.text}:"):
                scope.body.line(f"{name} += {literal(points_of(band.points, whole))}")
            word = "elif"

    def _plain(self, expressions: Expressions, entry: ir.PlainEntry, whole: bool) -> tuple[Code, str]:
        """When a plain entry counts, and what it gives then."""
        points = expressions.operand(entry.points)
        tests = [expressions.truth(entry.condition)]
        if points.nature.unknown:
            tests.append(Code(f"{points.text} is not None", 4))
        if points.nature.nothing:
            tests.append(Code(f"{points.text} is not NOTHING", 4))
        return all_of(tests), _scaled_text(points, whole)

    def _choices(self, entry: ir.PointsEntry, whole: bool) -> str:
        pairs = ", ".join(f"{literal(one.choice)}: {literal(points_of(one.points, whole))}" for one in entry.choices)
        return self._shared.constants.name("POINTS", f"{{{pairs}}}")

    def choices(self, entry: ir.PointsEntry, whole: bool) -> str:
        """The constant of an entry's points by choice."""
        return self._choices(entry, whole)

    def single_subject(self, entry: ir.BandsEntry) -> int | None:
        """The slot that all bands are about and nothing else, where an unknown there makes each band unknown."""
        conditions = [band.condition for band in entry.bands]
        slots = self._uses.slots(walk.entry(entry))
        if len(slots) != 1 or any(len(c.clauses) != 1 for c in conditions):
            return None
        exprs = [c.clauses[0].expr for c in conditions]
        plain = all(self._uses.is_strict(e) and self._uses.slots((e,)) == slots for e in exprs)
        return slots[0] if plain else None

    # ── For bounds ──

    def give_name(self, score: ir.Score, index: int) -> str:
        """The name of the function that works out what one entry gives."""
        return f"give_{self._plan.result_names['score', score.name]}_{index}"

    def write_give(self, score: ir.Score, index: int, entry: Entry) -> str:
        """The function that works out what one entry gives in plain mode."""
        whole = self._plan.whole[score.name]
        if self.give_name(score, index) in self._given:
            return self.give_name(score, index)
        scope = Scope(self._shared, self.give_name(score, index))
        expressions = Expressions(scope)
        if isinstance(entry, ir.EventEntry):
            given = event_entries.value(expressions, entry, whole)
            scope.body.mark(entry.place)
            scope.body.line(f"return {given}")
        elif isinstance(entry, ir.PointsEntry):
            subject = expressions.operand(entry.subject)
            scope.body.mark(entry.place)
            scope.body.line(f"return {self._choices(entry, whole)}.get({subject.text}, 0)")
        elif isinstance(entry, ir.PlainEntry):
            test, points = self._plain(expressions, entry, whole)
            scope.body.mark(entry.place)
            always = test.text == "True"
            scope.body.line(f"return {points}" if always else f"return {points} if {test.text} else 0")
        else:
            for band in entry.bands:
                rails = expressions.condition(band.condition)
                scope.body.mark(band.place)
                with scope.body.block(f"if {rails.true.text}:"):
                    scope.body.line(f"return {literal(points_of(band.points, whole))}")
                if expressions.may_be_unknown(band.condition):
                    with scope.body.block(f"if {rails.unknown.text}:"):
                        scope.body.line("return 0")
            scope.body.line("return 0")
        self._given[scope.name] = scope.reads_one_slot
        return scope.finish(f"What the entry of line {int(entry.place.line)} gives.", "v")

    def gives_by_one_slot(self, score: ir.Score, index: int) -> bool:
        """Whether an entry whose function was written gives what it gives by a single field."""
        return self._given[self.give_name(score, index)]

    def write_unsettled(self, score: ir.Score) -> str | None:
        """The function that finds the entries unknown in open mode; None where none can be."""
        scope = Scope(self._shared, f"unsettled_{self._plan.result_names['score', score.name]}")
        expressions = Expressions(scope, OPEN)
        body = scope.body
        flat = walk.flat_entries(score)
        slots = self._uses.slots(tuple(e for _, entry in flat for e in walk.entry(entry)))
        doubtful = [slot for slot in slots if self._can_doubt(slot)]
        through_records = any(self.reads_records(entry) for _, entry in flat)
        if not doubtful and not through_records:
            return None
        if not through_records and all(self._plan.slots[slot].type.kind != "list" for slot in doubtful):
            names = ", ".join(scope.slot(slot) for slot in doubtful)
            with body.block(f"if None not in ({names},):"):
                body.line("return ()")
        body.line("found = []")
        for index, (_, entry) in enumerate(flat):
            test = self.doubt(expressions, score, index, entry)
            if test is not None:
                self.doubts[score.name, index] = test
                body.mark(entry.place)
                with body.block(f"if {test}:"):
                    body.line(f"found.append({index})")
        body.line("return tuple(found)")
        return scope.finish("The entries that are unknown, whatever is known of being known.", "v")

    def reads_records(self, entry: Entry) -> bool:
        """Whether an entry goes through records."""
        return isinstance(entry, ir.EventEntry) or self._uses.reads_records(walk.entry(entry))

    def _can_doubt(self, slot: int) -> bool:
        found = self._plan.slots[slot]
        return found.unknown or found.type.kind == "list"

    def doubt(self, expressions: Expressions, score: ir.Score, index: int, entry: Entry) -> str | None:
        """When an entry is unsettled; None for never."""
        if isinstance(entry, ir.EventEntry):
            maybes = Expressions(expressions.scope, expressions.mode, open_rows=True)
            return f"{event_entries.members(maybes, entry)}[1]"
        if isinstance(entry, ir.PointsEntry):
            subject = expressions.operand(entry.subject)
            return f"{subject.text} is None" if subject.nature.unknown else None
        if isinstance(entry, ir.PlainEntry):
            counted = self._counted(entry)
            if counted is not None:
                maybes = Expressions(expressions.scope, expressions.mode, open_rows=True)
                found = " or ".join(f"{records.members(maybes, one)}[1]" for one in counted)
                doubt = f"{self._write_doubt_of_records(score, index, entry)}(v)"
                return f"({found}) and {doubt}" if len(counted) > 1 else f"{found} and {doubt}"
            rails = expressions.condition(entry.condition)
            points = expressions.operand(entry.points)
            if points.nature.unknown:
                settled = all_of([rails.true, Code(f"{points.text} is not None", 4)])
                return all_of([inverse(rails.false), inverse(settled)]).text
            return rails.unknown.text if expressions.may_be_unknown(entry.condition) else None
        slot = self.single_subject(entry)
        if slot is not None:
            return f"{expressions.scope.slot(slot)} is None" if self._plan.slots[slot].unknown else None
        return f"{self._write_doubt(score, index, entry)}(v)"

    def _counted(self, entry: ir.PlainEntry) -> list[ir.Records] | None:
        """The records that an entry goes through, where it is unknown by nothing but what is unknown in them."""
        nodes = list(walk.nodes(walk.entry(entry)))
        found = [node.records for node in nodes if isinstance(node, ir.Any | ir.Count)]
        inside = {id(node) for one in found for node in walk.nodes(walk.records(one))}
        rest = [node for node in nodes if id(node) not in inside]
        plain = all(isinstance(node, _OF_RECORDS) and self._uses.slots((node,)) == () for node in rest)
        closed = all(one.of is not None and self._has_open_rows(one) for one in found)
        return found if found and plain and closed else None

    def _has_open_rows(self, found: ir.Records) -> bool:
        return bool(sweep_filters.doubts(self._plan, self._shared.natures, found))

    def _write_doubt_of_records(self, score: ir.Score, index: int, entry: ir.PlainEntry) -> str:
        name = self._doubt_name(score, index)
        if (score.name, index) not in self.doubts:
            scope = Scope(self._shared, name)
            scope.body.line(f"return {Expressions(scope, OPEN).condition(entry.condition).unknown.text}")
            scope.finish(f"Whether the entry of line {int(entry.place.line)} is unsettled.", "v")
        return name

    def _doubt_name(self, score: ir.Score, index: int) -> str:
        return f"doubt_{self._plan.result_names['score', score.name]}_{index}"

    def _write_doubt(self, score: ir.Score, index: int, entry: ir.BandsEntry) -> str:
        name = self._doubt_name(score, index)
        if (score.name, index) in self.doubts:
            return name  # written
        scope = Scope(self._shared, name)
        expressions = Expressions(scope, OPEN)
        for band in entry.bands:
            rails = expressions.condition(band.condition)
            scope.body.mark(band.place)
            with scope.body.block(f"if {rails.true.text}:"):
                scope.body.line("return False")
            if expressions.may_be_unknown(band.condition):
                with scope.body.block(f"if {rails.unknown.text}:"):
                    scope.body.line("return True")
        scope.body.line("return False")
        return scope.finish(f"Whether the bands of line {int(entry.place.line)} are unsettled.", "v")

    def write_points(self, score: ir.Score, index: int, entry: ir.PlainEntry) -> str:
        """The function that works out the points of a plain entry, whether it counts or not."""
        scope = Scope(self._shared, f"points_{self._plan.result_names['score', score.name]}_{index}")
        points = Expressions(scope).operand(entry.points)
        scope.body.mark(entry.place)
        scope.body.line(f"return {maybe_scaled(points, self._plan.whole[score.name])}")
        return scope.finish(f"The points of line {int(entry.place.line)}, counted or not.", "v")

    def write_others(self, score: ir.Score, index: int, against: list[tuple[int, ir.Expr]]) -> str:
        """The function that gives the values, other than constants, that an entry's fields are compared with."""
        scope = Scope(self._shared, f"others_{self._plan.result_names['score', score.name]}_{index}")
        expressions = Expressions(scope)
        pairs: list[str] = []
        for slot, expr in against:
            value = expressions.operand(expr)
            numeric = value.kind in {"int", "number", "money", "percent"}
            text = maybe_scaled(value, False) if numeric else value.text
            resolved = self._plan.resolve(expr)
            if expr_is_list(resolved):
                if is_list_of_int(resolved):
                    text = scope.hoist(f"scale({text})")
                pairs.append(f"*((({literal(slot)}, one) for one in {text}.items) if type({text}) is Items else ())")
            else:
                pairs.append(f"({literal(slot)}, {text})")
        scope.body.line(f"return ({', '.join(pairs)},)")
        return scope.finish("What the entry's fields are compared with, besides constants.", "v")


def expr_is_list(expr: ir.Expr) -> bool:
    """Whether an expression gives a list."""
    type_ = getattr(expr, "type", None)
    return isinstance(type_, ir.Type) and type_.kind == "list"


def is_list_of_int(expr: ir.Expr) -> bool:
    """Whether a list's numbers are kept whole."""
    type_ = getattr(expr, "type", None)
    return isinstance(type_, ir.Type) and type_.item is not None and type_.item.kind == "int"


def _scaled_text(value: Operand, whole: bool) -> str:
    """A known number in the scale wanted."""
    if value.number is not None:
        return literal(value.number // SCALE if whole else value.number)
    return value.text if value.whole == whole else f"{value.text} * {SCALE}"


def maybe_scaled(value: Operand, whole: bool) -> str:
    """A number that may be unknown or nothing, in the scale wanted."""
    if value.number is not None or value.whole == whole:
        return _scaled_text(value, whole)
    return f"scale({value.text})"
