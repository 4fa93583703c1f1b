"""Blocks beyond the decision in the IR, one test a ruling, by number."""

from __future__ import annotations

from collections.abc import Mapping

from leadpolicy.compiler import ir
from leadpolicy.compiler.diagnostics import Diagnostic
from leadpolicy.compiler.pipeline import Compilation, compile_source
from leadpolicy.compiler.source import Source

HEAD = """\
policy blocks version "1" {
  zone     "Asia/Shanghai"
  currency CNY
  calendar work
  channels [wecom, email]
}
fact Member {
  id:       text key
  level:    one of [junior, senior] in order
  regions:  list of text
  quota:    number
  capacity: int
  away:     bool
  manager:  Member or none
}
fact Lead {
  id:          text key
  company:     text
  region:      text
  phone:       phone
  email:       email
  status:      one of [new, won, lost]
  employees:   int
  owner:       Member as owner
  created_at:  time required as created
  assigned_at: time as assigned
}
event Activity of Lead {
  kind: one of [call, visit, trial]
  at:   time required as happened
}
calendar work {
  mon to fri 09:00 to 12:00, 13:00 to 18:00
  holidays   2026-12-31 to 2027-01-01
  workdays   2026-12-26
}
funnel {
  MQL: employees >= 10
  SQL: employees >= 100
}
queue desk
pool  public
route {
  otherwise -> pool public
}
"""


def compiled(text: str, files: Mapping[str, str] | None = None) -> Compilation:
    return compile_source(Source("p.lead", HEAD + text), lambda name: (files or {})[name])


def policy(text: str, files: Mapping[str, str] | None = None) -> ir.Policy:
    result = compiled(text, files)
    assert result.policy is not None, [d.to_dict() for d in result.diagnostics]
    return result.policy


def found(text: str) -> list[tuple[str, str]]:
    return [(d.code, d.message) for d in compiled(text).diagnostics]


def only(text: str, files: Mapping[str, str] | None = None) -> Diagnostic:
    (one,) = compiled(text, files).diagnostics
    return one


# ── Calendars ──


def test_19_a_calendar_in_the_ir() -> None:
    (work,) = policy("").calendars
    assert [len(day) for day in work.week] == [2, 2, 2, 2, 2, 0, 0]
    assert [(d.day, d.kind) for d in work.days] == [
        ("2026-12-26", "workday"), ("2026-12-31", "holiday"), ("2027-01-01", "holiday"),
    ]  # fmt: skip
    assert policy("").calendar == "work"


def test_20_the_days_of_another_calendar_and_of_a_country() -> None:
    days = 'calendar days {\n  holidays country DE region "BY"\n  workdays 2026-01-06\n}\n'
    made = policy(days + "calendar office {\n  mon 09:00 to 17:00\n  holidays days\n}\n").calendars
    assert [c.name for c in made] == ["work", "office"], "one without weekdays is there for others only"
    assert made[1].countries == ("DE-BY",)
    assert {d.day: d.kind for d in made[1].days}["2026-01-06"] == "workday", "the later line wins"


def test_a_calendar_in_chinese_runs_over_the_weekend() -> None:
    made = policy("日历 店铺 {\n  周六 至 周一 10:00 至 20:00\n}\n").calendars[1]
    assert [bool(day) for day in made.week] == [True, False, False, False, False, True, True]


# ── Teams, queues, pools ──


def test_58_to_61_and_86_the_body_of_a_team() -> None:
    (north,) = policy("""
team north "North" {
  members   where level is senior and not away
  prefer    this.region in regions
  prefer    level is senior
  pick      weighted by quota
  hold      at most capacity Lead where status is new
  former owner waits 7 days
  notify    by wecom "{this.company}: {member.level}"
  otherwise -> queue desk
}
""").declared[:1]
    assert north.var == "member"
    assert north.members is not None
    assert [c.text for c in north.members.clauses] == ["level is senior", "not away"]
    level = north.members.clauses[0].expr
    assert isinstance(level, ir.Compare)
    assert level.left == ir.FieldRef(
        var="member", path=("level",), type=ir.Type(kind="choice", choices=("junior", "senior"), ordered=True)
    )
    assert len(north.prefer) == 2
    assert north.pick is not None
    assert north.pick.method == "weighted"
    (hold,) = north.hold
    assert isinstance(hold.limit, ir.FieldRef)
    assert hold.limit.var == "member"
    assert hold.records is not None
    assert hold.records.fact == "Lead"
    assert north.waits_days == 7
    assert north.otherwise == ir.Destination(kind="queue", name="desk", text="queue desk")
    parts = north.notify[0].message.parts
    assert [p.var if isinstance(p, ir.FieldRef) else p for p in parts] == ["this", ": ", "member"]


