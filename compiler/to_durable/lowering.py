"""Rules, lowered as far as durable_rules can express them; and what it can't, in the author's words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_durable.cases import (
    ALWAYS,
    LINK,
    MOST_JOINS,
    Cases,
    Field,
    Holds,
    NotExpressible,
    both,
    fields_of,
)
from leadpolicy.compiler.to_durable.conditions import Asked, Conditions
from leadpolicy.compiler.to_durable.operands import Operands, Sum, Texts, unsaid
from leadpolicy.compiler.to_durable.rulesets import Encoding, Joined, Ruleset, Writer
from leadpolicy.compiler.to_python import walk
from leadpolicy.compiler.to_python.rules.substitution import Names, Substitution

MOST_RECORDS = 16
"""Records of a match, those that are only asked for too: durable_rules keeps no more together."""


@dataclass(frozen=True, slots=True)
class NotLowered:
    """What durable_rules can't express: in which rule, where (`file:line`), in the author's words, and why."""

    rule: str
    place: str
    text: str
    reason: str

    def __str__(self) -> str:
        return f"{self.place}: rule {self.rule}: `{self.text}`: {self.reason}"


@dataclass(frozen=True, slots=True)
class RuleShape:
    """A lowered rule. `patterns`: how many facts a match has; `blockers`: of each `no`, the positions of the facts by
    which it is told whom a record blocks."""

    name: str
    patterns: int
    blockers: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Lowered:
    """All rules of a policy. `rules`: None for one that isn't lowered; `texts`: the numbers of the policy's texts;
    `encodings`: how messages say the records of each fact type."""

    rules: tuple[RuleShape | None, ...]
    problems: tuple[NotLowered, ...]
    rulesets: tuple[Ruleset, ...]
    texts: dict[str, int]
    encodings: tuple[Encoding, ...]


def lower(policy: ir.Policy) -> Lowered:
    """The rules of a policy as rulesets, and what can't be lowered, in the order of the file."""
    texts, writer = Texts(), Writer(policy)
    problems: list[NotLowered] = []
    shapes: list[RuleShape | None] = []
    for index, rule in enumerate(policy.rules):
        reader = _Rule(policy, rule, index, texts)
        reader.read()
        problems += reader.problems
        if reader.problems:
            shapes.append(None)
            continue
        for joined in reader.joined(index):
            writer.add(joined)
        blockers = tuple(tuple(sorted(no.of)) for no in reader.nos)
        shapes.append(RuleShape(rule.name, len(reader.patterns), blockers))
    return Lowered(tuple(shapes), tuple(problems), writer.rulesets(), texts.found, writer.encodings())


@dataclass(frozen=True, slots=True)
class _Looked:
    """Records that a condition looks for. `var`: which record of the match one of them is; `cases`: when one counts,
    or may count; `of`: the positions of the patterns that are read."""

    fact: str
    var: int
    cases: Cases
    of: frozenset[int]


