"""Hand-made policies over events, records and time, put together by Hypothesis; and leads, events and times for them."""

from __future__ import annotations

from typing import Any
from zlib import crc32

from hypothesis import strategies as st

from leadpolicy.compiler import ir
from tests.ir_builders import (
    BOOL,
    DATE,
    DURATION,
    INT,
    MONEY,
    NEW_YORK,
    TEXT,
    TIME,
    UTC_ZONE,
    arith,
    bands,
    between,
    both,
    call,
    certainly,
    choice,
    clause,
    const,
    criterion,
    disqualify,
    either,
    eq,
    fact,
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
    micros,
    money,
    no,
    plain,
    pool,
    possibly,
    queue,
    ref,
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
    credit,
    distinct,
    entered,
    event,
    event_entry,
    leave,
    linked,
    of_record,
    pick,
    plus,
    recall,
    recall_entry,
    records,
    share,
    total,
    window,
    with_records,
    work_hours,
    workdays,
)  # fmt: skip
from tests.work_calendars import china

NOW = micros("2026-11-23 08:00")
KIND = choice("call", "visit", "mail")
MEMBER = ref("Member")
MONTH = ir.Duration(months=1)

FIELDS = [
    fact_field("size", INT, ask="How many?"),
    fact_field("hot", BOOL, ask="Is it hot?"),
    fact_field("born", TIME),
    fact_field("created_at", TIME, role="created"),
    fact_field("day", DATE),
    fact_field("term", DURATION),
    fact_field("owner", MEMBER, role="owner"),
    fact_field("assigned_at", TIME, role="assigned"),
    fact_field("twin", ref("Lead"), or_none=True),
]
FACTS = [
    fact("Member", fact_field("level", TEXT, ask="Level?"), fact_field("boss", MEMBER, or_none=True)),
    event(
        "Activity",
        fact_field("kind", KIND),
        fact_field("seconds", INT, ask="How long?"),
        fact_field("amount", MONEY, or_none=True),
        fact_field("agent", MEMBER),
    ),
    event(
        "Mail", fact_field("id", TEXT, key=True), fact_field("at", TIME, role="happened"), fact_field("open", BOOL)
    ),
    linked("Deal", fact_field("id", TEXT, key=True), fact_field("won", BOOL), fact_field("value", MONEY)),
    linked(
        "Absence",
        fact_field("starts", TIME),
        fact_field("ends", TIME, or_none=True),
        fact_field("first", DATE),
        fact_field("last", DATE),
        fact_field("sure", BOOL, ask="Approved?"),
        of="Member",
    ),
    linked("Note", fact_field("text", TEXT), fact_field("at", TIME, required=True), dated="at"),
]

size, hot, born = field("size", INT), field("hot", BOOL), field("born", TIME)
created, day, term = field("created_at", TIME), field("day", DATE), field("term", DURATION)
owner, twin = field("owner", MEMBER, nothing=True), field("twin", ref("Lead"), nothing=True)

kind, seconds = of_record("kind", KIND), of_record("seconds", INT)
amount, agent = of_record("amount", MONEY, nothing=True), of_record("agent", MEMBER)
opened, won = of_record("open", BOOL), of_record("won", BOOL)


starts, ends = of_record("starts", TIME), of_record("ends", TIME, nothing=True)
first, last = of_record("first", DATE), of_record("last", DATE)


def _conditions(of: str) -> list[ir.Expr]:
    """What may stand in the `where` of a type's records."""
    if of == "Activity":
        return [
            eq(kind, "call"), gt(seconds, 30), lt(amount, money(100)), known(seconds), unknown(amount),
            eq(of_record("agent.level", TEXT, nothing=True), "a"), gt(seconds, size), hot, certainly(gt(seconds, 30)),
            possibly(eq(kind, "visit")), is_in(kind, ["call", "mail"]), eq(agent, owner),
            any_of(records("Mail", where=gt(of_record("at", TIME, "m"), of_record("at", TIME)), var="m")),
            gt(count(records("Mail", var="m")), seconds),
            any_of(records("Lead", where=eq(of_record("owner", MEMBER, "o"), agent), of=None, var="o")),
        ]  # fmt: skip
    if of == "Mail":
        return [opened, no(opened), gt(of_record("at", TIME), born), known(of_record("at", TIME)), hot]
    if of == "Deal":
        return [won, gt(of_record("value", MONEY), money(50)), known(of_record("value", MONEY))]
    if of == "Lead":
        return [
            gt(of_record("size", INT), size), of_record("hot", BOOL), eq(of_record("owner", MEMBER), owner),
            no(eq(of_record("id", TEXT), field("id", TEXT))), eq(of_record("owner.level", TEXT), "a"),
        ]  # fmt: skip
    return [eq(of_record("text", TEXT), "x")]


