"""Expressions: from syntax to typed trees, names looked up, operands checked against each other.

`check` is the one entry; it recurses here, and the files beside it say what each construct means once its
operands are typed. A type that is expected from outside (`title is …`) reads a bare name as one of its choices.
"""

from __future__ import annotations

from dataclasses import replace

from leadpolicy.compiler import ir, syntax, typed
from leadpolicy.compiler.checker import aggregates, calls, functions, lets, modules, names, operators, values
from leadpolicy.compiler.checker.context import Context
from leadpolicy.compiler.diagnostics import nearest
from leadpolicy.compiler.resolver import special
from leadpolicy.compiler.source import Span
from leadpolicy.compiler.types import BOOL, NUMBER, TEXT, describe
from leadpolicy.compiler.wording import keyword, say


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
            return postfix(node.operator, check(node.operand, None, context), node.span, context)
        case syntax.Quantified():
            return aggregates.quantified(node, context)
        case syntax.Records():
            return _bare_records(node, context)
        case syntax.PlaceValue():
            context.reporter.report(
                "LP3023",
                node.span,
                say("`{}` is a place: only promises and tests ask where a lead goes", context.words(node.span)),
            )
            return typed.error(node.span)
        case syntax.Clock():
            context.reporter.report(
                "LP3014", node.span, say("`{}` is a time of day: it stands in calendars", context.words(node.span))
            )
            return typed.error(node.span)
        case syntax.Range():
            context.reporter.report(
                "LP3014", node.span, say("a range stands behind `in`, as in `employees in 10 to 49`")
            )
            return typed.error(node.span)


def _name(node: syntax.Name, expected: ir.Type | None, context: Context) -> typed.Expr:
    text = node.text
    is_bound = names.is_bound(text, context)
    if special(text) == "this" and not is_bound:
        return _this(node, context)
    is_choice = expected is not None and text in (expected.choices or ())
    if text in context.names.lets and not is_bound and not is_choice:
        return lets.let(text, node, context)
    return names.name(node, expected, context) or typed.error(node.span)


def _this(node: syntax.Name, context: Context) -> typed.Expr:
    """The record that is decided about, as a reference."""
    about = context.about
    if context.subject is None:
        names.whose("this", node.span, context, derived=False)
        return typed.error(node.span)
    if about is None:
        return typed.error(node.span)
    return typed.Expr("var", ir.Type(kind="fact", fact=about.name), node.span, var=context.subject)


def _unknown_word(node: syntax.Unknown, context: Context) -> typed.Expr:
    context.reporter.report(
        "LP3022",
        node.span,
        say("`{}` is no value to compare with", keyword(node.word)),
        hint=say("ask with `is unknown`") if node.word == "unknown" else say("ask with `is known`"),
    )
    return typed.error(node.span)


def _attribute(node: syntax.Attribute, context: Context) -> typed.Expr:
    base, about = node.base, context.about
    if isinstance(base, syntax.Name) and not names.is_bound(base.text, context):
        if base.text in context.names.tables:
            return _table_output(base.text, node, "this", context)
        if base.text in context.names.uses:
            return modules.value(node, context)
        if (
            about is not None
            and base.text.lower() == about.name.lower()
            and context.names.kind_of(base.text) in (None, "fact")
        ):
            return _called_this(node, base, about, context)
    table = _table_of_record(base, context)
    if table is not None:
        return _table_output(table[0], node, table[1], context)
    record = check(base, None, context)
    found = names.attribute(record, node, context)
    return found if found is not None else lets.let(node.name.text, node, context, record.var)


def _called_this(node: syntax.Attribute, base: syntax.Name, about: ir.Fact, context: Context) -> typed.Expr:
    """`lead.x`: what most people write for `this.x`. It is read so, where there is a `this`."""
    known = context.subject is not None
    context.reporter.report(
        "LP2015",
        base.span,
        say("nothing is called `{}` here: the {} that is decided about is called `this`", base.text, about.name),
        hint=say("write `this` for it"),
        fix="this" if known else None,
        severity="warning" if known else "error",
    )
    return _attribute(replace(node, base=replace(base, text="this")), context) if known else typed.error(base.span)