def test_61_a_pool_without_members_and_one_with_claims() -> None:
    agents = next(d for d in policy("pool agents {\n  claim at most 3 per day\n  hold at most 5\n}\n").declared
                  if d.name == "agents")  # fmt: skip
    assert (agents.claims_per_day, agents.members, agents.hold[0].records) == (3, None, None)


def test_40_a_fallback_cycle_is_an_error_and_a_chain_is_not() -> None:
    chain = "team a {\n  otherwise -> team b\n}\nteam b {\n  otherwise -> pool public\n}\n"
    assert found(chain) == []
    one = only(chain.replace("pool public", "team a"))
    assert (one.code, one.message) == (
        "LP4050",
        "these fallbacks go round in a circle: `team a` → `team b` → `team a`",
    )


def test_57_nurture() -> None:
    made = policy("""
nurture trial on Activity where kind is trial {
  at start      send "welcome" by email
  after 2 days  when status is new  send "demo" by wecom
  after 2 days  otherwise           send "case" by email
  after 3 workdays notify owner by wecom "look"
  stop when SQL -> route
}
""")
    (trial,) = made.nurtures
    assert trial.trigger is not None
    assert trial.trigger.fact == "Activity"
    assert [(s.branch, s.calendar) for s in trial.steps] == [
        ("always", None), ("when", None), ("otherwise", None), ("always", "work"),
    ]  # fmt: skip
    assert trial.steps[0].after is None
    assert trial.stop_to == ir.Destination(kind="route", text="route")
    assert policy("nurture slow\n").nurtures == ()


# ── Leases ──


def test_48_to_56_recall() -> None:
    made = policy("""
let due = assigned_at + 3 workdays
recall while status is new {
  untouched: at assigned_at + 24 work hours unless employees > 5 -> own pool,
             remind owner by wecom 4 work hours before
  later:     at due when employees > 1 -> previous owner
  wrong:     when phone is unknown -> member "m1"
  handed_in: on return for [workload, quality] -> same team
}
""").recall
    assert made is not None
    assert made.while_ is not None
    assert [e.destination.kind for e in made.entries] == ["own_pool", "previous_owner", "member", "same_team"]
    assert [e.calendars for e in made.entries] == [("work",), ("work",), (), ()]
    assert made.entries[0].text == "at assigned_at + 24 work hours unless employees > 5"
    (reminder,) = made.entries[0].reminders
    assert (reminder.channel, reminder.calendar) == ("wecom", "work")
    assert made.entries[3].on_return == ("workload", "quality")


def test_55_own_pool_needs_a_pool_behind_otherwise() -> None:
    recall = "recall {\n  idle: at assigned_at + 1 day -> own pool\n}\n"
    assert found(recall) == []
    text = (HEAD + recall).replace("otherwise -> pool public", "otherwise -> queue desk")
    assert [d.code for d in compile_source(Source("p", text)).diagnostics] == ["LP3052"]


def test_a_recall_without_owner_is_an_error_and_without_assigned_a_warning() -> None:
    text = HEAD + "recall {\n  idle: at created_at + 1 day -> pool public\n}\n"
    unmarked = (
        ("owner:       Member as owner", "owner:       Member", "warning"),  # it is called so, and is taken for it
        ("owner:       Member as owner", "keeper:      Member\n  owner:       bool", "error"),
        ("time as assigned", "time", "warning"),
    )
    for marked, plain, severity in unmarked:
        without = text.replace(marked, plain)
        assert [(d.code, d.severity) for d in compile_source(Source("p", without)).diagnostics] == [
            ("LP2030", severity)
        ]  # fmt: skip


def test_82_a_clock() -> None:
    (sla,) = policy("""
sla first "First" {
  from   assigned_at
  until  status is won
  paused while status is lost
  when   employees > 5
  at 80% * 8 work hours  notify owner by wecom "Due soon: {this.company}"
  at 16 work hours       -> queue desk
  at 50% * 3 days        task owner.manager "Call" due in 2 work hours
}
""").slas
    assert [(s.after.value, s.calendar) for s in sla.steps[:2]] == [("6.4", "work"), ("16", "work")]
    assert sla.steps[2].after.value == ir.Duration(days=1, micros=43_200_000_000)
    assert isinstance(sla.start, ir.FieldRef)
    assert None not in (sla.until, sla.paused, sla.when)
    task = sla.steps[2].action
    assert isinstance(task, ir.Task)
    assert (task.due and task.due.value, task.calendar) == ("2", "work")


