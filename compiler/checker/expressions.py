"""Expressions: from syntax to typed trees, names looked up, operands checked against each other.

`check` is the one entry; it recurses here, and the files beside it say what each construct means once its
operands are typed. A type that is expected from outside (`title is …`) reads a bare name as one of its choices.
"""

from __future__ import annotations

from leadpolicy.compiler import ir, syntax, typed
from leadpolicy.compiler.checker import functions, names, operators, values
from leadpolicy.compiler.checker.context import Context
from leadpolicy.compiler.diagnostics import nearest
from leadpolicy.compiler.resolver import special
from leadpolicy.compiler.source import Span
from leadpolicy.compiler.types import BOOL, NUMBER, TEXT, describe
from leadpolicy.compiler.wording import joined, keyword, say

MOST_LETS = 30
"""How deep lets are looked into that could not be put in order (`let_order`)."""


def condition(node: syntax.Expression, context: Context) -> typed.Expr:
    """An expression that must be a condition."""
    return operators.condition(check(node, None, context), context)


def check(node: syntax.Expression, expected: ir.Type | None, context: Context) -> typed.Expr:
    """The typed form of an expression; mistakes are reported, and give an `error` node."""
    match node:
        case syntax.Name():
            return _name(node, expected, context)
        case syntax.Text() | syntax.Number() | syntax.Quantity() | syntax.Boolean() | syntax.Date() | syntax.Time():
            return values.literal(node, expected, context)
        case syntax.Unknown():
            if expected is not None and node.word in (expected.choices or ()):
                return values.choice(node.word, node.span, expected, context)
            return _unknown_word(node, context)
        case syntax.ListOf():
            item = expected.item if expected is not None and expected.kind == "list" else expected
            items = tuple(check(i, item, context) for i in node.items)
            return values.list_of(items, node.span, context)
        case syntax.Attribute():
            return _attribute(node, context)
        case syntax.Call():
            return _call(node, context)
        case syntax.Unary():
            return _unary(node, context)
        case syntax.Binary():
            return _binary(node, context)
        case syntax.Comparison():
            return _comparison(node, context)
        case syntax.Postfix():
            return _postfix(node.operator, check(node.operand, None, context), node, context)
        case syntax.Range():
            context.reporter.report(
                "LP3014", node.span, say("a range stands behind `in`, as in `employees in 10 to 49`")
            )
            return typed.error(node.span)


def _name(node: syntax.Name, expected: ir.Type | None, context: Context) -> typed.Expr:
    if special(node.text) == "this":
        context.reporter.report(
            "LP2001", node.span, say("`this` alone is no value"), hint=say("name one of its fields: this.id")
        )
        return typed.error(node.span)
    about = context.about
    is_field = about is not None and context.field_of(about.name, node.text) is not None
    is_choice = expected is not None and node.text in (expected.choices or ())
    if node.text in context.names.lets and not is_field and not is_choice:
        return let(node.text, node, context)
    return names.name(node, expected, context) or typed.error(node.span)


def let(text: str, at: syntax.Name, context: Context) -> typed.Expr:
    """A use of a let; its own expression is checked at the first use, wherever it stands."""
    if text in context.lets_in_progress:
        path = [*context.lets_in_progress[context.lets_in_progress.index(text) :], text]
        context.reporter.report(
            "LP4001",
            context.names.lets[text].name.span,
            say("these values go round in a circle: {}", joined([f"`{p}`" for p in path], between=" → ")),
            hint=say("one of them has to do without the others"),
        )
        return typed.error(at.span)
    if text not in context.lets:
        if len(context.lets_in_progress) == MOST_LETS:
            _too_deep(text, context)
            context.lets[text] = typed.error(at.span)
            return context.lets[text]
        context.lets_in_progress.append(text)
        context.lets[text] = check(context.names.lets[text].value, None, context)
        context.lets_in_progress.pop()
    meaning = context.lets[text]
    if meaning.broken:
        return typed.error(at.span)
    if meaning.op == "field":  # another name for a field: paths may go on from it
        return typed.Expr(
            "field", meaning.type, at.span,
            value=meaning.value, nothing=meaning.nothing, unknown=meaning.unknown,
        )  # fmt: skip
    return typed.Expr("let", meaning.type, at.span, value=text, nothing=meaning.nothing, unknown=meaning.unknown)


def _too_deep(text: str, context: Context) -> None:
    """Said once: the others that are too deep follow from the same circle."""
    if not context.circle_too_deep:
        context.circle_too_deep = True
        context.reporter.report(
            "LP1008",
            context.names.lets[text].name.span,
            say("values that stand in a circle name each other more than {} deep", MOST_LETS),
            hint=say("one of them has to do without the others"),
        )


