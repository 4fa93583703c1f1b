"""Hypothesis strategies for whole policies, as text, and for leads that fit them: unknowns, edges, Unicode, size.

A policy is made as an author would write it, so that the parser and the checker are on the way too. All fields of
the language's types are declared; conditions, scores, tables, gates, stages and routes are drawn. Values of leads come
from the same small pools as the constants of policies, so that edges are met often.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)

HEADER = """policy generated version "1" {
  about Lead
  zone "America/New_York"
  currency CNY
  country CN
  unknown ["未知", "-"]
}
fact Member {
  id:    text key
  level: one of [junior, senior, "特级"] in order
  quota: number
  boss:  Member or none
}
fact Lead {
  id:      text key
  n:       int                       ask "how many?"
  k:       int or none
  m:       number                    unknown ["?"]
  b:       money                     ask "预算?"
  p:       percent
  d:       duration
  t:       time
  made:    time required as created
  day:     date
  公司:    text
  txt:     text
  e:       email
  ph:      phone
  c:       one of [a, b, "丙"]
  o:       one of [low, mid, top] in order
  f:       bool
  g:       bool or none
  l:       list of text
  owner:   Member as owner
  ref:     Member
}
list words = ["x", "é", "软件", "163.com"]
list small = [0, 1, 2.5]
team north
queue desk
pool public
nurture slow
"""

INTS = ["-1", "0", "1", "5", "10", "999_999_999_999"]
NUMBERS = ["-3.25", "0", "0.000001", "0.5", "1", "2.5", "10", "999_999_999_999.999999"]
MONEY = ["0 CNY", "50_000 CNY", "100万 CNY", "0.5 CNY"]
PERCENTS = ["0%", "25%", "100%", "12.5%"]
DURATIONS = ["0 days", "1 day", "30 days", "1 month", "12 months", "1 year", "6 months", "90 minutes", "365 days"]
TIMES = ["2026-11-23 00:00", "2026-03-08 02:30", "2026-11-01 01:30", "2025-01-31 12:00:01"]
DATES = ["2026-11-23", "2024-02-29"]
TEXTS = ["x", "é", "软件", "", "X", "a b", "１２"]
EMAILS = ["a@163.com", "b@x.com", "nomail"]
PHONES = ["13800000001", "+86 138 0000 0001", "0086 13800000001", "+1 202"]

CONSTANTS: dict[str, list[str]] = {
    "n": INTS, "k": INTS, "m": NUMBERS, "b": MONEY, "p": PERCENTS, "d": DURATIONS, "t": TIMES, "made": TIMES,
    "day": DATES, "公司": [f'"{t}"' for t in TEXTS], "txt": [f'"{t}"' for t in TEXTS],
    "e": [f'"{t}"' for t in EMAILS], "ph": [f'"{t}"' for t in PHONES], "c": ["a", "b", '"丙"'],
    "o": ["low", "mid", "top"], "owner.level": ["junior", "senior", '"特级"'], "owner.quota": NUMBERS,
    "ref.level": ["junior", "senior"], "owner.boss.level": ["senior"], "ref.quota": NUMBERS,
}  # fmt: skip
SORTED = ["n", "k", "m", "b", "p", "d", "t", "made", "day", "o", "owner.level", "owner.quota", "ref.quota"]
NUMERIC = ["n", "k", "m", "owner.quota"]
ANY_FIELD = [*CONSTANTS, "f", "g", "l", "owner", "ref", "owner.boss"]


@st.composite
def atoms(draw: st.DrawFn, lets: tuple[str, ...] = ()) -> str:
    """One comparison."""
    kind = draw(st.integers(0, 15))
    field = draw(st.sampled_from(list(CONSTANTS)))
    value = draw(st.sampled_from(CONSTANTS[field]))
    match kind:
        case 0 | 1:
            return f"{field} {draw(st.sampled_from(['is', 'is not']))} {value}"
        case 2 | 3:
            field = draw(st.sampled_from(SORTED))
            value = draw(st.sampled_from(CONSTANTS[field]))
            return f"{field} {draw(st.sampled_from(['<', '<=', '>', '>=']))} {value}"
        case 4:
            values = draw(st.lists(st.sampled_from(CONSTANTS[field]), min_size=1, max_size=3, unique=True))
            return f"{field} {draw(st.sampled_from(['in', 'not in']))} [{', '.join(values)}]"
        case 5:
            low, high = draw(st.sampled_from([("n", "0", "10"), ("m", "0.5", "2.5"), ("o", "low", "mid"),
                                              ("d", "1 day", "6 months"), ("day", "2024-02-29", "2026-11-23"),
                                              ("k", "1", "1")])).__getitem__(slice(1, 3))  # fmt: skip
            subject = {"0": "n", "0.5": "m", "low": "o", "1 day": "d", "2024-02-29": "day", "1": "k"}[low]
            return f"{subject} {draw(st.sampled_from(['in', 'not in']))} {low} to {high}"
        case 6 | 7:
            asked = draw(st.sampled_from(ANY_FIELD))
            return f"{asked} {draw(st.sampled_from(['is known', 'is unknown', 'is not known']))}"
        case 8:
            relation = draw(st.sampled_from(["contains", "not contains", "starts with", "ends with"]))
            return f"{draw(st.sampled_from(['txt', '公司', 'domain(e)']))} {relation} {draw(st.sampled_from(CONSTANTS['txt']))}"
        case 9:
            return draw(
                st.sampled_from(
                    ['domain(e) is "163.com"', "domain(e) in words", 'domain(e) is not "x.com"', "txt in words",
                     'plain(txt) is "x"', "公司 is txt", "m in small", "domain(e) is known", "公司 not in words"]
                )
            )  # fmt: skip
        case 10:
            return draw(st.sampled_from(["f", "g", "f is true", "g is not false", "f is g"]))
        case 11:
            return draw(
                st.sampled_from(
                    ['"x" in l', 'l contains "软件"', "txt in l", 'l not contains "é"', "l is known", "公司 not in l"]
                )
            )
        case 12:
            return draw(
                st.sampled_from(
                    ["age(t) <= 1 hour", "age(made) > 30 days", "age(t) is known", "earlier(t, made) is t",
                     "later(n, k) >= 1", "earlier(k, m) < 1", "t >= made", "owner is ref", "owner is not ref",
                     'ref is "m1"', "d > age(made)"]
                )
            )  # fmt: skip
        case 13:
            left, right = draw(st.sampled_from(NUMERIC)), draw(st.sampled_from([*NUMERIC, "2", "0.3", "0"]))
            operator = draw(st.sampled_from(["+", "-", "*", "/"]))
            return f"{left} {operator} {right} {draw(st.sampled_from(['>=', '<', 'is']))} {draw(st.sampled_from([*NUMBERS, 'n']))}"
        case 14:
            return draw(
                st.sampled_from(
                    [
                        "b * 2 > 100万 CNY",
                        "b / 3 <= 50_000 CNY",
                        "b - b is 0 CNY",
                        "p * m >= 0.5",
                        "-n < 0",
                        "b / b is 1",
                    ]
                )
            )
        case _:
            return draw(st.sampled_from(lets)) if lets else "f"


@st.composite
def conditions(draw: st.DrawFn, more: tuple[str, ...] = (), depth: int = 2) -> str:
    """A condition; `more` are further atoms, such as lets or `bant passes`."""
    kind = draw(st.integers(0, 9)) if depth else 0
    if kind <= 3:
        return draw(atoms(more))
    inner = conditions(more, depth - 1)
    match kind:
        case 4 | 5:
            return f"({draw(inner)} and {draw(inner)})"
        case 6:
            return f"({draw(inner)} or {draw(inner)})"
        case 7:
            return f"not ({draw(inner)})"
        case 8:
            return f"{draw(st.sampled_from(['certainly', 'possibly']))} ({draw(inner)})"
        case _:
            return f"({draw(inner)} implies {draw(inner)})"


POINTS = st.sampled_from(["+1", "+5", "+10", "-3", "-10", "+0.5", "+0.125", "+0"])


@st.composite
def entries(draw: st.DrawFn, lets: tuple[str, ...], group: bool = True) -> list[str]:
    """One entry of a score, in lines."""
    kind = draw(st.integers(0, 7 if group else 6))
    match kind:
        case 0 | 1 | 2:
            because = draw(st.sampled_from(["", ' because "说明"']))
            return [f"{draw(POINTS)} when {draw(conditions(lets))}{because}"]
        case 3:
            worth = draw(st.sampled_from(["+2 * n", "+n", "-m", "+n / 3", "+owner.quota", "+k", "+1"]))
            when = draw(st.sampled_from(["", f" when {draw(conditions(lets, 1))}"]))
            return [f"{worth}{when}"]
        case 4:
            subject, choices = draw(
                st.sampled_from([("c", ["a", "b", '"丙"']), ("o", ["low", "top"]), ("txt", ['"x"', '"软件"']),
                                 ("owner.level", ["junior"])])
            )  # fmt: skip
            return [f"points {subject} {{ " + ", ".join(f"{c} {draw(POINTS)[1:]}" for c in choices) + " }"]
        case 5 | 6:
            subject = draw(st.sampled_from([*SORTED, "txt", "c", "domain(e)", "age(t)", "n + m"]))
            pool = (
                CONSTANTS.get(subject) or {"domain(e)": ['"163.com"'], "age(t)": DURATIONS, "n + m": NUMBERS}[subject]
            )
            sortable = subject in SORTED or subject in {"age(t)", "n + m"}
            relations = ["is", "is not", *([">=", "<=", "<", ">"] if sortable else [])]
            bands = [
                f"  {draw(POINTS)} when "
                + draw(
                    st.one_of(
                        st.builds("{} {}".format, st.sampled_from(relations), st.sampled_from(pool)),
                        st.sampled_from(["is known", "is unknown"]),
                    )
                )
                for _ in range(draw(st.integers(1, 3)))
            ]
            return [f"bands {subject} {{", *bands, "}"]
        case _:
            inner = [line for _ in range(draw(st.integers(1, 3))) for line in draw(entries(lets, group=False))]
            limit = draw(st.sampled_from(["", " at most 8 points", " at most 0.5 points"]))
            return [f'group "g{draw(st.integers(0, 9))}"{limit} {{', *(f"  {line}" for line in inner), "}"]


@st.composite
def tables(draw: st.DrawFn, name: str, more: tuple[str, ...]) -> list[str]:
    """A first-match table of one output, a collecting one, or one of two outputs."""
    columns = draw(
        st.lists(st.sampled_from([*SORTED, "txt", "c", "f", "fit", "domain(e)"]), min_size=1, max_size=3, unique=True)
    )
    form = draw(st.sampled_from(["one", "collect", "two"]))
    outs = ["A", "B", '"丙"']

    def cell(column: str) -> str:
        if draw(st.integers(0, 3)) == 0:
            return "-"
        if draw(st.integers(0, 6)) == 0 and column != "fit":
            return draw(st.sampled_from(["is known", "is unknown"]))
        pool = {**CONSTANTS, "f": ["true"], "fit": ["0", "5", "10"], "domain(e)": ['"163.com"']}[column]
        relation = draw(
            st.sampled_from([">=", "<", "is", ""] if column in SORTED or column == "fit" else ["is", "is not", ""])
        )
        return f"{relation} {draw(st.sampled_from(pool))}".strip()

    def out() -> str:
        return (
            draw(st.sampled_from(outs))
            if form != "two"
            else f"{draw(st.sampled_from(outs))} | {draw(st.sampled_from(['1', '2.5']))}"
        )

    head = {"one": f'table {name}: one of [A, B, "丙"] {{', "collect": f'table {name} collect: one of [A, B, "丙"] {{',
            "two": f'table {name}: (w: one of [A, B, "丙"], z: number) {{'}[form]  # fmt: skip
    left = " | ".join(columns)
    rows = [f"  | {' | '.join(cell(c) for c in columns)} || {out()} |" for _ in range(draw(st.integers(1, 4)))]
    rows.append(f"  | {' | '.join('-' for _ in columns)} || {out()} |")
    return [head, f"  | {left} || {'w | z' if form == 'two' else name} |", *rows, "}"]


DESTINATIONS = ["team north", "queue desk", "pool public", "nurture slow", "nurture for 90 days", "closed"]


@st.composite
def policies(draw: st.DrawFn) -> str:
    """A whole policy, its declarations in any order."""
    blocks: list[list[str]] = []
    lets: tuple[str, ...] = ()
    for i in range(draw(st.integers(0, 2))):
        blocks.append([f"let v{i} = {draw(conditions(lets))}"])
        lets = (*lets, f"v{i}")
    for name in ("fit", "intent"):
        body = [line for _ in range(draw(st.integers(1, 5))) for line in draw(entries(lets))]
        blocks.append([f"score {name} from -20 to 30 {{", *(f"  {line}" for line in body), "}"])
    limits, factor = draw(st.sampled_from(["", " from 0 to 40"])), draw(st.sampled_from(["", "2 * "]))
    blocks.append([f"score total{limits} = fit + {factor}intent"])
    blocks.append(draw(tables("t1", ())))
    more = ("total >= 5", "fit < 3", "low(fit) >= 0", "high(total) > 10", "n is known")
    known = (*lets, *more)
    if draw(st.booleans()):  # a let that reads more than facts, read in its turn
        blocks.append([f"let late = {draw(conditions(known, 1))}"])
        known = (*known, "late")
    blocks.append(draw(gates(known)))
    beyond = (*known, "bant passes", "bant fails", "bant is unknown", "bant is known")
    if draw(st.booleans()):
        spoiled = [
            f"  q{i}: {draw(conditions(beyond, 1))} -> {draw(st.sampled_from(DESTINATIONS))}" for i in range(2)
        ]
        blocks.append(["disqualify {", *spoiled, "}"])
        beyond = (*beyond, "disqualified")
    blocks.append(["funnel {", *(f"  S{i}: {draw(conditions(beyond, 1))}" for i in range(3)), "}"])
    staged = (*beyond, "S0", "S2", "stage is S1", "stage >= S1", "stage is known")
    blocks.append(draw(routes(staged)))
    ordered = draw(st.permutations(blocks)) if draw(st.booleans()) else blocks
    return HEADER + "".join("\n".join(block) + "\n" for block in ordered)


def alone_policies() -> st.SearchStrategy[str]:
    """Policies that read the lead and no other facts: what others would say of its owner are fields of its own."""
    return policies().map(_alone)


def _alone(text: str) -> str:
    for path, own in (
        ("owner.boss.level", "lvl"), ("owner.level", "lvl"), ("ref.level", "lvl"), ("owner.quota", "quo"),
        ("ref.quota", "quo"), ("owner.boss", "ref"), ("-> member ref", "-> owner"), ('-> member "m1"', "-> owner"),
    ):  # fmt: skip
        text = text.replace(path, own)
    fields = '  ref:     Member\n  lvl:     one of [junior, senior, "特级"] in order\n  quo:     number\n'
    return text.replace("  ref:     Member\n", fields)


@st.composite
def gates(draw: st.DrawFn, more: tuple[str, ...]) -> list[str]:
    """A gate of three criteria."""
    lines = ["gate bant {"]
    for i in range(3):
        ask = draw(st.sampled_from(["", ' ask "问"']))
        lines.append(f"  c{i}: {draw(conditions(more, 1))}{ask}")
    passes = draw(st.sampled_from(["all", "at least 1", "at least 2"]))
    return [*lines, f"  passes when {passes}", "}"]


@st.composite
def routes(draw: st.DrawFn, more: tuple[str, ...]) -> list[str]:
    """A route, with and without `otherwise` and `undecided`."""
    targets = [*DESTINATIONS, "owner", "member ref", 'member "m1"', "member owner.boss"]
    lines = ["route {"]
    for i in range(draw(st.integers(1, 4))):
        lines.append(f"  r{i}: {draw(conditions(more, 1))} -> {draw(st.sampled_from(targets))}")
    lines += draw(st.sampled_from([[], ["  otherwise -> pool public"]]))
    lines += draw(st.sampled_from([[], ["  undecided -> queue desk"]]))
    return [*lines, "}"]


VALUES: dict[str, list[Any]] = {
    "n": [-1, 0, 1, 5, 10, 999999999999, "5", " 10 ", 1.0, Decimal("5.0"), "7.0"],
    "k": [0, 1, 5, "1"],
    "m": [-3.25, 0, 0.1, 1e-6, "0.5", 2.5, Decimal("0.0000005"), "1e1", 10, "999999999999.999999"],
    "b": [0, 50000, "1000000", "50000 CNY", 0.5, Decimal("0.1")],
    "p": [0, 0.25, "25%", 1, "12.5%", "0.3"],
    "d": ["P1M", "30 days", timedelta(days=30), "1个月", "P1Y", "PT90M", "6 months", timedelta(hours=5), "P2W"],
    "t": [
        "2026-11-23 00:00", "2026-11-23T08:30:00Z", "2026-03-08 02:30", "2026-11-01 01:30", date(2026, 11, 23),
        datetime(2025, 1, 31, 12, 0, 1), NOW, NOW - timedelta(hours=1), NOW + timedelta(days=1), "2026-11-22",
    ],
    "day": ["2026-11-23", date(2024, 2, 29), "2024-02-29 00:00"],
    "公司": [*TEXTS, "e\u0301", 5, 1.5],
    "txt": [*TEXTS, " x ", "软件公司", 12],
    "e": ["A@163.com", *EMAILS, "a@b@x.com", "q@"],
    "ph": [*PHONES, 13800000001, "n/a"],
    "c": ["a", "b", "丙", " a "],
    "o": ["low", "mid", "top"],
    "f": [True, False, "yes", "No", 1, "是"],
    "g": [True, False],
    "l": [["x"], [], ["x", None], ["é", "软件"], "x; 软件", '["x", "未知"]', ["-"]],
    "owner": ["m1", "m2", "nobody", {"id": "m3", "level": "senior"}],
    "ref": ["m1", "m2", "gone"],
}  # fmt: skip
BAD: dict[str, list[Any]] = {
    "n": ["many", 1.5, True, 10**12, "", []], "m": [float("nan"), "x", 1e12, False], "b": ["5 USD", "x"], "p": ["x%"],
    "d": ["soon", 5], "t": ["yesterday", 5, "2026-02-30"], "day": ["2026-13-01", 7], "公司": [True, ["a"]], "c": ["z", 1],
    "o": ["LOW"], "f": ["maybe", 2], "l": [5, [True]], "owner": [1.5], "e": [5], "ph": [1.5],
}  # fmt: skip


@st.composite
def leads(draw: st.DrawFn, bad: bool = False) -> dict[str, Any]:
    """A lead; each field known, absent, null or a marker. With `bad`, some value may not fit."""
    lead: dict[str, Any] = {
        "id": draw(st.sampled_from(["L1", "线索", "9"])),
        "made": draw(st.sampled_from(VALUES["t"])),
    }
    for field, values in VALUES.items():
        how = draw(st.integers(0, 9))
        if how <= 5:
            lead[field] = draw(st.sampled_from(values))
        elif how == 6:
            lead[field] = None
        elif how == 7:
            lead[field] = draw(st.sampled_from(["未知", " - "]))
        if bad and draw(st.integers(0, 12)) == 0 and field in BAD:
            lead[field] = draw(st.sampled_from(BAD[field]))
    return lead


@st.composite
def alone_leads(draw: st.DrawFn, bad: bool = False) -> dict[str, Any]:
    """A lead for a policy of `alone_policies`."""
    lead = draw(leads(bad=bad))
    for field, values in (("lvl", ["junior", "senior", "特级"]), ("quo", [0, 1, "2.5", -3])):
        if draw(st.booleans()):
            lead[field] = draw(st.sampled_from([*values, "未知", None]))
    return lead


@st.composite
def members(draw: st.DrawFn) -> list[dict[str, Any]]:
    """The other facts."""
    found = []
    for key in ("m1", "m2"):
        member: dict[str, Any] = {"id": key}
        for field, values in (
            ("level", ["junior", "senior", "特级"]),
            ("quota", [0, 1, "2.5"]),
            ("boss", ["m1", "m2", "none such"]),
        ):
            if draw(st.booleans()):
                member[field] = draw(st.sampled_from([*values, "未知", None]))
        found.append(member)
    return found
