"""What tests give: records, and the time at which the test looks."""

from __future__ import annotations

from datetime import datetime

from leadpolicy.compiler import ir, syntax
from leadpolicy.compiler.checker import blocks, expressions
from leadpolicy.compiler.checker.context import Context
from leadpolicy.compiler.checker.names import fact_field
from leadpolicy.compiler.checker.rule_actions import report_concluded
from leadpolicy.compiler.diagnostics import nearest
from leadpolicy.compiler.types import NUMBERS, describe
from leadpolicy.compiler.wording import Message, joined, say
from leadpolicy.compiler.zones import to_micros

Named = dict[str, syntax.Given]
"""The records of a test by the name that they are given under."""


def names_of(node: syntax.Test, context: Context) -> Named:
    """The names of a test's records; one that stands twice is reported."""
    named: Named = {}
    for given in node.given:
        if given.name is None:
            continue
        if given.name.text in named:
            context.reporter.report("LP2002", given.name.span, say("`{}` is given twice", given.name.text))
        named.setdefault(given.name.text, given)
    return named


def times(records: tuple[ir.Given, ...], context: Context) -> tuple[int, int]:
    """The earliest and the latest time given (ruling 75); 2000-01-01 in the zone where none is."""
    instants = [
        field.value.value
        for record in records
        for field in record.fields
        if field.value is not None and field.value.type.kind == "time" and isinstance(field.value.value, int)
    ]
    instants = instants or [to_micros(datetime(2000, 1, 1), context.zone)]
    return min(instants), max(instants)


def check_given(node: syntax.Given, named: Named, context: Context) -> ir.Given | None:
    fact = context.facts.get(node.fact.text)
    if fact is None:
        suggestion = nearest(node.fact.text, context.facts)
        context.reporter.report(
            "LP2004",
            node.fact.span,
            say("there is no fact `{}`", node.fact.text),
            hint=say("did you mean `{}`?", suggestion) if suggestion else None,
            fix=suggestion,
        )
        return None
    if fact.concluded:
        report_concluded(fact.name, node.fact.span, context)
        return None
    fields: dict[str, ir.GivenField] = {}
    good = True
    for given in node.fields:
        if given.name.text in fields:
            context.reporter.report("LP2002", given.name.span, say("`{}` is given twice", given.name.text))
        ref = fact_field(fact.name, None, given.name, given.name.span, context)
        value = None if ref.broken else _given_field(given, fact, named, context)
        if value is None:
            good = False
        else:
            fields[given.name.text] = value
    missing = [f.name for f in fact.fields if (f.key or f.required) and f.name not in fields]
    if good and missing:
        context.reporter.report(
            "LP3022",
            node.span,
            say("a {} needs {}", fact.name, joined(f"`{m}`" for m in missing)),
            hint=say("give every key and every required field"),
        )
        good = False
    of, linked = _link(node, fact, named, context)
    if not good or not linked:
        return None
    name = node.name.text if node.name else None
    return ir.Given(name=name, fact=fact.name, of=of, fields=tuple(fields.values()))


def _link(node: syntax.Given, fact: ir.Fact, named: Named, context: Context) -> tuple[str | None, bool]:
    """The name of the record that it belongs to (None: the one decided about), and whether all is well."""
    if node.of is None:
        if fact.of is None or fact.of == context.names.about:
            return None, True
        context.reporter.report(
            "LP3022",
            node.fact.span,
            say("each `{}` belongs to a {}, and to which one is not said", fact.name, fact.of),
            hint=say("name a given one: given {} of … {{ … }}", fact.name),
        )
        return None, False
    if fact.of is None:
        context.reporter.report(
            "LP3022",
            node.of.span,
            say("`{}` is not declared as belonging to anything", fact.name),
            hint=say("leave `of` out"),
        )
        return None, False
    if not isinstance(node.of, syntax.Name) or node.of.text not in named:
        words = context.words(node.of.span)
        no_such_record(words, node.of, named, fact.of, context)
        return None, False
    other = named[node.of.text]
    if other.fact.text != fact.of:
        context.reporter.report(
            "LP3022",
            node.of.span,
            say("`{}` belongs to a {}, and `{}` is a {}", fact.name, fact.of, node.of.text, other.fact.text),
        )
        return None, False
    return node.of.text, True


def no_such_record(name: str, at: syntax.Expression, named: Named, fact: str, context: Context) -> None:
    """Nothing is given under a name."""
    suggestion = nearest(name, named)
    context.reporter.report(
        "LP2004",
        at.span,
        say("nothing is given under the name `{}`", name),
        hint=say("did you mean `{}`?", suggestion) if suggestion else say("given {}: {} {{ … }}", name, fact),
        fix=suggestion,
    )


def _given_field(node: syntax.GivenField, fact: ir.Fact, named: Named, context: Context) -> ir.GivenField | None:
    name = node.name.text
    field = context.field_of(fact.name, name)
    assert field is not None
    if isinstance(node.value, syntax.Unknown) and node.value.word not in (field.type.choices or ()):
        return _given_word(node.value, field, context)
    if isinstance(node.value, syntax.Name) and field.type.kind == "fact":
        return _given_ref(node.value, field, named, context)
    if isinstance(node.value, syntax.Date) and field.type.kind == "time":  # ruling 18: its 00:00
        midnight = datetime.combine(node.value.value, datetime.min.time())
        return ir.GivenField(name=name, value=ir.Const(type=field.type, value=to_micros(midnight, context.zone)))
    expr = expressions.check(node.value, field.type, context)
    if expr.broken:
        return None
    if expr.op != "const" or not blocks.fits_field(expr, field.type):
        assert expr.type is not None
        context.reporter.report(
            "LP3022",
            node.value.span,
            say(
                "`{}` is {}, and `{}` is {}",
                name,
                describe(field.type),
                context.words(node.value.span),
                describe(expr.type),
            ),
            hint=_given_hint(node.value, expr.type, field.type, context),
        )
        return None
    assert expr.value is not None
    return ir.GivenField(name=name, value=ir.Const(type=field.type, value=expr.value))


def _given_hint(node: syntax.Expression, given: ir.Type, wanted: ir.Type, context: Context) -> Message | None:
    if wanted.kind == "money" and given.kind in NUMBERS and wanted.currency is not None:
        return say("write `{} {}`", context.words(node.span), wanted.currency)
    return None


def _given_word(node: syntax.Unknown, field: ir.FactField, context: Context) -> ir.GivenField | None:
    """`unknown` or `none`: the latter only where the field can be nothing."""
    if field.key or field.required:
        context.reporter.report("LP3022", node.span, say("`{}` must have a value", field.name))
        return None
    if node.word == "none" and not field.or_none:
        context.reporter.report(
            "LP3022",
            node.span,
            say("`{}` is unknown where it is not given; `none` needs a field declared `or none`", field.name),
            hint=say("write `unknown`, or leave the field out"),
        )
        return None
    return ir.GivenField(name=field.name, nothing=node.word == "none")


def _given_ref(node: syntax.Name, field: ir.FactField, named: Named, context: Context) -> ir.GivenField | None:
    """A reference to another given record, by the name it was given under."""
    other = named.get(node.text)
    if other is None:
        no_such_record(node.text, node, named, field.type.fact or "", context)
        return None
    if other.fact.text != field.type.fact:
        context.reporter.report(
            "LP3022",
            node.span,
            say("`{}` is {}, and `{}` is a {}", field.name, describe(field.type), node.text, other.fact.text),
        )
        return None
    return ir.GivenField(name=field.name, ref=node.text)