WINDOWS = [
    None, None, window(7), window(30, 1), window(None, 0, born), window(3, 0, born), window(None, 2), window(0.5),
]  # fmt: skip


@st.composite
def found_records(draw: st.DrawFn, type_: str | None = None) -> ir.Records:
    of = type_ or draw(st.sampled_from(["Activity", "Activity", "Activity", "Mail", "Deal", "Note", "Lead"]))
    picked = draw(st.lists(st.sampled_from(_conditions(of)), max_size=2))
    where = when(*(clause(c, f"c{i}") for i, c in enumerate(picked))) if picked else None
    timed = draw(st.sampled_from(WINDOWS)) if of in {"Activity", "Mail", "Note"} else None
    whose: ir.Expr | None = None
    if of != "Lead":
        whose = draw(st.sampled_from([records().of, records().of, records().of, None, twin]))
    found = records(of, where, timed, whose)
    # As an author's words do, the text says all: records with the same text are the same.
    return found.model_copy(update={"text": f"{of} {crc32(found.model_dump_json().encode())}"})


def _value(of: str) -> ir.Expr:
    values = {"Activity": seconds, "Deal": of_record("value", MONEY), "Lead": of_record("size", INT)}
    return values.get(of, seconds)


@st.composite
def numbers(draw: st.DrawFn) -> ir.Expr:
    """A number made of records."""
    found = draw(found_records(draw(st.sampled_from(["Activity", "Activity", "Deal", "Lead"]))))
    value = _value(found.fact)
    return draw(
        st.sampled_from(
            [count(found), count(found), distinct(value, found), total("sum", value, found),
             total("average", value, found)]
        )
    )  # fmt: skip


@st.composite
def picks(draw: st.DrawFn) -> ir.Pick:
    found = draw(found_records())
    steps = [ir.Prefer(condition=when(c)) for c in _conditions(found.fact)]
    if found.fact in {"Activity", "Mail", "Note"}:
        steps += [ir.Prefer(field=of_record("at", TIME), order=o) for o in ("earliest", "latest")]
    prefer = draw(st.lists(st.sampled_from(steps), max_size=2))
    return pick(draw(st.sampled_from(["first", "last"])), found, *prefer)


ATTRS: dict[str, list[tuple[str, ir.Type]]] = {
    "Activity": [("at", TIME), ("kind", KIND), ("seconds", INT), ("agent.level", TEXT), ("agent", MEMBER)],
    "Mail": [("at", TIME), ("open", BOOL), ("id", TEXT)],
    "Deal": [("value", MONEY), ("won", BOOL)],
    "Note": [("text", TEXT), ("at", TIME)],
    "Lead": [("size", INT), ("owner.level", TEXT), ("owner.boss.level", TEXT)],
}


@st.composite
def attrs(draw: st.DrawFn) -> ir.Attr:
    picked = draw(picks())
    path, type_ = draw(st.sampled_from(ATTRS[picked.records.fact]))
    return attr(picked, path, type_)


TIMES = [
    created, born, plus(born, MONTH), plus(born, MONTH, -1), plus(created, term), plus(created, ir.Duration(days=2)),
    plus(created, ir.Duration(micros=5 * HOUR), -1), plus(born, work_hours("7.5"), 1, "work"),
    plus(born, workdays(3), 1, "work"), plus(created, workdays("-2.9"), 1, "work"), entered("A"),
    plus(created, arith("mul", term, const(2, INT))), plus(entered("A"), ir.Duration(days=1)),
    call("earlier", created, born), call("later", created, plus(born, MONTH)),
]  # fmt: skip


