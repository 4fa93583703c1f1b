"""Long tables and routes are looked up, not gone through: the interpreter must not see a difference."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from leadpolicy.compiler.pipeline import compile_source
from leadpolicy.compiler.source import Source
from leadpolicy.compiler.to_python import generate
from tests.test_differential import SETTINGS, by_evaluator, by_interpreter, compiled, in_one_go, in_parts

HEAD = """policy long version "1" {
  currency CNY
}
fact Lead {
  id:      text key
  region:  text
  place:   text or none
  kind:    one of [a, b, c, d, e]
  size:    int
  share:   number
  budget:  money or none
  hot:     bool
}
queue one
queue two
pool  three
"""
REGIONS = ["r1", "r2", "r3", "r4", "r5", "r6", "r7"]
NUMBERS = [0, 1, 2, 5]


@st.composite
def cells(draw: st.DrawFn, column: str) -> str:
    """What a row asks of a column; often nothing."""
    if draw(st.integers(0, 2)) == 0:
        return "-"
    if column in {"region", "place", "kind"}:
        values = [f'"{r}"' for r in REGIONS] if column != "kind" else list("abcde")
        some = draw(st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True))
        return some[0] if len(some) == 1 else f"in [{', '.join(some)}]"
    low, unit = draw(st.sampled_from(NUMBERS)), " CNY" if column == "budget" else ""
    part = ".5" if column == "share" and draw(st.booleans()) else ""
    return draw(
        st.sampled_from(
            [f">= {low}{part}{unit}", f"> {low}{part}{unit}", f"< {low}{part}{unit}", f"<= {low}{part}{unit}",
             f"{low}{unit} to {low + 2}{part}{unit}"]
        )
    )  # fmt: skip


@st.composite
def tables(draw: st.DrawFn) -> str:
    """A table of two or three columns, the first of texts."""
    columns = [draw(st.sampled_from(["region", "place", "kind"]))]
    columns += draw(st.lists(st.sampled_from(["size", "share", "budget", "region"]), max_size=2, unique=True))
    columns = list(dict.fromkeys(columns))
    lines = [f"table t: one of [x, y, z] {{\n  | {' | '.join(columns)} || t |"]
    for _ in range(draw(st.integers(8, 24))):
        row = [draw(cells(column)) for column in columns]
        lines.append(f"  | {' | '.join(row)} || {draw(st.sampled_from('xyz'))} |")
    lines.append(f"  | {' | '.join('-' for _ in columns)} || z |")
    return "\n".join([*lines, "}", ""])


@st.composite
def routes(draw: st.DrawFn) -> str:
    """A route whose entries mostly ask for one text."""
    lines = ["route {"]
    subject = draw(st.sampled_from(["region", "place"]))
    for number in range(draw(st.integers(8, 24))):
        tests = [f'{subject} is "{draw(st.sampled_from(REGIONS))}"'] if draw(st.integers(0, 5)) else []
        more = st.sampled_from(
            ["size >= 2", "size < 1", "share > 1.5", "hot", "not hot", "budget >= 2 CNY", "size is 5"]
        )
        tests += draw(st.lists(more, max_size=2, unique=True)) or ([] if tests else ["hot"])
        target = draw(st.sampled_from(["queue one", "queue two", "pool three", "nurture for 30 days", "closed"]))
        lines.append(f"  e{number}: {' and '.join(tests)} -> {target}")
    if draw(st.booleans()):
        lines.append("  otherwise -> queue two")
    if draw(st.booleans()):
        lines.append("  undecided -> pool three")
    return "\n".join([*lines, "}", ""])


def leads() -> st.SearchStrategy[dict[str, Any]]:
    texts = st.sampled_from([*REGIONS, " r1 ", "elsewhere", None])
    return st.fixed_dictionaries(
        {"id": st.just("L1")},
        optional={
            "region": texts, "place": texts, "kind": st.sampled_from(["a", "b", "c", "d", "e", None]),
            "size": st.sampled_from([*NUMBERS, 3, -1, None]), "share": st.sampled_from([0.5, 1, 1.5, 2.000001, 5.5, None]),
            "budget": st.sampled_from([0, 2, 2.5, 9, None]), "hot": st.sampled_from([True, False, None]),
        },
    )  # fmt: skip


@SETTINGS
@given(tables(), routes(), st.lists(leads(), min_size=3, max_size=10))
def test_they_agree(table: str, route: str, some: list[dict[str, Any]]) -> None:
    policy, program = compiled(HEAD + table + route)
    for lead in some:
        expected = in_parts(by_interpreter(policy, lead, {}))
        assert in_parts(by_evaluator(program, lead, {})) == expected
        for found in in_one_go(program, lead):
            assert in_parts(found) == expected


def code_of(rows: list[str], columns: str = "region | size") -> str:
    text = HEAD + "\n".join(
        [
            f"table t: one of [x, y, z] {{\n  | {columns} || t |",
            *rows,
            f"  | {' | '.join('-' for _ in columns.split(' | '))} || z |",
            "}",
            "",
        ]
    )
    result = compile_source(Source("long.lead", text))
    assert result.policy is not None, result.diagnostics
    return generate(result.policy)


def test_rows_of_one_text_and_one_number_are_data() -> None:
    code = code_of([f'  | "r{i}" | >= {i} || {"xyz"[i % 3]} |' for i in range(10)])
    assert "above if f_size >= cut else below" in code
    assert "'r7': (7, 10, 7, -2, 10)" in code


def test_rows_of_one_text_and_several_intervals_are_data() -> None:
    code = code_of([f'  | "r{i}" | in {j}0 to {j}9 || {"xyz"[j]} |' for i in range(5) for j in range(3)])
    assert "bisect_right(cuts, f_size)" in code
    assert "'r1': ((0, 10, 20, 30), (15, 3, 4, 5, 15), -2, 15)" in code


def test_what_asks_for_more_is_a_function_an_area() -> None:
    code = code_of([f'  | "r{i}" | >= {i} | >= {i}.5 || x |' for i in range(10)], "region | size | share")
    assert "def find_table_t_7(" in code
    assert "bisect_right" not in code


def test_few_rows_are_gone_through() -> None:
    code = code_of([f'  | "r{i}" | >= {i} || x |' for i in range(5)])
    assert "AREAS" not in code
