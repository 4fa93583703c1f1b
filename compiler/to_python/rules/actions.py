"""What a rule does when it fires; what a match concludes.

`act_N(e0, e1, …)` works out all that the actions need, then does it; it gives how it fails: (action, word, field).
"""

from __future__ import annotations

from collections.abc import Sequence

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python import moments
from leadpolicy.compiler.to_python.literals import NUMERIC_KINDS, SCALED_KINDS, literal, outcome, sequence, texts
from leadpolicy.compiler.to_python.rails import Operand, argument
from leadpolicy.compiler.to_python.rules.network import RuleNetwork
from leadpolicy.compiler.to_python.rules.scope import RuleExpressions, RuleScope, meta
from leadpolicy.compiler.to_python.rules.shape import target_of
from leadpolicy.compiler.to_python.scope import Constants, Shared
from leadpolicy.compiler.to_python.writer import Writer

_LIMIT = 1_000_000_000_000
_MILLION = 1_000_000


class Actions:
    """Writes the functions of one rule's actions."""

    def __init__(self, network: RuleNetwork, shared: Shared, out: Writer) -> None:
        self._network = network
        self._shape = network.shape
        self._shared = shared
        self._plan = shared.plan
        self._out = out
        self._straight = self._is_straight()

    # ── When it fires ──

    def write_act(self) -> str:
        """The function's name; "None" for a rule that only concludes."""
        actions = [(i, a) for i, a in enumerate(self._shape.actions, 1) if not isinstance(a, ir.Conclude)]
        if not actions:
            return "None"
        scope = self._network.scope()
        done = [self._worked_out(scope, number, action) for number, action in actions]
        if self._straight:
            self._do(scope, actions, done)
        else:
            scope.body.line(f"return s.carry_out([{', '.join(f'a{number}' for number, _ in actions)}])")
        name = f"act_{self._network.number}"
        scope.write(self._out, name, self._network.parameters, "Fire a match: what is done, or how it fails.")
        return name

    def _is_straight(self) -> bool:
        """Whether no two actions can be about one record, but for `set`s on one name. All others are carried out by
        the session, step by step."""
        shape = self._shape
        changed = {target_of(a, shape, shape.rule) for a in shape.actions if isinstance(a, ir.Set | ir.Remove)}
        removed = [target_of(a, shape, shape.rule) for a in shape.actions if isinstance(a, ir.Remove)]
        set_ = {target_of(a, shape, shape.rule) for a in shape.actions if isinstance(a, ir.Set)}
        adds = [a.fact for a in shape.actions if isinstance(a, ir.Add)]
        keyed = [name for name in adds if any(field.key for field in self._plan.policy.fact(name).fields)]
        types = [shape.facts[position].name for position in changed]
        return (
            len(set(types)) == len(types)
            and len(set(keyed)) == len(keyed)
            and not set(types) & set(adds)
            and len(changed) == len(removed) + len(set_)
        )

    def _worked_out(self, scope: RuleScope, number: int, action: ir.Action) -> str:
        """Work out what an action needs, as `aN`; the code by which it is done then."""
        scope.body.comment(action.place)
        match action:
            case ir.Set():
                return self._set(scope, number, action)
            case ir.Add():
                return self._add(scope, number, action)
            case ir.Remove():
                position = target_of(action, self._shape, self._shape.rule)
                self._keep(scope, number, "REMOVE", f"e{position}")
                return f"if e{position}[{meta(self._shape.facts[position]) + 1}] > 0: s.go(e{position})"
            case _:
                kind, parts = self._effect(scope, action)
                if self._straight:
                    scope.body.line(f"a{number} = {parts}")
                    return f"s.effect({number}, {kind}, a{number})"
                self._keep(scope, number, "EFFECT", kind, parts)
                return ""

    def _keep(self, scope: RuleScope, number: int, kind: str, *rest: str) -> None:
        """A step for `carry_out`."""
        if not self._straight:
            scope.body.line(f"a{number} = {sequence((kind, str(number), *rest))}")

    def _fail(self, scope: RuleScope, test: str, number: int, word: str, name: str | None) -> None:
        with scope.body.block(f"if {test}:"):
            if self._straight:
                scope.body.line(f"return ({number}, {literal(word)}, {literal(name)})")
            else:
                earlier = [f"a{i}" for i, a in enumerate(self._shape.actions[: number - 1], 1) if _acts(a)]
                failed = f"(FAILED, {number}, {literal(word)}, {literal(name)})"
                scope.body.line(f"return s.carry_out([{', '.join([*earlier, failed])}])")

    def _do(self, scope: RuleScope, actions: Sequence[tuple[int, ir.Action]], done: list[str]) -> None:
        """All that was worked out is done, in order; all `set`s on one record at the place of the first."""
        body = scope.body
        changes = any(isinstance(action, ir.Set | ir.Remove) for _, action in actions)
        sets: dict[int, list[tuple[int, int]]] = {}
        for number, action in actions:
            if isinstance(action, ir.Set):
                position = target_of(action, self._shape, self._shape.rule)
                place = self._field_place(position, action)
                sets.setdefault(position, []).append((number, place))
        values = {position: {place: number for number, place in of_one} for position, of_one in sets.items()}
        body.line(f"s.adding = {not changes}")
        if sets and not any(isinstance(action, ir.Remove) for _, action in actions):
            pairs = sequence(f"(e{position}, {_pairs(of_one)})" for position, of_one in values.items())
            body.line(f"if unfound: s.end({pairs})")
        first = {of_one[0][0]: position for position, of_one in sets.items()}
        for (number, action), line in zip(actions, done, strict=True):
            if not isinstance(action, ir.Set):
                body.line(line)
            elif number in first:
                body.line(f"{line} {self._change(first[number], values[first[number]])}")

    def _change(self, position: int, values: dict[int, int]) -> str:
        """The code of an update. `values`: by place, the action that works out the value."""
        fact = self._shape.facts[position]
        if len(values) == 1 and any(field.key for field in fact.fields):
            ((place, number),) = values.items()
            return f"to_{self._plan.bindings.place(fact.name)}_{place}(e{position}, a{number})"
        return f"s.change(e{position}, {_pairs(values)})"

    def _field_place(self, position: int, action: ir.Set) -> int:
        return next(i for i, f in enumerate(self._shape.facts[position].fields) if f.name == action.field.name)

    def _set(self, scope: RuleScope, number: int, action: ir.Set) -> str:
        position = target_of(action, self._shape, self._shape.rule)
        fact = self._shape.facts[position]
        place = self._field_place(position, action)
        value = self._checked(scope, number, fact.fields[place], action.field)
        if self._straight:
            scope.body.line(f"a{number} = {value}")
        self._keep(scope, number, "SET", f"e{position}", str(place), value)
        return f"if e{position}[{meta(fact) + 1}] > 0:"

    def _add(self, scope: RuleScope, number: int, action: ir.Add) -> str:
        fact = self._plan.policy.fact(action.fact)
        link: tuple[str, ...] = ()
        if action.of is not None:
            operand = RuleExpressions(scope).operand(action.of)
            missing = _missing(operand)
            if missing:
                self._fail(scope, missing, number, "link", None)
            link = (operand.text,)
        given = {field.name: field for field in action.fields}
        values = sequence((*(self._checked(scope, number, f, given.get(f.name)) for f in fact.fields), *link))
        place = self._plan.bindings.place(fact.name)
        self._keep(scope, number, "ADD", str(place), values)
        if self._straight:
            scope.body.line(f"a{number} = {values}")
            key = next((field.name for field in fact.fields if field.key), None)
            if key is not None:
                self._fail(scope, f"s.taken({place}, a{number})", number, "key", key)
        return f"put_{place}(a{number})"

    def _checked(self, scope: RuleScope, number: int, field: ir.FactField, given: ir.FieldValue | None) -> str:
        """The code of a field's new value, after the tests by which the action fails."""
        value, operand = self._value(scope, field, given)
        required = field.required or field.key
        if operand is None:
            if required:
                self._fail(scope, "True", number, "field", field.name)
            return value
        if required and (missing := _missing(operand)):
            self._fail(scope, missing, number, "field", field.name)
        # What stands in a record is never too large.
        size = "" if given is not None and isinstance(given.value, ir.FieldRef) else _too_large(value, operand, field)
        if size:
            self._fail(scope, size, number, "field", field.name)
        return value

    def _value(
        self, scope: RuleScope, field: ir.FactField, given: ir.FieldValue | None
    ) -> tuple[str, Operand | None]:
        """The code of what is put into a field, and the operand that it comes from."""
        can_be_nothing = field.or_none or field.role in {"owner", "assigned"}
        if given is None or given.value is None:
            nothing = can_be_nothing and (given is None or given.nothing)
            return "NOTHING" if nothing else "None", None
        expressions = RuleExpressions(scope)
        operand = expressions.operand(given.value)
        text = moments.span(expressions, given.value, operand)
        if field.type.kind in NUMERIC_KINDS:
            whole = field.type.kind not in SCALED_KINDS
            if whole and not operand.whole:
                raise ValueError(f"`{field.name}` is a whole number, and what is put into it isn't")
            text = argument(operand, whole)
        if operand.nature.nothing and not can_be_nothing:
            text = f"None if {operand.text} is NOTHING else {text}"
        return scope.hoist(text) if not operand.constant else text, operand

    # ── Effects ──

    def _effect(self, scope: RuleScope, action: ir.Action) -> tuple[str, str]:
        """The code of an effect's kind and of its parts."""
        parts: list[str]
        match action:
            case ir.Notify():
                parts = [self._key(scope, action.to), literal(action.channel), self._text(scope, action.message)]
            case ir.Task():
                parts = [self._key(scope, action.to), self._text(scope, action.message), self._due(scope, action)]
            case ir.Send():
                parts = [self._lead(), literal(action.channel), self._text(scope, action.content)]
            case ir.Flag():
                parts = [self._record(scope, action.record), literal(action.flag)]
            case ir.Move():
                to = action.destination
                names = [literal(to.text), literal(to.kind), literal(to.name)]
                parts = [self._lead(), *names, self._key(scope, to.member)]
            case _:
                raise ValueError(f"no effect: {action.kind}")
        return literal(action.kind), sequence(parts)

    @staticmethod
    def _key(scope: RuleScope, expr: ir.Expr | None) -> str:
        return "None" if expr is None else RuleExpressions(scope).operand(expr).text

    def _lead(self) -> str:
        """The key of the lead that the rule matches."""
        about = self._plan.about
        position = next((i for i, fact in enumerate(self._shape.facts) if fact.name == about.name), None)
        place = next((i for i, field in enumerate(about.fields) if field.key), None)
        if position is None or place is None:
            return "None"
        return f"str(e{position}[{place}])"

    def _record(self, scope: RuleScope, expr: ir.Expr) -> str:
        """A record that a flag is put on: (type, the record or its key)."""
        if isinstance(expr, ir.VarRef):
            position = self._shape.position(expr.name)
            if position is not None:
                return f"({literal(self._shape.facts[position].name)}, e{position})"
        fact = getattr(getattr(expr, "type", None), "fact", None)
        # Worked out before anything is done: a record that an earlier action removes is still there.
        return f"({literal(fact)}, s.pointed({literal(fact)}, {RuleExpressions(scope).operand(expr).text}))"

    def _text(self, scope: RuleScope, template: ir.Template) -> str:
        pieces: list[str] = []
        for part in template.parts:
            if isinstance(part, str):
                pieces.append(literal(part))
                continue
            expressions = RuleExpressions(scope)
            operand = expressions.operand(part)
            text = moments.span(expressions, part, operand)
            pieces.append(f"shown({type_name(self._shared.constants, _printed_type(part, operand))}, {text})")
        return pieces[0] if len(pieces) == 1 else f"''.join({sequence(pieces)})"

    def _due(self, scope: RuleScope, action: ir.Task) -> str:
        if action.due is None:
            return "None"
        constants, policy, now = self._shared.constants, self._plan.policy, scope.now()
        value = action.due.value
        if isinstance(value, ir.Duration):
            span = constants.name("SPAN", outcome("duration", value))
            return f"add_time({now}, {span}, 1, {moments.zone(constants, policy.zone)})"
        number = argument(RuleExpressions(scope).operand(action.due), False)
        word = "add_work_hours" if action.due.type.kind == "work_hours" else "add_workdays"
        return f"{word}({now}, {number}, {moments.calendar(constants, policy, action.calendar)})"

    # ── Conclusions ──

    def write_conclude(self) -> str:
        """`conclude_N(e0, …)`: (action, type, content) of each certain conclusion; "None" where there are none."""
        actions = [(i, a) for i, a in enumerate(self._shape.actions, 1) if isinstance(a, ir.Conclude)]
        if not actions:
            return "None"
        scope = self._network.scope()
        scope.body.line("found = []")
        for number, action in actions:
            self._conclusion(scope, number, action)
        scope.body.line("return found")
        name = f"conclude_{self._network.number}"
        scope.write(self._out, name, self._network.parameters, "What a match concludes.")
        return name

    def _conclusion(self, scope: RuleScope, number: int, action: ir.Conclude) -> None:
        fact = self._plan.policy.fact(action.fact)
        scope.body.comment(action.place)
        tests: list[str] = []
        link: tuple[str, ...] = ()
        if action.of is not None:
            operand = RuleExpressions(scope).operand(action.of)
            tests.append(_missing(operand))
            link = (operand.text,)
        given = {field.name: field for field in action.fields}
        values: list[str] = []
        for field in fact.fields:
            value, found = self._value(scope, field, given.get(field.name))
            values.append(value)
            required = field.required or field.key
            if found is None:
                tests += ["True"] if required else []
                continue
            tests += [_missing(found)] if required else []
            tests.append(_too_large(value, found, field))
        place = self._plan.bindings.place(fact.name)
        line = f"found.append(({number}, {place}, {sequence((*values, *link))}))"
        doubts = [test for test in tests if test]
        if doubts:
            with scope.body.block(f"if not ({' or '.join(doubts)}):"):
                scope.body.line(line)
        else:
            scope.body.line(line)


