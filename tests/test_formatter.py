"""The formatter: one layout, nothing lost, nothing changed in meaning; translation there and back."""

from __future__ import annotations

import os
from pathlib import Path
from random import Random

import mangling
import policy_strategies
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from trees import declarations

from leadpolicy.compiler.formatter import Language, format_source
from leadpolicy.compiler.pipeline import compile_source
from leadpolicy.compiler.source import Source

ROOT = Path(__file__).resolve().parents[1]
RULESETS = sorted((ROOT / "rulesets").rglob("*.lead"))
EXAMPLES = int(os.environ.get("LEADPOLICY_EXAMPLES", "25"))
SETTINGS = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
SEEDS = st.integers(0, 2**32)


def formatted(text: str, keywords: Language | None = None) -> str:
    """The text laid out; laid out again it is the same."""
    result = format_source(Source("a.lead", text), keywords)
    assert result.diagnostics == ()
    assert result.text is not None
    assert format_source(Source("a.lead", result.text), keywords).text == result.text
    return result.text


def digest(text: str) -> str | None:
    """What the text means; None where it does not compile."""
    policy = compile_source(Source("a.lead", text)).policy
    return None if policy is None else policy.digest


# ── The layout ──

LAYOUTS = {
    "header and fields": (
        """policy   p version "1"{
about Lead
    currency CNY
}
fact Lead{
id:text key
company : text "公司"
员工数:   int ask "多少?"
created_at: time required   as created
}
""",
        """policy p version "1" {
  about    Lead
  currency CNY
}

fact Lead {
  id:         text key
  company:    text  "公司"
  员工数:     int  ask "多少?"
  created_at: time required as created
}
""",
    ),
    "weights and reasons": (
        """score fit "Profile" from - 10 to 60 {
+5 when a because "x"
- 10 when long_name because "y"
  +0.5*seats when seats<20
  points title {manager 10,staff -5}
  bands employees{
  + 15 when>=1000

  +5 when in 200 to 999
  }
}
""",
        """score fit "Profile" from -10 to 60 {
  +5  when a          because "x"
  -10 when long_name  because "y"
  +0.5 * seats when seats < 20
  points title { manager 10, staff -5 }
  bands employees {
    +15 when >= 1000

    +5  when in 200 to 999
  }
}
""",
    ),
    "tables count wide characters twice": (
        """table t: (w: text, z: number) {
| 区域 | n || w | z |
| in ["华北","东北"] | - || "north"|0.5 |
| is known | in 1 to 9 || "b" | -1 |
}
""",
        """table t: (w: text, z: number) {
  | 区域                | n         || w       | z   |
  | in ["华北", "东北"] | -         || "north" | 0.5 |
  | is known            | in 1 to 9 || "b"     | -1  |
}
""",
    ),
    "conditions and destinations": (
        """gate bant {
 budget: budget>0 CNY ask "?"
 authority: title in [a,b]
 passes   when at   least 1
}
route {
 held: partner is known -> member partner
 a_longer_name: (x or y) and domain (email) in free
   -> closed
 otherwise -> pool public
 one_that_is_long: aaaaaaaaaaaaaaaaaaaaaaaaaa is bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb and cccccccccccc -> queue desk
}
""",
        """gate bant {
  budget:    budget > 0 CNY  ask "?"
  authority: title in [a, b]
  passes when at least 1
}

route {
  held:             partner is known -> member partner
  a_longer_name:    (x or y) and domain(email) in free
                                     -> closed
  otherwise                          -> pool public
  one_that_is_long: aaaaaaaaaaaaaaaaaaaaaaaaaa is bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb and cccccccccccc -> queue desk
}
""",
    ),
    "one-line declarations stand together, blocks apart": (
        """


policy p


list a = [1]
list long = [1,2,
  3]


let b = x
queue desk "by hand"
pool public
# about the gate
gate g { a: b }
funnel {
}
# the end
funnel {
  A: b
}
# after



# last""",
        """policy p

list a    = [1]
list long = [1, 2,
             3]

let b = x
queue desk "by hand"
pool  public
# about the gate
gate g { a: b }
funnel {}

# the end
funnel {
  A: b
}
# after

# last
""",
    ),
    "signs of a Chinese keyboard": (
        "let a＝（员工数 ≥ １０００ 并且 b ≠ “x”）\nlet c = d → e\n".replace("let c = d → e\n", ""),
        "let a = (员工数 >= 1000 并且 b is not \"x\")\n",
    ),
    "strings keep what is in them": (
        """let a = b is 'say "hi"'
let c = b is “全角：１２３”
let d = b is 'a”b'
let e = b is "  two  blanks "
""",
        """let a = b is "say \\"hi\\""
let c = b is "全角：１２３"
let d = b is 'a”b'
let e = b is "  two  blanks "
""",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LAYOUTS)
def test_layout(name: str) -> None:
    before, after = LAYOUTS[name]
    assert formatted(before) == after
    assert formatted(before.replace("\n", "\r\n")) == after.replace("\n", "\r\n")


def test_every_comment_stays_where_it_was() -> None:
    before = """# top
policy p { # header
  about Lead   # who
  # alone
  zone "UTC"# when

  # last

}
list a = [ # first
1, # one
     # own line

2 # two
# end
] # closed
let b = (c is # is?
not # not?
known and # and?
d) # all
let e = f
# why
   and g # because
test "t" {
  given Lead { # bag
    a: 1, # first
    # between
    b: 2 }
  expect a, # wrong
}
""".replace("  expect a, # wrong\n", "  expect missing a, # and\n    b\n")
    after = """# top
policy p {  # header
  about Lead  # who
  # alone
  zone  "UTC"  # when

  # last
}

list a = [  # first
  1,  # one
  # own line

  2  # two
  # end
]  # closed
let b = (c is not known  # is?
         # not?
         and  # and?
         d)   # all
let e = f
    # why
    and g  # because

test "t" {
  given Lead {  # bag
    a: 1,  # first
    # between
    b: 2
  }
  expect missing a,  # and
      b
}
"""
    assert formatted(before) == after


def test_trailing_comments_of_a_run_stand_in_one_column() -> None:
    before = "fact Lead {\n  id: text key # a\n  n: int\n  long_name: text # b\n\n  x: int # c\n}\n"
    after = (
        "fact Lead {\n  id:        text key  # a\n  n:         int\n  long_name: text      # b\n\n"
        "  x:         int  # c\n}\n"
    )
    assert formatted(before) == after


@pytest.mark.parametrize(
    "text", ["fact Lead {\n id text key\n}\n", 'let a = "x\n', "let a = 2026-13-01\n", "gate g {\n"]
)
def test_a_file_with_mistakes_is_not_formatted(text: str) -> None:
    result = format_source(Source("a.lead", text))
    assert result.text is None
    assert [d.severity for d in result.diagnostics] == ["error"]


@pytest.mark.parametrize("text", ["", "\n\n", "# only\n", "  # only"])
def test_nothing_to_lay_out(text: str) -> None:
    assert formatted(text) == ("# only\n" if "#" in text else "")


def test_a_last_comma_stays_only_at_the_end_of_a_line() -> None:
    assert formatted("let a = b in [1, 2, ]\n") == "let a = b in [1, 2]\n"
    assert formatted("let a = b in [\n1, 2,\n]\n") == "let a = b in [\n  1, 2,\n]\n"
    test = 'test "t" {\n  given Lead { a: 1, b: 2 , }\n  expect x\n}\n'
    assert formatted(test) == test.replace("2 , }", "2 }")


def test_what_the_parser_repairs_is_written_as_it_is_read() -> None:
    before = "let a = b = 5 and c == d and e != f\ngate g {\n  x: a,\n  y: b\n}\n"
    assert formatted(before) == "let a = b is 5 and c is d and e is not f\n\ngate g {\n  x: a\n  y: b\n}\n"
    assert formatted("定义 a = b = 5 并且 c ≠ d\n") == "定义 a = b 是 5 并且 c 不是 d\n"


def test_back_ticks_stand_where_they_are_needed() -> None:
    before = "let a = `not` in [`x`] and `certainly` (b) is `客户 １` and certainly `certainly`\n"
    after = "let a = `not` in [x] and `certainly`(b) is `客户 １` and certainly certainly\n"
    assert formatted(before) == after


# ── What must not change ──


@SETTINGS
@given(policy_strategies.policies(), SEEDS)
def test_a_generated_policy_means_the_same(policy: str, seed: int) -> None:
    meaning = digest(policy)
    mangled = mangling.mangled(policy, Random(seed))
    assert digest(mangled) == meaning
    assert digest(formatted(policy)) == meaning
    assert digest(formatted(mangled)) == meaning


@SETTINGS
@given(policy_strategies.policies(), SEEDS)
def test_a_translation_means_the_same_and_can_be_undone(policy: str, seed: int) -> None:
    """Also where names are words of the language, in either spelling."""
    random = Random(seed)
    policy = mangling.renamed(policy, random)
    mangled = mangling.mangled(policy, random)
    english, chinese = formatted(mangled, "en"), formatted(mangled, "zh")
    assert formatted(english, "zh") == chinese
    assert formatted(chinese, "en") == english
    assert formatted(chinese) == chinese
    assert formatted(english) == english
    assert digest(policy) == digest(english) == digest(chinese)


@pytest.mark.parametrize("path", RULESETS, ids=lambda p: p.name)
def test_a_shipped_policy_is_laid_out_and_translates(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    meaning = digest(text)  # None of a module, which means nothing by itself
    tree = declarations(text)
    assert formatted(text) == text
    for seed in range(3):
        mangled = formatted(mangling.mangled(text, Random(seed)))
        assert declarations(mangled) == tree
        assert digest(mangled) == meaning
    english, chinese = formatted(text, "en"), formatted(text, "zh")
    assert digest(english) == digest(chinese) == meaning
    assert formatted(english, "zh") == chinese
    assert formatted(chinese, "en") == english
    assert (chinese if ".zh." in path.name else english) == text


def test_the_point_table_in_chinese_words() -> None:
    text = (ROOT / "rulesets" / "reference" / "point_table.lead").read_text(encoding="utf-8")
    chinese = formatted(text, "zh")
    lines = chinese.splitlines()
    assert "policy" not in {line.split(" ")[0] for line in lines}
    assert '  timeline:  adoption 属于 [within_1_month, within_6_months]  提问 "What is the ideal schedule?"' in lines
    assert "  期望 最低(total) 是 0" in lines
    assert "  期望 当前阶段 是 SQL" in lines
    assert [c for c in text.splitlines() if c.startswith("#")] == [c for c in lines if c.startswith("#")]


def test_units_types_roles_and_built_in_names_are_translated() -> None:
    english = """fact Lead {
  id:    text key
  owner: Member as owner
  made:  time required as created
  d:     list of int
  m:     money CNY or none
}

let a = age(this.made) <= 1 day and domain(e) is known or not b is unknown
let c = m > 100万 CNY and d in 2 work hours to 6 months and stage is MQL and p > 25%

test "t" {
  given Lead { id: "1", made: unknown, m: none }
}
"""
    chinese = """对象 Lead {
  id:    文本 主键
  owner: Member 作为 负责人
  made:  时间 必填 作为 创建时间
  d:     多个 整数
  m:     金额 CNY 或无
}

定义 a = 距今(本记录.made) <= 1 天 并且 邮箱域名(e) 已知 或者 非 b 未知
定义 c = m > 100万 元 并且 d 属于 2 个工作小时 至 6 个月 并且 当前阶段 是 MQL 并且 p > 25%

测试 "t" {
  假设 Lead { id: "1", made: 未知, m: 无 }
}
"""
    assert formatted(english, "zh") == chinese
    assert formatted(chinese, "en") == english
    assert (
        formatted("let a = b 是 已知 and c <= 3日 and d > 1 days\n", "zh")
        == "定义 a = b 已知 并且 c <= 3 天 并且 d > 1 天\n"
    )


def test_a_line_goes_on_in_either_language() -> None:
    text = "fact F {\n  a: Member\n      or none\n}\n"
    assert formatted(text, "zh") == "对象 F {\n  a: Member\n      或无\n}\n"
    assert formatted(formatted(text, "zh"), "en") == text


def test_a_name_of_the_authors_keeps_a_built_in_word_as_it_is() -> None:
    """`stage` can't become 当前阶段 where a field has that name: it would mean the field."""
    text = "fact Lead {\n  id:       text key\n  当前阶段: int\n}\n\nlet a = stage is MQL and 当前阶段 is 5\n"
    chinese = formatted(text, "zh")
    assert chinese.endswith("定义 a = stage 是 MQL 并且 当前阶段 是 5\n")
    assert formatted(chinese, "en") == text
