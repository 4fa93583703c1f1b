"""A small policy for the tests of the front door, and leads for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

POLICY = """\
policy small version "1" {
  about    Lead
  zone     "Asia/Shanghai"
  currency CNY
  unknown  ["未知"]
}

fact Member {
  id:    text key
  level: one of [junior, senior]
}

fact Lead {
  id:         text key
  company:    text    "公司"
  title:      one of [manager, staff]
  employees:  int     "员工数"  ask "How many people work there?"
  ratio:      number
  budget:     money             ask "What is the budget?"
  rep:        Member or none
  created_at: time required as created
}

score fit "Profile" from 0 to 30 {
  points title { manager 10, staff 0 }
  bands employees {
    +15 when >= 1000
    +5  when >= 50
  }
  +5 when ratio > 0.1
}

table size: one of [large, small] {
  | employees || size  |
  | >= 1000   || large |
  | -         || small |
}

gate ready {
  money: budget > 0 CNY
  fit:   fit >= 10
}

disqualify {
  broke: budget is 0 CNY -> closed
}

funnel {
  MQL: fit >= 10
  SQL: fit >= 20 and ready passes
}

queue desk
queue research
pool  public

route {
  taken: rep is known  -> member rep
  big:   size is large -> queue desk
  otherwise            -> pool public
  undecided            -> queue research
}

test "a large firm goes to the desk" {
  given Lead { id: "L1", employees: 8000, rep: none, created_at: 2026-11-20 10:00 }
  expect fit is 15
  expect route is queue desk
}

test "what is unknown is asked for" {
  given Lead { id: "L2", title: manager, created_at: 2026-11-20 10:00 }
  expect missing employees, budget
  expect ready is unknown
}
"""

MEMBERS = "id,level\nm1,senior\nm2,junior\n"

LEADS = """\
id,公司,title,employees,ratio,budget,rep,created_at,notes
L1,Acme,manager,8000,0.1,50000,,2026-11-20 10:00,a
L2,Beta,,12,0.100001,,m1,2026-11-20 10:00,b
L3,Gamma,staff,many,,0,,2026-11-20 10:00,c
L4,Delta,staff,,,0,,2026-11-20 10:00,d
"""


@dataclass(frozen=True)
class Ran:
    """What a command gave."""

    code: int
    out: str
    err: str


Lead = Callable[..., Ran]
"""Runs `lead` with arguments."""
