"""What a rule does: facts it concludes, adds, changes or removes, and effects (rulings 64, 65)."""

from __future__ import annotations

from leadpolicy.compiler import ir, lowering, syntax, typed
from leadpolicy.compiler.checker import blocks, effects, expressions, names
from leadpolicy.compiler.checker.context import Context
from leadpolicy.compiler.source import Span
from leadpolicy.compiler.types import describe
from leadpolicy.compiler.wording import joined, keyword, say


def check_action(node: syntax.Action, rule: syntax.Rule, context: Context) -> ir.Action | None:
    """An action of a rule, or None where a mistake in it was reported."""
    match node:
        case syntax.Make():
            return _make(node, context)
        case syntax.Set():
            return _set(node, context)
        case syntax.Remove():
            return _remove(node, context)
        case syntax.Move() | syntax.Send():
            good = _one_lead(node.span, rule, context)
            made = effects.check_effect(node, "lease", context)
            return made if good else None
        case _:
            return effects.check_effect(node, "lease", context)


def _one_lead(span: Span, rule: syntax.Rule, context: Context) -> bool:
    """Whether it is clear which lead is meant: the rule has one pattern of the fact that is decided about."""
    about = context.names.about
    patterns = [
        line
        for line in rule.lines
        if isinstance(line, syntax.Pattern)
        and line.records.chain
        and isinstance(line.records.chain[0], syntax.Name)
        and line.records.chain[0].text == about
    ]
    if len(patterns) == 1:
        return True
    context.reporter.report(
        "LP3058",
        span,
        say("which {} is meant is not clear: this rule matches {} of them", about, len(patterns)),
        hint=say("such a rule has one pattern of a {}", about),
    )
    return False


# ── Facts that are made ──


def _make(node: syntax.Make, context: Context) -> ir.Conclude | ir.Add | None:
    fact = context.facts.get(node.fact.text)
    if fact is None:
        if node.fact.text not in context.names.facts:
            blocks.no_such_fact(node.fact, context)
        for field in node.fields:
            expressions.check(field.value, None, context)
        return None
    if node.word == "add" and fact.concluded:
        report_concluded(fact.name, node.fact.span, context)
        return None
    if node.word == "conclude" and fact.event:
        context.reporter.report(
            "LP3060",
            node.fact.span,
            say("`{}` is an event: what happened is never concluded", fact.name),
            hint=say("declare it as a fact"),
        )
        return None
    if node.word == "conclude" and fact.name == context.names.about:
        context.reporter.report(
            "LP3060",
            node.fact.span,
            say("`{}` is what the policy decides about: it is given, never concluded", fact.name),
            hint=say("conclude a fact that belongs to it: fact … of {} {{", fact.name),
        )
        return None
    if node.word == "conclude" and fact.name == context.member_fact():
        context.reporter.report(
            "LP3060",
            node.fact.span,
            say("`{}` is who leads go to: it is given, never concluded", fact.name),
            hint=say("conclude a fact that belongs to it: fact … of {} {{", fact.name),
        )
        return None
    of, linked = _link(node, fact, context)
    fields = _fields(node, fact, context)
    if not linked or fields is None:
        return None
    made: dict[str, object] = {"fact": fact.name, "of": of, "fields": fields}
    made |= {"text": context.words(node.span), "place": context.place(node.span)}
    return ir.Conclude.model_validate(made) if node.word == "conclude" else ir.Add.model_validate(made)


def report_concluded(name: str, span: Span, context: Context) -> None:
    """Ruling 64: a concluded fact is made in no other way."""
    context.reporter.report(
        "LP4051",
        span,
        say("`{}` is concluded by a rule: it holds as long as its reasons do, and is made in no other way", name),
        hint=say("use a fact of its own for what is added or given by hand"),
    )


def _link(node: syntax.Make, fact: ir.Fact, context: Context) -> tuple[ir.Expr | None, bool]:
    """The record that the new fact belongs to, and whether all is well."""
    expr = None if node.of is None else expressions.check(node.of, None, context)
    if expr is not None and expr.broken:
        return None, False
    if fact.of is None:
        if node.of is not None:
            context.reporter.report(
                "LP3060",
                node.of.span,
                say("`{}` is not declared as belonging to anything", fact.name),
                hint=say("leave `of` out, or declare it: fact {} of …", fact.name),
            )
        return None, node.of is None
    if expr is None:
        context.reporter.report(
            "LP3060",
            node.fact.span,
            say("each `{}` belongs to a {}, and to which one is not said", fact.name, fact.of),
            hint=say("for example: {} {} of lead {{ … }}", keyword(node.word), fact.name),
        )
        return None, False
    assert expr.type is not None
    if expr.type.kind != "fact" or expr.type.fact != fact.of:
        context.reporter.report(
            "LP3060",
            expr.span,
            say("`{}` belongs to a {}, and `{}` is {}", fact.name, fact.of, context.said(expr), describe(expr.type)),
        )
        return None, False
    return lowering.lower(expr), True


