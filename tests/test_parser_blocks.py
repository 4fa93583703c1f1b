"""The parser: the shape of every block beyond the decision, as the tree has it without its spans."""

from __future__ import annotations

import pytest
from trees import declarations

SHAPES: dict[str, tuple[str, list[object]]] = {
    "modules": (
        """use std.frameworks
use std.calendars as cal
""",
        [('Use', ['std', 'frameworks'], None), ('Use', ['std', 'calendars'], 'cal')],
    ),
    "an event and a fact of another": (
        """event A of Lead { at: time required as happened }
fact B of Lead { x: text }
""",
        [('Fact', 'A',
          [('FieldNode', 'at', ('TypeName', 'time', None, False),
            [('FieldModifier', 'required', None), ('FieldModifier', 'role', 'happened')])],
          True, 'Lead'),
         ('Fact', 'B', [('FieldNode', 'x', ('TypeName', 'text', None, False), [])], 'Lead')],
    ),
    "parameters, and a gate made of another": (
        """let r(what: A.kind, span: duration) = any A where kind is what within span
gate g(who: condition, s: stage) "G" { a: who }
gate b = f.bant(budget: x > 0, need: y)
""",
        [('Let', 'r',
          ('Quantified', 'any',
           ('Records', ['A'], ('Comparison', 'is', 'kind', 'what'), [('Window', 'within', 'span', None)], [])),
          [('Parameter', 'what', ('FieldType', 'A', 'kind')),
           ('Parameter', 'span', ('TypeName', 'duration', None, False))]),
         ('Gate', 'g', "'G'", [('Criterion', 'a', 'who', None)], None,
          [('Parameter', 'who', ('TypeName', 'condition', None, False)),
           ('Parameter', 's', ('TypeName', 'stage', None, False))]),
         ('Gate', 'b', None, [], None,
          ('Call', ('Attribute', 'f', 'bant'),
           [('Argument', 'budget', ('Comparison', '>', 'x', '0')), ('Argument', 'need', 'y')]))],
    ),
    "a calendar": (
        """calendar w {
 mon to fri, sun 09:00 to 12:00, 13:00 to 24:00
 holidays cal.china
 holidays country DE region "BY"
 holidays 2026-12-31 to 2027-01-01, 2027-05-04
 workdays 2026-12-26
 leave Absence of owner where ok from starts to ends
}
""",
        [('Calendar', 'w',
          [('WeekLine', [['mon', 'fri'], ['sun', 'sun']],
            [[('Clock', 540), ('Clock', 720)], [('Clock', 780), ('Clock', 1440)]]),
           ('CountryLine', ('Attribute', 'cal', 'china'), None, None), ('CountryLine', None, 'DE', "'BY'"),
           ('DaysLine', 'holidays', [['2026-12-31', '2027-01-01'], ['2027-05-04', '2027-05-04']]),
           ('DaysLine', 'workdays', [['2026-12-26', '2026-12-26']]),
           ('LeaveLine', ('Records', ['Absence', 'owner'], 'ok', [], []), 'starts', 'ends')])],
    ),
    "duplicates": (
        """duplicate Lead {
 same phone
 same company, title
 keep earliest created_at
}
""",
        [('Duplicate', 'Lead',
          [('Same', ['phone']), ('Same', ['company', 'title']), ('Keep', 'earliest', 'created_at')])],
    ),
    "a goal": (
        """goal y "Y" {
 revenue 5 CNY by 2026-12-31
 deal 20万 CNY
 rate SQL to won 25%
 rates within 365 days
}
""",
        [('Goal', 'y', "'Y'",
          [('GoalLine', 'revenue', '5 CNY', '2026-12-31', None), ('GoalLine', 'deal', '200000 CNY', None, None),
           ('GoalLine', 'rate', '25 %', None, ['SQL', 'won']), ('GoalLine', 'rates', '365 day', None, None)])],
    ),
    "entries that count events": (
        """score s {
 +5 each A where x within 90 days, fading over 90 days, at most 9 points because "b"
 -1 once per day B since t
 +1 once C
}
""",
        [('Score', 's', None, None, None,
          [('EventEntry', '5', 'each', ('Records', ['A'], 'x', [('Window', 'within', '90 day', None)], []),
            [['fading', '90 day']], ['9'], "'b'"),
           ('EventEntry', ('Unary', '-', '1'), 'once per day',
            ('Records', ['B'], None, [('Window', 'since', 't', None)], []), [], [], None),
           ('EventEntry', '1', 'once', ('Records', ['C'], None, [], []), [], [], None)],
          None)],
    ),
    "records": (
        """let a = any A of this where b and c within 3 days since t prefer d then latest at and e
""",
        [('Let', 'a',
          ('Binary', 'and',
           ('Quantified', 'any',
            ('Records', ['A', 'this'], ('Binary', 'and', 'b', 'c'),
             [('Window', 'within', '3 day', None), ('Window', 'since', 't', None)],
             [('Prefer', 'd', None, None), ('Prefer', None, 'latest', 'at')])),
           'e'))],
    ),
    "records in functions": (
        """let a = count(A where (b or c) between 60 days and 30 days ago) + sum(n of A of this where b)
""",
        [('Let', 'a',
          ('Binary', '+',
           ('Call', 'count',
            [('Argument', None,
              ('Records', ['A'], ('Binary', 'or', 'b', 'c'), [('Window', 'between', '60 day', '30 day')], []))]),
           ('Call', 'sum', [('Argument', None, ('Records', ['n', 'A', 'this'], 'b', [], []))])))],
    ),
    "records without more": (
        """let a = last(A).at
let b = no A
""",
        [('Let', 'a', ('Attribute', ('Call', 'last', [('Argument', None, 'A')]), 'at')),
         ('Let', 'b', ('Quantified', 'no', ('Records', ['A'], None, [], [])))],
    ),
    "a table from a sheet": (
        """table t: text from "s.csv" {
 | region | size || t |
 | r | from to until || name |
}
""",
        [('Table', 't', None, 'first', [('TableOutput', None, ('TypeName', 'text', None, False))],
          ['region', 'size'], ['t'],
          [('TableRow', [('UnaryTest', 'is', 'r', None), ('UnaryTest', 'in', ('Range', 'from', 'until'), None)],
            ['name'])],
          "'s.csv'")],
    ),
    "places": (
        """team n "N" {
 members where a and not b
 prefer x then earliest joined
 pick least loaded
 pick weighted by q + 1
 hold at most cap Lead where c
 hold at most 50
 claim at most 10 per day
 former owner waits 7 days
 notify by wecom "hi"
 otherwise -> pool public
}
queue q
""",
        [('PlaceDeclaration', 'team', 'n', "'N'",
          [('Members', ('Binary', 'and', 'a', ('Unary', 'not', 'b'))),
           ('PreferLine', [('Prefer', 'x', None, None), ('Prefer', None, 'earliest', 'joined')]),
           ('PickLine', 'least loaded', None), ('PickLine', 'weighted by', ('Binary', '+', 'q', '1')),
           ('Hold', 'cap', ('Records', ['Lead'], 'c', [], [])), ('Hold', '50', None), ('Claim', '10', 'day'),
           ('FormerOwnerWaits', '7 day'), ('Notify', None, 'wecom', "'hi'"),
           ('OtherwiseLine', ('Destination', 'pool', 'public', None, None))]),
         ('PlaceDeclaration', 'queue', 'q', None)],
    ),
    "a nurture programme": (
        """nurture t on A where kind is trial {
 at start send "w" by email
 after 2 days when x task owner "c" due in 1 day
 after 2 days otherwise -> nurture l
 after 3 days notify owner "m"
 stop when a or b -> route
 stop when c
}
""",
        [('PlaceDeclaration', 'nurture', 't', None,
          [('NurtureStep', None, 'always', None, ('Send', "'w'", 'email')),
           ('NurtureStep', '2 day', 'when', 'x', ('Task', 'owner', "'c'", '1 day')),
           ('NurtureStep', '2 day', 'otherwise', None, ('Move', ('Destination', 'nurture', 'l', None, None))),
           ('NurtureStep', '3 day', 'always', None, ('Notify', 'owner', None, "'m'")),
           ('Stop', ('Binary', 'or', 'a', 'b'), ('Destination', 'route', None, None, None)), ('Stop', 'c', None)],
          ('Records', ['A'], ('Comparison', 'is', 'kind', 'trial'), [], []))],
    ),
    "a recall": (
        """recall while s is new {
 a: at t + 24 work hours when b unless c -> pool p, remind owner by wecom 4 work hours before,
 remind owner.manager 1 day before
 b: when x unless y -> own pool
 c: on return for [p, "q"] -> same team
 d: at t -> previous owner
}
""",
        [('Recall', ('Comparison', 'is', 's', 'new'),
          [('RecallEntry', 'a', ('Binary', '+', 't', '24 work_hour'), 'b', 'c', None,
            ('Destination', 'pool', 'p', None, None),
            [('Reminder', 'owner', 'wecom', '4 work_hour'),
             ('Reminder', ('Attribute', 'owner', 'manager'), None, '1 day')]),
           ('RecallEntry', 'b', None, 'x', 'y', None, ('Destination', 'own_pool', None, None, None), []),
           ('RecallEntry', 'c', None, None, None, ('ListOf', ['p', "'q'"]),
            ('Destination', 'same_team', None, None, None), []),
           ('RecallEntry', 'd', 't', None, None, None, ('Destination', 'previous_owner', None, None, None), [])])],
    ),
    "a service level and a channel": (
        """sla s "S" {
 from t
 until c
 paused while d
 when e
 at 80% * 8 work hours notify owner by wecom "m"
 at 8 hours -> queue q
}
channel email {
 only when consent
 at most 2 per week
 最多 3 每 月
 quiet 20:00 to 08:00
}
""",
        [('Sla', 's', "'S'",
          [('SlaLine', 'from', 't'), ('SlaLine', 'until', 'c'), ('SlaLine', 'paused while', 'd'),
           ('SlaLine', 'when', 'e'),
           ('SlaStep', ('Binary', '*', '80 %', '8 work_hour'), ('Notify', 'owner', 'wecom', "'m'")),
           ('SlaStep', '8 hour', ('Move', ('Destination', 'queue', 'q', None, None)))]),
         ('ChannelGuard', 'email',
          [('OnlyWhen', 'consent'), ('Claim', '2', 'week'), ('Claim', '3', 'month'),
           ('Quiet', ('Clock', 1200), ('Clock', 480))])],
    ),
    "a rule": (
        """rule r "R" priority 10 {
 when c: Lead where s is won
 when no A of c where b
 let n = count(A)
 when n > 4
 then flag c as odd
 then conclude F of c { via: c.x, y: unknown }
 then add G { z: none }
 then set c.s to unknown
 then remove c
 then notify c.owner.m by wecom "m"
 then -> pool p
}
""",
        [('Rule', 'r', "'R'", '10',
          [('Pattern', 'c', ('Records', ['Lead'], ('Comparison', 'is', 's', 'won'), [], [])),
           ('Guard', ('Quantified', 'no', ('Records', ['A', 'c'], 'b', [], []))),
           ('RuleLet', 'n', ('Call', 'count', [('Argument', None, 'A')])), ('Guard', ('Comparison', '>', 'n', '4')),
           ('Then', ('Flag', 'c', 'odd')),
           ('Then',
            ('Make', 'conclude', 'F', 'c',
             [('GivenField', 'via', ('Attribute', 'c', 'x')), ('GivenField', 'y', ('Unknown', 'unknown'))])),
           ('Then', ('Make', 'add', 'G', None, [('GivenField', 'z', ('Unknown', 'none'))])),
           ('Then', ('Set', ('Attribute', 'c', 's'), ('Unknown', 'unknown'))), ('Then', ('Remove', 'c')),
           ('Then', ('Notify', ('Attribute', ('Attribute', 'c', 'owner'), 'm'), 'wecom', "'m'")),
           ('Then', ('Move', ('Destination', 'pool', 'p', None, None)))])],
    ),
    "attribution": (
        """attribution w "W" over A within 90 days {
 30% first
 30% entered(SQL)
 20% last
 10% others
 10% all, halving every 7 days
}
attribution m(s: stage) { 100% entered(s) }
attribution x = models.m(SQL) over A
""",
        [('Attribution', 'w', "'W'", None, None,
          ('Records', ['A'], None, [('Window', 'within', '90 day', None)], []),
          [('Share', '30 %', 'first', None, None),
           ('Share', '30 %', None, ('Call', 'entered', [('Argument', None, 'SQL')]), None),
           ('Share', '20 %', 'last', None, None), ('Share', '10 %', 'others', None, None),
           ('Share', '10 %', 'all', None, '7 day')]),
         ('Attribution', 'm', None, [('Parameter', 's', ('TypeName', 'stage', None, False))], None, None,
          [('Share', '100 %', None, ('Call', 'entered', [('Argument', None, 's')]), None)]),
         ('Attribution', 'x', None, None, ('Call', ('Attribute', 'models', 'm'), [('Argument', None, 'SQL')]),
          ('Records', ['A'], None, [], []), [])],
    ),
    "promises": (
        """always "p" { a implies destination is not pool b }
always "q" { route is closed or holder is member lin or route is nurture for 3 days }
""",
        [('Always', "'p'",
          ('Binary', 'implies', 'a',
           ('Comparison', 'is not', 'destination', ('PlaceValue', ('Destination', 'pool', 'b', None, None))))),
         ('Always', "'q'",
          ('Binary', 'or',
           ('Binary', 'or', ('Comparison', 'is', 'route', 'closed'),
            ('Comparison', 'is', 'holder', ('PlaceValue', ('Destination', 'member', None, 'lin', None)))),
           ('Comparison', 'is', 'route', ('PlaceValue', ('Destination', 'nurture', None, None, '3 day')))))],
    ),
    "a test": (
        """test "t" {
 given l: Lead { a: 1 }
 given A of l { at: 2026-11-20 16:30 }
 given x: A of l { }
 at 2026-11-25 13:00 expect remind lin by wecom
 after 3 days expect holder is pool p
 expect no notify
 expect flag odd on l
 expect send "w" by email
 expect task lin
 expect no flag odd
 at 2026-11-25 expect missing a
}
""",
        [('Test', "'t'",
          [('Given', 'l', 'Lead', [('GivenField', 'a', '1')]),
           ('Given', None, 'A', [('GivenField', 'at', '2026-11-20T16:30:00')], 'l'), ('Given', 'x', 'A', [], 'l')],
          [('ExpectEffect', 'remind', False, 'lin', 'wecom', None, None, ('Moment', 'at', '2026-11-25T13:00:00')),
           ('ExpectCondition',
            ('Comparison', 'is', 'holder', ('PlaceValue', ('Destination', 'pool', 'p', None, None))),
            ('Moment', 'after', '3 day')),
           ('ExpectEffect', 'notify', True, None, None, None, None),
           ('ExpectEffect', 'flag', False, 'l', None, 'odd', None),
           ('ExpectEffect', 'send', False, None, 'email', None, "'w'"),
           ('ExpectEffect', 'task', False, 'lin', None, None, None),
           ('ExpectEffect', 'flag', True, None, None, 'odd', None),
           ('ExpectMissing', ['a'], ('Moment', 'at', '2026-11-25'))])],
    ),
    "what winning is": (
        """funnel {
 SQL: a
 won when b
}
""",
        [('Funnel', [('Stage', 'SQL', 'a')], 'b')],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_shape(name: str) -> None:
    text, expected = SHAPES[name]
    assert declarations(text) == expected