def _table_of_record(node: syntax.Expression, context: Context) -> tuple[str, str] | None:
    """The table and the record of `lead.territory`, where the table has several outputs."""
    if not isinstance(node, syntax.Attribute) or not isinstance(node.base, syntax.Name):
        return None
    outputs = context.table_outputs.get(node.name.text, ())
    if not outputs or outputs[0].name is None or context.field_of(context.names.about, node.name.text) is not None:
        return None
    is_this = special(node.base.text) == "this"
    named = any(b.named and b.var == node.base.text and b.fact == context.names.about for b in context.bound)
    if not is_this and not named:
        return None
    var = context.subject if is_this else node.base.text
    return None if var is None else (node.name.text, var)


def _table_output(table: str, node: syntax.Attribute, var: str, context: Context) -> typed.Expr:
    owner = names.whose(table, node.span, context, derived=True, var=None if var == "this" else var)
    if owner is None:
        return typed.error(node.span)
    outputs = context.table_outputs.get(table, ())
    for output in outputs:
        if output.name == node.name.text:
            return names.table_ref(table, output.name, output.type, node.span, context, owner)
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


def _bare_records(node: syntax.Records, context: Context) -> typed.Expr:
    words = context.words(node.span)
    context.reporter.report(
        "LP3030",
        node.span,
        say("`{}` are records: say what is asked of them", words),
        hint=say("for example: any {}, or count({})", words, words),
    )
    return typed.error(node.span)


def _call(node: syntax.Call, context: Context) -> typed.Expr:
    function = node.function
    if isinstance(function, syntax.Attribute):
        return calls.call(node, context)
    if not isinstance(function, syntax.Name):
        context.reporter.report("LP2007", node.span, say("`{}` is no function", context.words(function.span)))
        return typed.error(node.span)
    if function.text in context.names.lets or function.text in context.names.gates:
        return calls.call(node, context)
    if function.text in {"low", "high"}:
        return _score_bound(node, function.text, context)
    if function.text in aggregates.FUNCTIONS:
        return aggregates.call(function.text, node, context)
    arguments = tuple(check(a.value, None, context) for a in node.arguments)
    return functions.call(function, node, arguments, context)


def _score_bound(node: syntax.Call, bound: str, context: Context) -> typed.Expr:
    argument = node.arguments[0].value if len(node.arguments) == 1 else None
    if isinstance(argument, syntax.Attribute) or (
        isinstance(argument, syntax.Name) and argument.text in context.names.scores
    ):
        found = aggregates.score_of(argument, node.span, context)
        if found is None:
            return typed.error(node.span)
        assert isinstance(found.value, tuple)
        return typed.Expr("score", NUMBER, node.span, value=(str(found.value[0]), bound), var=found.var)
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
    if context.place_comparison is not None:
        made = context.place_comparison(node)
        if made is not None:
            return made
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
    return special(node.text) is None and not names.is_visible(node.text, context)


def postfix(operator: str, operand: typed.Expr, span: Span, context: Context) -> typed.Expr:
    """`passes`, `fails`, `is known`, … of a typed operand."""
    gate = _gate_of(operand, operator, context)
    if operator in {"passes", "fails"}:
        if gate is None:
            if not operand.broken:
                _not_a_gate(operand, operator, context)
            return typed.error(span)
        verdict = "pass" if operator == "passes" else "fail"
        return typed.Expr("gate", BOOL, span, value=(gate, verdict), unknown=True, var=operand.var)
    return known(operator, operand, gate, span)


def _gate_of(operand: typed.Expr, operator: str, context: Context) -> str | None:
    """The gate that an operand names. A stage and a gate may share a name: the gate is meant by `passes`."""
    if not isinstance(operand.value, str):
        return None
    if operand.op == "gate_name":
        return operand.value
    shared = operand.op == "stage_reached" and operator in {"passes", "fails"}
    return operand.value if shared and operand.value in context.names.gates else None


def known(operator: str, operand: typed.Expr, gate: str | None, span: Span) -> typed.Expr:
    """`is known`, `is unknown`, `is not known` of a typed operand, or of a gate."""
    if gate is not None:
        operand = typed.Expr("gate", BOOL, operand.span, value=(gate, "pass"), unknown=True, var=operand.var)
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
