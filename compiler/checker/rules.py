"""Rules: patterns, conditions and lets of the matched records, and what the rule does (rulings 62 to 67)."""

from __future__ import annotations

from contextlib import ExitStack

from leadpolicy.compiler import ir, lowering, syntax
from leadpolicy.compiler.checker import blocks, expressions
from leadpolicy.compiler.checker.context import Context
from leadpolicy.compiler.checker.records import check_records, lower_records
from leadpolicy.compiler.checker.rule_actions import check_action
from leadpolicy.compiler.checker.rule_sense import look_at_rule
from leadpolicy.compiler.source import Span
from leadpolicy.compiler.wording import say

_Body = ir.Pattern | ir.Guard | ir.RuleLet


def check_rules(context: Context) -> tuple[ir.Rule, ...]:
    """All rules; what several of them do to one field or fact is looked at too."""
    rules = blocks.no_none(_check(node, context) for node in context.names.rules.values())
    _note_several_writers(context)
    return rules


def mark_concluded(context: Context) -> None:
    """Mark the facts that rules conclude: they exist only as long as their reasons do."""
    for rule in context.names.rules.values():
        for line in rule.lines:
            if not isinstance(line, syntax.Then) or not isinstance(line.action, syntax.Make):
                continue
            fact = context.facts.get(line.action.fact.text)
            if fact is None or fact.event or fact.name in {context.names.about, context.member_fact()}:
                continue
            if line.action.word == "conclude":
                context.facts[fact.name] = fact.model_copy(update={"concluded": True})


def _check(node: syntax.Rule, context: Context) -> ir.Rule | None:
    priority = 0 if node.priority is None else _priority(node.priority, context)
    body: list[_Body | None] = []
    actions: list[ir.Action | None] = []
    with context.rule(), ExitStack() as bound:
        taken: dict[str, Span] = {}
        for line in node.lines:
            match line:
                case syntax.Pattern():
                    body.append(_pattern(line, taken, bound, context))
                case syntax.Guard():
                    body.append(_guard(line, context))
                case syntax.RuleLet():
                    body.append(_let(line, taken, context))
                case syntax.Then():
                    actions.append(check_action(line.action, node, context))
    _check_complete(node, context)
    if priority is None or None in body or None in actions or not actions:
        return None
    if not any(isinstance(line, ir.Pattern) for line in body):
        return None
    rule = ir.Rule(
        name=node.name.text,
        label=node.label.value if node.label else None,
        priority=priority,
        body=blocks.no_none(body),
        actions=blocks.no_none(actions),
        place=context.place(node.name.span),
    )
    look_at_rule(node, rule, context)
    return rule


def _check_complete(node: syntax.Rule, context: Context) -> None:
    """A rule has a record that it is about, and does something."""
    if not any(isinstance(line, syntax.Pattern) for line in node.lines):
        context.reporter.report(
            "LP3059",
            node.name.span,
            say("the rule `{}` is about no record", node.name.text),
            hint=say("for example: when lead: Lead where status is new"),
        )
    elif not any(isinstance(line, syntax.Then) for line in node.lines):
        context.reporter.report(
            "LP3059",
            node.name.span,
            say("the rule `{}` does nothing", node.name.text),
            hint=say("for example: then flag lead as stale"),
        )


def _priority(node: syntax.Expression, context: Context) -> int | None:
    expr = expressions.check(node, None, context)
    if expr.broken:
        return None
    if expr.op == "const" and expr.type is not None and expr.type.kind == "int" and isinstance(expr.value, str):
        return int(expr.value)
    context.reporter.report(
        "LP3059", node.span, say("a priority is a fixed whole number, not `{}`", context.words(node.span))
    )
    return None


def _is_free(name: syntax.Name, taken: dict[str, Span], context: Context) -> bool:
    if name.text in taken:
        context.reporter.report(
            "LP2002",
            name.span,
            say("`{}` is bound twice in this rule", name.text),
            hint=say("give one of them another name"),
            related=((say("the first one"), taken[name.text]),),
        )
        return False
    taken[name.text] = name.span
    return True


def _pattern(line: syntax.Pattern, taken: dict[str, Span], bound: ExitStack, context: Context) -> ir.Pattern | None:
    free = _is_free(line.name, taken, context)
    records = check_records(line.records, context, var=line.name.text)
    fact = records.made.fact if records is not None else _named_fact(line.records, context)
    if fact is not None and free:
        bound.enter_context(context.bind(line.name.text, fact, implicit=False))
    if records is None or not free:
        return None
    return ir.Pattern(records=lower_records(records), text=context.words(line.span), place=context.place(line.span))


def _named_fact(node: syntax.Records, context: Context) -> str | None:
    """The fact of records with a mistake in them: the later lines can still be read."""
    first = node.chain[0] if node.chain else None
    return first.text if isinstance(first, syntax.Name) and first.text in context.facts else None


def _guard(line: syntax.Guard, context: Context) -> ir.Guard | None:
    condition = blocks.sure_condition(line.condition, context)
    if condition is None:
        return None
    return ir.Guard(condition=condition, text=context.words(line.span), place=context.place(line.span))


def _let(line: syntax.RuleLet, taken: dict[str, Span], context: Context) -> ir.RuleLet | None:
    free = _is_free(line.name, taken, context)
    expr = expressions.check(line.value, None, context)
    if not free:
        return None
    context.rule_lets[line.name.text] = expr
    if expr.broken:
        return None
    return ir.RuleLet(
        name=line.name.text,
        expr=lowering.lower(expr),
        text=context.words(line.value.span),
        place=context.place(line.span),
    )


def _note_several_writers(context: Context) -> None:
    """Ruling 65: where two rules set one field, the last firing stands."""
    first: dict[tuple[str, str], tuple[str, Span]] = {}
    for rule in context.names.rules.values():
        facts = {
            line.name.text: line.records.chain[0].text
            for line in rule.lines
            if isinstance(line, syntax.Pattern)
            and line.records.chain
            and isinstance(line.records.chain[0], syntax.Name)
        }
        for line in rule.lines:
            if not isinstance(line, syntax.Then) or not isinstance(line.action, syntax.Set):
                continue
            target = line.action.target
            if not isinstance(target, syntax.Attribute) or not isinstance(target.base, syntax.Name):
                continue
            field = (facts.get(target.base.text, ""), target.name.text)
            if field not in first:
                first[field] = (rule.name.text, target.span)
            elif first[field][0] != rule.name.text:
                context.reporter.report(
                    "LP4053",
                    target.span,
                    say("`{}` sets `{}` too: the one that fires last stands", first[field][0], ".".join(field)),
                    related=((say("it is set here"), first[field][1]),),
                    severity="note",
                )
