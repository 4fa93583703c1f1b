"""Lets, gates and credit models with parameters: what a call of one stands for.

A call is expanded: the declaration is checked once more with each parameter standing for the typed argument, whose
own names were looked up where the call stands. What is declared is also checked once with parameters that stand for
nothing in particular, so that mistakes in it are found though nothing uses it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

from leadpolicy.compiler import ir, syntax, typed
from leadpolicy.compiler.checker import aggregates, expressions, facts, lets, modules, names
from leadpolicy.compiler.checker.context import Context
from leadpolicy.compiler.diagnostics import Related, nearest
from leadpolicy.compiler.resolver import special
from leadpolicy.compiler.source import Source, Span
from leadpolicy.compiler.types import BOOL, NUMBERS, TEXTS, comparable, describe
from leadpolicy.compiler.wording import Message, joined, say

Template = syntax.Let | syntax.Gate | syntax.Attribution
MOST_EXPANSIONS = 20_000
"""How many calls a policy may come to: each level of calls in calls can double them."""


@dataclass(frozen=True, slots=True)
class Called:
    """A declaration with parameters, the file that it stands in, and what its parameters stand for."""

    node: Template
    home: Context
    arguments: Mapping[str, typed.Expr]

    @contextmanager
    def inside(self, subject: str | None) -> Iterator[Context]:
        """While active, the declaration's own context reads its names; `this` is `subject`."""
        before = self.home.in_rule, self.home.open_rows
        try:
            with self.home.expanding(self.arguments, subject):
                yield self.home
        finally:
            self.home.in_rule, self.home.open_rows = before


# ── Calls in expressions ──


def call(node: syntax.Call, context: Context) -> typed.Expr:
    """`recent(price_page, 7 days)`, `lead.recent(…)`, `module.value(…)`."""
    function, var = node.function, None
    if isinstance(function, syntax.Attribute) and _is_record(function.base, context):
        record = expressions.check(function.base, None, context)
        if record.broken:
            return record
        function, var = function.name, record.var
    found = find(function, context)
    if found is None:
        return typed.error(node.span)
    declared, home = found
    if not isinstance(declared, syntax.Let):
        words = context.words(node.span)
        context.reporter.report(
            "LP3033",
            node.span,
            say("`{}` is no value: it makes a gate", words)
            if isinstance(declared, syntax.Gate)
            else say("`{}` is no value: it makes a credit model", words),
            hint=say("give it a name first: gate x = {}, and write `x passes` here", words)
            if isinstance(declared, syntax.Gate)
            else say("write it in a declaration: attribution x = {} over …", words),
        )
        return typed.error(node.span)
    called = bind(declared, home, node, context)
    if called is None or not may_expand(declared, node.span, context):
        return typed.error(node.span)
    name = declared.name.text
    subject = context.row_of(context.names.about) if var is None else var
    home.lets_in_progress.append(name)
    home.in_rule, in_rule = context.in_rule, home.in_rule
    home.open_rows, open_rows = context.open_rows, home.open_rows
    with called.inside(subject):
        body = expressions.check(declared.value, None, home)
    home.in_rule, home.open_rows = in_rule, open_rows
    home.lets_in_progress.pop()
    return typed.error(node.span) if body.broken else lets.whole(body, node.span)


def _is_record(base: syntax.Expression, context: Context) -> bool:
    """Whether `base.name(…)` is about the record `base`."""
    if not isinstance(base, syntax.Name):
        return False
    return special(base.text) == "this" or any(b.named and b.var == base.text for b in context.bound)


def may_expand(declared: Template, span: Span, context: Context) -> bool:
    """Count an expansion; False, with a diagnostic, where there are too many."""
    root = context.root or context
    root.expansions += 1
    name = declared.name.text
    if root.expansions > MOST_EXPANSIONS:
        context.reporter.report("LP3033", span, say("`{}` stands for too much: its calls never seem to end", name))
        return False
    return True


