"""The generated source: policy text stays data, the same policy gives the same text."""

from __future__ import annotations

import ast
import re
from typing import Any

import pytest
from tests.engine.loading import NOW, decide, program
from tests.ir_builders import (
    BOOL,
    INT,
    TEXT,
    bands,
    both,
    certainly,
    choice,
    clause,
    const,
    criterion,
    disqualify,
    either,
    eq,
    fact_field,
    field,
    gate,
    ge,
    is_in,
    known,
    let,
    let_ref,
    make_policy,
    named_list,
    no,
    plain,
    points,
    pool,
    queue,
    route,
    row,
    score,
    stage,
    table,
    to,
    when,
)

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python import generate
from leadpolicy.compiler.to_python.literals import literal
from leadpolicy.compiler.to_python.names import Names
from leadpolicy.engine.program import load

HOSTILE = [
    "\"\"\"'''",
    "\\",
    "\\\n",
    "a\nimport os\n",
    "__import__('os').system('x')",
    "{x}{0}%s",
    "\u2028\u2029\x85",
    "\0",
    "\u202e reversed",
    "\ud800",
    "class",
    "None",
    "__builtins__",
    "f_x",
    "名字",
    "x" * 300,
    "# line 3\r",
]


def hostile_policy(text: str) -> ir.Policy:
    """A policy in which every text is `text`."""
    kind = choice(text, text + "2", ordered=True)
    x, c, number = (
        ir.FieldRef(path=(text + end,), type=type_) for end, type_ in (("", TEXT), ("c", kind), ("n", INT))
    )
    first = let(text, eq(x, text))
    cond = when(clause(eq(x, text), text), clause(let_ref(first), text))
    return make_policy(
        fields=[
            fact_field(text, TEXT, ask=text, label=text, markers=(text + "m",)),
            fact_field(text + "c", kind),
            fact_field(text + "n", INT),
        ],
        lists=[named_list(text, text, text + "3")],
        lets=[first],
        scores=[
            score(
                text,
                plain(5, cond, text=text, because=text),
                points(c, **{text: 3}),
                bands(number, (2, ge(number, 3)), text=text),
                plain(1, ge(c, text + "2"), text=text),
            )
        ],
        tables=[table(text, row(is_in(x, [text, text + "4"]), text))],
        gates=[gate(text, criterion(text, known(x), ask=text))],
        disqualify=[disqualify(text, eq(x, text + "never"))],
        funnel=[stage(text, cond)],
        route=route(to(text, cond, queue(text)), to("otherwise", None, pool(text)), undecided=queue(text)),
    ).model_copy(update={"name": text, "version": text, "digest": text})


ALLOWED = (
    ast.Module, ast.Expr, ast.Constant, ast.ImportFrom, ast.alias, ast.Assign, ast.AugAssign, ast.Name, ast.Load,
    ast.Store, ast.FunctionDef, ast.arguments, ast.arg, ast.Return, ast.If, ast.IfExp, ast.Compare, ast.BoolOp,
    ast.UnaryOp, ast.BinOp, ast.Call, ast.keyword, ast.Tuple, ast.List, ast.Dict, ast.Set, ast.Subscript,
    ast.Attribute, ast.Raise, ast.Pass, ast.Try, ast.ExceptHandler, ast.NamedExpr, ast.GeneratorExp, ast.ListComp, ast.comprehension, ast.Starred,
    ast.boolop, ast.cmpop, ast.operator, ast.unaryop,
)  # fmt: skip
ATTRIBUTES = {
    "get", "append", "index", "count", "of", "strip", "isascii", "problems", "embedded", "error", "items", "startswith",
    "endswith", "lower",
}  # fmt: skip
FIELD = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}", re.ASCII)