def _fields(node: syntax.Make, fact: ir.Fact, context: Context) -> tuple[ir.FieldValue, ...] | None:
    found: dict[str, ir.FieldValue] = {}
    good = True
    for given in node.fields:
        name = given.name.text
        if name in found:
            context.reporter.report("LP2002", given.name.span, say("`{}` is given twice", name))
            good = False
        if names.fact_field(fact.name, None, given.name, given.name.span, context).broken:
            good = False
            continue
        field = context.field_of(fact.name, name)
        assert field is not None
        value = _value(given.value, field, context)
        good = good and value is not None
        if value is not None:
            found[name] = value
    given_names = {g.name.text for g in node.fields}
    missing = [f.name for f in fact.fields if (f.key or f.required) and f.name not in given_names]
    if missing:
        context.reporter.report(
            "LP3060",
            node.fact.span,
            say("a {} needs {}", fact.name, joined(f"`{m}`" for m in missing)),
            hint=say("give every key and every required field"),
        )
    return tuple(found.values()) if good and not missing else None


def _value(node: syntax.Expression, field: ir.FactField, context: Context) -> ir.FieldValue | None:
    """What goes into a field."""
    if isinstance(node, syntax.Unknown) and node.word not in (field.type.choices or ()):
        return _word(node, field, context)
    expr = expressions.check(node, field.type, context)
    if expr.broken:
        return None
    if expr.op == "gate_name" or not blocks.fits_field(expr, field.type):
        _misfit(node, expr, field, context)
        return None
    return ir.FieldValue(name=field.name, value=lowering.lower(expr))


def _misfit(node: syntax.Expression, expr: typed.Expr, field: ir.FactField, context: Context) -> None:
    assert expr.type is not None
    context.reporter.report(
        "LP3060",
        node.span,
        say("`{}` is {}, and `{}` is {}", field.name, describe(field.type), context.words(node.span),
            describe(expr.type)),
    )  # fmt: skip


def _word(node: syntax.Unknown, field: ir.FactField, context: Context) -> ir.FieldValue | None:
    if field.key or field.required:
        context.reporter.report("LP3060", node.span, say("`{}` must have a value", field.name))
        return None
    if node.word == "none" and not field.or_none:
        context.reporter.report(
            "LP3060",
            node.span,
            say("`none` needs a field declared `or none`, and `{}` is not", field.name),
            hint=say("write `unknown`"),
        )
        return None
    return ir.FieldValue(name=field.name, value=None, nothing=node.word == "none")


# ── Facts that are changed or removed ──


def _bound_fact(node: syntax.Expression, context: Context) -> tuple[str, ir.Fact] | None:
    """The name of a pattern and its fact, or None with a diagnostic."""
    record = expressions.check(node, None, context)
    if record.broken:
        return None
    fact = context.facts.get(record.type.fact or "") if record.type is not None else None
    if record.op != "var" or fact is None or record.var in context.rule_lets:
        context.reporter.report(
            "LP3060",
            node.span,
            say("`{}` is no record that this rule matches", context.words(node.span)),
            hint=say("name one that a `when` line binds, as in when lead: Lead"),
        )
        return None
    return record.var, fact


def _set(node: syntax.Set, context: Context) -> ir.Set | None:
    target = node.target
    if not isinstance(target, syntax.Attribute):
        context.reporter.report(
            "LP3060",
            target.span,
            say("a field of a record is set, not `{}`", context.words(target.span)),
            hint=say("for example: set lead.status to invalid"),
        )
        return None
    bound = _bound_fact(target.base, context)
    if bound is None:
        return None
    var, fact = bound
    if names.fact_field(fact.name, None, target.name, target.name.span, context).broken:
        return None
    field = context.field_of(fact.name, target.name.text)
    assert field is not None
    if fact.concluded:
        report_concluded(fact.name, target.span, context)
        return None
    if field.key or fact.event:
        message = say("`{}` is the key of a {}: it never changes", field.name, fact.name)
        if fact.event:
            message = say("`{}` is an event: what happened is not changed", fact.name)
        context.reporter.report("LP3060", target.span, message)
        return None
    value = _value(node.value, field, context)
    if value is None:
        return None
    return ir.Set(var=var, field=value, text=context.words(node.span), place=context.place(node.span))


def _remove(node: syntax.Remove, context: Context) -> ir.Remove | None:
    bound = _bound_fact(node.target, context)
    if bound is None:
        return None
    var, fact = bound
    if fact.concluded:
        report_concluded(fact.name, node.target.span, context)
        return None
    return ir.Remove(var=var, text=context.words(node.span), place=context.place(node.span))
