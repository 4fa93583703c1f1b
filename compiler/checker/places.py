"""Teams, queues and pools: who is in them, how one is picked, and where a lead goes that nobody can take."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext

from leadpolicy.compiler import ir, syntax
from leadpolicy.compiler.checker import blocks, effects
from leadpolicy.compiler.checker.context import Context
from leadpolicy.compiler.checker.destinations import check_destination
from leadpolicy.compiler.checker.records import check_records, lower_records
from leadpolicy.compiler.graph import order
from leadpolicy.compiler.resolver import KINDS
from leadpolicy.compiler.source import Span
from leadpolicy.compiler.wording import joined, keyword, say
from leadpolicy.grammar.keywords import UNITS

MEMBER = "member"
"""What the conditions of a team, queue or pool call the member in the IR."""

_WORDS: Mapping[type[object], str] = {
    syntax.Members: "members", syntax.PreferLine: "prefer", syntax.PickLine: "pick", syntax.Hold: "hold",
    syntax.Claim: "claim", syntax.FormerOwnerWaits: "former owner waits", syntax.Notify: "notify",
    syntax.OtherwiseLine: "otherwise",
}  # fmt: skip
_EVERYWHERE = frozenset({"members", "hold", "notify", "otherwise"})
_ALLOWED = {
    "team": _EVERYWHERE | {"prefer", "pick", "former owner waits"},
    "queue": _EVERYWHERE,
    "pool": _EVERYWHERE | {"claim", "former owner waits"},
    "nurture": frozenset[str](),
}
_SEVERAL = frozenset({"prefer", "hold", "notify"})
_METHODS = {"least loaded": "least_loaded", "round robin": "round_robin", "weighted by": "weighted"}
_PERIODS = {
    spelling: days
    for unit, days in (("day", 1), ("week", 7), ("month", 30))
    for spelling in (*UNITS[unit].english, *UNITS[unit].chinese)
}


def check_places(context: Context) -> tuple[ir.Declared, ...]:
    """All teams, queues, pools and nurture programmes; fallbacks that go round in a circle are reported."""
    made = [
        _check(place, context) for known in context.names.places.values() for place in known.values()
    ]  # fmt: skip
    _check_fallbacks(context)
    return blocks.no_none(made)


def _check(node: syntax.PlaceDeclaration, context: Context) -> ir.Declared | None:
    lines = _lines(node, context)
    member = context.member_fact()
    needs_member = [x for x in lines if not isinstance(x, syntax.Notify | syntax.OtherwiseLine)]
    if needs_member and member is None:
        context.reporter.report(
            "LP2013",
            needs_member[0].span,
            say("who the members are is not said"),
            hint=say("declare them: fact Member {{ id: text key }}, and a field of the lead: owner: Member as owner"),
        )
        return None
    found: dict[str, object] = {"prefer": [], "hold": [], "notify": []}
    good = True
    for line in lines:
        implicit = not isinstance(line, syntax.Notify)
        with nullcontext() if member is None else context.bind(MEMBER, member, implicit=implicit):
            good = _line(line, found, context) and good
    if not good:
        return None
    return ir.Declared.model_validate(
        {
            "kind": node.kind,
            "name": node.name.text,
            "label": node.label.value if node.label else None,
            "var": MEMBER if needs_member else None,
            **found,
            "place": context.place(node.name.span),
        }
    )


def _lines(node: syntax.PlaceDeclaration, context: Context) -> list[syntax.PlaceLine]:
    """The lines of the body that may stand in it, each once where that makes sense."""
    lines: list[syntax.PlaceLine] = []
    first: dict[str, Span] = {}
    for line in node.lines or ():
        word = _WORDS.get(type(line))
        if node.kind == "nurture" or word is None or isinstance(line, syntax.NurtureStep | syntax.Stop):
            continue  # the body of a programme is read elsewhere
        if word not in _ALLOWED[node.kind]:
            context.reporter.report(
                "LP3050",
                blocks.head(line.span, context),
                say("`{}` has no place in a {}", keyword(word), KINDS[node.kind]),
                hint=say("lines of a {}: {}", KINDS[node.kind], joined(map(keyword, sorted(_ALLOWED[node.kind])))),
            )
        elif word in first and word not in _SEVERAL:
            blocks.said_twice(keyword(word), line.span, first[word], context)
        else:
            first[word] = line.span
            lines.append(line)
    return lines


def _line(line: syntax.PlaceLine, found: dict[str, object], context: Context) -> bool:
    """Check a line and put what it says into the IR's fields; False where a mistake was reported."""
    value: object
    match line:
        case syntax.Members(condition=condition):
            value = found["members"] = blocks.sure_condition(condition, context)
        case syntax.PreferLine():
            value = _prefer(line, found["prefer"], context)
        case syntax.PickLine():
            value = found["pick"] = _pick(line, context)
        case syntax.Hold():
            value = _hold(line, context)
            _append(found["hold"], value)
        case syntax.Claim():
            value = found["claims_per_day"] = _claims(line, context)
        case syntax.FormerOwnerWaits(span_of_time=node):
            value = found["waits_days"] = blocks.whole_days(node, context)
        case syntax.Notify():
            value = effects.check_notify(line, context, needs_recipient=False)
            _append(found["notify"], value)
        case syntax.OtherwiseLine(destination=node):
            value = found["otherwise"] = check_destination(node, context, "place")
    return value is not None


