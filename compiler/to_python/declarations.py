"""Declarations: the tables of texts, places and shapes at the end of a generated module."""

from __future__ import annotations

from functools import cached_property

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python import event_entries, moments, walk
from leadpolicy.compiler.to_python.atoms import Atoms
from leadpolicy.compiler.to_python.blames import Blames
from leadpolicy.compiler.to_python.ends import Ends
from leadpolicy.compiler.to_python.lacking import Lacking
from leadpolicy.compiler.to_python.ladders import outcomes_name, row_outcome
from leadpolicy.compiler.to_python.leases import Leases, recall_entries
from leadpolicy.compiler.to_python.literals import kept, literal, scaled, sequence, texts
from leadpolicy.compiler.to_python.nature import ASKING, PLAIN
from leadpolicy.compiler.to_python.reaches import points_of
from leadpolicy.compiler.to_python.scope import Shared
from leadpolicy.compiler.to_python.scores import Entry, Scores
from leadpolicy.compiler.to_python.states import States
from leadpolicy.compiler.to_python.traces import Traces
from leadpolicy.compiler.to_python.uses import Uses
from leadpolicy.compiler.to_python.writer import Writer

Item = (
    ir.Criterion | ir.Row | ir.Stage | ir.DisqualifyEntry | ir.RouteEntry | ir.RecallEntry | Entry | ir.Score
)  # fmt: skip
_ROW = (
    ("because", "None"), ("values", "()"), ("clauses", "()"), ("bands", "()"), ("outcome", "None"), ("member", "()"),
    ("unless", "()"), ("question", "None"),
)  # fmt: skip
"""The fields of an item behind the first three, and what stands for one that has nothing to say."""
_NUMERIC = frozenset({"int", "number", "money", "percent"})


def call(name: str, *positional: str, **named: str | None) -> str:
    """A call, its arguments code already; what is None is left out."""
    arguments = [*positional, *(f"{key}={code}" for key, code in named.items() if code is not None)]
    return f"{name}({', '.join(arguments)})"


def place_text(place: ir.Place) -> str:
    """`file:line`."""
    return literal(f"{place.file}:{place.line}")


