"""`Policy.decide_frame` as hosts call it: kinds of frames, columns by other names, what is wanted, what is wrong."""

from __future__ import annotations

import ast
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from leadpolicy import InputError, Policy
from tests.frames.test_differential import cells

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]
POLICY = Policy.from_source(
    """policy small version "1" { unknown ["-"] }
fact Lead { id: text key, n: int, word: text, kind: one of [a, b], share: number }
score fit from -5 to 20 {
  +5 when n >= 3
  points kind { a 3, b -4 }
  +0.5 when share > 0.25
}
score whole {
  +1 when n is 1
  +2 when word in ["x", "é"]
}
gate ready {
  n:    n is known
  word: word is "x"
}
disqualify {
  spam: word is "spam" -> closed
  odd:  n < 0 -> pool b
}
funnel { MQL: fit >= 5 }
queue a
pool  b
route {
  hot: MQL and ready passes -> queue a
  otherwise -> pool b
}
"""
)
FRAME = pl.DataFrame(
    {
        "id": ["1", "2", "3", "4"],
        "n": [5, None, 1, -2],
        "word": ["x", " x ", "e\u0301", "spam"],
        "kind": ["a", "b", None, "-"],
        "share": [0.25, 0.250001, None, 1.0],
    }
)


def expected(frame: pl.DataFrame, columns: list[str]) -> list[dict[str, object]]:
    from leadpolicy.files.flat import flatten

    decided = (cells(flatten(POLICY.decide(lead, now=NOW).to_dict())) for lead in frame.iter_rows(named=True))
    return [{name: one.get(name) for name in columns} for one in decided]


def rows(frame: pl.DataFrame) -> list[dict[str, object]]:
    return [cells(row) for row in frame.iter_rows(named=True)]


def test_a_frame_gives_a_frame_and_a_lazy_one_a_lazy_one() -> None:
    made = POLICY.decide_frame(FRAME, now=NOW, want="all")
    assert rows(made) == expected(FRAME, made.columns)
    lazy = POLICY.decide_frame(FRAME.lazy(), now=NOW, want="all")
    assert isinstance(lazy, pl.LazyFrame)
    assert lazy.collect_schema() == made.schema
    assert_frame_equal(lazy.collect(), made)
    assert_frame_equal(lazy.select("stage").collect(), made.select("stage"))
    assert_frame_equal(lazy.filter(pl.col("stage").is_null()).collect(), made.filter(pl.col("stage").is_null()))


def test_what_is_wanted_comes_in_the_decisions_order() -> None:
    made = POLICY.decide_frame(FRAME, now=NOW, want=("stage", "lead", "score.fit"))
    assert made.columns == ["lead", "score.fit", "stage"]
    assert made.schema == {"lead": pl.String, "score.fit": pl.Decimal(38, 6), "stage": pl.String}
    assert POLICY.decide_frame(FRAME, now=NOW, want="score.whole").schema == {"score.whole": pl.Int64}
    with pytest.raises(ValueError, match="no column or group `scored`"):
        POLICY.decide_frame(FRAME, now=NOW, want="scored")


def test_columns_of_other_names_feed_fields() -> None:
    other = FRAME.rename({"n": "How many", "word": "n"})
    made = POLICY.decide_frame(other, now=NOW, columns={"n": "How many", "word": "n"})
    assert_frame_equal(made, POLICY.decide_frame(FRAME, now=NOW))
    with pytest.raises(ValueError, match="has no field `m`"):
        POLICY.decide_frame(other, now=NOW, columns={"m": "n"})
    with pytest.raises(ValueError, match="the frame has no column `x`"):
        POLICY.decide_frame(other, now=NOW, columns={"n": "x"})
    with pytest.raises(ValueError, match="given to two"):
        POLICY.decide_frame(other, now=NOW, columns={"n": "n", "word": "n"})


def test_wrong_leads_are_named_all_at_once_or_left_out() -> None:
    wrong = FRAME.with_columns(kind=pl.Series(["a", "z", None, "y"]))
    with pytest.raises(InputError) as caught:
        POLICY.decide_frame(wrong, now=NOW)
    assert [(p.lead, p.field, p.found) for p in caught.value.problems] == [("2", "kind", '"z"'), ("4", "kind", '"y"')]
    met: list[int] = []
    made = POLICY.decide_frame(wrong, now=NOW, want="lead", on_error=lambda number, _: met.append(number))
    assert (met, made.get_column("lead").to_list()) == ([1, 3], ["1", "3"])


def test_no_more_than_a_thousand_wrong_leads_are_told_of() -> None:
    wrong = pl.DataFrame({"id": [str(i) for i in range(3_000)], "n": [1.5] * 3_000})
    with pytest.raises(InputError) as caught:
        POLICY.decide_frame(wrong, now=NOW)
    assert len(caught.value.problems) == 1_000


def test_a_frame_without_leads_and_one_without_columns() -> None:
    made = POLICY.decide_frame(FRAME.head(0), now=NOW, want="all")
    assert made.height == 0
    assert made.schema == POLICY.decide_frame(FRAME, now=NOW, want="all").schema
    with pytest.raises(InputError, match="the field is required"):
        POLICY.decide_frame(pl.DataFrame({"other": [1]}), now=NOW)


def test_long_columns_with_few_odd_values_come_out_in_order() -> None:
    numbers = list(range(4_000))
    words = [" x" if i % 97 == 0 else f"word {i}" for i in numbers]
    frame = pl.DataFrame({"id": [f"L{i}" for i in numbers], "n": numbers, "word": words})
    made = POLICY.decide_frame(frame, now=NOW, want=("lead", "scores", "gates"))
    assert rows(made) == expected(frame, made.columns)


def test_something_else_than_a_frame_is_refused() -> None:
    with pytest.raises(TypeError, match="not list"):
        POLICY.decide_frame([{"id": "1"}], now=NOW)


def test_policy_text_gets_into_the_columns_as_literals_only() -> None:
    evil = 'a"); __import__("os").system("x") #'
    policy = Policy.from_source(
        'policy p version "1" { }\nfact Lead { id: text key, word: text }\n'
        f"score s {{ +1 when word is 「{evil}」\n+2 when word contains 「\\\\{evil}」 }}\n"
    )
    called = {
        node.func.id
        for node in ast.walk(ast.parse(policy.polars))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert called <= {"col", "lit", "when", "plain", "min_horizontal", "max_horizontal"}
    made = policy.decide_frame(pl.DataFrame({"id": ["1"], "word": [evil]}), now=NOW)
    assert made.row(0) == (1,)


def test_without_polars_the_extra_is_named() -> None:
    code = (
        "import sys; sys.modules['polars'] = None\n"
        "from leadpolicy import Policy\n"
        "policy = Policy.from_source('policy p version \"1\" { }\\nfact Lead { id: text key }\\nscore s { +1 }\\n')\n"
        "try:\n    policy.decide_frame(None)\nexcept ImportError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert "extra `tables`" in done.stdout