def test_83_a_channel() -> None:
    (guard,) = policy("""
channel email {
  only when status is not lost
  at most 2 per week
  at most 5 per month
  quiet 20:00 to 08:00
}
""").channel_guards
    assert guard.quiet == (1200, 480)
    assert [(x.count, x.per_days) for x in guard.limits] == [(2, 7), (5, 30)]


def test_68_templates() -> None:
    (queue,) = (d for d in policy(r"""
let size = employees
queue ka {
  notify by wecom "  {{new}} {this.company} \"{ size }\", {owner.level}, {stage}  "
}
""").declared if d.name == "ka")  # fmt: skip
    parts = queue.notify[0].message.parts
    assert [p for p in parts if isinstance(p, str)] == ["{new} ", ' "', '", ', ", "]
    assert [p.op for p in parts if not isinstance(p, str)] == ["field", "field", "field", "stage"]


def test_a_mistake_in_a_template_stands_at_its_place_in_the_string() -> None:
    one = only('queue ka {\n  notify by wecom "new: {this.compny}"\n}\n')
    assert one.code == "LP2006"
    assert one.source.text[one.span.start : one.span.end] == "compny"


# ── Credit, goals, duplicates ──


def test_69_to_72_attribution() -> None:
    (shaped,) = policy("""
attribution shaped over Activity where kind is not visit within 90 days {
  30% first
  30% entered(MQL)
  30% created_at
  10% others, halving every 7 days
}
""").attributions
    assert shaped.window == 90 * 86_400_000_000
    assert shaped.records.window is None
    assert [(s.share, s.role, s.halving_days) for s in shaped.shares] == [
        ("0.3", "first", None), ("0.3", "time", None), ("0.3", "time", None), ("0.1", "others", 7),
    ]  # fmt: skip
    assert policy("attribution a over Activity {\n  100% entered(SQL)\n}\n").reads_entered
    assert policy("attribution a over Activity {\n  100% all\n}\n").reads_events == ("Activity",)


def test_73_goals() -> None:
    goal = """
goal year {
  revenue 5_000_000 CNY by 2026-12-31
  deal    200_000 CNY
  rate    SQL to won 25%
  rates   within 365 days
}
"""
    assert [(d.code, d.severity) for d in compiled(goal).diagnostics] == [("LP4052", "warning")]
    text = (HEAD + goal).replace("  SQL: employees >= 100\n", "  SQL: employees >= 100\n  won when status is won\n")
    made = compile_source(Source("p", text)).policy
    assert made is not None
    (year,) = made.goals
    assert (year.end, year.measured_days, year.rates[0].rate) == ("2026-12-31", 365, "0.25")
    assert made.won_when is not None
    assert only(goal.replace("  rate    SQL to won 25%\n", "")).code == "LP3057", "won can't be measured untold"


def test_74_duplicates() -> None:
    (made,) = policy(
        "duplicate Lead {\n  same phone\n  same company, email\n  keep earliest created_at\n}\n"
    ).duplicates
    assert (made.same, made.keep, made.by) == ((("phone",), ("company", "email")), "earliest", "created_at")


# ── Rules ──

WARM = """
fact Link {
  company: text
  related: text
}
fact Warm of Lead {
  via: text
}
rule warm "A company linked to a customer" priority 10 {
  when customer: Lead where status is won
  when link:     Link where company is customer.company
  when lead:     Lead where company is link.related and status is new
  let  calls = count(Activity of lead)
  when calls < 5
  then conclude Warm of lead { via: customer.company }
  then notify lead.owner.manager by wecom "{lead.company}: {calls}"
}
"""


def test_62_63_patterns_guards_and_lets() -> None:
    (rule,) = policy(WARM).rules
    assert rule.priority == 10
    assert [b.kind for b in rule.body] == ["pattern", "pattern", "pattern", "let", "guard"]
    assert [b.records.var for b in rule.body if isinstance(b, ir.Pattern)] == ["customer", "link", "lead"]
    assert [a.kind for a in rule.actions] == ["conclude", "notify"]


def test_64_a_concluded_fact_is_made_in_no_other_way() -> None:
    assert policy(WARM).fact("Warm").concluded
    for other in (
        'rule x {\n  when lead: Lead\n  then add Warm of lead { via: "x" }\n}\n',
        "rule x {\n  when warm: Warm\n  then remove warm\n}\n",
        'rule x {\n  when warm: Warm\n  then set warm.via to "x"\n}\n',
        'test "t" {\n  given Lead { id: "1", created_at: 2026-01-01 10:00 }\n  given Warm { via: "x" }\n'
        "  expect MQL\n}\n",
    ):
        assert only(WARM + other).code == "LP4051"


