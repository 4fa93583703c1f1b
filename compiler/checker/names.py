"""Names in expressions: fields, lets, scores, tables, gates, stages, lists, and paths through references."""

from __future__ import annotations

from dataclasses import replace

from leadpolicy.compiler import ir, syntax, typed
from leadpolicy.compiler.checker.context import Context
from leadpolicy.compiler.checker.values import choice
from leadpolicy.compiler.diagnostics import nearest
from leadpolicy.compiler.resolver import KINDS, special
from leadpolicy.compiler.source import Span
from leadpolicy.compiler.types import BOOL, NUMBER, TEXT, describe
from leadpolicy.compiler.wording import Message, joined, say
from leadpolicy.grammar import keywords

GATE_VERDICT = ir.Type(kind="choice", choices=("fail", "pass"))
"""What a gate's name alone stands for, in messages; conditions use `passes` and `fails`."""


def field_ref(field: ir.FactField, base: typed.Expr | None, span: Span, var: str = "this") -> typed.Expr:
    """A field of the record `var`, or of what the path `base` points to."""
    path: tuple[str, ...] = (field.name,)
    nothing, unknown = field.or_none, not (field.key or field.required)
    if base is not None and base.op == "field":
        assert isinstance(base.value, tuple)
        path, var = (*(str(step) for step in base.value), field.name), base.var
        # What is pointed to may not have been passed: then a field of it is nothing.
        nothing, unknown = True, unknown or base.unknown
    return typed.Expr("field", field.type, span, value=path, nothing=nothing, unknown=unknown, var=var)


def _attr(field: ir.FactField, base: typed.Expr, span: Span) -> typed.Expr:
    """A field of a picked record: `last(Activity).at`, `account.kind.name` where `account` is a let of one."""
    path: tuple[str, ...] = (field.name,)
    if base.op == "attr":
        assert isinstance(base.value, tuple)
        path = (*(str(step) for step in base.value), field.name)
        base = base.args[0]
    unknown = base.unknown or not (field.key or field.required)
    return typed.Expr("attr", field.type, span, (base,), path, nothing=True, unknown=unknown)


def stage_type(context: Context) -> ir.Type:
    """The type of `stage`: the funnel's stages in order."""
    return ir.Type(kind="choice", choices=tuple(context.names.stages), ordered=True)


def is_bound(text: str, context: Context) -> bool:
    """Whether a name stands for a field, a record, a parameter, or a rule's let here."""
    for bound in context.bound:
        if (bound.named and bound.var == text) or (bound.implicit and context.field_of(bound.fact, text)):
            return True
    if text in context.parameters or text in context.rule_lets:
        return True
    about = context.about
    return context.subject is not None and about is not None and context.field_of(about.name, text) is not None


def bound(text: str, span: Span, context: Context) -> typed.Expr | None:
    """The field, record, parameter or rule's let that a name stands for, innermost first; None for other names."""
    for record in reversed(context.bound):
        if record.implicit:
            field = context.field_of(record.fact, text)
            if field is not None:
                return field_ref(field, None, span, record.var)
        if record.named and record.var == text:
            return typed.Expr("var", ir.Type(kind="fact", fact=record.fact), span, var=record.var)
    if text in context.parameters:
        argument = context.parameters[text]
        if argument.type == BOOL and argument.op not in {"const", "stage_reached", "parameter", "field"}:
            return typed.Expr("argument", BOOL, span, (argument,), nothing=argument.nothing, unknown=argument.unknown)
        return replace(argument, span=span, source=None)
    if text in context.rule_lets:
        let = context.rule_lets[text]
        if let.broken:
            return typed.error(span)
        return typed.Expr("var", let.type, span, nothing=let.nothing, unknown=let.unknown, var=text)
    about = context.about
    field = context.field_of(about.name, text) if about is not None and context.subject is not None else None
    return None if field is None else field_ref(field, None, span, context.subject or "this")


