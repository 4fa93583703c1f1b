"""The plan of a generated module: which values it reads, what it works out in which order, and their names."""

from __future__ import annotations

from dataclasses import dataclass

from leadpolicy.compiler import ir, ir_walk
from leadpolicy.compiler.to_python import walk
from leadpolicy.compiler.to_python.bindings import Bindings
from leadpolicy.compiler.to_python.literals import SCALED_KINDS
from leadpolicy.compiler.to_python.names import Names

Key = tuple[str, str]
"""Something worked out: ("score", "fit"), ("low", "fit"), ("table", …), ("gate", …), ("stage", …),
("disqualify", ""), ("disqualified", ""), ("stages", ""), ("route", "")."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One value of the snapshot. `steps`: the slots of the path's beginnings, itself last."""

    path: tuple[str, ...]
    domain: bool
    name: str
    type: ir.Type
    steps: tuple[int, ...]
    order: tuple[int, ...]
    unknown: bool
    nothing: bool
    ask: str | None


class Plan:
    """Facts about a policy that all generators share."""

    def __init__(self, policy: ir.Policy) -> None:
        self.policy = policy
        self.names = Names()
        self.about = policy.fact(policy.about)
        self.slots: list[Slot] = []
        self._slot_of: dict[tuple[tuple[str, ...], bool], int] = {}
        self.lists = {named.name: named for named in policy.lists}
        self.lets = {let.name: let for let in policy.lets}
        self.let_order = {let.name: index for index, let in enumerate(policy.lets)}
        self.scores = {score.name: score for score in policy.scores}
        self.tables = {table.name: table for table in policy.tables}
        self.let_names = {let.name: self.names.make("let", let.name) for let in policy.lets}
        self.owner = self._owner()
        self.bindings = Bindings(policy)
        self._everything: tuple[ir.Expr, ...] | None = None
        self._add_slots()
        self.bindings.bind(self.everything())
        for records in self._standing_records():
            self.bindings.bind_records(records)
        self.rich = bool(self.bindings.read) or any(
            isinstance(node, ir.Entered) for node in walk.nodes(self.everything())
        )
        self.bounded = self._bounded()
        self.told_bounds = {name for _, name in self.bounded} | self._bounds_in_rules()
        """The scores of which the telling half gives `low` and `high` one by one."""
        self.results: dict[Key, int] = {}
        self.result_names: dict[Key, str] = {}
        self._add_results()
        self.whole = {score.name: False for score in policy.scores}
        self._whole_lets: dict[str, bool] = {}
        for let in policy.lets:
            self._whole_lets[let.name] = self.is_whole(let.expr)
        self._mark_whole()

    # ── Slots ──

    def _owner(self) -> ir.FieldRef | None:
        for field in self.about.fields:
            if field.role == "owner":
                return ir.FieldRef(path=(field.name,), type=field.type, nothing=True)
        return None

    def _add_slots(self) -> None:
        for field in self.about.fields:
            if field.key:
                self.slot((field.name,))
        for expr in walk.nodes(self.everything()):
            email = walk.domain_of(expr)
            if email is not None:
                self.slot(email.path, domain=True)
            elif isinstance(expr, ir.FieldRef) and expr.var == "this":
                self.slot(expr.path)
        roles = {"owner", "assigned"} if self.policy.recall is not None else set()
        roles |= {"created"} if self.policy.reads_entered else set()
        self.roles = {f.role: self.slot((f.name,)) for f in self.about.fields if f.role in roles}

    def everything(self) -> tuple[ir.Expr, ...]:
        """Every expression of the policy, tests apart."""
        if self._everything is None:
            self._everything = self._find_everything()
        return self._everything

    def _find_everything(self) -> tuple[ir.Expr, ...]:
        policy = self.policy
        found: list[ir.Expr] = [let.expr for let in policy.lets]
        for score in policy.scores:
            found += [e for _, member in walk.flat_entries(score) for e in walk.entry(member)]
            found += [score.expr] if score.expr is not None else []
        for table in policy.tables:
            found += [e for row in table.rows for e in walk.condition(row.condition)]
        found += [e for gate in policy.gates for c in gate.criteria for e in walk.condition(c.condition)]
        entries: list[ir.DisqualifyEntry | ir.RouteEntry] = [*(policy.disqualify or ())]
        entries += policy.route.entries if policy.route else ()
        for entry in entries:
            found += walk.condition(entry.condition) + walk.destination(entry.destination, self.owner)
        found += [e for stage in policy.funnel or () for e in walk.condition(stage.condition)]
        found += [] if policy.recall is None else walk.lease(policy.recall)
        found += [e for one in policy.attributions for e in walk.credit(one)]
        return tuple(found)

    def _standing_records(self) -> list[ir.Records]:
        """Records that stand for themselves, not in an expression."""
        entries = [entry for score in self.policy.scores for _, entry in walk.flat_entries(score)]
        found = [entry.records for entry in entries if isinstance(entry, ir.EventEntry)]
        return found + [one.records for one in self.policy.attributions]

    def slot(self, path: tuple[str, ...], domain: bool = False) -> int:
        """The slot of a path, or of the domain of the e-mail there."""
        found = self._slot_of.get((path, domain))
        return self._add_slot(path, domain) if found is None else found

    def _add_slot(self, path: tuple[str, ...], domain: bool) -> int:
        if domain:
            steps = self.slots[self.slot(path)].steps
        else:
            steps = tuple(self.slot(path[:length]) for length in range(1, len(path)))
        index = len(self.slots)
        order, field = self._declared(path)
        above = [self.slots[step] for step in steps]
        fixed = (field.required or field.key) and not domain
        nothing = domain or len(path) > 1 or field.or_none or field.role in {"owner", "assigned"}
        self.slots.append(
            Slot(
                path=path,
                domain=domain,
                name=self.names.make("domain" if domain else "f", "_".join(path)),
                type=ir.Type(kind="text") if domain else field.type,
                steps=steps if domain else (*steps, index),
                order=order,
                unknown=any(slot.unknown for slot in above) or not (fixed or domain),
                nothing=nothing or any(slot.nothing for slot in above),
                ask=field.ask,
            )
        )
        self._slot_of[path, domain] = index
        return index

    def _declared(self, path: tuple[str, ...]) -> tuple[tuple[int, ...], ir.FactField]:
        """Where a path's fields are declared, and its last field."""
        fact, order = self.about, []
        for step in path:
            at = next(i for i, field in enumerate(fact.fields) if field.name == step)
            order.append(at)
            field = fact.fields[at]
            if field.type.fact is not None:
                fact = self.policy.fact(field.type.fact)
        return tuple(order), field

    # ── Results ──

    def _bounded(self) -> tuple[tuple[str, str], ...]:
        """The `low(…)` and `high(…)` that conditions read, in the scores' order."""
        read = {(e.bound, e.name) for e in walk.leaves(self.everything()) if isinstance(e, ir.ScoreRef)}
        return tuple((b, s.name) for s in self.policy.scores for b in ("low", "high") if (b, s.name) in read)

    def _bounds_in_rules(self) -> set[str]:
        nodes = (node for rule in self.policy.rules for node in ir_walk.walk(rule))
        return {node.name for node in nodes if isinstance(node, ir.ScoreRef) and node.bound != "value"}

    def _add_results(self) -> None:
        policy = self.policy
        for score in policy.scores:
            self._add(("score", score.name))
        for bound, name in self.bounded:
            self._add((bound, name))
        for table in policy.tables:
            self._add(("table", table.name))
        for gate in policy.gates:
            self._add(("gate", gate.name))
        if policy.disqualify is not None:
            self._add(("disqualify", ""))
        self._add(("disqualified", ""))
        for stage in policy.funnel or ():
            self._add(("stage", stage.name))
        if policy.funnel is not None:
            self._add(("stages", ""))
        if policy.route is not None:
            self._add(("route", ""))

    def _add(self, key: Key) -> None:
        self.results[key] = len(self.results)
        kind, name = key
        fixed = {"disqualify": "disqualifying", "disqualified": "disqualified", "stages": "stage", "route": "route"}
        self.result_names[key] = self.names.make(kind, name) if name else fixed[kind]

    def criteria_name(self, gate: str) -> str:
        """The name of the function that gives the verdicts of a gate's criteria."""
        return f"criteria_{self.result_names['gate', gate]}"

    # ── Scores' scales ──

    def _mark_whole(self) -> None:
        """A score is kept in whole numbers where nothing in it can have a fraction."""
        for score in self.policy.scores:
            parts = [text for text in (score.low, score.high) if text is not None]
            whole = all(map(_is_whole, parts))
            for entry in score.entries or ():
                whole = whole and (not isinstance(entry, ir.GroupEntry) or _is_whole(entry.limit or "0"))
            for _, member in walk.flat_entries(score):
                whole = whole and self._whole_points(member)
            if score.expr is not None:
                whole = whole and self.is_whole(score.expr)
            self.whole[score.name] = whole

    def _whole_points(self, entry: walk.Entry) -> bool:
        if isinstance(entry, ir.EventEntry):
            return entry.decay is None and _is_whole(entry.points) and _is_whole(entry.limit or "0")
        if isinstance(entry, ir.PlainEntry):
            return self.is_whole(entry.points)
        given = entry.choices if isinstance(entry, ir.PointsEntry) else entry.bands
        return all(_is_whole(one.points) for one in given)

    def is_whole(self, expr: ir.Expr) -> bool:
        """Whether a numeric expression is kept in whole numbers, not in millionths."""
        match expr:
            case ir.Const():
                return isinstance(expr.value, str) and _is_whole(expr.value)
            case ir.LetRef():
                return self._whole_lets[expr.name]
            case ir.ScoreRef():
                return self.whole[expr.name]
            case ir.Ago():
                return self.whole[expr.score]
            case ir.Arith():
                return expr.operator != "div" and self.is_whole(expr.left) and self.is_whole(expr.right)
            case ir.Neg():
                return self.is_whole(expr.arg)
            case ir.Call():
                return all(self.is_whole(arg) for arg in expr.args)
            case ir.Total():
                return expr.function == "sum" and self.is_whole(expr.value)
            case ir.FieldRef() | ir.TableRef() | ir.Attr():
                return expr.type.kind not in SCALED_KINDS
            case _:
                return True

    def fact_named(self, expr: ir.Expr) -> ir.Fact:
        """The fact type of the record that a reference is, or points to."""
        if isinstance(expr, ir.Pick):
            return self.policy.fact(expr.records.fact)
        type_ = getattr(expr, "type", None)
        if not isinstance(type_, ir.Type) or type_.fact is None:
            raise ValueError(f"`{expr.op}` is no record")
        return self.policy.fact(type_.fact)

    def resolve(self, expr: ir.Expr) -> ir.Expr:
        """What a let stands for."""
        while isinstance(expr, ir.LetRef):
            expr = self.lets[expr.name].expr
        return expr


def _is_whole(text: str) -> bool:
    return "." not in text