LEAVE = [
    leave(records("Absence", whose, of=of), start, end)
    for whose in (None, of_record("sure", BOOL), no(eq(of_record("first", DATE), day)))
    for of in (owner, attr(pick("last", records("Activity")), "agent", MEMBER))
    for start, end in ((starts, ends), (first, last), (starts, last), (created, plus(starts, ir.Duration(days=2))))
]
lines_of_leave = st.lists(st.sampled_from(LEAVE), min_size=1, max_size=2).map(tuple)
AMOUNTS = [
    work_hours("7.5"),
    work_hours(40),
    work_hours(-9),
    work_hours(0),
    workdays(3),
    workdays("-2.9"),
    workdays(0),
]


@st.composite
def times(draw: st.DrawFn) -> ir.Expr:
    """A time, worked out; often without the time that somebody is away."""
    if draw(st.booleans()):
        return draw(st.sampled_from(TIMES))
    start, amount = draw(st.sampled_from([born, created, attr(pick("last", records("Mail")), "at", TIME)])), AMOUNTS
    return plus(start, draw(st.sampled_from(amount)), draw(st.sampled_from([1, -1])), "work", draw(lines_of_leave))


@st.composite
def atoms(draw: st.DrawFn) -> ir.Expr:
    """A condition about records, times, fields."""
    which = draw(st.integers(0, 11))
    if which <= 1:
        return any_of(draw(found_records()))
    if which <= 4:
        number = draw(numbers())
        limit = draw(st.sampled_from([const(1, INT), const(2, INT), const(40, INT), size]))
        relation = draw(st.sampled_from([eq, lt, le, gt, ge]))
        return relation(number, limit)
    if which == 5:
        return between(draw(numbers()), const(1, INT), draw(st.sampled_from([const(2, INT), size])))
    if which == 6:
        other = draw(numbers())
        return draw(st.sampled_from([eq, lt, ge]))(draw(numbers()), other)
    if which == 7:
        found = draw(attrs())
        same = {"time": born, "int": size}.get(found.type.kind)
        if same is not None:
            return gt(found, same)
        return known(found) if found.type.kind != "bool" else found
    if which == 8:
        picked = draw(picks())
        return draw(st.sampled_from([known(picked), unknown(picked)]))
    if which == 9:
        return draw(st.sampled_from([lt, gt]))(draw(times()), draw(times()))
    if which == 10:
        span = ir.Const(type=DURATION, value=draw(st.sampled_from([MONTH, ir.Duration(days=3)])))
        return draw(
            st.sampled_from(
                [ir.During(calendar="work"), gt(call("age", born), span), lt(term, span),
                 gt(arith("sub", created, born).model_copy(update={"type": DURATION}), span),
                 gt(plus(day, workdays(2), 1, "work"), day), gt(plus(day, MONTH), day),
                 gt(plus(day, workdays(-4), 1, "work", draw(lines_of_leave)), field("day", DATE))]
            )
        )  # fmt: skip
    return draw(st.sampled_from([hot, gt(size, 3), known(size), unknown(hot), known(owner)]))


@st.composite
def conditions(draw: st.DrawFn) -> ir.Expr:
    atom = draw(atoms())
    shape = draw(st.integers(0, 9))
    if shape == 0:
        return no(atom)
    if shape == 1:
        return either(atom, draw(atoms()))
    if shape == 2:
        return both(atom, draw(atoms()))
    if shape == 3:
        return draw(st.sampled_from([certainly, possibly, unknown, known]))(atom)
    return atom


@st.composite
def wholes(draw: st.DrawFn) -> ir.Condition:
    """A condition of one or two clauses."""
    parts = draw(st.lists(conditions(), min_size=1, max_size=2))
    return when(*(clause(part, f"clause {i}") for i, part in enumerate(parts)))


@st.composite
def entries(draw: st.DrawFn) -> Any:
    which = draw(st.integers(0, 5))
    if which <= 2:
        found = draw(found_records())
        timed = found.fact in {"Activity", "Mail", "Note"}
        repeat = draw(st.sampled_from(["each", "once", "once_per_day"] if timed else ["each", "once"]))
        decay = draw(
            st.sampled_from(
                [None, ir.Decay(kind="halving", days=7), ir.Decay(kind="fading", days=10)] if timed else [None]
            )
        )
        limit = draw(st.sampled_from([None, 4, "1.5"]))
        return event_entry(draw(st.sampled_from(["5", "-3", "1.5"])), found, repeat, decay, limit)
    if which == 3:
        number = draw(numbers())
        return bands(number, (5, gt(number, 2)), (2, gt(number, 0)))
    if which == 4:
        return plain(draw(numbers()), draw(wholes()), text="points of records")
    return plain(draw(st.sampled_from([3, -2])), draw(wholes()))