def _unknown_word(node: syntax.Unknown, context: Context) -> typed.Expr:
    context.reporter.report(
        "LP3022",
        node.span,
        say("`{}` is no value to compare with", keyword(node.word)),
        hint=say("ask with `is unknown`") if node.word == "unknown" else say("ask with `is known`"),
    )
    return typed.error(node.span)


def _attribute(node: syntax.Attribute, context: Context) -> typed.Expr:
    base = node.base
    if isinstance(base, syntax.Name):
        about = context.about
        is_field = about is not None and context.field_of(about.name, base.text) is not None
        if about is not None and special(base.text) == "this" and not is_field:
            return names.fact_field(about.name, None, node.name, node.span, context)
        if base.text in context.names.tables and not is_field:
            return _table_output(base.text, node, context)
    return names.attribute(check(base, None, context), node, context)


def _table_output(table: str, node: syntax.Attribute, context: Context) -> typed.Expr:
    outputs = context.table_outputs.get(table, ())
    for output in outputs:
        if output.name == node.name.text:
            return names.table_ref(table, output.name, output.type, node.span, context)
    known = [o.name for o in outputs if o.name]
    suggestion = nearest(node.name.text, known)
    if outputs:
        context.reporter.report(
            "LP2006",
            node.name.span,
            say("the table `{}` has no output `{}`", table, node.name.text),
            hint=say("did you mean `{}`?", suggestion) if suggestion else say("write `{}` alone", table),
            fix=suggestion,
        )
    return typed.error(node.span)


def _call(node: syntax.Call, context: Context) -> typed.Expr:
    if not isinstance(node.function, syntax.Name):
        context.reporter.report(
            "LP3901", node.span, say("gates and values of other modules come with a later version")
        )
        return typed.error(node.span)
    if node.function.text in {"low", "high"}:
        return _score_bound(node, node.function.text, context)
    arguments = tuple(check(a.value, None, context) for a in node.arguments)
    return functions.call(node.function, node, arguments, context)


def _score_bound(node: syntax.Call, bound: str, context: Context) -> typed.Expr:
    argument = node.arguments[0].value if len(node.arguments) == 1 else None
    if isinstance(argument, syntax.Name) and argument.text in context.names.scores:
        return typed.Expr("score", NUMBER, node.span, value=(argument.text, bound))
    suggestion = None
    if isinstance(argument, syntax.Name):
        suggestion = nearest(argument.text, context.names.scores)
    context.reporter.report(
        "LP3010",
        node.span,
        say("`{}(…)` takes the name of a score", keyword(bound)),
        hint=say("did you mean `{}({})`?", keyword(bound), suggestion)
        if suggestion
        else say("for example: {}(fit)", keyword(bound)),
    )
    return typed.error(node.span)


def _unary(node: syntax.Unary, context: Context) -> typed.Expr:
    if node.operator == "-":
        operand = check(node.operand, None, context)
        if operand.type is None:
            return typed.error(node.span)
        if operand.type.kind not in {"int", "number", "money", "percent"}:
            context.reporter.report(
                "LP3009", node.span, say("`-` goes before a number, not before {}", describe(operand.type))
            )
            return typed.error(node.span)
        if operand.op == "const":
            assert isinstance(operand.value, str)
            text = operand.value.removeprefix("-") if operand.value.startswith("-") else f"-{operand.value}"
            return values.const(operand.type, "0" if text == "-0" else text, node.span)
        return typed.Expr(
            "neg", operand.type, node.span, (operand,), nothing=operand.nothing, unknown=operand.unknown
        )
    return operators.logic(node.operator, (condition(node.operand, context),), node.span)


def _binary(node: syntax.Binary, context: Context) -> typed.Expr:
    if node.operator in {"and", "or", "implies"}:
        # A chain of a thousand `and` leans left: walk it without recursion.
        parts, left = [node.right], node.left
        while isinstance(left, syntax.Binary) and left.operator == node.operator != "implies":
            parts.append(left.right)
            left = left.left
        parts.append(left)
        args = tuple(condition(p, context) for p in reversed(parts))
        if node.operator == "implies":
            premise = operators.logic("not", (args[0],), args[0].span)
            return operators.logic("or", (premise, args[1]), node.span)
        return operators.logic(node.operator, args, node.span)
    left_typed = check(node.left, None, context)
    return operators.arithmetic(node, left_typed, check(node.right, None, context), context)


def _comparison(node: syntax.Comparison, context: Context) -> typed.Expr:
    left, right = _sides(node, context)
    if isinstance(node.right, syntax.Range):
        low = check(node.right.low, left.type, context)
        high = check(node.right.high, left.type, context)
        if left.broken or low.broken or high.broken:
            return typed.error(node.span)
        return operators.between(node.relation, left, low, high, node.span, context)
    return relate(node.relation, left, right, node.span, context)


