"""Facts: the types of their fields, keys, roles."""

from __future__ import annotations

from dataclasses import replace

from leadpolicy.compiler import ir, syntax
from leadpolicy.compiler.checker.context import Context
from leadpolicy.compiler.checker.header import marker_texts
from leadpolicy.compiler.constants import clean_text
from leadpolicy.compiler.diagnostics import nearest
from leadpolicy.compiler.types import BUILT_IN, TEXTS, WORK_HOURS, WORKDAYS, describe
from leadpolicy.compiler.wording import Keyword, Message, joined, keyword, say, term
from leadpolicy.grammar import keywords

_ROLES: dict[str, ir.Role] = {
    "owner": "owner",
    "assigned": "assigned",
    "created": "created",
    "happened": "happened",
}


def check_facts(context: Context) -> None:
    """Work out all facts; then the fact that is decided about must have a key."""
    for node in context.names.facts.values():
        context.facts[node.name.text] = _fact(_with_owner(node, context), context)
    about = context.about
    if about is not None and not any(f.key for f in about.fields):
        context.reporter.report(
            "LP2011",
            context.names.facts[about.name].name.span,
            say("`{}` has no key, so decisions could not say whom they are about", about.name),
            hint=say("mark the field that identifies it: id: text key"),
        )


def _with_owner(node: syntax.Fact, context: Context) -> syntax.Fact:
    """The fact; where a recall needs an owner and none is marked, the field that is called so is taken."""
    if context.names.recall is None or node.name.text != context.names.about:
        return node
    if any(
        m.kind == "role" and isinstance(m.value, syntax.Name) and m.value.text == "owner"
        for f in node.fields
        for m in f.modifiers
    ):
        return node
    for at, field in enumerate(node.fields):
        of_fact = isinstance(field.type, syntax.TypeName) and field.type.name.text in context.names.facts
        if not of_fact or field.name.text not in keywords.spellings("owner"):
            continue
        context.reporter.report(
            "LP2030",
            field.span,
            say("`{}` is taken for the owner that a lease needs", field.name.text),
            hint=say("mark it in the fact: owner: Member as owner"),
            fix=f"{context.source.text[field.span.start : field.span.end]} as owner",
            severity="warning",
        )
        role = syntax.FieldModifier("role", syntax.Name("owner", field.name.span), field.span)
        marked = replace(field, modifiers=(*field.modifiers, role))
        return replace(node, fields=(*node.fields[:at], marked, *node.fields[at + 1 :]))
    return node


def _fact(node: syntax.Fact, context: Context) -> ir.Fact:
    fields: dict[str, ir.FactField] = {}
    spans: dict[str, syntax.Name] = {}
    for field in node.fields:
        name = field.name.text
        if name in fields:
            context.reporter.report(
                "LP2002",
                field.name.span,
                say("the field `{}` is declared twice in `{}`", name, node.name.text),
                related=((say("declared here first"), spans[name].span),),
            )
            continue
        spans[name] = field.name
        fields[name] = _field(field, context)
    _check_unique_marks(node, tuple(fields.values()), spans, context)
    if node.of is not None:
        _check_of(node.of, context)
    dated = next((f.name for f in fields.values() if f.role == "happened"), None)
    required = [f.name for f in fields.values() if f.required and f.type.kind == "time"]
    if dated is None and len(required) == 1:
        dated = required[0]
    return ir.Fact(
        name=node.name.text,
        fields=tuple(fields.values()),
        place=context.place(node.span),
        event=node.event,
        of=node.of.text if node.of else None,
        dated=dated,
    )


def _check_of(of: syntax.Name, context: Context) -> None:
    """What the records belong to must be a fact with a key: they carry it (0009, section 1)."""
    owner = context.names.facts.get(of.text)
    if owner is None:
        suggestion = nearest(of.text, context.names.facts)
        context.reporter.report(
            "LP2004",
            of.span,
            say("there is no fact or event `{}`", of.text),
            hint=say("did you mean `{}`?", suggestion) if suggestion else say("declare it as a fact or an event"),
            fix=suggestion,
        )
    elif not any(m.kind == "key" for f in owner.fields for m in f.modifiers):
        context.reporter.report(
            "LP3029",
            of.span,
            say("records belong to another one by its key, and `{}` has none", of.text),
            hint=say("mark the field that identifies it: id: text key"),
            related=((say("declared here"), owner.name.span),),
        )


def _check_unique_marks(
    node: syntax.Fact, fields: tuple[ir.FactField, ...], spans: dict[str, syntax.Name], context: Context
) -> None:
    """At most one key, and at most one field a role."""
    marks: dict[str, str] = {}
    for field in fields:
        for mark in (["key"] if field.key else []) + ([f"as {field.role}"] if field.role else []):
            if mark in marks:
                context.reporter.report(
                    "LP3021",
                    spans[field.name].span,
                    say("two fields of `{}` are marked `{}`", node.name.text, _shown(mark)),
                    related=((say("the other one"), spans[marks[mark]].span),),
                )
            marks.setdefault(mark, field.name)