def test_64_and_43_conclusions_are_never_recursive() -> None:
    score = "score warmth from 0 to 10 {\n  +5 once Warm\n}\n"
    made = policy(WARM + score)
    assert made.order == ("score warmth", "stage MQL", "stage SQL", "route")
    through = WARM.replace("  let  calls", "  when lead.warmth < 5\n  let  calls")
    one = only(through + score)
    assert one.code == "LP4001"
    assert "`score warmth`" in one.message


def test_65_two_writers_of_a_field_are_a_note() -> None:
    rules = "".join(
        f"rule {name} {{\n  when lead: Lead where status is {name}\n  then set lead.region to unknown\n}}\n"
        for name in ("new", "won")
    )
    assert [(d.code, d.severity) for d in compiled(rules).diagnostics] == [("LP4053", "note")]
    assert isinstance(policy(rules).rules[0].actions[0], ir.Set)


def test_a_rule_reads_derived_values_of_a_bound_lead() -> None:
    (rule,) = policy(
        "rule r {\n  when lead: Lead where MQL\n  when lead.stage is SQL\n  then flag lead as hot\n}\n"
    ).rules
    guard = rule.body[1]
    assert isinstance(guard, ir.Guard)
    (clause,) = guard.condition.clauses
    assert isinstance(clause.expr, ir.Compare)
    assert clause.expr.left == ir.StageValue(
        of="lead", type=ir.Type(kind="choice", choices=("MQL", "SQL"), ordered=True)
    )


# ── Promises and tests ──


def test_41_42_promises() -> None:
    (a, b) = policy("""
disqualify {
  lost: status is lost -> closed
}
always "never to the public" { employees > 5 implies destination is not pool public }
always "gone" { disqualified implies route is closed or route is nurture }
""").promises
    assert [node for p in (a, b) for node in places(p)] == [
        ("destination", "pool", "public"), ("route", "closed", None), ("route", "nurture", None)
    ]  # fmt: skip


def places(node: ir.Node) -> list[tuple[str, str, str | None]]:
    found = [(node.what, node.kind, node.name)] if isinstance(node, ir.HasRoute) else []
    for name in type(node).model_fields:
        value = getattr(node, name)
        for child in value if isinstance(value, tuple) else (value,):
            found += places(child) if isinstance(child, ir.Node) else []
    return found


TEST = """
test "t" {
  given lin:  Member { id: "m1" }
  given lead: Lead { id: "1", created_at: 2026-11-20 10:00, owner: lin, assigned_at: 2026-11-21 10:00 }
  given Activity of lead { kind: call, at: 2026-11-22 10:00 }
  expect route is pool public
  at 2026-11-25 13:00 expect remind lin by wecom
  after 1 month       expect holder is member lin
  after 36 hours      expect holder is not pool public
  expect holder is nobody
  expect no notify
  expect flag hot on lead
}
"""