def _append(items: object, item: object) -> None:
    assert isinstance(items, list)
    items.append(item)


def _prefer(line: syntax.PreferLine, conditions: object, context: Context) -> bool | None:
    good = True
    for step in line.prefer:
        if step.condition is None:
            context.reporter.report(
                "LP3050",
                step.span,
                say("`prefer` in a team names conditions, not an order"),
                hint=say("for example: prefer this.region in regions"),
            )
            good = False
            continue
        condition = blocks.sure_condition(step.condition, context)
        good = good and condition is not None
        _append(conditions, condition)
    return good or None


def _pick(line: syntax.PickLine, context: Context) -> ir.Picking | None:
    weight = None
    if line.weight is not None:
        weight = blocks.a_number(line.weight, keyword("weighted by"), context)
        if weight is None:
            return None
    return ir.Picking.model_validate({"method": _METHODS[line.method], "weight": weight})


def _hold(line: syntax.Hold, context: Context) -> ir.Hold | None:
    limit = blocks.a_number(line.limit, keyword("hold"), context)
    records = None if line.records is None else check_records(line.records, context)
    if limit is None or (records is None) != (line.records is None):
        return None
    if records is not None and records.made.fact != context.names.about:
        assert line.records is not None
        context.reporter.report(
            "LP3050",
            line.records.span,
            say("a member holds a {}, not a {}", context.names.about, records.made.fact),
            hint=say("for example: hold at most 50 {}", context.names.about),
        )
        return None
    return ir.Hold(
        limit=limit, records=None if records is None else lower_records(records), text=context.words(line.span)
    )


def period_days(line: syntax.Claim, context: Context) -> int | None:
    """The days of `per day`, `per week`, `per month`, or None with a diagnostic."""
    days = _PERIODS.get(line.per)
    if days is None:
        context.reporter.report(
            "LP3064",
            line.span,
            say("how often is counted per day, week or month, not per `{}`", line.per),
            hint=say("for example: at most 2 per week"),
        )
    return days


def whole_count(node: syntax.Number, context: Context) -> int | None:
    """A whole number of times, at least 1, or None with a diagnostic."""
    if node.value == node.value.to_integral_value() and node.value >= 1:
        return int(node.value)
    context.reporter.report("LP3064", node.span, say("`{}` times makes no sense", context.words(node.span)))
    return None


def _claims(line: syntax.Claim, context: Context) -> int | None:
    count, days = whole_count(line.count, context), period_days(line, context)
    if count is None or days is None:
        return None
    if days != 1:
        context.reporter.report(
            "LP3064", line.span, say("claims are counted per day"), hint=say("for example: claim at most 10 per day")
        )
        return None
    return count


def _check_fallbacks(context: Context) -> None:
    """Ruling 40: a lead that nobody can take must come to rest somewhere."""
    graph: dict[str, tuple[str, ...]] = {}
    for kind, known in context.names.places.items():
        for name, place in known.items():
            to = [line.destination for line in place.lines or () if isinstance(line, syntax.OtherwiseLine)]
            graph[f"{kind} {name}"] = tuple(f"{d.kind} {d.name.text}" for d in to if d.name is not None)
    while True:
        _, cycle = order(graph)
        if cycle is None:
            return
        kind, _, name = cycle[0].partition(" ")
        context.reporter.report(
            "LP4050",
            context.names.places[kind][name].name.span,
            say("these fallbacks go round in a circle: {}", joined((f"`{c}`" for c in cycle), between=" → ")),
            hint=say("let one of them end in a pool or queue that has no `otherwise`"),
        )
        graph[cycle[0]] = ()
