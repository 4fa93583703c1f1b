"""Destinations: where a lead can be sent, and from where."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from leadpolicy.compiler import ir, lowering, syntax
from leadpolicy.compiler.checker import expressions
from leadpolicy.compiler.checker.context import Context
from leadpolicy.compiler.constants import duration_words
from leadpolicy.compiler.diagnostics import nearest
from leadpolicy.compiler.resolver import KINDS
from leadpolicy.compiler.types import TEXT, describe
from leadpolicy.compiler.wording import keyword, say

Block = Literal["route", "disqualify", "place", "lease"]
"""Where a destination stands: an entry of the route, or what tests say of it; a disqualification; the fallback of a
team, queue or pool; or what moves a lead later on: recall, a clock, nurture, a rule."""

_HISTORY = {"previous_owner": "previous owner", "own_pool": "own pool", "same_team": "same team"}


def check_destination(node: syntax.Destination, context: Context, block: Block = "route") -> ir.Destination | None:
    """A destination, or None where a mistake in it was reported."""
    if not _may_stand(node, block, context):
        return None
    match node.kind:
        case "closed" | "route":
            return ir.Destination(kind=node.kind, text=node.kind)
        case "previous_owner" | "own_pool" | "same_team":
            return ir.Destination(kind=node.kind, text=_HISTORY[node.kind])
        case "owner":
            return _owner(node, context)
        case "member":
            return _member(node, context)
        case "nurture" if node.duration is not None:
            return _nurture_for(node, node.duration, context)
        case "team" | "queue" | "pool" | "nurture":
            return _declared(node, node.kind, context)


def _may_stand(node: syntax.Destination, block: Block, context: Context) -> bool:
    """Whether this kind of destination makes sense there; if not, that is reported."""
    if node.kind in {"owner", "member"} and block == "disqualify":
        context.reporter.report(
            "LP3023",
            node.span,
            say("who is disqualified goes to nobody"),
            hint=say("use `closed`, a pool, a queue or `nurture for 90 days`"),
        )
        return False
    if node.kind == "owner" and block in {"place", "lease"}:
        context.reporter.report(
            "LP3023",
            node.span,
            say("the owner has the lead already, or nobody has"),
            hint=say("name a pool, queue or team, or use `previous owner`"),
        )
        return False
    if block != "lease" and (node.kind in _HISTORY or node.kind == "route"):
        context.reporter.report(
            "LP3023",
            node.span,
            say("`{}` is for leads that have been routed before: it can't stand here", context.words(node.span)),
            hint=say("name a pool, queue or team"),
        )
        return False
    return True


def _declared(node: syntax.Destination, kind: str, context: Context) -> ir.Destination | None:
    assert node.name is not None
    name = node.name.text
    known = context.names.places[kind]
    if name in known:
        return ir.Destination.model_validate({"kind": kind, "name": name, "text": f"{kind} {name}"})
    other = next((k for k, p in context.names.places.items() if name in p), None)
    suggestion = nearest(name, known)
    message = say("there is no {} `{}`", KINDS[kind], name)
    if other is not None:
        hint = say("`{}` is a {}: write `{} {}`", name, KINDS[other], keyword(other), name)
        context.reporter.report("LP2005", node.span, message, hint=hint, fix=f"{other} {name}")
    else:
        hint = say("did you mean `{}`?", suggestion) if suggestion else say("declare it: {} {}", keyword(kind), name)
        context.reporter.report("LP2005", node.name.span, message, hint=hint, fix=suggestion)
    return None


def _owner(node: syntax.Destination, context: Context) -> ir.Destination | None:
    about = context.about
    field = next((f for f in about.fields if f.role == "owner"), None) if about else None
    if field is None:
        context.reporter.report(
            "LP2013",
            node.span,
            say("which field is the owner is not said"),
            hint=say("mark it in the fact: owner: Member as owner"),
        )
        return None
    expr = ir.FieldRef(path=(field.name,), type=field.type, nothing=field.or_none)
    return ir.Destination(kind="owner", member=expr, text="owner")


def _member(node: syntax.Destination, context: Context) -> ir.Destination | None:
    fact = context.member_fact()
    if fact is None:
        context.reporter.report(
            "LP2013",
            node.span,
            say("who the members are is not said"),
            hint=say("declare them: fact Member {{ id: text key }}, and a field of the lead: owner: Member as owner"),
        )
        return None
    assert node.member is not None
    type_ = ir.Type(kind="fact", fact=fact)
    expr = expressions.check(node.member, type_, context)
    if expr.broken:
        return None
    found = expr.type
    assert found is not None
    if found == TEXT and _has_text_key(fact, context):
        expr = replace(expr, type=type_)  # a member's key, from a sheet or a field
    elif found != type_:
        context.reporter.report(
            "LP3023",
            node.member.span,
            say("`{}` is {}, not a {}", context.words(node.member.span), describe(found), fact),
            hint=say("use a field whose type is {}, or a key in quotes", fact),
        )
        return None
    return ir.Destination(kind="member", member=lowering.lower(expr), text="member")


def _has_text_key(fact: str, context: Context) -> bool:
    return any(f.key and f.type == TEXT for f in context.facts[fact].fields)


def _nurture_for(node: syntax.Destination, duration: syntax.Expression, context: Context) -> ir.Destination | None:
    expr = expressions.check(duration, None, context)
    if expr.broken:
        return None
    if expr.op != "const" or not isinstance(expr.value, ir.Duration):
        context.reporter.report(
            "LP3023", duration.span, say("how long is said with a duration"), hint=say("nurture for 90 days")
        )
        return None
    return ir.Destination(kind="nurture", duration=expr.value, text=f"nurture for {duration_words(expr.value)}")
