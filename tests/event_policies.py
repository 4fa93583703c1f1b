"""Policies that count many things among the same events, and events in all the forms that hosts pass; for Hypothesis."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zlib import crc32
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from leadpolicy.compiler import ir
from tests.ir_builders import (
    BOOL,
    DURATION,
    INT,
    MONEY,
    NEW_YORK,
    SHANGHAI,
    TEXT,
    TIME,
    UTC_ZONE,
    bands,
    between,
    both,
    certainly,
    choice,
    clause,
    const,
    criterion,
    either,
    eq,
    fact_field,
    field,
    gate,
    ge,
    group,
    gt,
    is_in,
    known,
    le,
    let,
    let_ref,
    lt,
    make_policy,
    money,
    no,
    plain,
    pool,
    possibly,
    queue,
    route,
    row,
    score,
    stage,
    table,
    to,
    unknown,
    when,
)  # fmt: skip
from tests.record_builders import (
    DAY,
    HOUR,
    any_of,
    attr,
    count,
    distinct,
    event,
    event_entry,
    of_record,
    pick,
    records,
    total,
    window,
    with_records,
)  # fmt: skip
from tests.record_policies import NOW

PAGE = choice("price", "docs", "trial", "blog")
BACK = ir.Zone(name="Back", tzdata="test", first_offset=-26_400, transitions=((NOW // 1_000_000 - 600, -30_000),))
"""Ten minutes before now its clock went back from 00:30 to 23:30: what happened before that lies on tomorrow's day."""
ZONES = [UTC_ZONE, NEW_YORK, SHANGHAI, BACK]

size, hot, since = field("size", INT), field("hot", BOOL), field("since", TIME)
LEAD = [fact_field("size", INT), fact_field("hot", BOOL), fact_field("since", TIME)]

page, seconds, text = of_record("page", PAGE), of_record("seconds", INT), of_record("text", TEXT, nothing=True)
flag, cost, lasted = of_record("flag", BOOL), of_record("cost", MONEY), of_record("lasted", DURATION)

CONDITIONS: list[ir.Expr] = [
    eq(page, "price"), eq(page, "docs"), eq(page, "trial"), is_in(page, ["price", "docs"]), is_in(page, ["trial", "blog"]),
    no(eq(page, "price")), gt(seconds, 30), le(seconds, size), flag, no(flag), known(seconds), unknown(page),
    certainly(gt(seconds, 30)), possibly(eq(page, "docs")), hot, eq(text, "x"), is_in(text, ["x", "y"]), unknown(text),
    both(eq(page, "price"), gt(seconds, 30)), either(eq(page, "docs"), flag), gt(cost, money(50)),
    between(seconds, const(20, INT), size), both(eq(text, "x"), eq(page, "docs")), gt(of_record("at", TIME), since),
    known(of_record("at", TIME)), lt(lasted, const(ir.Duration(days=2))),
]  # fmt: skip
WINDOWS = [None, None, window(7), window(30), window(3), window(30, 3), window(None, 3), window(7, 0, since), window(None, 0, since)]  # fmt: skip


def event_type(required: bool, keyed: bool, linked_to: bool) -> ir.Fact:
    """`Visit`: its time required or not, with a key or without."""
    key = [fact_field("id", TEXT, key=True)] if keyed else []
    return event(
        "Visit", *key, fact_field("page", PAGE), fact_field("at", TIME, required=required, role="happened"),
        fact_field("seconds", INT, ask="How long?"), fact_field("text", TEXT, or_none=True), fact_field("flag", BOOL),
        fact_field("cost", MONEY), fact_field("lasted", DURATION), of="Lead" if linked_to else None,
    )  # fmt: skip


@st.composite
def found(draw: st.DrawFn, names: list[str], linked_to: bool) -> ir.Records:
    """Visits or the like, filtered."""
    picked = draw(st.lists(st.sampled_from(CONDITIONS), max_size=2))
    where = when(*(clause(c, f"c{i}") for i, c in enumerate(picked))) if picked else None
    of = records().of if linked_to and draw(st.integers(0, 4)) else None
    name = draw(st.sampled_from(names))
    var = draw(st.sampled_from(["e", "v"]))
    # Read anew, each filter is made of nodes of its own, as the compiler makes them.
    json = (
        records(name, where, draw(st.sampled_from(WINDOWS)), of)
        .model_dump_json()
        .replace('"var":"e"', f'"var":"{var}"')
    )
    return ir.Records.model_validate_json(json).model_copy(update={"text": f"{name} {crc32(json.encode())}"})