def relate(relation: str, left: typed.Expr, right: typed.Expr, span: Span, context: Context) -> typed.Expr:
    """`left relation right` of two typed operands (not a range)."""
    if left.broken or right.broken:
        return typed.error(span)
    for side in (left, right):
        if side.op == "gate_name":
            operators.condition(side, context)
            return typed.error(span)
    if relation in {"in", "not in"}:
        return operators.membership(relation, left, right, span, context)
    if relation in {"contains", "not contains", "starts with", "ends with"}:
        return operators.contains(relation, left, right, span, context)
    return operators.compare(relation, left, right, span, context)


def _sides(node: syntax.Comparison, context: Context) -> tuple[typed.Expr, typed.Expr]:
    """Both sides, each read with the other's type in mind: `title is manager`, and `manager is title` too."""
    if isinstance(node.right, syntax.Range):
        return check(node.left, None, context), typed.error(node.right.span)
    if _is_bare_word(node.left, context) and not _is_bare_word(node.right, context):
        right = check(node.right, None, context)
        return check(node.left, right.type, context), right
    left = check(node.left, None, context)
    return left, check_operand(node.right, node.relation, left, context)


def check_operand(node: syntax.Expression, relation: str, left: typed.Expr, context: Context) -> typed.Expr:
    """The right side of a relation whose left side is typed."""
    expected = left.type
    if relation in {"contains", "not contains"} and expected is not None and expected.kind == "list":
        expected = expected.item
    elif relation in {"starts with", "ends with", "contains", "not contains"}:
        expected = TEXT
    if expected is None:
        # The left side is broken: look at the right side only if it can be read without it.
        return typed.error(node.span) if isinstance(node, syntax.Name | syntax.ListOf) else check(node, None, context)
    right = check(node, expected, context)
    if relation in {"in", "not in"} and right.op == "list" and expected.kind in {"email", "phone"}:
        return _cleaned_list(right, expected, context)
    return right


def _cleaned_list(right: typed.Expr, item: ir.Type, context: Context) -> typed.Expr:
    """A list of texts that is looked into for e-mails or phones is kept as those are (ruling 22)."""
    assert isinstance(right.value, str)
    if right.type is None or right.type.item != TEXT:
        return right
    cleaned: dict[ir.Scalar, None] = {}
    for text in context.lists[right.value].items:
        node = syntax.Text(str(text), right.span)
        value = values.literal(node, item, context).value
        assert isinstance(value, str)
        cleaned[value] = None
    return values.const(ir.Type(kind="list", item=item), tuple(cleaned), right.span)


def _is_bare_word(node: syntax.Expression, context: Context) -> bool:
    """A name that is nothing declared: perhaps a choice of the other side."""
    if not isinstance(node, syntax.Name):
        return isinstance(node, syntax.Text)
    fields = [f.name for f in context.about.fields] if context.about else []
    return special(node.text) is None and node.text not in context.names.expression_names(fields)


def _postfix(operator: str, operand: typed.Expr, node: syntax.Postfix, context: Context) -> typed.Expr:
    gate = None
    asks_gate = operator in {"passes", "fails"} or operand.op == "gate_name"
    if asks_gate and isinstance(node.operand, syntax.Name) and node.operand.text in context.names.gates:
        gate = node.operand.text
    if operator in {"passes", "fails"}:
        if gate is None:
            if not operand.broken:
                _not_a_gate(operand, operator, context)
            return typed.error(node.span)
        verdict = "pass" if operator == "passes" else "fail"
        return typed.Expr("gate", BOOL, node.span, value=(gate, verdict), unknown=True)
    return known(operator, operand, gate, node.span)


def known(operator: str, operand: typed.Expr, gate: str | None, span: Span) -> typed.Expr:
    """`is known`, `is unknown`, `is not known` of a typed operand, or of a gate."""
    if gate is not None:
        operand = typed.Expr("gate", BOOL, operand.span, value=(gate, "pass"), unknown=True)
    if operand.broken:
        return typed.error(span)
    if operator == "is unknown":
        return typed.Expr("is_unknown", BOOL, span, (operand,))
    result = typed.Expr("is_known", BOOL, span, (operand,))
    return operators.logic("not", (result,), span) if operator == "is not known" else result


def _not_a_gate(operand: typed.Expr, operator: str, context: Context) -> None:
    suggestion = nearest(context.words(operand.span), context.names.gates)
    context.reporter.report(
        "LP3024",
        operand.span,
        say("only gates pass or fail, and `{}` is none", context.words(operand.span)),
        hint=say("did you mean `{} {}`?", suggestion, keyword(operator))
        if suggestion
        else say("declare one with `gate`"),
    )