def check(source: str) -> None:
    """Only plain code, only imports of the engine, only names that the generator makes."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        assert isinstance(node, ALLOWED), ast.dump(node)[:200]
        if isinstance(node, ast.ImportFrom):
            assert node.module is not None
            assert node.module in {"unicodedata", "bisect"} or node.module.startswith("leadpolicy.engine.")
        if isinstance(node, ast.Attribute):
            whose = node.value.id if isinstance(node.value, ast.Name) else ""
            made = whose == "made" and node.attr in {"_ends", "_memo", "_values", "_results"}
            # A field of an object that is decided: what hosts may call one, nothing that is Python's own.
            field = whose == "lead" and FIELD.fullmatch(node.attr) and "__" not in node.attr
            assert made or field or node.attr in ATTRIBUTES
        if isinstance(node, ast.Name):
            assert node.id.isascii()
            assert "__" not in node.id
    for line in source.splitlines():
        stripped = line.strip()
        if stripped.startswith("#"):
            assert stripped.removeprefix("# line ").isdigit()


@pytest.mark.parametrize("text", HOSTILE)
def test_texts_stay_data(text: str) -> None:
    source = generate(hostile_policy(text))
    check(source)
    assert all(char.isprintable() or char == "\n" for char in source)
    made = load(source, "hostile")
    decision = made.decide({"id": "L1", text: text, text + "c": text + "2", text + "n": 5}, now=NOW)
    assert decision.policy.name == text
    cleaned = text == text.strip()
    if cleaned:
        assert decision.scores[text].value == 8
        assert decision.stage == text
        assert decision.why()[0].text == text
    assert decision.to_json(trace=True)
    assert str(decision.why())


def test_the_same_policy_gives_the_same_text() -> None:
    policy = hostile_policy("x")
    again = ir.Policy.model_validate_json(policy.model_dump_json())
    assert generate(policy) == generate(again)


def test_literal_takes_only_what_it_knows() -> None:
    class Sly(str):
        def __repr__(self) -> str:
            return "exit()"

    for bad in (Sly("x"), 1.5, b"x", ["x"], ("x",)):
        with pytest.raises(TypeError):
            literal(bad)  # type: ignore[arg-type]


def test_names() -> None:
    names = Names()
    assert [names.make("f", n) for n in ("a", "a", "a b", "名", "x__y", "_p", "")] == [
        "f_a", "f_1", "f_2", "f_3", "f_4", "f_5", "f_6",
    ]  # fmt: skip


def test_lines_lead_back_to_the_policy() -> None:
    entry = plain(5, eq(field("x", TEXT), "a"), line=42)
    made = program(make_policy(fields=[fact_field("x", TEXT)], scores=[score("s", entry)]))
    lines = made.source.splitlines()
    from_42 = [lines[number - 1].strip() for number, file, line in made.lines if (file, line) == ("test.lead", 42)]
    assert "if f_x == 'a':" in from_42
    assert [line[0] for line in made.lines] == sorted(line[0] for line in made.lines)


def nested(depth: int, kind: str) -> ir.Expr:
    flag, text = field("flag", BOOL), field("x", TEXT)
    expr: ir.Expr = eq(text, "a")
    for level in range(depth * 2 // 5 if kind == "mixed" else depth):
        match kind:
            case "mixed":  # five levels in two steps
                expr = both(flag, either(no(expr), flag)) if level % 2 else no(certainly(expr))
            case "known":
                expr = known(expr)
            case "compare":
                expr = ir.Compare(relation="eq", left=expr, right=const(True, BOOL))
            case _:
                expr = both(flag, expr)
    return expr


@pytest.mark.parametrize("kind", ["mixed", "known", "compare", "and"])
def test_a_hundred_levels(kind: str) -> None:
    expr = nested(100, kind)
    policy = make_policy(
        fields=[fact_field("flag", BOOL), fact_field("x", TEXT)],
        scores=[score("s", plain(1, expr))],
        gates=[gate("g", criterion("c", expr))],
    )
    for lead in ({}, {"flag": True, "x": "a"}, {"x": "b"}):
        decision = decide(policy, **lead)
        assert decision.to_json(trace=True)
    assert decide(policy, flag=True, x="a").gates["g"].verdict in {"pass", "fail"}


def test_sums_of_a_hundred_levels() -> None:
    total: ir.Expr = field("n", INT)
    for _ in range(100):
        total = ir.Arith(operator="add", left=total, right=const(1), type=INT)
    policy = make_policy(fields=[fact_field("n", INT)], scores=[score("s", plain(1, ge(total, const(105))))])
    assert decide(policy, n=5).scores["s"].value == 1
    assert decide(policy, n=4).scores["s"].value == 0
    assert decide(policy).missing[0].field == "n"


def test_a_chain_of_a_thousand_lets() -> None:
    flag = field("flag", BOOL)
    lets = [let("l0", both(flag, flag))]
    for number in range(1, 1000):
        lets.append(let(f"l{number}", both(let_ref(lets[-1]), let_ref(lets[-1]))))
    policy = make_policy(
        fields=[fact_field("flag", BOOL)], lets=lets, gates=[gate("g", criterion("c", let_ref(lets[-1])))]
    )
    assert decide(policy, flag=True).gates["g"].verdict == "pass"
    assert decide(policy).missing[0].field == "flag"


@pytest.mark.parametrize("size", [5000])
def test_large_blocks(size: int) -> None:
    region, number = field("region", TEXT), field("n", INT)
    rows = [row(both(eq(region, f"r{i}"), ge(number, i)), f"t{i}") for i in range(size)]
    entries: list[Any] = [plain(1, eq(region, f"r{i}")) for i in range(size)]
    policy = make_policy(
        fields=[fact_field("region", TEXT), fact_field("n", INT)],
        scores=[score("s", *entries)],
        tables=[table("t", *rows)],
        route=route(*(to(f"e{i}", eq(region, f"r{i}"), queue(f"q{i}")) for i in range(size))),
    )
    made = load(generate(policy), "large")
    decision = made.decide({"id": "L1", "region": "r4321", "n": 9999}, now=NOW)
    assert decision.tables == {"t": "t4321"}
    assert decision.scores["s"].value == 1
    assert decision.route is not None
    assert decision.route.target == "q4321"
    assert made.decide({"id": "L1", "region": "none", "n": 1}, now=NOW).tables == {"t": None}
    assert made.decide({"id": "L1", "n": 1}, now=NOW).scores["s"].high == 1
    assert len(decision.why()) == 3 * size


def test_many_bands() -> None:
    number = field("n", INT)
    entry = bands(number, *((i, eq(number, i)) for i in range(300)))
    policy = make_policy(fields=[fact_field("n", INT)], scores=[score("s", entry)])
    assert decide(policy, n=250).scores["s"].value == 250
    assert decide(policy).scores["s"].high == 299
