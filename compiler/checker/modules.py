"""Names in modules: what `module.name` stands for. (How modules are read: `module_files`.)"""

from __future__ import annotations

from leadpolicy.compiler import ir, syntax, typed
from leadpolicy.compiler.checker import lets
from leadpolicy.compiler.checker.context import Context
from leadpolicy.compiler.diagnostics import Related, nearest
from leadpolicy.compiler.resolver import KINDS
from leadpolicy.compiler.source import Span
from leadpolicy.compiler.wording import joined, keyword, say

Declaration = syntax.ListDeclaration | syntax.Let | syntax.Gate | syntax.Calendar | syntax.Attribution


def declaration(node: syntax.Expression, context: Context) -> tuple[Declaration, Context] | None:
    """What `module.name` (or a call of it) names, and its module's context; None with a diagnostic."""
    if isinstance(node, syntax.Call):
        node = node.function
    base = node.base if isinstance(node, syntax.Attribute) else None
    if not isinstance(node, syntax.Attribute) or not isinstance(base, syntax.Name):
        context.reporter.report("LP2019", node.span, say("`{}` names nothing of a module", context.words(node.span)))
        return None
    if base.text not in context.names.uses:
        suggestion = nearest(base.text, context.names.uses)
        context.reporter.report(
            "LP2019",
            base.span,
            say("no module is called `{}` here", base.text),
            hint=say("did you mean `{}`?", suggestion) if suggestion else say("name it first: use std.{}", base.text),
            fix=suggestion,
        )
        return None
    module = context.modules.get(base.text)
    if module is None:
        return None  # why it can't be read has been reported
    names = module.names
    known: dict[str, Declaration] = {
        **names.attributions, **names.calendars, **names.gates, **names.lets, **names.lists
    }  # fmt: skip
    text = node.name.text
    if text in known:
        return known[text], module
    suggestion = nearest(text, known)
    context.reporter.report(
        "LP2019",
        node.name.span,
        say("the module `{}` has no `{}`", base.text, text),
        hint=say("did you mean `{}`?", suggestion) if suggestion else say("it has: {}", joined(sorted(known)[:12])),
        fix=suggestion,
    )
    return None


def value(node: syntax.Attribute, context: Context) -> typed.Expr:
    """`module.name` as a value: a list, or a let without parameters."""
    found = declaration(node, context)
    if found is None:
        return typed.error(node.span)
    declared, module = found
    if isinstance(declared, syntax.Let):
        return lets.let(declared.name.text, node, module, reporting=context)
    if isinstance(declared, syntax.ListDeclaration):
        return list_value(module.lists.get(declared.name.text), node.span, module)
    kind = {syntax.Gate: "gate", syntax.Calendar: "calendar", syntax.Attribution: "attribution"}[type(declared)]
    words = context.words(node.span)
    context.reporter.report(
        "LP2019",
        node.span,
        say("`{}` is a {}: it has no value of its own", words, KINDS[kind]),
        hint=say("give it a name first: {} x = {}(…)", keyword(kind), words) if kind != "calendar" else None,
        related=(Related(say("declared here"), module.source, declared.name.span),),
    )
    return typed.error(node.span)


def list_value(declared: ir.NamedList | None, span: Span, module: Context) -> typed.Expr:
    """A module's list, which goes into the policy as soon as something reads it."""
    if declared is None:
        return typed.error(span)
    (module.root or module).lists[declared.name] = declared
    return typed.Expr("list", declared.type, span, value=declared.name)