@st.composite
def record_policies(draw: st.DrawFn) -> ir.Policy:
    lets = [let("seen", draw(conditions())), let("calls", draw(numbers()), INT), let("last", draw(picks()), MEMBER)]
    lets[2] = lets[2].model_copy(update={"type": getattr(lets[2].expr, "type", MEMBER)})
    path, type_ = draw(st.sampled_from(ATTRS[lets[2].expr.records.fact]))  # type: ignore[union-attr]
    through = [
        let_ref(lets[0]), gt(let_ref(lets[1]), 1), known(attr(let_ref(lets[2]), path, type_)), known(let_ref(lets[2])),
        between(let_ref(lets[1]), const(0, INT), const(2, INT)),
    ]  # fmt: skip
    through_lets = st.one_of(wholes(), st.sampled_from(through).map(when))
    scored = score("s", *draw(st.lists(entries(), min_size=1, max_size=3)), low=-20, high=30)
    grouped = score("g", group(*draw(st.lists(entries(), min_size=1, max_size=2)), limit=6), low=-9, high=9)
    made = make_policy(
        fields=FIELDS,
        facts=FACTS,
        lets=lets,
        scores=[scored, grouped],
        tables=[table("t", row(draw(through_lets), "x"), row(draw(wholes()), "y"), row(None, "z"), complete=True)],
        gates=[gate("b", criterion("one", draw(through_lets), ask="One?"), criterion("two", draw(wholes())), needed=1)],
        disqualify=[disqualify("spam", draw(through_lets))] if draw(st.booleans()) else None,
        funnel=[stage("A", draw(wholes())), stage("B", draw(through_lets))],
        route=route(
            to("mine", draw(through_lets), ir.Destination(kind="owner", text="owner")),
            to("big", draw(wholes()), queue("q")), to("otherwise", None, pool("p")),
        ),
        zone=draw(st.sampled_from([UTC_ZONE, NEW_YORK])),
    )  # fmt: skip
    more: dict[str, Any] = {"calendars": (china(),), "calendar": "work", "reads_entered": True}
    if draw(st.booleans()):
        more["recall"] = recall(
            *draw(st.lists(leases(), min_size=1, max_size=3, unique_by=lambda entry: entry.name)),
            while_=draw(conditions()),
        )
    if draw(st.booleans()):
        touched = draw(found_records(draw(st.sampled_from(["Activity", "Mail"])))).model_copy(update={"window": None})
        shares = draw(
            st.lists(
                st.sampled_from(
                    [share("0.4", "first"), share("0.3", "last"), share("0.2", "others"), share("1", "all", halving=7),
                     share("0.3", "time", entered("A")), share("0.1", "time", born)]
                ), min_size=1, max_size=3, unique_by=id,
            )
        )  # fmt: skip
        more["attributions"] = (credit("c", touched, *shares, days=draw(st.sampled_from([None, 5]))),)
    return with_records(made, reads=("Member", "Lead"), **more)


@st.composite
def leases(draw: st.DrawFn) -> ir.RecallEntry:
    name = f"r{draw(st.integers(0, 999))}"
    at = draw(st.one_of(st.none(), times()))
    when_ = draw(st.one_of(st.none(), conditions())) if at is not None else draw(conditions())
    before = [work_hours(4), workdays(1), ir.Const(type=DURATION, value=ir.Duration(days=1))]
    reminders = draw(st.lists(st.sampled_from(before), max_size=2)) if at is not None else []
    unless, away = draw(st.one_of(st.none(), conditions())), draw(st.one_of(st.just(()), lines_of_leave))
    if at is None and draw(st.booleans()):
        return recall_entry(name, None, None, unless, ("m1",))
    return recall_entry(name, at, when_, unless, None, reminders, ("work",), away)