@st.composite
def atoms(draw: st.DrawFn, names: list[str], linked_to: bool) -> ir.Expr:
    """A condition about some of them."""
    some = draw(found(names, linked_to))
    match draw(st.integers(0, 7)):
        case 0 | 1:
            return any_of(some)
        case 2 | 3:
            relation = draw(st.sampled_from([eq, lt, le, gt, ge]))
            sides = [count(some), draw(st.sampled_from([const(0, INT), const(1, INT), const(2, INT), size]))]
            return relation(*(sides if draw(st.booleans()) else reversed(sides)))
        case 4:
            return draw(st.sampled_from([known, unknown]))(
                attr(pick(draw(st.sampled_from(["first", "last"])), some), "page", PAGE)
            )
        case 5:
            return gt(attr(pick(draw(st.sampled_from(["first", "last"])), some), "at", TIME), since)
        case 6:
            return gt(total("sum", of_record("seconds", INT, some.var), some), 30)
        case _:
            return draw(st.sampled_from([
                between(count(some), const(1, INT), const(2, INT)), ge(distinct(of_record("page", PAGE, some.var), some), 2),
                is_in(count(some), [1, 3]), eq(attr(pick("last", some), "page", PAGE), "price"),
            ]))  # fmt: skip


@st.composite
def entries(draw: st.DrawFn, names: list[str], linked_to: bool) -> Any:
    if draw(st.integers(0, 3)):
        repeat = draw(st.sampled_from(["each", "once", "once_per_day"]))
        decays = [
            None,
            None,
            ir.Decay(kind="halving", days=7),
            ir.Decay(kind="fading", days=10),
            ir.Decay(kind="fading", days=4000),
        ]
        points, limit = (
            draw(st.sampled_from(["5", "-3", "1.5", "0.333", "-0.001"])),
            draw(st.sampled_from([None, None, 4, "1.5"])),
        )
        return event_entry(points, draw(found(names, linked_to)), repeat, draw(st.sampled_from(decays)), limit)
    if draw(st.booleans()):
        number = count(draw(found(names, linked_to)))
        return bands(number, (5, gt(number, 2)), (2, gt(number, 0)))
    return plain(draw(st.sampled_from([3, -2])), when(draw(atoms(names, linked_to))))


@st.composite
def crowded_policies(draw: st.DrawFn) -> ir.Policy:
    """Policies whose entries, counts and picks are about few types of events."""
    required, keyed, linked_to = draw(st.booleans()), draw(st.integers(0, 3)) == 0, draw(st.integers(0, 3)) > 0
    visit = event_type(required, keyed, linked_to)
    names, facts = ["Visit"], [visit]
    if draw(st.booleans()):
        more = draw(st.sampled_from(["Call", "Note"]))
        facts.append(visit.model_copy(update={"name": more, "event": more == "Call"}))
        names.append(more)
    said = atoms(names, linked_to).map(when)
    many = st.lists(entries(names, linked_to), min_size=2, max_size=5)
    lets = [let("seen", draw(atoms(names, linked_to))), let("number", count(draw(found(names, linked_to))), INT)]
    through = st.sampled_from([let_ref(lets[0]), gt(let_ref(lets[1]), 1), eq(let_ref(lets[1]), 0)]).map(when)
    made = make_policy(
        fields=LEAD, facts=facts, lets=lets,
        scores=[score("s", *draw(many), low=-20, high=30), score("g", group(*draw(many), limit=6), low=-9, high=9)],
        tables=[table("t", row(draw(through), "x"), row(draw(said), "y"), row(None, "z"), complete=True)],
        gates=[gate("b", criterion("one", draw(said)), criterion("two", draw(through)), needed=1)],
        funnel=[stage("A", draw(said)), stage("B", draw(through))],
        route=route(to("big", draw(said), queue("q")), to("more", draw(through), queue("r")), to("otherwise", None, pool("p"))),
        zone=draw(st.sampled_from(ZONES)),
    )  # fmt: skip
    return with_records(made)


