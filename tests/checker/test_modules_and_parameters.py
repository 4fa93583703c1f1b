"""Modules, parameters, and names of records: what they stand for in the IR, and where their mistakes are shown."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter import Interpreter
from leadpolicy.compiler.pipeline import Compilation, compile_source
from leadpolicy.compiler.source import Source
from leadpolicy.engine.json_text import dumps
from leadpolicy.policy import ModuleError, Policy

HEAD = """policy p version "1" {
  zone "UTC"
  currency CNY
}
fact Member { id: text key, level: one of [junior, senior] }
fact Lead {
  id:         text key
  company:    text
  employees:  int
  email:      email
  owner:      Member as owner
  created_at: time required as created
}
event Activity of Lead {
  kind: one of [call, visit]
  at:   time required as happened
}
""".replace(
    "{ id: text key, level: one of [junior, senior] }", "{\n  id: text key\n  level: one of [junior, senior]\n}"
)


def compiled(text: str, **files: str) -> Compilation:
    def read(name: str) -> str:
        key = name.removesuffix(".lead").replace("/", "_")
        if key not in files:
            raise FileNotFoundError(name)
        return files[key]

    return compile_source(Source("p.lead", HEAD + text), read)


def policy(text: str, **files: str) -> ir.Policy:
    result = compiled(text, **files)
    assert result.policy is not None, [(d.code, d.message) for d in result.diagnostics]
    return result.policy


def found(text: str, **files: str) -> list[tuple[str, str, int]]:
    """Code, file and line of each diagnostic."""
    return [(d.code, d.source.name, d.source.position(d.span.start)[0]) for d in compiled(text, **files).diagnostics]


# ── Parameters ──


def test_an_argument_means_what_it_means_where_it_stands() -> None:
    """A let's parameter called like a field, and an argument that reads a field called like the parameter."""
    text = (
        "let over(employees: int, than: int) = employees > than\nlet a = over(3, employees) or over(employees, 5)\n"
    )
    first, second = policy(text).lets[0].expr.args  # type: ignore[union-attr]
    assert isinstance(first, ir.Compare)
    assert isinstance(second, ir.Compare)
    assert (first.left.op, first.right.op) == ("const", "field")
    assert (second.left.op, second.right.op) == ("field", "const")


def test_a_criterion_speaks_in_the_words_of_its_argument() -> None:
    text = (
        "gate ready(who: condition) {\n  who: who\n  size: employees > 5 and who\n}\n"
        "gate g = ready(owner is known and employees > 1)\n"
    )
    (gate,) = policy(text).gates
    who, size = gate.criteria
    assert who.text == "owner is known and employees > 1"
    assert [c.text for c in who.condition.clauses] == ["owner is known", "employees > 1"]
    assert size.text == "employees > 5 and who"
    assert [c.text for c in size.condition.clauses] == ["employees > 5", "owner is known", "employees > 1"]


def test_a_call_is_one_clause() -> None:
    text = 'let both(a: condition) = a and employees > 1\ngate g {\n  x: both(owner is known) and company is "a"\n}\n'
    (gate,) = policy(text).gates
    assert [c.text for c in gate.criteria[0].condition.clauses] == ["both(owner is known)", 'company is "a"']


def test_calls_that_double_at_every_level_come_to_an_end() -> None:
    lets = "".join(f"let f{n}(x: condition) = f{n - 1}(x) or f{n - 1}(not x)\n" for n in range(1, 40))
    codes = {
        d.code for d in compiled("let f0(x: condition) = x\n" + lets + "let a = f39(employees > 1)\n").diagnostics
    }
    assert codes == {"LP3033"}


# ── Records ──


def test_a_let_of_another_record_is_written_out() -> None:
    made = policy("let big = employees > 5\ngate g {\n  x: any Lead where big\n}\n").gates[0].criteria[0]
    (clause,) = made.condition.clauses
    assert isinstance(clause.expr, ir.Any)
    assert clause.expr.records.where is not None
    inner = clause.expr.records.where.clauses[0].expr
    assert isinstance(inner, ir.Compare)
    assert inner.left.var == "row1"  # type: ignore[union-attr]


def test_records_in_records_belong_to_the_record_around_them() -> None:
    made = policy("gate g {\n  x: any Lead where any Activity where kind is call\n}\n").gates[0].criteria[0]
    outer = made.condition.clauses[0].expr
    assert isinstance(outer, ir.Any)
    assert outer.records.where is not None
    inner = outer.records.where.clauses[0].expr
    assert isinstance(inner, ir.Any)
    assert inner.records.of == ir.VarRef(name="row1", type=ir.Type(kind="fact", fact="Lead"))
    assert inner.records.var == "row2"


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ("gate g {\n  x: any Activity where kind is call\n}\n", ((), ("Activity",), True, False)),
        ("gate g {\n  x: last(Lead).owner.level is senior\n}\n", (("Member", "Lead"), (), False, False)),
        ("let unused = any Activity\n", ((), (), False, False)),
        (
            "score s from 0 to 1 {\n  +1 when employees > 1\n}\nfunnel {\n  A: s > 0\n}\n"
            "gate g {\n  x: entered(A) is known\n}\n",
            ((), (), False, True),
        ),
        (
            'rule r "r" {\n  when x: Lead where owner is known\n  when any Activity of x\n  then flag x as y\n}\n',
            ((), (), False, False),
        ),
    ],
)
def test_what_decisions_read(text: str, reads: tuple[object, ...]) -> None:
    made = policy(text)
    assert (made.reads_facts, made.reads_events, made.reads_now, made.reads_entered) == reads