def name(node: syntax.Name, expected: ir.Type | None, context: Context) -> typed.Expr | None:
    """What a name stands for; None for a let, which the caller has to check first, or a mistake reported."""
    text = node.text
    if expected is not None and expected.kind == "choice" and text in (expected.choices or ()):
        if is_bound(text, context) and text not in context.parameters:
            context.reporter.warn(
                "LP2014",
                node.span,
                say("`{}` is read as the choice; there is a field `{}` too", text, text),
                hint=say("write `this.{}` for the field", text),
            )
        return choice(text, node.span, expected, context)
    found = bound(text, node.span, context)
    if found is not None:
        return found
    if text in context.names.lists:
        return _list(text, node.span, context)
    if is_part(text, context):
        return part(text, node.span, context)
    _unknown_name(node, expected, context)
    return None


def is_part(text: str, context: Context) -> bool:
    """Whether a name is a score, table, gate or stage, `stage` or `disqualified`."""
    names = context.names
    return (
        text in names.scores or text in names.tables or text in names.gates or text in names.stages
        or special(text) in {"stage", "disqualified"}
    )  # fmt: skip


def part(text: str, span: Span, context: Context, var: str | None = None) -> typed.Expr | None:
    """A score, table, gate or stage, `stage` or `disqualified`, of the record `var`, or of the one meant here."""
    names = context.names
    if text in names.gates and names.gates[text].parameters is not None and text not in names.stages:
        _needs_arguments(text, names.gates[text].name, span, context)
        return None
    owner = whose(text, span, context, derived=True, var=var)
    if owner is None:
        return None
    if text in names.scores:
        return typed.Expr("score", NUMBER, span, value=(text, "value"), var=owner)
    if text in names.tables:
        return _table(text, span, owner, context)
    if text in names.gates and text not in names.stages:
        return typed.Expr("gate_name", GATE_VERDICT, span, value=text, unknown=True, var=owner)
    if text in names.stages:
        return typed.Expr("stage_reached", BOOL, span, value=text, unknown=True, var=owner)
    if special(text) == "stage":
        return typed.Expr("stage", stage_type(context), span, nothing=True, var=owner)
    return typed.Expr("disqualified", BOOL, span, var=owner)


def whose(text: str, span: Span, context: Context, *, derived: bool, var: str | None = None) -> str | None:
    """The record whose let or part a name is: the one named, else the innermost of the fact decided about.

    None, and a diagnostic, where there is none, or where it is `derived` and another record's outside a rule.
    """
    owner = var or context.row_of(context.names.about)
    about = context.names.about
    if owner is None:
        context.reporter.report(
            "LP2017",
            span,
            say("whose `{}` is meant is not said: a rule is about no {} in particular", text, about),
            hint=say("name one: when {}: {}, then write `{}.{}`", about.lower(), about, about.lower(), text),
        )
        return None
    if derived and owner != "this" and not context.in_rule:
        context.reporter.report(
            "LP2016",
            span,
            say(
                "`{}` is worked out for one {} at a time: what it is for another one is known in rules only",
                text,
                about,
            ),
            hint=say(
                "look at fields of the other {} here, or at this one's value in a condition outside `where`", about
            ),
        )
        return None
    return owner


def _needs_arguments(text: str, declared: syntax.Name, span: Span, context: Context) -> None:
    context.reporter.report(
        "LP3033",
        span,
        say("`{}` has parameters: say what they stand for", text),
        hint=say("write `{}(…)`", text),
        related=((say("declared here"), declared.span),),
    )


def _table(text: str, span: Span, var: str, context: Context) -> typed.Expr:
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
    return table_ref(text, None, outputs[0].type, span, context, var)


def table_ref(
    text: str, output: str | None, type_: ir.Type, span: Span, context: Context, var: str = "this"
) -> typed.Expr:
    """A table's outcome. It is nothing where no row holds, and a list for `collect`."""
    collected = context.names.tables[text].hit == "collect"
    result = ir.Type(kind="list", item=type_) if collected else type_
    value = (text,) if output is None else (text, output)
    return typed.Expr("table", result, span, value=value, nothing=not collected, unknown=True, var=var)


