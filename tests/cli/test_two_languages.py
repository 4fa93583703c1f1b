"""Every command on a policy in Chinese says nothing in English, and on one in English nothing in Chinese.

The policies, leads and files are named in the language that is looked for, so that whatever is left over of the other
one is the command's own.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from small_policy import Lead

CHINESE = """\
策略 样例 版本 "1" {
  对象 线索
  时区 "Asia/Shanghai"
  币种 CNY
}
对象 成员 { 号: 文本 主键 }
对象 线索 {
  号: 文本 主键
  职位: 选项 [经理, 员工]
  人数: 整数 提问 "多少人？"
  预算: 金额
  负责人: 成员 或 无 作为 负责人
}
评分 意向 从 -10 至 100 {
  +30 当 职位 是 经理
  +20 当 人数 >= 100
}
决策表 等级: 文本 {
  | 意向 || 等级 |
  | >= 40 || "甲" |
  | - || "乙" |
}
资格 合格 {
  预算: 预算 > 0 CNY
}
漏斗 {
  高: 意向 >= 40
  低: 意向 >= 10
}
淘汰 {
  无钱: 预算 是 0 CNY -> 培育 为 90 天
}
队列 一线
公海 全体
分配 {
  老客: 负责人 是 已知 -> 负责人
  高手: 高 -> 队列 一线
  否则 -> 公海 全体
  未定 -> 队列 一线
}
对象 标签 {
  号: 文本 主键
  人数: 整数 必填
}
规则 大户 "人很多" {
  当 x: 线索 满足 人数 >= 100 并且 职位 是 经理
  则 标记 x 作为 大
}
规则 打标签 {
  当 x: 线索 满足 人数 未知
  则 新增 标签 { 号: x.号, 人数: x.人数 + 1 }
}
规则 来 {
  当 x: 线索 满足 人数 是 7
  则 设置 x.人数 至 8
}
规则 去 {
  当 x: 线索 满足 人数 是 8
  则 设置 x.人数 至 7
}
测试 "对" {
  假设 线索 { 号: "T1", 职位: 经理, 人数: 200, 预算: 5000 CNY }
  期望 高
}
测试 "错" {
  假设 线索 { 号: "T2", 职位: 员工 }
  期望 高
  期望 分配 是 公海 全体
  期望 意向 是 90
}
"""
ENGLISH = """\
policy sample version "1" {
  about Lead
  zone "Asia/Shanghai"
  currency CNY
}
fact Member { id: text key }
fact Lead {
  id: text key
  title: one of [manager, staff]
  employees: int ask "How many?"
  budget: money
  rep: Member or none as owner
}
score intent from -10 to 100 {
  +30 when title is manager
  +20 when employees >= 100
}
table grade: text {
  | intent || grade |
  | >= 40 || "A" |
  | - || "B" |
}
gate good {
  money: budget > 0 CNY
}
funnel {
  high: intent >= 40
  low: intent >= 10
}
disqualify {
  poor: budget is 0 CNY -> nurture for 90 days
}
queue front
pool  everyone
route {
  old:  rep is known -> owner
  best: high         -> queue front
  otherwise          -> pool everyone
  undecided          -> queue front
}
fact Label {
  id: text key
  employees: int required
}
rule big "Very many" {
  when x: Lead where employees >= 100 and title is manager
  then flag x as large
}
rule label {
  when x: Lead where employees is unknown
  then add Label { id: x.id, employees: x.employees + 1 }
}
rule up {
  when x: Lead where employees is 7
  then set x.employees to 8
}
rule down {
  when x: Lead where employees is 8
  then set x.employees to 7
}
test "right" {
  given Lead { id: "T1", title: manager, employees: 200, budget: 5000 CNY }
  expect high
}
test "wrong" {
  given Lead { id: "T2", title: staff }
  expect high
  expect route is pool everyone
  expect intent is 90
}
"""
LEADS = {
    "zh": "号,职位,人数,预算,备注\nA1,经理,200,5000,甲\nA2,员工,很多,0,乙\nA3,老板,5,0,丙\nA4,,,,\nA5,员工,5,0\nA1,经理,9,,\nA6,员工,5,0,\nA4,,,,\n",
    "en": "id,title,employees,budget,note\nA1,manager,200,5000,a\nA2,staff,many,0,b\nA3,boss,5,0,c\nA4,,,,\nA5,staff,5,0\nA1,manager,9,,\nA6,staff,5,0,\nA4,,,,\n",
}
LOGS = {
    "zh": """\
{"at": "2026-11-20 10:00", "insert": "线索", "record": {"号": "A1", "人数": 200, "职位": "经理"}}
{"线索": {"号": "A2"}}
{"线索": {"号": "A3", "人数": 7}}
{"线索": {"号": "A4", "人数": "很多"}}
不是
{"at": "以后", "advance": true}
{"at": "2026-11-21", "advance": true}
{"at": "2026-11-20 11:00", "advance": true}
{"retract": "谁"}
{"update": ["线索", "A9"], "fields": {"人数": 1}}
{"update": ["线索", "A1"], "fields": {"人": 1}}
{"insert": "东西", "record": {}}
{"insert": "线索", "record": []}
{"batch": 1}
""",
    "en": """\
{"at": "2026-11-20 10:00", "insert": "Lead", "record": {"id": "A1", "employees": 200, "title": "manager"}}
{"Lead": {"id": "A2"}}
{"Lead": {"id": "A3", "employees": 7}}
{"Lead": {"id": "A4", "employees": "many"}}
none
{"at": "later", "advance": true}
{"at": "2026-11-21", "advance": true}
{"at": "2026-11-20 11:00", "advance": true}
{"retract": "somebody"}
{"update": ["Lead", "A9"], "fields": {"employees": 1}}
{"update": ["Lead", "A1"], "fields": {"people": 1}}
{"insert": "Thing", "record": {}}
{"insert": "Lead", "record": []}
{"batch": 1}
""",
}
RULE = {"zh": "大户", "en": "big"}
POLICY, FIELD, HEAD = {"zh": CHINESE, "en": ENGLISH}, {"zh": "人数", "en": "employees"}, {"zh": "高", "en": "high"}
MEMBER, KEY = {"zh": "成员", "en": "Member"}, {"zh": "号", "en": "id"}
NOT_THE_OTHERS = {"zh": re.compile(r"[A-Za-z]{3,} [a-z]{2,}"), "en": re.compile("[\u4e00-\u9fff]")}

NOW = ("--now", "2026-11-20 10:00")
COMMANDS = {
    "check": ("check", "p.lead"),
    "check a folder": ("check", "."),
    "run": ("run", "p.lead", "l.csv", *NOW),
    "run with facts": ("run", "p.lead", "l.csv", "--facts", "{member}=m.csv", *NOW),
    "run into files": (
        "run", "p.lead", "l.csv", "--facts", "{member}=m.csv", *NOW, "--out", "o.csv", "--errors", "e.csv",
    ),
    "run into nowhere": ("run", "p.lead", "l.csv", "--facts", "{member}=m.csv", "--out", "none/o.csv"),
    "run into a strange file": ("run", "p.lead", "l.csv", "--facts", "{member}=m.csv", "--out", "o.doc"),
    "run over what it reads": ("run", "p.lead", "l.csv", "--facts", "{member}=m.csv", "--out", "l.csv"),
    "run with a trace": ("run", "p.lead", "l.csv", "--facts", "{member}=m.csv", "--trace"),
    "run on nothing": ("run", "p.lead", "no.csv", "--facts", "{member}=m.csv"),
    "run on a folder": ("run", "p.lead", ".", "--facts", "{member}=m.csv"),
    "run on an empty file": ("run", "p.lead", "empty.csv", "--facts", "{member}=m.csv"),
    "run on a header": ("run", "p.lead", "header.csv", "--facts", "{member}=m.csv"),
    "run on other columns": ("run", "p.lead", "other.csv", "--facts", "{member}=m.csv"),
    "run at no time": ("run", "p.lead", "l.csv", "--facts", "{member}=m.csv", "--now", "99"),
    "run in no encoding": ("run", "p.lead", "l.csv", "--facts", "{member}=m.csv", "--encoding", "klingon"),
    "run with a strange fact": ("run", "p.lead", "l.csv", "--facts", "X=m.csv"),
    "run with bad facts": ("run", "p.lead", "l.csv", "--facts", "{member}=bad.csv"),
    "explain": ("explain", "p.lead", "l.csv", "--lead", "A4", "--facts", "{member}=m.csv", *NOW),
    "explain the best": ("explain", "p.lead", "l.csv", "--lead", "A6", "--facts", "{member}=m.csv", *NOW),
    "explain what is bad": ("explain", "p.lead", "l.csv", "--lead", "A2", "--facts", "{member}=m.csv", *NOW),
    "explain nobody": ("explain", "p.lead", "l.csv", "--lead", "Z", "--facts", "{member}=m.csv", *NOW),
    "why not": (
        "explain", "p.lead", "l.csv", "--lead", "A4", "--facts", "{member}=m.csv", *NOW, "--why-not", "{head}",
    ),
    "why not nothing": (
        "explain", "p.lead", "l.csv", "--lead", "A4", "--facts", "{member}=m.csv", *NOW, "--why-not", "?",
    ),
    "what if": (
        "explain", "p.lead", "l.csv", "--lead", "A4", "--facts", "{member}=m.csv", *NOW, "--what-if", "{field}=500",
    ),
    "what if nonsense": (
        "explain", "p.lead", "l.csv", "--lead", "A4", "--facts", "{member}=m.csv", *NOW, "--what-if", "{field}=?",
    ),
    "what if of nothing": (
        "explain", "p.lead", "l.csv", "--lead", "A4", "--facts", "{member}=m.csv", *NOW, "--what-if", "?=1",
    ),
    "why not a rule": (
        "explain", "p.lead", "l.csv", "--lead", "A4", "--facts", "{member}=m.csv", *NOW, "--why-not", "{rule}",
    ),
    "why not a rule that isn't there": (
        "explain", "p.lead", "l.csv", "--lead", "A4", "--facts", "{member}=m.csv", *NOW, "--why-not", "{rule}x",
    ),
    "simulate": ("simulate", "p.lead", "log.jsonl"),
    "simulate into files": ("simulate", "p.lead", "log.jsonl", "--out", "o.jsonl", "--errors", "e.csv"),
    "simulate for a while": ("simulate", "p.lead", "log.jsonl", "--until", "2026-11-20 12:00"),
    "simulate backwards": ("simulate", "p.lead", "log.jsonl", "--until", "2026-11-19"),
    "simulate at no time": ("simulate", "p.lead", "log.jsonl", "--until", "99"),
    "simulate without a time": ("simulate", "p.lead", "timeless.jsonl"),
    "simulate on nothing": ("simulate", "p.lead", "no.jsonl"),
    "simulate into a strange file": ("simulate", "p.lead", "log.jsonl", "--out", "o.csv"),
    "simulate over what it reads": ("simulate", "p.lead", "log.jsonl", "--out", "log.jsonl"),
    "simulate without rules": ("simulate", "empty_rules.lead", "log.jsonl"),
    "test": ("test", "p.lead"),
    "test of no name": ("test", "p.lead", "-k", "?"),
    "fmt": ("fmt", "--check", "p.lead"),
    "fmt of nothing": ("fmt", "no.lead"),
    "a code": ("explain-code", "LP9999"),
    "an empty policy": ("check", "empty.lead"),
    "a policy of comments": ("check", "comments.lead"),
    "leads for a policy": ("check", "leads.lead"),
    "bytes for a policy": ("check", "bytes.lead"),
    "GBK for a policy": ("check", "gbk.lead"),
    "one long line for a policy": ("check", "long.lead"),
    "a policy that isn't there": ("check", "no.lead"),
    "a folder without policies": ("check", "bare"),
}  # fmt: skip


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """A folder with a policy, leads and what beginners give a command; the language it is in."""
    lang = str(request.param)
    monkeypatch.chdir(tmp_path)
    for name, text in {
        "p.lead": POLICY[lang],
        "l.csv": LEADS[lang],
        "m.csv": f"{KEY[lang]}\nM1\n",
        "bad.csv": "x\ny\n",
        "empty.csv": "",
        "header.csv": LEADS[lang].partition("\n")[0] + "\n",
        "other.csv": "x,y\n1,2\n",
        "log.jsonl": LOGS[lang],
        "timeless.jsonl": LOGS[lang].splitlines()[1] + "\n",
        "empty_rules.lead": POLICY[lang].partition({"zh": "规则 ", "en": "rule "}[lang])[0],
    }.items():
        Path(name).write_text(text, encoding="utf-8")
    Path("bare").mkdir()
    return lang


def beginners(lang: str) -> None:
    """Files that are no policies."""
    comment = {"zh": "# 空的\n", "en": "# nothing yet\n"}[lang]
    for name, data in {
        "empty.lead": b"",
        "comments.lead": comment.encode(),
        "leads.lead": LEADS[lang].encode(),
        "bytes.lead": bytes(range(256)) * 40,
        "gbk.lead": POLICY[lang].encode("gb18030").replace(b"policy", b"\xb2\xdf\xc2\xd4 policy"),
        "long.lead": b"x" * 1_000_000,
    }.items():
        Path(name).write_bytes(data)


@pytest.mark.parametrize("place", ["zh", "en"], indirect=True)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_speaks_one_language(lead: Lead, place: str, command: str) -> None:
    if "." not in COMMANDS[command]:
        beginners(place)
    named = {"member": MEMBER[place], "field": FIELD[place], "head": HEAD[place], "rule": RULE[place]}
    ran = lead(*(part.format(**named) for part in COMMANDS[command]), "--lang", place)
    printed = ran.out + ran.err
    assert printed.strip()
    for line in printed.splitlines():
        bare = re.sub(r"`[^`]*`|“[^”]*”|\"[^\"]*\"|lead [a-z-]+|--[a-z-]+ \S+|pip install.*", "", line)
        left = NOT_THE_OTHERS[place].search(bare)
        assert left is None, f"{left[0]!r} in {line!r}"


@pytest.mark.parametrize("place", ["zh", "en"], indirect=True)
def test_the_policy_of_these_tests_decides_and_two_of_its_expectations_fail(lead: Lead, place: str) -> None:
    assert lead("check", "p.lead").code == 0
    ran = lead("run", "p.lead", "l.csv", "--facts", f"{MEMBER[place]}=m.csv", *NOW, "--lang", place)
    assert {"zh": "读取", "en": "read"}[place] in ran.out
    assert ran.code == 1, "some rows are bad"
    assert lead("test", "p.lead").code == 1
    explained = lead("explain", "p.lead", "l.csv", "--lead", "A4", "--facts", f"{MEMBER[place]}=m.csv", *NOW)
    assert explained.code == 0, explained.err


@pytest.mark.parametrize("place", ["en", "zh"], indirect=True)
@pytest.mark.parametrize("name", ["empty", "comments", "leads", "bytes", "gbk", "long"])
def test_what_is_no_policy_is_told_in_few_words(lead: Lead, place: str, name: str) -> None:
    beginners(place)
    ran = lead("check", f"{name}.lead", "--lang", place)
    assert ran.code in (1, 2)
    assert len(ran.out + ran.err) < 700, "a beginner reads one thing"