def test_75_and_87_moments_holders_and_effects() -> None:
    (test,) = policy(TEST).tests
    hour = 3_600_000_000
    assert test.now - test.start == 48 * hour
    assert test.given[2].of == "lead"
    offsets = [None if e.at is None else (e.at - test.start) // hour for e in test.expects]
    assert offsets == [None, 5 * 24 + 3, 30 * 24, 36, None, None, None]
    _, remind, member, pool, nobody, notify, flag = test.expects
    assert isinstance(remind, ir.ExpectEffect)
    assert (remind.effect, remind.to, remind.channel) == ("remind", "lin", "wecom")
    assert isinstance(member, ir.ExpectRoute)
    assert member.holder
    assert member.destination is not None
    assert isinstance(member.destination.member, ir.Const)
    assert member.destination.member.value == "m1"
    assert isinstance(pool, ir.ExpectRoute)
    assert (pool.negated, pool.destination and pool.destination.name) == (True, "public")
    assert isinstance(nobody, ir.ExpectRoute)
    assert nobody.destination is None
    assert isinstance(notify, ir.ExpectEffect)
    assert notify.negated
    assert isinstance(flag, ir.ExpectEffect)
    assert (flag.content, flag.to) == ("hot", "lead")


# ── Sheets ──

SHEET = 'table team: text from "s.csv" {\n'
FORM = SHEET + "  | region | employees  || team |\n  | area   | from to to || unit |\n}\n"


def rows(text: str) -> tuple[ir.Row, ...]:
    return policy(FORM, {"s.csv": text}).tables[0].rows


def test_80_rows_of_a_sheet_are_as_if_they_stood_in_the_table() -> None:
    sheet = '\ufeffarea,from,to,unit\n华北,1,199,small\n"a ""b"", c",200,,large\n-,,99,x\n,,,rest\n'
    made = rows(sheet)
    assert [r.outputs for r in made] == [("small",), ("large",), ("x",), ("rest",)]
    assert [[c.text for c in r.condition.clauses] if r.condition else [] for r in made] == [
        ["region 华北", "employees 1 to 199"], ['region a "b", c', "employees >= 200"], ["employees <= 99"], [],
    ]  # fmt: skip
    assert (made[1].place.file, made[1].place.line) == ("s.csv", 3)
    inline = policy(
        "table team: text" + ' {\n  | region | employees || team |\n  | "华北" | 1 to 199 || "small" |\n'
        '  | "a \\"b\\", c" | >= 200 || "large" |\n  | - | <= 99 || "x" |\n  | - | - || "rest" |\n}\n'
    ).tables[0]
    assert [r.condition and [c.expr for c in r.condition.clauses] for r in made] == [
        r.condition and [c.expr for c in r.condition.clauses] for r in inline.rows
    ]


def test_80_cells_that_are_no_plain_values() -> None:
    text = SHEET + "  | status | employees || team |\n  | status | size || unit |\n}\n"
    made = policy(text, {"s.csv": 'status,size,unit\n"in [new, won]",>= 10,a\nis known,10 to 19,b\nlost,7,c\n,,d\n'})
    ops = [[c.expr.op for c in r.condition.clauses] if r.condition else [] for r in made.tables[0].rows]
    assert ops == [["in", "compare"], ["is_known", "between"], ["compare", "compare"], []]


def test_80_mistakes_name_the_sheet_and_its_row() -> None:
    for cells, code, column in (
        ("north,x,5,a", "LP3063", 7),
        ("north,5,1,a", "LP3014", 7),
        ("north,5,6,", "LP3063", 11),
        ("north,5,6", "LP3063", 1),
    ):
        one = only(FORM, {"s.csv": f"area,from,to,unit\n,1,2,x\n{cells}\n,,,rest\n"})
        place = one.to_dict()
        assert (one.code, place["file"], place["line"], place["column"]) == (code, "s.csv", 3, column)


def test_80_findings_of_the_analysis_name_the_sheet_too() -> None:
    one = only(FORM, {"s.csv": "area,from,to,unit\n,,,rest\nnorth,1,2,x\n"})
    assert (one.code, one.to_dict()["file"], one.to_dict()["line"]) == ("LP4004", "s.csv", 3)
    gap = only(FORM, {"s.csv": "area,from,to,unit\nnorth,1,2,x\n"})
    assert (gap.code, gap.to_dict()["file"]) == ("LP4002", "p.lead")


def test_80_sheets_that_can_not_be_read() -> None:
    for sheet, words in (
        ('area,from,to,unit\n"x,1,2,y\n', "a quote is not closed"),
        ("area,from,to,unit\n", "has no rows"),
        ("area,from,to,uni\n,,,x\n", "has no column `unit`"),
    ):
        one = only(FORM, {"s.csv": sheet})
        assert one.code == "LP2008"
        assert words in one.message


def test_80_a_sheet_is_part_of_the_digest() -> None:
    digests = {policy(FORM, {"s.csv": f"area,from,to,unit\n,,,{unit}\n"}).digest for unit in ("a", "b")}
    assert len(digests) == 2


def test_81_several_outputs_from_a_sheet() -> None:
    text = 'table t: (team: text, size: int) from "s.csv" {\n  | region || team | size |\n  | area || unit | n |\n}\n'
    made = policy(text, {"s.csv": "n,area,unit\n7,north,a\n8,,b\n"})
    assert [r.outputs for r in made.tables[0].rows] == [("a", "7"), ("b", "8")]


# ── The digest ──


def test_words_and_sources_of_days_have_no_meaning() -> None:
    a = policy('sla s "Label" {\n  from assigned_at\n  at 8 hours task owner "x"\n}\n')
    b = policy('sla s {\n  from  assigned_at\n  at 480 minutes  task owner "x"\n}\n')
    c = policy('sla s {\n  from assigned_at\n  at 9 hours task owner "x"\n}\n')
    assert a.digest == b.digest != c.digest
    assert ir.Policy.model_validate_json(a.model_dump_json()) == a