class Declarations:
    """Writes what the engine wants to know of the policy."""

    def __init__(self, shared: Shared, uses: Uses, scores: Scores, traces: Traces) -> None:
        self._shared = shared
        self._plan = shared.plan
        self._policy = shared.plan.policy
        self._uses = uses
        self._scores = scores
        self._traces = traces
        self.part_index = self._number_parts()
        self._blames = Blames(shared, uses, self.part_index)
        self._leases = Leases(shared)
        self._ends = Ends(shared, uses, scores)
        self._traced: list[str] = []
        """The trace of each part."""

    def _number_parts(self) -> dict[tuple[str, str], int]:
        policy = self._policy
        names = [("score", s.name) for s in policy.scores] + [("table", t.name) for t in policy.tables]
        names += [("gate", g.name) for g in policy.gates]
        names += [("disqualify", d.name) for d in policy.disqualify or ()]
        names += [("stage", s.name) for s in policy.funnel or ()]
        names += [("route", "")] if policy.route is not None else []
        names += [("recall", entry.name) for entry in recall_entries(policy)]
        return {name: index for index, name in enumerate(names)}

    @cached_property
    def atoms(self) -> Atoms:
        """What reasons print."""
        return Atoms(self._shared, self.type_name)

    # ── Types, facts, slots ──

    def type_name(self, type_: ir.Type) -> str:
        """The constant of a type."""
        return self._shared.constants.name("TYPE", self._type(type_))

    def _type(self, type_: ir.Type) -> str:
        return call(
            "TypeDeclaration",
            literal(type_.kind),
            currency=None if type_.currency is None else literal(type_.currency),
            choices=None if type_.choices is None else texts(type_.choices),
            item=None if type_.item is None else self._type(type_.item),
            fact=None if type_.fact is None else literal(type_.fact),
        )

    def write_facts(self, out: Writer) -> None:
        """`FACTS`: every fact type."""
        with out.block("FACTS = ("):
            for fact in self._policy.facts:
                with out.block(f"FactDeclaration({literal(fact.name)}, ("):
                    for field in fact.fields:
                        out.mark(field.place)
                        out.line(f"{self._field(field)},")
                out.line(f"){self._fact_options(fact)}),")
        out.line(")")

    def _fact_options(self, fact: ir.Fact) -> str:
        """What is special about a fact type."""
        dated = next((i for i, field in enumerate(fact.fields) if field.name == fact.dated), None)
        options = {
            "event": "True" if fact.event else None,
            "of": None if fact.of is None else literal(fact.of),
            "dated": None if dated is None else literal(dated),
            "concluded": "True" if fact.concluded else None,
            "read": "True" if fact.name in self._plan.bindings.read else None,
        }
        return "".join(f", {name}={code}" for name, code in options.items() if code is not None)

    def _field(self, field: ir.FactField) -> str:
        or_none = field.or_none or field.role in {"owner", "assigned"}
        return call(
            "FieldDeclaration",
            literal(field.name),
            self.type_name(field.type),
            key="True" if field.key else None,
            required="True" if field.required else None,
            or_none="True" if or_none else None,
            markers=self.markers(field) if field.markers else None,
        )

    def markers(self, field: ir.FactField) -> str:
        """The constant of a field's markers."""
        shown = ", ".join(literal(marker) for marker in sorted(set(field.markers)))
        return self._shared.constants.name("MARKERS", f"frozenset(({shown},))")

    def write_slots(self, out: Writer) -> None:
        """`SLOTS`: the values of the snapshot, in order."""
        with out.block("SLOTS = ("):
            for slot in self._plan.slots:
                nothing = slot.nothing or slot.domain
                arguments = [
                    literal(".".join(slot.path)),
                    self.type_name(slot.type),
                    sequence(map(literal, slot.steps)),
                    sequence(map(literal, slot.order)),
                    literal(nothing),
                    literal(slot.ask),
                ]
                out.line(f"{call('SlotDeclaration', *arguments)},")
        out.line(")")

    # ── Items ──

    def _clauses(self, condition: ir.Condition | None, mode: str) -> str:
        if condition is None:
            return "()"
        return sequence(
            sequence(
                (
                    literal(clause.text),
                    texts(clause.reads) if clause.reads else "()",
                    self._blames.of(clause.expr, mode),
                )
            )
            for clause in condition.clauses
        )

    def _item(
        self,
        entry: str,
        found: Item,
        exprs: tuple[ir.Expr, ...],
        mode: str = PLAIN,
        **more: str | None,
    ) -> str:
        condition = getattr(found, "condition", None)
        atoms = self.atoms.of(exprs, inside=isinstance(found, ir.EventEntry))
        because = getattr(found, "because", None)
        named: dict[str, str | None] = {
            "because": literal(because),
            "values": sequence(map(literal, atoms)) if atoms else None,
            "clauses": self._clauses(condition, mode) if isinstance(condition, ir.Condition) else None,
            **more,
        }
        # A row of a table: the item's fields in order, as far as there is something to say.
        last = max((i for i, (name, _) in enumerate(_ROW) if named.get(name) is not None), default=-1)
        rest = [named.get(name) or absent for name, absent in _ROW[: last + 1]]
        return sequence([literal(entry), literal(found.text), place_text(found.place), *rest])

    def _score_items(self, score: ir.Score) -> list[tuple[ir.Place, str]]:
        if score.expr is not None:
            return [(score.place, self._item(score.name, score, (score.expr,)))]
        whole = self._plan.whole[score.name]
        items: list[tuple[ir.Place, str]] = []
        for _, entry in walk.flat_entries(score):
            bands = self._bands(entry, whole) if isinstance(entry, ir.BandsEntry) else None
            items.append((entry.place, self._item(entry.text, entry, walk.entry(entry), bands=bands)))
        return items

    def _bands(self, entry: ir.BandsEntry, whole: bool) -> str:
        return sequence(
            sequence((literal(band.text), literal(band.because), literal(points_of(band.points, whole))))
            for band in entry.bands
        )

    def _target_item(self, entry: ir.DisqualifyEntry | ir.RouteEntry, target: str) -> str:
        named = walk.destination(entry.destination, self._plan.owner)
        exprs = (*walk.condition(entry.condition), *named)
        member = self._blames.of(named[0], PLAIN) if named else None
        return self._item(entry.name, entry, exprs, outcome=target, member=member)

    def _due_item(self, entry: ir.RecallEntry) -> str:
        at = () if entry.at is None else (entry.at,)
        exprs = (*at, *walk.condition(entry.when), *walk.condition(entry.unless))
        return self._item(
            entry.name,
            entry,
            exprs,
            outcome=f"TargetDeclaration('', 'recall', None, {literal(entry.destination.text)})",
            clauses=self._clauses(entry.when, PLAIN),
            member=None if entry.at is None else self._blames.of(entry.at, PLAIN),
            unless=self._clauses(entry.unless, PLAIN),
        )

    # ── Parts ──

    def write_parts(self, out: Writer) -> None:
        """`PARTS`: all parts in the order of a decision, each with its items."""
        policy = self._policy
        with out.block("PARTS = ("):
            for index, score in enumerate(policy.scores):
                kind = "sum" if score.expr is not None else "score"
                items = self._score_items(score)
                self._part(out, kind, f"score {score.name}", index, items, self._traces.score(score))
            for index, table in enumerate(policy.tables):
                rows = [(row.place, self._row(table, row, i)) for i, row in enumerate(table.rows)]
                self._part(out, "table", f"table {table.name}", index, rows, self._traces.table(table))
            for index, gate in enumerate(policy.gates):
                criteria = [(c.place, self._criterion(c)) for c in gate.criteria]
                self._part(out, "gate", f"gate {gate.name}", index, criteria, self._traces.gate(gate))
            for index, entry in enumerate(policy.disqualify or ()):
                items = [(entry.place, self._target_item(entry, f"DISQUALIFY[{index}]"))]
                trace = self._traces.conditions(PLAIN, [(entry.place, entry.condition)])
                self._part(out, "disqualify", f"disqualify {entry.name}", index, items, trace)
            for index, stage in enumerate(policy.funnel or ()):
                items = [(stage.place, self._item(stage.name, stage, walk.condition(stage.condition)))]
                trace = self._traces.conditions(PLAIN, [(stage.place, stage.condition)])
                self._part(out, "stage", f"stage {stage.name}", index, items, trace)
            if policy.route is not None:
                entries = policy.route.entries
                items = [(e.place, self._target_item(e, f"ROUTE[{i}]")) for i, e in enumerate(entries)]
                self._part(out, "route", "route", 0, items, self._traces.route(policy.route))
            for index, due in enumerate(recall_entries(policy)):
                items = [(due.place, self._due_item(due))]
                self._part(out, "recall", f"recall {due.name}", index, items, self._leases.trace(due))
        out.line(")")

    def _part(
        self, out: Writer, kind: str, name: str, index: int, items: list[tuple[ir.Place, str]], trace: str
    ) -> None:
        self._traced.append(trace)
        with out.block(f"PartDeclaration({literal(kind)}, {literal(name)}, {literal(index)}, items(("):
            for place, item in items:
                out.mark(place)
                out.line(f"{item},")
        out.line(f")), {trace}),")

    def _row(self, table: ir.Table, row: ir.Row, index: int) -> str:
        outcome = row_outcome(table, row)
        return self._item(f"row {index + 1}", row, walk.condition(row.condition), outcome=outcome)

    def _criterion(self, criterion: ir.Criterion) -> str:
        question = None if criterion.ask is None else literal(criterion.ask)
        exprs = walk.condition(criterion.condition)
        return self._item(criterion.name, criterion, exprs, ASKING, question=question)

    # ── Scores, tables, gates, targets ──

    def write_scores(self, out: Writer) -> None:
        """`SCORES`: what a decision prints of scores."""
        with out.block("SCORES = ("):
            for index, score in enumerate(self._policy.scores):
                low, high = self._scores.limits(score)
                head = f"{literal(score.name)}, {literal(not self._plan.whole[score.name])}"
                out.mark(score.place)
                out.line(f"ScoreDeclaration({head}, {literal(low)}, {literal(high)}, {literal(index)}, LATER),")
        out.line(")")

    def write_score_telling(self, out: Writer) -> None:
        """`BOUNDS` and `MOVES`: what the scores' bounds are worked out from."""
        with out.block("BOUNDS = ("):
            for score in self._policy.scores:
                out.mark(score.place)
                ends = self._ends.names.get(score.name)
                if score.expr is not None:
                    summed = self._summed(score.expr)
                    parts = sequence(map(literal, summed)) if summed else "()"
                    out.line(f"{call('ScoreTelling', ends=ends, parts=parts)},")
                    continue
                with out.block("ScoreTelling(("):
                    for index, (group, entry) in enumerate(walk.flat_entries(score)):
                        out.mark(entry.place)
                        out.line(f"{self._entry(score, index, group, entry)},")
                unsettled = self._scores.write_unsettled(score)
                own = "" if ends is None else f", {ends}"
                out.line(f"), {self._groups(score)}, {unsettled}{own}),")
        out.line(")")
        self._ends.write_all()
        self._ends.write_each()
        self._ends.write_moves(out)

    def _summed(self, expr: ir.Expr) -> tuple[int, ...]:
        """The scores that an expression is made of."""
        order = {score.name: index for index, score in enumerate(self._policy.scores)}
        found: dict[int, None] = {}
        seen: set[str] = set()
        stack = [expr]
        while stack:
            for leaf in walk.leaves((stack.pop(),)):
                if isinstance(leaf, ir.LetRef):
                    if leaf.name not in seen:
                        seen.add(leaf.name)
                        stack.append(self._plan.lets[leaf.name].expr)
                elif isinstance(leaf, ir.ScoreRef):
                    found[order[leaf.name]] = None
        return tuple(found)

    def write_states(self, out: Writer) -> None:
        """`states`."""
        States(self._shared, self._scores, self._traces).write(self._traced)

    def write_lacking(self, out: Writer) -> None:
        """`lacking` and what it reads; `ASKS`: the gates whose own questions are left to the engine."""
        made = {s.name: self._summed(s.expr) for s in self._policy.scores if s.expr is not None}
        lacking = Lacking(self._shared, self._uses, self._scores, self._blames, self.part_index)
        lacking.write(out, made)
        out.line(f"ASKS = {sequence(map(literal, lacking.asks)) if lacking.asks else '()'}")

    def _groups(self, score: ir.Score) -> str:
        whole = self._plan.whole[score.name]
        limits = [entry.limit for entry in score.entries or () if isinstance(entry, ir.GroupEntry)]
        shown = [literal(None if limit is None else points_of(limit, whole)) for limit in limits]
        return sequence(shown) if shown else "()"

    def _entry(self, score: ir.Score, index: int, group: int | None, entry: Entry) -> str:
        whole = self._plan.whole[score.name]
        uses = self._uses.entry(entry)
        choices = None
        if isinstance(entry, ir.PlainEntry):
            fixed = self._plan.resolve(entry.points)
            if isinstance(fixed, ir.Const):
                points = sequence([literal(points_of(str(fixed.value), whole))])
            else:
                points = self._scores.write_points(score, index, entry)
        elif isinstance(entry, ir.EventEntry):
            points = sequence([literal(points_of(entry.points, whole))])
        else:
            given = entry.choices if isinstance(entry, ir.PointsEntry) else entry.bands
            points = sequence(literal(points_of(one.points, whole)) for one in given) if given else "()"
            choices = self._scores.choices(entry, whole) if isinstance(entry, ir.PointsEntry) else None
        simple = {slot: use for slot, use in uses.items() if use.simple}
        alone = ", ".join(
            f"{literal(slot)}: {self._compared(slot, use.against, use.lists)}" for slot, use in simple.items()
        )
        others = [(slot, e) for slot, use in simple.items() for e in use.against if self._constant(slot, e) is None]
        give = self._scores.write_give(score, index, entry)
        by_itself = len(uses) == len(simple) == 1 and not others and not self._scores.reads_records(entry)
        if by_itself and self._scores.gives_by_one_slot(score, index):
            self._scores.steady[score.name, index] = next(iter(uses))
        return call(
            "EntryDeclaration",
            literal(entry.kind),
            literal(group),
            sequence(map(literal, uses)) if uses else "()",
            f"{{{alone}}}",
            points,
            give,
            others=self._scores.write_others(score, index, others) if others else None,
            choices=choices,
            blame=self._blames.entry(entry) if self._scores.reads_records(entry) else None,
            reach=event_entries.write_reach(self._shared, entry, whole) if isinstance(entry, ir.EventEntry) else None,
            type=literal(entry.records.fact) if isinstance(entry, ir.EventEntry) else None,
        )

    def _compared(self, slot: int, against: list[ir.Expr], lists: list[tuple[tuple[str, ir.Scalar], ...]]) -> str:
        """The constants that a field is compared with; numbers in millionths."""
        numeric = self._plan.slots[slot].type.kind in _NUMERIC
        found = dict.fromkeys(c for e in against if (c := self._constant(slot, e)) is not None)
        for fixed in lists:
            found.update(dict.fromkeys(self._kept(numeric, kind, value) for kind, value in fixed))
        return sequence(found) if found else "()"

    def _constant(self, slot: int, expr: ir.Expr) -> str | None:
        resolved = self._plan.resolve(expr)
        if not isinstance(resolved, ir.Const) or isinstance(resolved.value, tuple):
            return None
        numeric = self._plan.slots[slot].type.kind in _NUMERIC
        return self._kept(numeric, resolved.type.kind, resolved.value)

    def _kept(self, numeric: bool, kind: str, value: ir.Scalar) -> str:
        if numeric and not isinstance(value, ir.Duration):
            return literal(scaled(str(value)))
        return literal(kept(kind, value))

    def write_leases(self, out: Writer) -> None:
        """`RECALL`, `ATTRIBUTIONS` and `REPLAY`."""
        self._leases.write_recall(out)
        self._leases.write_attributions(out)
        self._leases.write_replay(out)

    def write_fields(self, out: Writer) -> None:
        """`FIELDS`: the records' fields that can be unknown; to be written after everything that names some."""
        self._blames.fields.write(out, self.type_name(ir.Type(kind="text")))

    def write_tables(self, out: Writer) -> None:
        """`TABLES` and `GATES`."""
        with out.block("TABLES = ("):
            for table in self._policy.tables:
                outputs = sequence(f"({literal(o.name)}, {self.type_name(o.type)})" for o in table.outputs)
                arguments = [literal(table.name), literal(table.hit), outputs, outcomes_name(self._shared, table)]
                arguments += [literal(table.complete), literal(self._plan.results["table", table.name])]
                out.line(f"{call('TableDeclaration', *arguments)},")
        out.line(")")
        with out.block("GATES = ("):
            for gate in self._policy.gates:
                arguments = [literal(gate.name), texts(c.name for c in gate.criteria) if gate.criteria else "()"]
                arguments += [literal(self._plan.results["gate", gate.name]), self._plan.criteria_name(gate.name)]
                out.line(f"{call('GateDeclaration', *arguments)},")
        out.line(")")

    def write_targets(self, out: Writer) -> None:
        """`DISQUALIFY` and `ROUTE`."""
        route = self._policy.route
        every: list[tuple[str, tuple[ir.DisqualifyEntry | ir.RouteEntry, ...] | None]] = [
            ("DISQUALIFY", self._policy.disqualify),
            ("ROUTE", None if route is None else route.entries),
        ]
        for name, entries in every:
            if entries is None:
                out.line(f"{name} = None")
                continue
            with out.block(f"{name} = targets(("):
                for entry in entries:
                    to = entry.destination
                    target = None if to.kind in {"member", "owner", "closed"} else to.name
                    arguments = [*map(literal, (entry.name, to.kind, target, to.text))]
                    length = to.duration
                    parts = None if length is None else (length.months, length.days, length.micros)
                    arguments += [] if parts is None else [sequence(map(literal, parts))]
                    out.line(f"{sequence(arguments)},")
            out.line("))")

    def write_policy(self, out: Writer) -> None:
        """`POLICY`: everything together."""
        policy, plan = self._policy, self._plan
        key = next((plan.slot((f.name,)) for f in plan.about.fields if f.key), None)
        about = next(i for i, fact in enumerate(policy.facts) if fact.name == policy.about)
        undecided = policy.route.undecided.text if policy.route and policy.route.undecided else None
        stages = None if policy.funnel is None else [stage.name for stage in policy.funnel]
        pairs = {
            "name": literal(policy.name),
            "version": literal(policy.version),
            "digest": literal(policy.digest),
            "about": literal(about),
            "key": literal(key),
            "zone": moments.zone(self._shared.constants, policy.zone),
            "calling_code": literal(policy.calling_code),
            "facts": "FACTS",
            "reads_facts": texts(policy.reads_facts) if policy.reads_facts else "()",
            "slots": "SLOTS",
            "scores": "SCORES",
            "tables": "TABLES",
            "gates": "GATES",
            "disqualify": "DISQUALIFY",
            "stages": "None" if stages is None else texts(stages) if stages else "()",
            "route": "ROUTE",
            "undecided": literal(undecided),
            "disqualify_result": literal(plan.results.get(("disqualify", ""), -1)),
            "stage_result": literal(plan.results.get(("stages", ""), -1)),
            "route_result": literal(plan.results.get(("route", ""), -1)),
            "later": "LATER",
            "reads_events": texts(policy.reads_events) if policy.reads_events else "()",
            "rich": literal(plan.rich),
            "assigned": literal(plan.roles.get("assigned")),
            "has_recall": literal(policy.recall is not None),
            "recall": "RECALL",
            "attributions": "ATTRIBUTIONS",
            "replay": "REPLAY",
        }
        with out.block("POLICY = PolicyDeclaration("):
            for name, code in pairs.items():
                out.line(f"{name}={code},")
        out.line(")")