def _acts(action: ir.Action) -> bool:
    return not isinstance(action, ir.Conclude)


def _pairs(values: dict[int, int]) -> str:
    return f"{{{', '.join(f'{place}: a{number}' for place, number in values.items())}}}"


def _missing(operand: Operand) -> str:
    """The test that a value is unknown or nothing; empty where it can't be."""
    tests = [f"{operand.text} is None"] if operand.nature.unknown else []
    tests += [f"{operand.text} is NOTHING"] if operand.nature.nothing else []
    return " or ".join(tests)


def _too_large(value: str, operand: Operand, field: ir.FactField) -> str:
    """The test that a number is 10¹² or more in size; empty where it can't be."""
    if field.type.kind not in NUMERIC_KINDS or operand.constant:
        return ""
    limit = _LIMIT if field.type.kind not in SCALED_KINDS else _LIMIT * _MILLION
    if not operand.nature.unknown and not operand.nature.nothing:
        return f"not -{limit} < {value} < {limit}"
    return f"type({value}) is int and not -{limit} < {value} < {limit}"


def _printed_type(expr: ir.Expr, operand: Operand) -> ir.Type:
    """The type that a value is printed by."""
    if operand.kind in NUMERIC_KINDS:
        return ir.Type(kind="int" if operand.whole else "number")
    declared = getattr(expr, "type", None)
    return declared if isinstance(declared, ir.Type) else ir.Type(kind="bool")


def type_name(constants: Constants, type_: ir.Type) -> str:
    """The constant of a type."""
    return constants.name("TYPE", _type(type_))


def _type(type_: ir.Type) -> str:
    named: dict[str, str | None] = {
        "currency": None if type_.currency is None else literal(type_.currency),
        "choices": None if type_.choices is None else texts(type_.choices),
        "item": None if type_.item is None else _type(type_.item),
        "fact": None if type_.fact is None else literal(type_.fact),
    }
    more = [f"{name}={code}" for name, code in named.items() if code is not None]
    return f"TypeDeclaration({', '.join([literal(type_.kind), *more])})"