def test_the_fix_for_a_lead_that_is_called_this() -> None:
    (diagnostic,) = compiled("let a = lead.employees > 3\n").diagnostics
    assert diagnostic.code == "LP2015"
    assert diagnostic.fix is not None
    text = diagnostic.source.text
    assert "this.employees" in text[: diagnostic.fix.start] + diagnostic.fix.text + text[diagnostic.fix.end :]


# ── Modules ──


def test_a_module_beside_the_policy() -> None:
    shared = 'list regions = ["a", "b"]\nlet some(x: text) = x in regions\nlet fixed = 3\n'
    made = policy("use rules.shared as s\nlet a = s.some(company) and employees > s.fixed\n", rules_shared=shared)
    assert [x.name for x in made.lists] == ["rules.shared.regions"]
    assert [x.name for x in made.lets] == ["a"]
    other = policy(
        "use rules.shared as s\nlet a = s.some(company) and employees > s.fixed\n", rules_shared=shared + "\n# x\n"
    )
    more = policy(
        "use rules.shared as s\nlet a = s.some(company) and employees > s.fixed\n",
        rules_shared=shared.replace('"b"', '"c"'),
    )
    assert made.digest == other.digest != more.digest


def test_the_lets_of_a_policy_go_into_modules_as_arguments() -> None:
    shared = "let own = 3\nlet both(x: condition) = x and own > 2\n"
    made = policy("use shared\nlet own = employees > 5\nlet a = shared.both(own)\n", shared=shared)
    assert "own" in {x.name for x in made.lets}


def test_mistakes_in_a_module_are_shown_in_it() -> None:
    shared = "let a(x: int) = x > employees\nlet b = nothing\nqueue q\n"
    assert found("use shared\n", shared=shared) == [
        ("LP2001", "shared.lead", 1), ("LP2001", "shared.lead", 2), ("LP2020", "shared.lead", 3),
    ]  # fmt: skip


def test_modules_that_go_round_in_a_circle() -> None:
    assert found("use a\n", a="use b\n", b="use a\nlet x = 1\n") == [("LP2018", "b.lead", 1)]


def test_standard_modules_have_chinese_names() -> None:
    text = "引用 标准.免费邮箱 作为 免费\ngate g {\n  x: domain(email) in 免费.域名\n}\n"
    assert [x.name for x in policy(text).lists] == ["std.free_mail.domains"]


def test_a_module_decides_nothing() -> None:
    with pytest.raises(ModuleError, match="LP2009"):
        Policy.from_source("let a = 1 > 0\n")


def test_every_standard_calendar_compiles() -> None:
    from importlib import resources

    text = resources.files("leadpolicy.rulesets").joinpath("std/calendars.lead").read_text(encoding="utf-8")
    names = [line.split()[1] for line in text.splitlines() if line.startswith("calendar ")]
    assert len(names) > 30
    lines = "".join(f"calendar c_{n} {{\n  mon to fri 09:00 to 18:00\n  holidays cal.{n}\n}}\n" for n in names[:3])
    assert [c.countries for c in policy("use std.calendars as cal\n" + lines).calendars] == [
        ("CN",),
        ("HK",),
        ("TW",),
    ]


OFFICE = "calendar office {\n  mon to fri 09:00 to 18:00\n}\ncalendar off {\n  holidays 2026-12-31\n}\nlet works = during(office)\n"


def test_the_calendar_of_a_module_is_asked_whether_it_is_open(tmp_path: Path) -> None:
    text = "use shared as s\ncalendar office {\n  sat 09:00 to 18:00\n}\ngate g {\n"
    made = policy(text + "  theirs: during(s.office)\n  told: s.works\n  ours: during(office)\n}\n", shared=OFFICE)
    assert [c.name for c in made.calendars] == ["office", "shared.office"]
    (tmp_path / "shared.lead").write_text(OFFICE, encoding="utf-8")
    body = "  theirs: during(s.office)\n  told: s.works\n  ours: during(office)\n}\n"
    decided = Policy.from_source(HEAD + text + body, "p.lead", base=tmp_path)
    lead = {"id": "1", "created_at": "2026-11-01 09:00"}
    for day, verdicts in ((20, ["true", "true", "false"]), (21, ["false", "false", "true"])):
        now = datetime(2026, 11, day, 10)
        asked = Interpreter(made).run(lead, now=now, facts={}, events={}).decision(trace=True)
        told = decided.decide(lead, now=now, facts={}, events={}).to_dict(trace=True)
        assert [item["verdict"] for item in told["why"]] == verdicts
        assert dumps(told) == dumps(asked)


def test_a_calendar_that_a_module_does_not_have() -> None:
    assert found("use shared as s\nlet a = during(s.offices)\n", shared=OFFICE)[0][0] == "LP3010"
    assert found("use shared as s\nlet a = during(s.off)\n", shared=OFFICE)[0][0] == "LP3061"


def test_a_choice_with_the_name_of_a_field_that_cannot_be_meant_is_no_doubt() -> None:
    of_lead = HEAD.replace("  company:    text\n", "  company:    text\n  by_mail:    one of [email, company]\n")
    for word, codes in (("email", []), ("company", ["LP2014"])):
        result = compile_source(Source("p.lead", f"{of_lead}let a = by_mail is {word}\n"))
        assert [d.code for d in result.diagnostics] == codes
