"""What happens in a session as the screen says it: facts, effects, firings that failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from leadpolicy.cli import words
from leadpolicy.compiler.wording import Message, joined, say, term
from leadpolicy.engine.session.naming import fact_text, facts_text

Fact = Sequence[Any]


def fact_said(fact: Fact) -> str:
    """A fact by its key, or by what it says: the policy's and the host's own words."""
    return fact_text(fact)


def facts_said(facts: Sequence[Fact]) -> str:
    """Several facts."""
    return facts_text(facts)


def named_said(facts: Mapping[str, Fact]) -> str:
    """The facts of a partial match, by what the rule calls them."""
    return joined([f"{name}: {fact_text(fact)}" for name, fact in facts.items()])


def effect_said(effect: Mapping[str, Any]) -> Message:
    """What an effect asks the host to do."""
    match effect["kind"]:
        case "flag":
            record = effect["record"]
            return say("flag {} as {}", term("unknown") if record is None else fact_text(record), effect["flag"])
        case "notify":
            if effect["channel"] is None:
                return say("notify {}: “{}”", _to(effect), effect["text"])
            return say("notify {} by {}: “{}”", _to(effect), effect["channel"], effect["text"])
        case "task":
            if effect["due"] is None:
                return say("task for {}: “{}”", _to(effect), effect["text"])
            return say("task for {}: “{}”, due {}", _to(effect), effect["text"], effect["due"])
        case "send":
            return say("send “{}” to {} by {}", effect["content"], effect["to"], effect["channel"])
        case _:
            return say("move {} → {}", effect["lead"], words.destination(effect["destination"]))


def _to(effect: Mapping[str, Any]) -> str:
    """The member who gets it, or why nobody does."""
    reasons = {"unknown": term("somebody unknown"), "nobody": term("nobody")}
    return reasons.get(effect["undeliverable"]) or str(effect["to"])


def failure_said(action: int, place: str, word: str, field: str | None) -> Message:
    """Why a firing did nothing."""
    what = {"field": say("field `{}`", field), "key": say("key `{}`", field)}.get(word, term("the link"))
    return say("action {} ({}): {} has no value that it can have, so nothing is done", action, place, what)