# ── Events ──

EDGES = [
    NOW - days * DAY + more
    for days in (0, 0, 1, 3, 7, 10, 30, 40)
    for more in (-1, 0, 1, -HOUR // 3, -HOUR // 12, 9 * HOUR, -16 * HOUR)
]
FORMS: list[Callable[[datetime], object]] = [
    lambda at: at, lambda at: at.isoformat(), lambda at: at.isoformat().replace("+00:00", "Z"),
    lambda at: at.astimezone(timezone(timedelta(hours=8))), lambda at: at.astimezone(ZoneInfo("America/New_York")),
    lambda at: at.astimezone(timezone(timedelta(hours=5, minutes=45))).isoformat(" "),
    lambda at: at.replace(tzinfo=None), lambda at: at.replace(tzinfo=None).isoformat(), lambda at: f" {at.date()}",
    lambda at: at.isoformat(timespec="minutes"), lambda at: at.isoformat(timespec="milliseconds"),
]  # fmt: skip


USUAL = FORMS[:7]
"""Those that generated code reads itself."""


@st.composite
def times(draw: st.DrawFn, forms: Sequence[Callable[[datetime], object]] = FORMS) -> object:
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=draw(st.sampled_from(EDGES)))
    return draw(st.sampled_from(forms))(at)


STRANGE = [None, "?", 1.5, [], True, "2026-11-20T25:00:00Z", "2026-11-20T10:00:00+08:75", float("nan")]
USUAL_VALUES: dict[str, list[Any]] = {
    "page": ["price", "docs", "trial", "blog"], "seconds": [0, 29, 31, "31"], "text": ["x", "y", " x", "é"],
    "flag": [True, False], "cost": [50, 50.5, 49.999999], "other": [1],
}  # fmt: skip
OTHER_VALUES: dict[str, list[Any]] = {
    "seconds": [60.0, " 5"], "flag": ["yes", 0], "cost": ["51"], "lasted": ["P1D", "P3D", timedelta(days=1)],
    "of": ["L1", {"id": "L2"}], "lead": ["L1", "L2", " L1 "],
}  # fmt: skip


@st.composite
def visits(draw: st.DrawFn, name: str, policy: ir.Policy, kind: str = "any") -> list[dict[str, Any]]:
    """Rows of a type. `kind`: `usual`, as generated code reads them; `linked`, the same, some say whose they are; `bad`,
    some can't be read; `any`."""
    declared = policy.fact(name)
    required = next(f for f in declared.fields if f.name == "at").required
    values = dict(USUAL_VALUES)
    if kind == "linked":
        values["lead"] = OTHER_VALUES["lead"]
    elif kind != "usual":
        values = {of: USUAL_VALUES.get(of, []) + OTHER_VALUES.get(of, []) for of in (*USUAL_VALUES, *OTHER_VALUES)}
    when_ = times(USUAL if kind in {"usual", "linked"} else FORMS)
    if kind == "bad":
        values = {of: some + STRANGE for of, some in values.items()}
        when_ = st.one_of(when_, st.sampled_from(["?", None, 5]))
    optional = {of: st.one_of(st.none(), st.sampled_from(some)) for of, some in values.items()}
    fixed = {"at": when_ if required else st.one_of(st.none(), when_)}
    rows = draw(st.lists(st.fixed_dictionaries(fixed, optional=optional), max_size=8))
    if any(f.key for f in declared.fields):
        return [r | {"id": f"k{i % (3 if kind == 'bad' else 99)}"} for i, r in enumerate(rows)]
    return rows + draw(st.sampled_from([[], rows[:1], rows[:2]]))


leads = st.fixed_dictionaries(
    {"id": st.just("L1")},
    optional={"size": st.integers(0, 60), "hot": st.booleans(), "since": st.one_of(st.none(), times())},
)
