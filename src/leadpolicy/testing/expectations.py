"""What a test block expects, held against a decision, against who holds the lead, and against the effects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from leadpolicy.compiler import ir
from leadpolicy.compiler.wording import joined, keyword, say, term
from leadpolicy.engine.json_text import dumps
from leadpolicy.files.flat import cell_text
from leadpolicy.testing.playing import Effect, Holder, Play
from leadpolicy.testing.results import Failure

if TYPE_CHECKING:
    from leadpolicy.compiler.interpreter import Run

PLAYED = ("remind",)
"""The effects that a test can be sure of; the others are made in a session."""
_MADE_BY = {
    "notify": say("rules, service levels and teams"),
    "task": say("rules and service levels"),
    "send": say("rules, service levels and nurture programmes"),
    "flag": say("rules and service levels"),
}


def in_time(policy: ir.Policy, test: ir.Test) -> bool:
    """Whether a test looks at moments, holders or effects, or the policy at when stages were entered."""
    return policy.reads_entered or any(
        e.at is not None or _asks_holder(e) or isinstance(e, ir.ExpectEffect) for e in test.expects
    )


def moments(test: ir.Test) -> list[tuple[int, list[ir.Expect]]]:
    """The moments of a test in order, with what is expected at each; effects without a moment are left out."""
    found: dict[int, list[ir.Expect]] = {}
    for expect in test.expects:
        if expect.at is not None or not isinstance(expect, ir.ExpectEffect):
            found.setdefault(test.now if expect.at is None else expect.at, []).append(expect)
    if any(isinstance(e, ir.ExpectEffect) and e.at is None for e in test.expects):
        found.setdefault(test.now, [])
    return sorted(found.items(), key=lambda item: item[0])


def play_unmet(expects: Iterable[ir.Expect], play: Play, run: Run) -> Iterator[Failure]:
    """The expectations at one moment that aren't met."""
    for expect in expects:
        if isinstance(expect, ir.ExpectRoute) and expect.holder:
            if _holds(expect.destination, play.holder) is expect.negated:
                yield _failure(expect, ((term("holder"), play.holder.said()),))
        elif isinstance(expect, ir.ExpectEffect):
            yield from _effect_unmet(expect, [e for e in play.effects if e.at == expect.at], play)
        elif isinstance(expect, ir.ExpectCondition) and _asks_holder(expect):
            yield from unmet([_with_holder(expect, play.holder)], run)
        else:
            yield from unmet([expect], run)


def effects_unmet(test: ir.Test, play: Play) -> Iterator[Failure]:
    """The expectations of effects at any time of the test (ruling 87) that aren't met."""
    for expect in test.expects:
        if isinstance(expect, ir.ExpectEffect) and expect.at is None:
            yield from _effect_unmet(expect, play.effects, play)


def _effect_unmet(expect: ir.ExpectEffect, effects: list[Effect], play: Play) -> Iterator[Failure]:
    if expect.effect not in PLAYED:
        said, by = _words(expect.text), _MADE_BY[expect.effect]
        text = say("{}: `{}` is done by {}, which tests don't play in this version", said, expect.effect, by)
        yield Failure("not run", text, expect.place.line)
        return
    to = None if expect.to is None else play.key_of(expect.to)
    found = [
        e
        for e in effects
        if e.kind == expect.effect and expect.channel in (None, e.channel) and (to is None or to == e.to)
    ]
    if bool(found) is expect.negated:
        yield _failure(expect, ((term("effects"), joined(map(_told, effects)) if effects else term("none")),))


def _told(effect: Effect) -> str:
    what, to = keyword(effect.kind), effect.to or term("nobody")
    return say("{} {} by {}", what, to, effect.channel) if effect.channel else joined((what, to), between=" ")


def _failure(expect: ir.ExpectRoute | ir.ExpectEffect, found: tuple[tuple[str, str], ...]) -> Failure:
    return Failure("expectation", _words(expect.text), expect.place.line, found)