def _shown(mark: str) -> Keyword | Message:
    return say("as {}", keyword(mark.removeprefix("as "))) if mark.startswith("as ") else keyword(mark)


def _field(node: syntax.FieldNode, context: Context) -> ir.FactField:
    type_ = field_type(node.type, context) or BUILT_IN["text"]
    marks: dict[str, syntax.FieldModifier] = {}
    for modifier in node.modifiers:
        if modifier.kind in marks:
            context.reporter.report(
                "LP3021", modifier.span, say("`{}` stands twice on this field", keyword(modifier.kind))
            )
        marks.setdefault(modifier.kind, modifier)
    role = _role(node, marks.get("role"), type_, context)
    or_none = node.type.or_none or role in {"owner", "assigned"}
    key, required = "key" in marks, "required" in marks
    if key and type_.kind not in TEXTS | {"int"}:
        context.reporter.report(
            "LP3021", node.span, say("a key is a text or a whole number, not {}", describe(type_))
        )
    if (key or required) and node.type.or_none:
        word = "key" if key else "required"
        context.reporter.report(
            "LP3021", node.span, say("`{}` is marked `{}`, so it can't be `or none`", node.name.text, keyword(word))
        )
    own = marks.get("unknown")
    own_markers = marker_texts(own.value, context) if own and isinstance(own.value, syntax.ListOf) else ()
    return ir.FactField(
        name=node.name.text,
        type=type_,
        key=key,
        required=required,
        or_none=or_none and not (key or required),
        role=role,
        label=_text(marks.get("label")),
        ask=_text(marks.get("ask")),
        markers=tuple(dict.fromkeys((*context.markers, *own_markers))),
        place=context.place(node.span),
    )


def _text(modifier: syntax.FieldModifier | None) -> str | None:
    if modifier is not None and isinstance(modifier.value, syntax.Text):
        return modifier.value.value
    return None


def _role(
    node: syntax.FieldNode, modifier: syntax.FieldModifier | None, type_: ir.Type, context: Context
) -> ir.Role | None:
    if modifier is None or not isinstance(modifier.value, syntax.Name):
        return None
    role = _ROLES[modifier.value.text]  # the parser lets no other pass
    if type_.kind != ("fact" if role == "owner" else "time"):
        wanted = term("another fact, such as Member") if role == "owner" else term("a time")
        context.reporter.report(
            "LP3021",
            node.span,
            say(
                "the field with the role `{}` is {}; `{}` is {}",
                keyword(role),
                wanted,
                node.name.text,
                describe(type_),
            ),
        )
        return None
    return role


def field_type(node: syntax.TypeNode, context: Context) -> ir.Type | None:
    """The type that is written, or None where that is a mistake (reported)."""
    match node:
        case syntax.ChoiceType():
            return _choice_type(node, context)
        case syntax.ListType(item=item):
            inner = field_type(item, context)
            if inner is not None and inner.kind == "list":
                context.reporter.report("LP2003", node.span, say("a list of lists is not possible"))
                return None
            return ir.Type(kind="list", item=inner) if inner else None
        case syntax.TypeName():
            return _named_type(node, context)


def _choice_type(node: syntax.ChoiceType, context: Context) -> ir.Type:
    choices: dict[str, None] = {}
    for choice in node.choices:
        text = clean_text(context.text_of(choice))
        if text in choices:
            context.reporter.report("LP2002", choice.span, say("the choice `{}` stands twice", text))
        choices[text] = None
    return ir.Type(kind="choice", choices=tuple(choices), ordered=node.ordered)


def _named_type(node: syntax.TypeName, context: Context) -> ir.Type | None:
    name = node.name.text
    if name == "money":
        currency = node.currency.text if node.currency else context.currency
        if currency is None:
            context.reporter.report(
                "LP2012",
                node.span,
                say("in which currency this money is, is not said"),
                hint=say("say it in the policy's header: currency CNY"),
            )
            return None
        return ir.Type(kind="money", currency=currency)
    if name in BUILT_IN:
        return BUILT_IN[name]
    if name in {"work_hours", "workdays"}:
        return WORK_HOURS if name == "work_hours" else WORKDAYS
    if name in context.names.facts:
        return ir.Type(kind="fact", fact=name)
    suggestion = nearest(name, (*BUILT_IN, "money", *context.names.facts))
    context.reporter.report(
        "LP2003",
        node.name.span,
        say("there is no type `{}`", name),
        hint=say("did you mean `{}`?", suggestion)
        if suggestion
        else say("types: {}", joined(map(keyword, (*BUILT_IN, "money")))),
        fix=suggestion,
    )
    return None