# ── Leads, events, times ──

MOMENTS = [NOW, NOW - HOUR, NOW - DAY, NOW - 7 * DAY, NOW - 7 * DAY + 1, NOW - 3 * DAY, NOW - 40 * DAY, NOW + HOUR]


def _moment(micros_: int) -> str:
    from datetime import UTC, datetime, timedelta

    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros_)).isoformat().replace("+00:00", "Z")


moments = st.sampled_from(MOMENTS).map(_moment)
keys = st.sampled_from(["L1", "L2"])


def _maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), values)


def _some(required: dict[str, Any], optional: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(required, optional={name: _maybe(values) for name, values in optional.items()})


def leads(key: str = "L1") -> st.SearchStrategy[dict[str, Any]]:
    return _some(
        {"id": st.just(key)},
        {
            "size": st.integers(0, 5), "hot": st.booleans(), "born": moments, "created_at": moments,
            "day": st.sampled_from(["2026-11-20", "2026-09-30"]), "owner": st.sampled_from(["m1", "m2", "m9"]),
            "term": st.sampled_from(["P1M", "P3D", "PT5H", "P1M3DT5H"]), "assigned_at": moments,
            "twin": keys,
        },
    )  # fmt: skip


def bad_events() -> st.SearchStrategy[dict[str, Any]]:
    """Events and facts of which some can't be read."""
    bad = st.sampled_from([None, "x", 1.5, [], {"id": "L1"}, "L1", True])
    row = st.fixed_dictionaries(
        {},
        optional={
            "id": st.sampled_from(["a", "b", None, 7]), "at": st.one_of(moments, bad), "seconds": bad, "of": bad,
            "lead": bad, "Lead_id": bad, "open": bad, "agent": bad, "text": bad,
        },
    )  # fmt: skip
    rows = st.lists(row, max_size=3)
    return st.fixed_dictionaries({}, optional=dict.fromkeys(("Activity", "Mail", "Deal", "Note", "Member"), rows))


def all_events() -> st.SearchStrategy[dict[str, Any]]:
    activity = _some(
        {"at": moments},
        {
            "kind": st.sampled_from(["call", "visit", "mail"]), "seconds": st.sampled_from([0, 30, 31, 60]),
            "amount": st.sampled_from([0, 50, 100]), "agent": st.sampled_from(["m1", "m2", "m9"]), "of": keys,
        },
    )  # fmt: skip
    mail = _some({"id": st.sampled_from(list("abcdef"))}, {"at": moments, "open": st.booleans(), "lead": keys})
    return st.fixed_dictionaries(
        {
            "Activity": st.lists(activity, max_size=5),
            "Mail": st.lists(mail, max_size=3, unique_by=lambda one: one["id"]),
        }
    )


def all_facts() -> st.SearchStrategy[dict[str, Any]]:
    member = _some(
        {"id": st.sampled_from(["m1", "m2"])},
        {"level": st.sampled_from(["a", "b"]), "boss": st.sampled_from(["m1", "m2"])},
    )
    deal = _some(
        {"id": st.sampled_from(list("pqrs"))},
        {"won": st.booleans(), "value": st.sampled_from([10, 90]), "Lead": keys},
    )
    days = st.sampled_from(["2026-11-20", "2026-11-21", "2026-11-25", "2026-10-15", "2027-02-01", "9998-12-31"])
    absence = _some(
        {"of": st.sampled_from(["m1", "m2"])},
        {"starts": moments, "ends": moments, "first": days, "last": days, "sure": st.booleans()},
    )
    note = _some({"at": moments}, {"text": st.sampled_from(["x", "y"]), "lead_id": keys})
    return st.fixed_dictionaries(
        {
            "Member": st.lists(member, max_size=2, unique_by=lambda one: one["id"]),
            "Deal": st.lists(deal, max_size=3, unique_by=lambda one: one["id"]),
            "Note": st.lists(note, max_size=3),
            "Absence": st.lists(absence, max_size=3),
            "Lead": st.lists(leads("L2"), max_size=1),
        }
    )


def stage_entries() -> st.SearchStrategy[dict[str, int]]:
    return st.dictionaries(st.sampled_from(["A", "B"]), st.sampled_from(MOMENTS), max_size=2)