def _holds(destination: ir.Destination | None, holder: Holder) -> bool:
    if destination is None:
        return holder.kind == "nobody"
    if destination.kind != holder.kind:
        return False
    if destination.kind == "member":
        key = destination.member
        return key is None or (isinstance(key, ir.Const) and key.value == holder.name)
    return destination.name in (None, holder.name)


def _asks_holder(node: object) -> bool:
    """Whether a part of the intermediate representation asks who holds the lead."""
    if isinstance(node, ir.HasRoute):
        return node.what == "holder"
    if isinstance(node, ir.ExpectRoute):
        return node.holder
    if isinstance(node, BaseModel):
        return any(_asks_holder(getattr(node, name)) for name in type(node).model_fields)
    return isinstance(node, tuple) and any(map(_asks_holder, node))


def _with_holder(expect: ir.ExpectCondition, holder: Holder) -> ir.ExpectCondition:
    """The condition with each question about the holder answered."""
    return _answered(expect, holder)  # type: ignore[no-any-return]


def _answered(node: Any, holder: Holder) -> Any:
    if isinstance(node, ir.HasRoute) and node.what == "holder":
        same = node.kind == holder.kind and node.name in (None, holder.name)
        if isinstance(node.member, ir.Const):
            same = same and node.member.value == holder.name
        return ir.Const(type=ir.Type(kind="bool"), value=same)
    if isinstance(node, BaseModel):
        changed = {name: _answered(getattr(node, name), holder) for name in type(node).model_fields}
        return node.model_copy(update=changed)
    return tuple(_answered(item, holder) for item in node) if isinstance(node, tuple) else node


def unmet(expects: Iterable[ir.Expect], run: Run) -> Iterator[Failure]:
    """The expectations about a decision that aren't met."""
    for expect in expects:
        line = expect.place.line
        if isinstance(expect, ir.ExpectCondition):
            truth = run.truth(expect.condition)
            if truth is not True:
                verdict = term("unknown") if truth is None else term("false")
                found = _operands(run, expect.condition) or ((term("the condition"), verdict),)
                yield Failure("expectation", say("expect {}", expect.text), line, found)
        elif isinstance(expect, ir.ExpectRoute):
            if run.route_is(expect.destination) is expect.negated:
                yield Failure("expectation", _words(expect.text), line, _route(run))
        elif isinstance(expect, ir.ExpectMissing):
            missing = run.missing_fields()
            if not set(expect.fields) <= set(missing):
                found = ((term("missing"), joined(missing) if missing else term("nothing")),)
                yield Failure("expectation", _words(expect.text), line, found)


def _words(text: str) -> str:
    said = any(word in text for word in ("expect", "期望", "预期"))
    return text if said else say("expect {}", text)


def _operands(run: Run, condition: ir.Condition) -> tuple[tuple[str, str], ...]:
    """What the condition reads; a score with its range where it isn't sure."""
    scores: Mapping[str, Any] = run.decision().get("scores") or {}  # type: ignore[assignment]
    found: list[tuple[str, str]] = []
    for name, value in run.operands(condition).items():
        text: str = term("unknown") if value is None else _shown(value)
        if name in scores:
            bounds = scores[name]
            if bounds["low"] != bounds["high"]:
                low, high = (_bound(bounds[end]) for end in ("low", "high"))
                text = say("{}, from {} to {} by what is unknown", text, low, high)
        found.append((name, text))
    return tuple(found)


def _bound(value: object) -> str:
    return term("without limit") if value is None else cell_text(value)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return term("true") if value else term("false")
    return value if isinstance(value, str) else cell_text(value) if not isinstance(value, dict) else dumps(value)


def _route(run: Run) -> tuple[tuple[str, str], ...]:
    route = run.decision().get("route")
    if not isinstance(route, dict):
        return ((term("route"), term("the policy has none")),)
    kind, target = str(route["kind"]), route["target"]
    where: str = joined((keyword(kind), target), between=" ") if target else keyword(kind)
    found = [(term("route"), say("{} (entry {})", where, route["entry"]) if route["entry"] else where)]
    if kind == "undecided":
        missing = run.missing_fields()
        found.append((term("missing"), joined(missing) if missing else term("nothing")))
    return tuple(found)
