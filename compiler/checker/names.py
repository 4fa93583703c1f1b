"""Names in expressions: fields, lets, scores, tables, gates, stages, lists, and paths through references."""

from __future__ import annotations

from leadpolicy.compiler import ir, syntax, typed
from leadpolicy.compiler.checker.context import Context
from leadpolicy.compiler.checker.values import choice
from leadpolicy.compiler.diagnostics import nearest
from leadpolicy.compiler.resolver import KINDS, special
from leadpolicy.compiler.source import Span
from leadpolicy.compiler.types import BOOL, NUMBER, TEXT, describe
from leadpolicy.compiler.wording import joined, say

GATE_VERDICT = ir.Type(kind="choice", choices=("fail", "pass"))
"""What a gate's name alone stands for, in messages; conditions use `passes` and `fails`."""


def field_ref(field: ir.FactField, base: typed.Expr | None, span: Span) -> typed.Expr:
    """A field of `this`, or of what the path `base` points to."""
    path: tuple[str, ...] = (field.name,)
    nothing, unknown = field.or_none, not (field.key or field.required)
    if base is not None:
        assert isinstance(base.value, tuple)
        path = (*(str(step) for step in base.value), field.name)
        # What is pointed to may not have been passed: then a field of it is nothing.
        nothing, unknown = True, unknown or base.unknown
    return typed.Expr("field", field.type, span, value=path, nothing=nothing, unknown=unknown)


def stage_type(context: Context) -> ir.Type:
    """The type of `stage`: the funnel's stages in order."""
    return ir.Type(kind="choice", choices=tuple(context.names.stages), ordered=True)


def name(node: syntax.Name, expected: ir.Type | None, context: Context) -> typed.Expr | None:
    """What a name stands for; None for a let, which the caller has to check first, or a mistake reported."""
    text, names = node.text, context.names
    about = context.about
    field = context.field_of(about.name, text) if about else None
    if expected is not None and expected.kind == "choice" and text in (expected.choices or ()):
        if field is not None:
            context.reporter.warn(
                "LP2014",
                node.span,
                say("`{}` is read as the choice; there is a field `{}` too", text, text),
                hint=say("write `this.{}` for the field", text),
            )
        return choice(text, node.span, expected, context)
    if field is not None:
        return field_ref(field, None, node.span)
    if text in names.scores:
        return typed.Expr("score", NUMBER, node.span, value=(text, "value"))
    if text in names.tables:
        return _table(text, node.span, context)
    if text in names.gates and text not in names.stages:
        return typed.Expr("gate_name", GATE_VERDICT, node.span, value=text, unknown=True)
    if text in names.stages:
        return typed.Expr("stage_reached", BOOL, node.span, value=text, unknown=True)
    if text in names.lists:
        return _list(text, node.span, context)
    if special(text) == "stage":
        return typed.Expr("stage", stage_type(context), node.span, nothing=True)
    if special(text) == "disqualified":
        return typed.Expr("disqualified", BOOL, node.span)
    _unknown_name(node, expected, context)
    return None


def _table(text: str, span: Span, context: Context) -> typed.Expr:
    outputs = context.table_outputs.get(text)
    if not outputs:
        return typed.error(span)
    if outputs[0].name is not None:
        context.reporter.report(
            "LP3016",
            span,
            say("the table `{}` has several outputs: say which one", text),
            hint=say("write `{}.{}`", text, outputs[0].name),
        )
        return typed.error(span)
    return table_ref(text, None, outputs[0].type, span, context)


def table_ref(text: str, output: str | None, type_: ir.Type, span: Span, context: Context) -> typed.Expr:
    """A table's outcome. It is nothing where no row holds, and a list for `collect`."""
    collected = context.names.tables[text].hit == "collect"
    result = ir.Type(kind="list", item=type_) if collected else type_
    value = (text,) if output is None else (text, output)
    return typed.Expr("table", result, span, value=value, nothing=not collected, unknown=True)


def _list(text: str, span: Span, context: Context) -> typed.Expr:
    declared = context.lists.get(text)
    if declared is None:
        return typed.error(span)
    return typed.Expr("list", declared.type, span, value=text)


def _unknown_name(node: syntax.Name, expected: ir.Type | None, context: Context) -> None:
    text = node.text
    if expected is not None and expected.kind == "choice":
        choice(text, node.span, expected, context)
        return
    fields = [f.name for f in context.about.fields] if context.about else []
    kind = context.names.kind_of(text)
    if kind is not None:
        hint = say("`{}` is a {}: it has no value of its own", text, KINDS[kind])
        context.reporter.report("LP2001", node.span, say("`{}` can't be used in a condition", text), hint=hint)
        return
    suggestion = nearest(text, context.names.expression_names(fields))
    shown = say("did you mean `{}`?", suggestion) if suggestion else None
    if suggestion is None and expected is not None and expected == TEXT:
        shown = say('a text stands in quotes: "{}"', text)
    context.reporter.report(
        "LP2001",
        node.span,
        say("nothing is called `{}` here", text),
        hint=shown or say("declare it as a field of the fact, or as a `let`"),
        fix=suggestion,
    )


def attribute(base: typed.Expr, node: syntax.Attribute, context: Context) -> typed.Expr:
    """`base.name` where base is a reference to another fact."""
    if base.type is None:
        return typed.error(node.span)
    if base.type.kind != "fact" or base.op != "field":
        context.reporter.report(
            "LP2006",
            node.span,
            say("`{}` is {}: it has no field `{}`", context.words(base.span), describe(base.type), node.name.text),
        )
        return typed.error(node.span)
    assert base.type.fact is not None
    context.facts_read.add(base.type.fact)
    return fact_field(base.type.fact, base, node.name, node.span, context)


def fact_field(fact: str, base: typed.Expr | None, name_: syntax.Name, span: Span, context: Context) -> typed.Expr:
    """A field of a fact by name, or a diagnostic with the nearest one."""
    field = context.field_of(fact, name_.text)
    if field is not None:
        return field_ref(field, base, span)
    declared = context.facts.get(fact)
    known = [f.name for f in declared.fields] if declared else []
    suggestion = nearest(name_.text, known)
    context.reporter.report(
        "LP2006",
        name_.span,
        say("`{}` has no field `{}`", fact, name_.text),
        hint=say("did you mean `{}`?", suggestion) if suggestion else say("its fields: {}", joined(known)),
        fix=suggestion,
    )
    return typed.error(span)