def find(function: syntax.Expression, context: Context) -> tuple[Template, Context] | None:
    """What a call names, and its file; None where that is a mistake (reported)."""
    if isinstance(function, syntax.Attribute):
        found = modules.declaration(function, context)
        if found is None:
            return None
        declared, home = found
        if isinstance(declared, Template):
            return declared, home
        context.reporter.report(
            "LP2019", function.name.span, say("`{}` takes no arguments", context.words(function.span))
        )
        return None
    if isinstance(function, syntax.Name):
        known: dict[str, Template] = {
            **context.names.attributions, **context.names.gates, **context.names.lets
        }  # fmt: skip
        if function.text in known:
            return known[function.text], context
        suggestion = nearest(function.text, known)
        context.reporter.report(
            "LP2007",
            function.span,
            say("there is nothing called `{}` that has parameters", function.text),
            hint=say("did you mean `{}`?", suggestion) if suggestion else None,
            fix=suggestion,
        )
        return None
    context.reporter.report("LP2007", function.span, say("`{}` is no function", context.words(function.span)))
    return None


# ── Arguments ──


def bind(declared: Template, home: Context, node: syntax.Call, context: Context) -> Called | None:
    """The call's arguments by parameter, or None where a mistake in them was reported."""
    name = declared.name.text
    if declared.parameters is None:
        context.reporter.report(
            "LP3033",
            node.span,
            say("`{}` has no parameters", name),
            hint=say("write `{}` alone", context.words(node.function.span)),
            related=(_declared(declared, home),),
        )
        return None
    if name in home.lets_in_progress:
        path = [*home.lets_in_progress[home.lets_in_progress.index(name) :], name]
        if frozenset(path) in home.circles:
            return None
        home.circles.add(frozenset(path))
        home.reporter.report(
            "LP4001",
            declared.name.span,
            say("these values go round in a circle: {}", joined([f"`{p}`" for p in path], between=" → ")),
            hint=say("one of them has to do without the others"),
        )
        return None
    given = _given(declared, home, node, context)
    if given is None:
        return None
    arguments: dict[str, typed.Expr] = {}
    for parameter in declared.parameters:
        argument = _argument(parameter, given[parameter.name.text], declared, home, context)
        if argument is not None:
            arguments[parameter.name.text] = argument
    return Called(declared, home, arguments) if len(arguments) == len(declared.parameters) else None


def _declared(declared: Template, home: Context) -> Related:
    return Related(say("declared here"), home.source, declared.name.span)


def _given(
    declared: Template, home: Context, node: syntax.Call, context: Context
) -> dict[str, syntax.Expression] | None:
    """The written arguments by parameter."""
    wanted = [p.name.text for p in declared.parameters or ()]
    given: dict[str, syntax.Expression] = {}
    good = True
    for position, argument in enumerate(node.arguments):
        name = argument.name.text if argument.name else wanted[position] if position < len(wanted) else None
        span = argument.name.span if argument.name else argument.value.span
        problem: Message | None = None
        if name is None:
            problem = say("`{}` has {} parameters, and this is one too many", declared.name.text, len(wanted))
        elif name not in wanted:
            problem = say("`{}` has no parameter `{}`", declared.name.text, name)
        elif name in given:
            problem = say("`{}` is given twice", name)
        if problem is None and name is not None:
            given[name] = argument.value
            continue
        good = False
        suggestion = nearest(name, wanted) if name is not None and argument.name is not None else None
        context.reporter.report(
            "LP3033",
            span,
            problem or say("`{}` is given twice", name),
            hint=say("did you mean `{}`?", suggestion) if suggestion else say("its parameters: {}", joined(wanted)),
            fix=suggestion if suggestion not in given else None,
            related=(_declared(declared, home),),
        )
    missing = [w for w in wanted if w not in given]
    if good and missing:
        good = False
        context.reporter.report(
            "LP3033",
            node.span,
            say("what {} stands for is not said", joined([f"`{m}`" for m in missing], "and")),
            hint=say("its parameters: {}", joined(wanted)),
            related=(_declared(declared, home),),
        )
    return given if good else None


def _argument(
    parameter: syntax.Parameter, written: syntax.Expression, declared: Template, home: Context, context: Context
) -> typed.Expr | None:
    """One argument, typed where the call stands; None where that was a mistake."""
    word = _word(parameter)
    if word == "stage":
        stage = aggregates.stage_name(written, context)
        if stage is None:
            return None
        return typed.Expr("stage_reached", BOOL, written.span, value=stage, unknown=True, source=context.source)
    if word == "condition":
        expr = expressions.condition(written, context)
        return None if expr.broken else _from(expr, context.source)
    type_ = parameter_type(parameter, home)
    if type_ is None:
        return None
    expr = expressions.check(written, type_, context)
    if expr.broken:
        return None
    assert expr.type is not None
    if expr.op == "gate_name" or not _fits(expr.type, type_):
        context.reporter.report(
            "LP3033",
            written.span,
            say("`{}` is {}, and `{}` is {}", parameter.name.text, describe(type_), context.words(written.span),
                describe(expr.type)),
            related=(Related(say("declared here"), home.source, parameter.span),),
        )  # fmt: skip
        return None
    return _from(expr, context.source)