class _Rule:
    """Reads one rule."""

    def __init__(self, policy: ir.Policy, rule: ir.Rule, index: int, texts: Texts) -> None:
        self._policy = policy
        self._rule = rule
        self._records: dict[str, tuple[int, ir.Fact]] = {}
        self._operands = Operands(policy, texts, self._records)
        self._conditions = Conditions(policy, self._operands)
        self._substitution = Substitution(policy, index)
        self._cases: list[Cases] = []
        self._whole = ALWAYS
        self._next = sum(isinstance(line, ir.Pattern) for line in rule.body)
        self.problems: list[NotLowered] = []
        self.patterns: list[str] = []
        self.anys: list[_Looked] = []
        self.nos: list[_Looked] = []

    def read(self) -> None:
        """Read the body, and what is concluded."""
        names: dict[str, str | ir.Expr] = {}
        for line in self._rule.body:
            if isinstance(line, ir.Pattern):
                self._pattern(line, names)
            elif isinstance(line, ir.Guard):
                for clause in line.condition.clauses:
                    self._clause(self._substitution.expr(clause.expr, names), clause.text, line.place)
            else:
                names[line.name] = self._substitution.expr(line.expr, names)
        if not self.patterns:
            self._problem("", self._rule.place, "it has no pattern, and durable_rules matches messages")
        self._concluded(names)
        if not self.problems:
            self._try("", self._rule.place, self._put_together)

    def _problem(self, text: str, place: ir.Place, reason: str) -> None:
        where = f"{place.file}:{int(place.line)}"
        self.problems.append(NotLowered(self._rule.name, where, text or f"rule {self._rule.name}", reason))

    def _try(self, text: str, place: ir.Place, work: Callable[[], None]) -> None:
        try:
            work()
        except NotExpressible as error:
            self._problem(text, place, str(error))

    # ── Patterns and conditions ──

    def _pattern(self, line: ir.Pattern, names: dict[str, str | ir.Expr]) -> None:
        at = len(self.patterns)
        var = f"p{at}"
        records, inner = self._substitution.records(line.records, names, var)
        names[line.records.var] = var
        fact = self._policy.fact(records.fact)
        self.patterns.append(records.fact)
        self._records[var] = (at, fact)
        self._try(line.text, line.place, lambda: self._cases.extend(self._membership(records, at, fact, "true")))
        if records.where is None:
            return
        assert line.records.where is not None
        for clause in line.records.where.clauses:
            self._clause(self._substitution.expr(clause.expr, inner), clause.text, line.place)

    def _membership(self, records: ir.Records, var: int, fact: ir.Fact, asked: Asked) -> list[Cases]:
        """That a record belongs to whom it should, and lies in its window."""
        found: list[Cases] = []
        if records.of is not None:
            link = Sum((Field(var, LINK),), (), 0, "text")
            found.append(self._conditions.compared("eq", link, self._operands.sum_of(records.of), asked))
        window = records.window
        if window is None:
            return self._anchored(found)
        if window.longest is not None or window.shortest or window.since is None or not fact.event:
            raise NotExpressible("a window ends as time passes: durable_rules has no time but the machine's clock")
        at = Field(var, next(i for i, field in enumerate(fact.fields) if field.name == fact.dated))
        since = self._operands.sum_of(window.since)
        found.append(self._conditions.compared("ge", Sum((at,), (), 0, "time"), since, asked))
        return self._anchored(found)

    def _clause(self, expr: ir.Expr, text: str, place: ir.Place) -> None:
        """A part of a chain of conditions, which holds certainly."""
        self._try(text, place, lambda: self._certain(expr))

    def _certain(self, expr: ir.Expr) -> None:
        if isinstance(expr, ir.And):
            for arg in expr.args:
                self._certain(arg)
            return
        looked = _looked_for(expr)
        if looked is None:
            self._cases += self._anchored([self._conditions.cases(expr, "true")])
        elif looked[1]:
            self.anys.append(self._looked(looked[0], "true"))
        else:
            self.nos.append(self._looked(looked[0], "maybe"))

    def _looked(self, records: ir.Records, asked: Asked) -> _Looked:
        """Records that are asked for, or that are in the way where they may count."""
        fact = self._policy.fact(records.fact)
        blocks = asked == "maybe"
        var = len(self._records) + 100 if blocks else self._next
        if not blocks:
            self._next += 1
        self._records[records.var] = (var, fact)
        cases = self._membership(records, var, fact, asked)
        for clause in walk.condition(records.where):
            cases += self._anchored([self._conditions.cases(clause, asked)])
        whole = both(cases)
        of = {field.var for case in whole for test in case for field in fields_of(test)} - {var}
        return _Looked(records.fact, var, whole, frozenset(of))

    @staticmethod
    def _anchored(found: list[Cases]) -> list[Cases]:
        """The same, if each test is one of the record that comes last, by one of its fields."""
        for test in (test for cases in found for case in cases for test in case):
            if isinstance(test, Holds):
                last = max(field.var for field in test.fields)
                own = sum(field.var == last for field in test.fields)
                if own > 1 and own < len(test.fields):
                    raise NotExpressible("it calculates with several fields of one record and with another record's")
        return found

    # ── Conclusions ──

    def _concluded(self, names: Names) -> None:
        """What is concluded follows the facts of the match, and nothing else."""
        for action in self._rule.actions:
            if not isinstance(action, ir.Conclude):
                continue
            made = self._substitution.node(action, names)
            exprs = [field.value for field in made.fields if field.value is not None]
            exprs += [made.of] if made.of is not None else []
            for expr in exprs:
                reason = next((r for node in walk.nodes((expr,)) if (r := self._foreign(node)) is not None), None)
                if reason is not None:
                    self._problem(
                        action.text, action.place, f"a conclusion would follow more than its match: {reason}"
                    )
                    break

    def _foreign(self, node: ir.Expr) -> str | None:
        """Why a value isn't the match's own."""
        if isinstance(node, ir.FieldRef):
            own = node.var in self._records
            return None if own and len(node.path) == 1 else "it follows a reference to another record"
        if isinstance(node, ir.Call):
            return unsaid(node) if node.function == "age" else None
        foreign = (
            *walk.RECORD_EXPRS, ir.ScoreRef, ir.TableRef, ir.GateRef, ir.StageRef, ir.StageValue, ir.Disqualified,
            ir.Ago, ir.Entered, ir.During, ir.HasRoute, ir.Attr,
        )  # fmt: skip
        return unsaid(node) if isinstance(node, foreign) else None

    # ── The whole ──

    def _put_together(self) -> None:
        self._whole = both([*self._cases, *(one.cases for one in self.anys)])
        self.nos = [self._narrowed(no) for no in self.nos]
        if len(self.patterns) + max(len(self.anys), bool(self.nos)) > MOST_RECORDS:
            raise NotExpressible(f"a match has more than {MOST_RECORDS} records")
        for case in (case for cases in (self._whole, *(one.cases for one in self.nos)) for case in cases):
            joins = Counter(max(field.var for field in test.fields) for test in case if isinstance(test, Holds))
            if any(count > MOST_JOINS for count in joins.values()):
                raise NotExpressible(f"it compares a record with others more than {MOST_JOINS} times")

    def _narrowed(self, no: _Looked) -> _Looked:
        """The same, told only for facts that meet what each match of the rule meets."""
        common = frozenset.intersection(*self._whole) if self._whole else frozenset()
        own = frozenset(test for test in common if {field.var for field in fields_of(test)} <= no.of)
        return replace(no, cases=both([(own,), no.cases]))

    def joined(self, index: int) -> list[Joined]:
        """What durable_rules is to join: the matches, and who is in the way of which."""
        facts = [*self.patterns, *(one.fact for one in self.anys)]
        found = [
            Joined(index, None, tuple(enumerate(facts)), tuple(range(len(self.patterns))), case)
            for case in self._whole
        ]
        for number, no in enumerate(self.nos):
            of = tuple(sorted(no.of))
            records = (*((at, facts[at]) for at in of), (no.var, no.fact))
            found += [Joined(index, number, records, of, case) for case in no.cases]
        return found


def _looked_for(expr: ir.Expr) -> tuple[ir.Records, bool] | None:
    """Records of which there must be some (True), or none."""
    match expr:
        case ir.Certainly():
            return _looked_for(expr.arg)
        case ir.Not():
            found = _looked_for(expr.arg)
            return None if found is None or isinstance(expr.arg, ir.Certainly) else (found[0], not found[1])
        case ir.Any():
            return expr.records, True
        case ir.Compare(left=ir.Count() as count, right=ir.Const(value=str() as value)):
            wanted = {
                ("ge", "1"): True, ("gt", "0"): True, ("lt", "1"): False, ("le", "0"): False, ("eq", "0"): False,
            }.get((expr.relation, value))  # fmt: skip
            return None if wanted is None else (count.records, wanted)
    return None
