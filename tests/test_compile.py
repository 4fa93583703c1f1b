"""From source to IR: what survives the way, and what the IR promises."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings

from leadpolicy.compiler import ir
from leadpolicy.compiler.analysis.tables import analyse
from leadpolicy.compiler.constants import clean_phone, duration_micros
from leadpolicy.compiler.pipeline import Compilation, compile_source
from leadpolicy.compiler.source import Source
from leadpolicy.compiler.zones import compile_zone, to_micros, zone_names
from tests.policy_strategies import policies

HEAD = 'policy p version "1" {\n  zone "Asia/Shanghai"\n  currency CNY\n}\n'
LEAD = "fact Lead {\n  id: text key\n  n: int\n  ok: bool\n  region: text\n  mail: email\n  made: time\n}\n"


def compile_text(text: str) -> Compilation:
    return compile_source(Source("p.lead", text))


def policy_of(body: str) -> ir.Policy:
    result = compile_text(HEAD + LEAD + body)
    assert result.policy is not None, result.diagnostics
    return result.policy


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(policies())
def test_the_ir_survives_json_and_fits_its_schema(text: str) -> None:
    result = compile_text(text)
    assert result.policy is not None, result.diagnostics
    as_json = result.policy.model_dump_json()
    assert ir.Policy.model_validate_json(as_json) == result.policy
    jsonschema.Draft202012Validator(ir.Policy.model_json_schema()).validate(json.loads(as_json))


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(policies())
def test_compiling_is_deterministic(text: str) -> None:
    assert compile_text(text) == compile_text(text)


def test_the_digest_ignores_wording_and_tests_but_no_meaning() -> None:
    plain = policy_of('list words = ["a"]\nscore s from 0 to 5 {\n  +5 when region in words\n}\n')
    moved = policy_of(
        '# a comment\nlist words = ["a"]\n\nscore s "Label" from 0 to 5 {\n  +5   when region in words\n}\n'
        'test "t" {\n  given Lead { id: "1" }\n  expect s is 0\n}\n'
    )
    other_list = policy_of('list words = ["b"]\nscore s from 0 to 5 {\n  +5 when region in words\n}\n')
    other_points = policy_of('list words = ["a"]\nscore s from 0 to 5 {\n  +4 when region in words\n}\n')
    assert plain.digest == moved.digest
    assert len({plain.digest, other_list.digest, other_points.digest}) == 3


def test_the_digest_holds_the_rules_of_the_zone() -> None:
    there = compile_text(HEAD + LEAD).policy
    elsewhere = compile_text(HEAD.replace("Asia/Shanghai", "Asia/Singapore") + LEAD).policy
    assert there is not None
    assert elsewhere is not None
    assert there.digest != elsewhere.digest


def test_parts_are_ordered_by_what_they_read() -> None:
    policy = policy_of(
        "let late = t is b\n"
        "gate g {\n  x: late\n}\n"
        "table t: one of [a, b] {\n  | s    || t |\n  | >= 1 || a |\n  | -    || b |\n}\n"
        "score s = r\n"
        "score r from 0 to 1 {\n  +1 when ok\n}\n"
    )
    order = policy.order
    for earlier, later in (
        ("score r", "score s"),
        ("score s", "table t"),
        ("table t", "let late"),
        ("let late", "gate g"),
    ):
        assert order.index(earlier) < order.index(later)


def test_a_value_may_be_used_above_the_place_that_declares_it() -> None:
    policy = policy_of("let a = b and n > 1\nlet b = c or n > 3\nlet c = n < 5\n")
    assert [let.name for let in policy.lets] == ["c", "b", "a"]


def test_a_list_from_a_file_is_read_at_compile_time() -> None:
    source = Source("p.lead", HEAD + LEAD + 'list mails = from "lists/mails.csv" column domain\n')
    result = compile_source(
        source, {"lists/mails.csv": "\ufeffname,domain\nx, qq.com \ny,163.com\nz,qq.com\n"}.__getitem__
    )
    assert result.policy is not None
    assert result.policy.lists[0].items == ("qq.com", "163.com")


def test_a_list_names_the_column_that_is_nearest() -> None:
    source = Source("p.lead", HEAD + LEAD + 'list mails = from "m.csv" column domain\n')
    (found,) = compile_source(source, lambda _: "domains\nqq.com\n").diagnostics
    assert (found.code, found.hint) == ("LP2008", "did you mean `domains`?")


def test_ruling_17_a_gap_moves_forward_and_a_doubled_hour_is_the_earlier() -> None:
    zone = compile_zone("America/New_York")
    assert zone is not None
    gap = to_micros(datetime(2026, 3, 8, 2, 30), zone)
    doubled = to_micros(datetime(2026, 11, 1, 1, 30), zone)
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    assert epoch + timedelta(microseconds=gap) == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)
    assert epoch + timedelta(microseconds=doubled) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


def test_zones_come_from_the_package() -> None:
    assert "Asia/Shanghai" in zone_names()
    assert compile_zone("No/Where") is None
    utc = compile_zone("UTC")
    assert utc is not None
    assert utc.transitions == ()


def test_ruling_16_durations_compare_by_days() -> None:
    assert duration_micros(ir.Duration(months=12)) == duration_micros(ir.Duration(days=365))
    assert duration_micros(ir.Duration(months=13)) == duration_micros(ir.Duration(days=395))


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("138 0000 0001", "+8613800000001"),
        ("+86-138", "+86138"),
        ("0086 138", "+86138"),
        (" n/a ", "n/a"),
    ],
)
def test_ruling_22_phones(written: str, kept: str) -> None:
    assert clean_phone(written, "86") == kept


def test_ruling_22_lists_that_mails_are_looked_up_in_are_lower_case() -> None:
    policy = policy_of('list blocked = ["A@X.com"]\ngate g {\n  x: mail in blocked\n  y: mail is "B@X.com"\n}\n')
    dumped = policy.gates[0].model_dump_json()
    assert '"a@x.com"' in dumped
    assert '"b@x.com"' in dumped


def test_a_long_chain_of_conditions_compiles() -> None:
    chain = " and ".join(f"n is not {i}" for i in range(60))
    policy = policy_of(f"gate g {{\n  x: {chain}\n}}\n")
    assert len(policy.gates[0].criteria[0].condition.clauses) == 60


def test_a_large_table_is_analysed_in_time() -> None:
    rows = "".join(f'  | "r{i // 10}" | in {i % 10 * 100} to {i % 10 * 100 + 99} || a |\n' for i in range(2000))
    policy = policy_of(f"table t: one of [a, b] {{\n  | region | n || t |\n{rows}  | - | - || b |\n}}\n")
    assert policy.tables[0].complete


def test_a_unique_table_without_a_gap_is_complete() -> None:
    policy = policy_of(
        "table t unique: one of [a, b, c] {\n  | n || t |\n  | < 0 || a |\n  | in 0 to 9 || b |\n  | >= 10 || c |\n}\n"
    )
    assert policy.tables[0].complete


def test_what_cannot_be_told_apart_is_not_called_complete() -> None:
    policy = policy_of('table t unique: one of [a, b] {\n  | region || t |\n  | contains "x" || a |\n}\n')
    table = policy.tables[0]
    assert not analyse("unique", table.inputs, table.rows, {}).complete


def test_every_policy_of_the_tree_compiles_without_a_finding() -> None:
    folder = Path(__file__).resolve().parents[1] / "rulesets"
    found = sorted(folder.rglob("*.lead"))
    assert found
    for path in found:
        source = Source(path.name, path.read_text(encoding="utf-8"))
        result = compile_source(source, lambda n, p=path: (p.parent / n).read_text(encoding="utf-8"))
        assert (result.policy is None) == (path.parent.name == "std"), (path, result.diagnostics)
        assert result.is_module == (path.parent.name == "std")
        assert result.diagnostics == (), path