def _from(expr: typed.Expr, source: Source) -> typed.Expr:
    """The expression with a note of the file that it stands in."""
    args = tuple(_from(a, source) for a in expr.args)
    return replace(expr, source=expr.source or source, args=args)


def _fits(given: ir.Type, wanted: ir.Type) -> bool:
    if wanted.kind == "list" and given.kind == "list":
        return given.item is not None and wanted.item is not None and comparable(given.item, wanted.item)
    if given.kind in NUMBERS and wanted.kind in NUMBERS:
        return wanted.kind == "number" or given.kind == "int"
    if given.kind in TEXTS and wanted.kind in TEXTS:
        return given.kind == wanted.kind or wanted.kind == "text"
    return given.kind == wanted.kind and comparable(given, wanted)


# ── Parameters ──


def _word(parameter: syntax.Parameter) -> str | None:
    """`condition` or `stage`, where the parameter is one."""
    if isinstance(parameter.type, syntax.TypeName) and parameter.type.name.text in {"condition", "stage"}:
        return parameter.type.name.text
    return None


def parameter_type(parameter: syntax.Parameter, home: Context) -> ir.Type | None:
    """The type of a parameter that is a value; None where that is a mistake (reported)."""
    if not isinstance(parameter.type, syntax.FieldType):
        return facts.field_type(parameter.type, home)
    fact = home.facts.get(parameter.type.fact.text)
    if fact is None:
        if parameter.type.fact.text not in home.names.facts:
            suggestion = nearest(parameter.type.fact.text, home.names.facts)
            home.reporter.report(
                "LP2004",
                parameter.type.fact.span,
                say("there is no fact or event `{}`", parameter.type.fact.text),
                hint=say("did you mean `{}`?", suggestion) if suggestion else say("declare it as a fact or an event"),
                fix=suggestion,
            )
        return None
    found = names.fact_field(fact.name, None, parameter.type.field, parameter.type.field.span, home)
    return found.type


def opaque(declared: Template, home: Context) -> Called | None:
    """The declaration with parameters that stand for nothing in particular; None where one of them is wrong."""
    made: dict[str, typed.Expr] = {}
    good = True
    for parameter in declared.parameters or ():
        name, word = parameter.name.text, _word(parameter)
        if name in made:
            home.reporter.report("LP2002", parameter.name.span, say("there are two parameters `{}`", name))
            good = False
        if word == "stage":
            made[name] = typed.Expr("stage_reached", BOOL, parameter.span, value=name, unknown=True)
            continue
        type_ = BOOL if word == "condition" else parameter_type(parameter, home)
        if type_ is None:
            good = False
            continue
        made[name] = typed.Expr("parameter", type_, parameter.span, value=name, unknown=True)
    return Called(declared, home, made) if good else None


def check_let(declared: syntax.Let, home: Context) -> None:
    """Find mistakes in a let with parameters."""
    called = opaque(declared, home)
    if called is None:
        return
    home.lets_in_progress.append(declared.name.text)
    with called.inside("this"):
        expressions.check(declared.value, None, home)
    home.lets_in_progress.pop()


def template(
    written: syntax.Expression, kind: type[syntax.Gate | syntax.Attribution], context: Context
) -> Called | None:
    """What stands behind `=` of a gate or model, with its arguments; None where that is a mistake (reported)."""
    call_ = written if isinstance(written, syntax.Call) else syntax.Call(written, (), written.span)
    found = find(call_.function, context)
    if found is None:
        return None
    declared, home = found
    words = context.words(call_.function.span)
    if not isinstance(declared, kind):
        context.reporter.report(
            "LP3033",
            call_.function.span,
            say("`{}` is no gate", words) if kind is syntax.Gate else say("`{}` is no credit model", words),
            related=(_declared(declared, home),),
        )
        return None
    return bind(declared, home, call_, context)