def _list(text: str, span: Span, context: Context) -> typed.Expr:
    declared = context.lists.get(text)
    if declared is None:
        return typed.error(span)
    if context.root is not None:  # a module's list goes into the policy as soon as something reads it
        context.root.lists[declared.name] = declared
    return typed.Expr("list", declared.type, span, value=declared.name)


def _unknown_name(node: syntax.Name, expected: ir.Type | None, context: Context) -> None:
    text = node.text
    if expected is not None and expected.kind == "choice":
        choice(text, node.span, expected, context)
        return
    about = context.about
    if context.in_rule and about is not None and context.field_of(about.name, text) is not None:
        whose(text, node.span, context, derived=False)
        return
    kind = context.names.kind_of(text)
    if kind is not None:
        hint = say("`{}` is a {}: it has no value of its own", text, KINDS[kind])
        context.reporter.report("LP2001", node.span, say("`{}` can't be used in a condition", text), hint=hint)
        return
    if text in keywords.spellings("none"):
        context.reporter.report(
            "LP2001", node.span, say("nothing is called `{}` here", text), hint=say("ask with `is not known`")
        )
        return
    if text in keywords.spellings("otherwise"):
        hint = say("`{}` has no name before it: {} -> …", text, text)
        context.reporter.report("LP2001", node.span, say("nothing is called `{}` here", text), hint=hint)
        return
    suggestion = nearest(text, visible(context))
    shown = say("did you mean `{}`?", suggestion) if suggestion else None
    if suggestion is None and expected is not None and expected == TEXT:
        shown = say('a text stands in quotes: "{}"', text)
    context.reporter.report(
        "LP2001",
        node.span,
        say("nothing is called `{}` here", text),
        hint=shown or _where_to_declare(context),
        fix=suggestion,
    )


def _where_to_declare(context: Context) -> Message:
    if context.module is not None:
        return say("a module sees what it declares itself, and its parameters: the rest is handed in as arguments")
    return say("declare it as a field of the fact, or as a `let`")


def is_visible(text: str, context: Context) -> bool:
    """Whether a name is one of those that an expression may use here (`visible`)."""
    return (
        context.names.is_expression_name(text)
        or text in context.parameters
        or text in context.rule_lets
        or any(b.var == text for b in context.bound if b.named)
        or any(f.name == text for name in _facts_here(context) for f in context.facts[name].fields)
    )


def _facts_here(context: Context) -> list[str]:
    facts = [b.fact for b in context.bound if b.implicit]
    if context.subject is not None and context.about is not None:
        facts.append(context.about.name)
    return [name for name in facts if name in context.facts]


def visible(context: Context) -> set[str]:
    """All names that an expression may use here, for suggestions."""
    fields = {f.name for name in _facts_here(context) for f in context.facts[name].fields}
    records = {b.var for b in context.bound if b.named}
    return context.names.expression_names(fields) | records | context.parameters.keys() | context.rule_lets.keys()


def attribute(base: typed.Expr, node: syntax.Attribute, context: Context) -> typed.Expr | None:
    """`base.name` where base is a record or a reference to one; None for a let of the record (see `name`)."""
    if base.type is None:
        return typed.error(node.span)
    if base.type.kind != "fact":
        context.reporter.report(
            "LP2006",
            node.span,
            say("`{}` is {}: it has no field `{}`", context.said(base), describe(base.type), node.name.text),
        )
        return typed.error(node.span)
    fact, text = base.type.fact, node.name.text
    assert fact is not None
    is_record = base.op == "var" and base.var not in context.rule_lets
    if is_record and fact == context.names.about and context.field_of(fact, text) is None:
        if text in context.names.lets:
            return None
        if is_part(text, context):
            return part(text, node.span, context, base.var) or typed.error(node.span)
    return fact_field(fact, base, node.name, node.span, context)


def fact_field(fact: str, base: typed.Expr | None, name_: syntax.Name, span: Span, context: Context) -> typed.Expr:
    """A field of a fact by name, or a diagnostic with the nearest one."""
    field = context.field_of(fact, name_.text)
    if field is not None and base is not None and base.op != "field":
        if base.op == "var" and base.var not in context.rule_lets:
            return field_ref(field, None, span, base.var)
        return _attr(field, base, span)
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
