"""Small builders of IR, so that a test of a backend can write a policy in a few lines without the compiler.

    budget = field("budget", MONEY)
    policy = make_policy(
        fields=[fact_field("budget", MONEY)],
        scores=[score("fit", plain(5, gt(budget, money(100))), low=0, high=10)],
    )

Types are constants (`TEXT`, `INT`, …) or made (`choice("a", "b")`, `list_of(TEXT)`); constants are made by `const` or
by name (`money(100)`, `months(6)`). `make_policy` adds a `Lead` with the key `id` and leaves out what isn't given. `ir_record_builders` has those for
events, records, calendars, leases and attribution.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal

from leadpolicy.compiler import ir

# ── Types ──

TEXT = ir.Type(kind="text")
INT = ir.Type(kind="int")
NUMBER = ir.Type(kind="number")
BOOL = ir.Type(kind="bool")
MONEY = ir.Type(kind="money", currency="CNY")
PERCENT = ir.Type(kind="percent")
DURATION = ir.Type(kind="duration")
TIME = ir.Type(kind="time")
DATE = ir.Type(kind="date")
EMAIL = ir.Type(kind="email")
PHONE = ir.Type(kind="phone")


def choice(*choices: str, ordered: bool = False) -> ir.Type:
    """`one of […]`, with `ordered` in order from the lowest."""
    return ir.Type(kind="choice", choices=choices, ordered=ordered)


def list_of(item: ir.Type) -> ir.Type:
    return ir.Type(kind="list", item=item)


def ref(fact: str) -> ir.Type:
    """A reference to another fact."""
    return ir.Type(kind="fact", fact=fact)


# ── Places and zones ──

PLACE = ir.Place(file="test.lead", line=1, column=1, end_line=1, end_column=2)


def place(line: int) -> ir.Place:
    return ir.Place(file="test.lead", line=line, column=1, end_line=line, end_column=2)


UTC_ZONE = ir.Zone(name="UTC", tzdata="test", first_offset=0, transitions=())
SHANGHAI = ir.Zone(name="Asia/Shanghai", tzdata="test", first_offset=8 * 3600, transitions=())


def micros(text: str) -> int:
    """Microseconds since 1970 of a time written in UTC: `micros("2026-11-20 10:00")`."""
    moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
    return int((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()) * 1_000_000


# A zone of one year like New York's 2026: a gap at 2026-03-08 02:00, a doubled hour before 2026-11-01 02:00.
NEW_YORK = ir.Zone(
    name="America/New_York",
    tzdata="test",
    first_offset=-5 * 3600,
    transitions=(
        (micros("2026-03-08 07:00") // 1_000_000, -4 * 3600),
        (micros("2026-11-01 06:00") // 1_000_000, -5 * 3600),
    ),
)

# ── Constants ──


def decimal_text(number: int | str | Decimal) -> str:
    """The IR's spelling of a number: no exponent, no trailing zeros."""
    text = format(Decimal(number), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def const(value: ir.ConstValue | Decimal, type_: ir.Type | None = None) -> ir.Const:
    """A literal; without a type that of the Python value: bool, int and Decimal (a number), str, Duration."""
    if type_ is None:
        type_ = _type_of(value)
    if type_.kind in {"int", "number", "money", "percent"}:
        assert not isinstance(value, tuple | ir.Duration)
        return ir.Const(type=type_, value=decimal_text(value))
    assert not isinstance(value, Decimal)
    return ir.Const(type=type_, value=value)


def _type_of(value: ir.ConstValue | Decimal) -> ir.Type:
    match value:
        case bool():
            return BOOL
        case int():
            return INT
        case Decimal():
            return NUMBER
        case ir.Duration():
            return DURATION
        case tuple():
            return list_of(TEXT)
        case _:
            return TEXT


def money(amount: int | str) -> ir.Const:
    return const(str(amount), MONEY)


def months(number: int) -> ir.Const:
    return const(ir.Duration(months=number))


def days(number: int) -> ir.Const:
    return const(ir.Duration(days=number))


def hours(number: int) -> ir.Const:
    return const(ir.Duration(micros=number * 3_600_000_000))


def moment(text: str) -> ir.Const:
    """A time written in UTC."""
    return const(micros(text), TIME)


def day(text: str) -> ir.Const:
    return const(text, DATE)


def texts(*items: str) -> ir.Const:
    """A list of texts."""
    return const(items, list_of(TEXT))


# ── Expressions ──


def field(path: str, type_: ir.Type, nothing: bool = False) -> ir.FieldRef:
    """`field("owner.level", …)`."""
    return ir.FieldRef(path=tuple(path.split(".")), type=type_, nothing=nothing)


def let_ref(let: ir.Let) -> ir.LetRef:
    return ir.LetRef(name=let.name, type=let.type)


def score_ref(name: str, bound: Literal["value", "low", "high"] = "value") -> ir.ScoreRef:
    return ir.ScoreRef(name=name, bound=bound)


def table_ref(name: str, type_: ir.Type = TEXT, output: str | None = None) -> ir.TableRef:
    return ir.TableRef(name=name, output=output, type=type_)


def passes(gate: str) -> ir.GateRef:
    return ir.GateRef(name=gate, verdict="pass")


def fails(gate: str) -> ir.GateRef:
    return ir.GateRef(name=gate, verdict="fail")


def reached(stage: str) -> ir.StageRef:
    return ir.StageRef(name=stage)


def _compare(relation: Any, left: ir.Expr, right: Any) -> ir.Compare:
    return ir.Compare(relation=relation, left=left, right=as_expr(right, left))


def as_expr(value: Any, like: ir.Expr) -> ir.Expr:
    """An expression as it is; a plain value as a constant of the other side's type."""
    if isinstance(value, ir.Node) and not isinstance(value, ir.Duration):
        return value  # type: ignore[return-value]  # nodes given here are expressions
    type_ = getattr(like, "type", None)
    return const(value, None if isinstance(value, bool) else type_)


def eq(left: ir.Expr, right: Any) -> ir.Compare:
    """`left is right`; a plain value on the right becomes a constant of the left's type."""
    return _compare("eq", left, right)


def lt(left: ir.Expr, right: Any) -> ir.Compare:
    return _compare("lt", left, right)


def le(left: ir.Expr, right: Any) -> ir.Compare:
    return _compare("le", left, right)


def gt(left: ir.Expr, right: Any) -> ir.Compare:
    return _compare("gt", left, right)


def ge(left: ir.Expr, right: Any) -> ir.Compare:
    return _compare("ge", left, right)


def between(item: ir.Expr, low: Any, high: Any) -> ir.Between:
    return ir.Between(item=item, low=as_expr(low, item), high=as_expr(high, item))


def is_in(item: ir.Expr, items: ir.Expr | Sequence[str]) -> ir.In:
    """`item in items`; also `items contains item`."""
    if isinstance(items, ir.Node):
        return ir.In(item=item, items=items)
    type_: ir.Type = getattr(item, "type", TEXT)
    return ir.In(item=item, items=const(tuple(items), list_of(type_)))


def text_test(test: Literal["contains", "starts", "ends"], text: ir.Expr, part: str) -> ir.TextTest:
    return ir.TextTest(test=test, text=text, part=const(part))


def both(*args: ir.Expr) -> ir.And:
    return ir.And(args=args)


def either(*args: ir.Expr) -> ir.Or:
    return ir.Or(args=args)


def no(arg: ir.Expr) -> ir.Not:
    return ir.Not(arg=arg)


def known(arg: ir.Expr) -> ir.IsKnown:
    return ir.IsKnown(arg=arg)


def unknown(arg: ir.Expr) -> ir.IsUnknown:
    return ir.IsUnknown(arg=arg)


def certainly(arg: ir.Expr) -> ir.Certainly:
    return ir.Certainly(arg=arg)


def possibly(arg: ir.Expr) -> ir.Possibly:
    return ir.Possibly(arg=arg)


def arith(operator: Literal["add", "sub", "mul", "div"], left: ir.Expr, right: Any) -> ir.Arith:
    return ir.Arith(operator=operator, left=left, right=as_expr(right, left), type=getattr(left, "type", NUMBER))


def call(function: Literal["domain", "plain", "age", "earlier", "later"], *args: ir.Expr) -> ir.Call:
    types = {"domain": TEXT, "plain": TEXT, "age": DURATION}
    return ir.Call(function=function, args=args, type=types.get(function) or getattr(args[0], "type", TIME))


def clause(expr: ir.Expr, text: str | None = None) -> ir.Clause:
    return ir.Clause(expr=expr, text=expr.op if text is None else text)


def when(*parts: ir.Expr | ir.Clause) -> ir.Condition:
    """A condition of one or more clauses."""
    return ir.Condition(clauses=tuple(p if isinstance(p, ir.Clause) else clause(p) for p in parts))


def _condition(part: ir.Expr | ir.Condition | None) -> ir.Condition | None:
    return part if part is None or isinstance(part, ir.Condition) else when(part)


def _sure_condition(part: ir.Expr | ir.Condition) -> ir.Condition:
    return part if isinstance(part, ir.Condition) else when(part)


# ── Facts, lists, lets ──


def fact_field(name: str, type_: ir.Type, **options: Any) -> ir.FactField:
    """A field; `key`, `required`, `or_none`, `role`, `ask`, `markers` as options. Roles are `or none` (ruling 1)."""
    if options.get("role") in {"owner", "assigned"}:
        options.setdefault("or_none", True)
    return ir.FactField(name=name, type=type_, place=PLACE, **options)


def fact(name: str, *fields: ir.FactField) -> ir.Fact:
    """A fact with the key `id`, if none of the fields is the key."""
    if not any(f.key for f in fields):
        fields = (fact_field("id", TEXT, key=True), *fields)
    return ir.Fact(name=name, fields=fields, place=PLACE)


def named_list(name: str, *items: str) -> ir.NamedList:
    return ir.NamedList(name=name, type=list_of(TEXT), items=items, place=PLACE)


def let(name: str, expr: ir.Expr, type_: ir.Type = BOOL) -> ir.Let:
    return ir.Let(name=name, type=type_, expr=expr, text=name, place=PLACE)


# ── Scores ──


def plain(
    points: int | str | ir.Expr,
    condition: ir.Expr | ir.Condition | None = None,
    text: str = "entry",
    because: str | None = None,
    line: int = 1,
) -> ir.PlainEntry:
    expr = const(Decimal(points)) if isinstance(points, int | str) else points
    return ir.PlainEntry(points=expr, condition=_condition(condition), because=because, text=text, place=place(line))


def points(subject: ir.FieldRef, **choices: int | str) -> ir.PointsEntry:
    """`points title { manager 10, … }`."""
    listed = tuple(ir.ChoicePoints(choice=c, points=decimal_text(p)) for c, p in choices.items())
    return ir.PointsEntry(subject=subject, choices=listed, text=f"points {'.'.join(subject.path)}", place=PLACE)


def bands(subject: ir.Expr, *rows: tuple[int | str, ir.Expr], text: str = "bands") -> ir.BandsEntry:
    """`bands x { +15 when >= 1000 … }`: pairs of points and condition."""
    made = tuple(
        ir.Band(points=decimal_text(p), condition=when(c), because=None, text=f"band {i}", place=PLACE)
        for i, (p, c) in enumerate(rows, 1)
    )
    return ir.BandsEntry(subject=subject, bands=made, text=text, place=PLACE)


def group(*entries: Any, limit: int | str | None = None, name: str | None = None) -> ir.GroupEntry:
    shown = None if limit is None else decimal_text(limit)
    return ir.GroupEntry(name=name, limit=shown, entries=entries, text="group", place=PLACE)


def score(name: str, *entries: Any, low: int | None = None, high: int | None = None) -> ir.Score:
    """A score made of entries."""
    return ir.Score(
        name=name,
        label=None,
        low=None if low is None else str(low),
        high=None if high is None else str(high),
        entries=entries,
        expr=None,
        text=name,
        place=PLACE,
    )


def score_expr(name: str, expr: ir.Expr, low: int | None = None, high: int | None = None) -> ir.Score:
    """A score that is an expression over others."""
    return score(name, low=low, high=high).model_copy(update={"entries": None, "expr": expr})


# ── Tables, gates, routing ──


def row(condition: ir.Expr | ir.Condition | None, *outputs: ir.ConstValue) -> ir.Row:
    return ir.Row(condition=_condition(condition), outputs=outputs, text="row", place=PLACE)


def table(
    name: str,
    *rows: ir.Row,
    hit: Literal["first", "unique", "collect"] = "first",
    complete: bool = False,
    outputs: Sequence[tuple[str, ir.Type]] | ir.Type = TEXT,
) -> ir.Table:
    """A table of one output of a type, or of several named ones."""
    made = (
        (ir.TableOutput(name=None, type=outputs),)
        if isinstance(outputs, ir.Type)
        else tuple(ir.TableOutput(name=n, type=t) for n, t in outputs)
    )
    return ir.Table(
        name=name, label=None, hit=hit, inputs=(), outputs=made, rows=rows, complete=complete, place=PLACE
    )


def criterion(name: str, condition: ir.Expr | ir.Condition, ask: str | None = None) -> ir.Criterion:
    return ir.Criterion(name=name, condition=_sure_condition(condition), ask=ask, text=name, place=PLACE)


def gate(name: str, *criteria: ir.Criterion, needed: int | None = None) -> ir.Gate:
    """Needs all criteria unless `needed` says otherwise."""
    wanted = len(criteria) if needed is None else needed
    return ir.Gate(name=name, label=None, criteria=criteria, needed=wanted, place=PLACE)


def stage(name: str, condition: ir.Expr | ir.Condition) -> ir.Stage:
    return ir.Stage(name=name, condition=_sure_condition(condition), text=name, place=PLACE)


def queue(name: str) -> ir.Destination:
    return ir.Destination(kind="queue", name=name, text=f"queue {name}")


def pool(name: str) -> ir.Destination:
    return ir.Destination(kind="pool", name=name, text=f"pool {name}")


def member(expr: ir.Expr) -> ir.Destination:
    return ir.Destination(kind="member", member=expr, text="member")


def nurture_for(duration: ir.Duration) -> ir.Destination:
    return ir.Destination(kind="nurture", duration=duration, text=f"nurture for {duration.days} days")


OWNER = ir.Destination(kind="owner", text="owner")
CLOSED = ir.Destination(kind="closed", text="closed")


def disqualify(
    name: str, condition: ir.Expr | ir.Condition, destination: ir.Destination = CLOSED
) -> ir.DisqualifyEntry:
    return ir.DisqualifyEntry(
        name=name, condition=_sure_condition(condition), destination=destination, text=name, place=PLACE
    )


def to(name: str, condition: ir.Expr | ir.Condition | None, destination: ir.Destination) -> ir.RouteEntry:
    """A route entry."""
    return ir.RouteEntry(name=name, condition=_condition(condition), destination=destination, text=name, place=PLACE)


def route(*entries: ir.RouteEntry, undecided: ir.Destination | None = None) -> ir.Route:
    return ir.Route(entries=entries, undecided=undecided, place=PLACE)


# ── The whole ──


def make_policy(
    fields: Sequence[ir.FactField] = (),
    facts: Sequence[ir.Fact] = (),
    lists: Sequence[ir.NamedList] = (),
    lets: Sequence[ir.Let] = (),
    scores: Sequence[ir.Score] = (),
    tables: Sequence[ir.Table] = (),
    gates: Sequence[ir.Gate] = (),
    disqualify: Sequence[ir.DisqualifyEntry] | None = None,
    funnel: Sequence[ir.Stage] | None = None,
    route: ir.Route | None = None,
    reads_facts: Sequence[str] = (),
    zone: ir.Zone = SHANGHAI,
    calling_code: str | None = "86",
    **more: Any,
) -> ir.Policy:
    """A policy about `Lead` (with these fields, and the key `id`); `facts` are the other fact types, and `more` any
    other fields of `ir.Policy`."""
    return ir.Policy(
        name="test",
        version="1",
        about="Lead",
        member_fact="Member",
        zone=zone,
        currency="CNY",
        country="CN",
        calling_code=calling_code,
        channels=(),
        facts=(fact("Lead", *fields), *facts),
        lists=tuple(lists),
        lets=tuple(lets),
        scores=tuple(scores),
        tables=tuple(tables),
        gates=tuple(gates),
        disqualify=None if disqualify is None else tuple(disqualify),
        funnel=None if funnel is None else tuple(funnel),
        declared=(),
        route=route,
        reads_facts=tuple(reads_facts),
        reads_now=True,
        tests=(),
        digest="sha256:test",
        **more,
    )
