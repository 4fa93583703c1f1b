"""Decisions go out as JSON lines, CSV, XLSX and Parquet with the same content, whole or not at all."""

from __future__ import annotations

import csv
import os
from decimal import Decimal
from pathlib import Path

import polars
import pytest
import small_policy

from leadpolicy.files.atomic import written_whole
from leadpolicy.files.flat import cell_text, flat_columns, flatten
from leadpolicy.files.jsonl_reader import loads
from leadpolicy.files.problems import BadRow, FileError, Row
from leadpolicy.files.table import open_table
from leadpolicy.files.writers import bad_rows_to, decisions_to
from leadpolicy.policy import Policy

DECISION = {
    "lead": "=L1",
    "at": "2026-11-20T10:00:00+08:00",
    "policy": {"name": "small", "version": "1", "digest": "abc"},
    "scores": {"fit": {"value": Decimal("123456789012.123456"), "low": -1, "high": None}},
    "tables": {"size": None},
    "gates": {"ready": {"verdict": "unknown", "criteria": {"money": "unknown", "fit": "pass"}}},
    "disqualified": [{"entry": "broke", "destination": "closed"}],
    "stage": None,
    "route": {"entry": "broke", "kind": "closed", "target": None, "member": None},
    "missing": [{"field": "budget", "question": "预算?", "could_change": []}],
}
FLAT = {
    "lead": "=L1",
    "score.fit": "123456789012.123456",
    "score.fit.low": "-1",
    "score.fit.high": "",
    "gate.ready.money": "unknown",
    "disqualified": "broke",
    "stage": "",
    "missing": "budget",
    "ask": "预算?",
    "policy.digest": "abc",
}


@pytest.fixture(scope="module")
def policy() -> Policy:
    return Policy.from_source(small_policy.POLICY)


def written(policy: Policy, path: Path) -> Path:
    with decisions_to(path, policy.ir) as write:
        write(DECISION)
        write(DECISION | {"lead": "L2"})
    return path


def test_json_lines(policy: Policy, tmp_path: Path) -> None:
    lines = written(policy, tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    assert [loads(line) for line in lines] == [DECISION, DECISION | {"lead": "L2"}]


def test_csv(policy: Policy, tmp_path: Path) -> None:
    with written(policy, tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert FLAT.items() <= rows[0].items()
    assert list(rows[0]) == list(flat_columns(policy.ir))
    assert rows[1]["lead"] == "L2"


def test_xlsx(policy: Policy, tmp_path: Path) -> None:
    with open_table(written(policy, tmp_path / "out.xlsx")) as table:
        rows = [row.cells for row in table.rows() if isinstance(row, Row)]
    assert {k: v for k, v in FLAT.items() if v}.items() <= rows[0].items()
    assert [row["lead"] for row in rows] == ["=L1", "L2"]


def test_parquet(policy: Policy, tmp_path: Path) -> None:
    frame = polars.read_parquet(written(policy, tmp_path / "out.parquet"))
    first = frame.row(0, named=True)
    assert first["score.fit"] == Decimal("123456789012.123456")
    assert (first["score.fit.high"], first["stage"], first["table.size"]) == (None, None, None)
    assert frame["score.fit"].dtype == polars.Decimal(38, 6)
    assert {name: cell_text(first[name]) for name in FLAT} == FLAT
    assert os.listdir(tmp_path) == ["out.parquet"]


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx", "out.parquet"])
def test_without_a_decision_there_is_a_header(policy: Policy, tmp_path: Path, name: str) -> None:
    with decisions_to(tmp_path / name, policy.ir):
        pass
    with open_table(tmp_path / name) as table:
        assert table.columns == tuple(flat_columns(policy.ir))


@pytest.mark.parametrize("name", ["out.jsonl", "out.csv", "out.xlsx", "out.parquet"])
def test_an_exception_leaves_what_was_there(policy: Policy, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("before")
    with pytest.raises(KeyboardInterrupt), decisions_to(tmp_path / name, policy.ir) as write:  # noqa: PT012
        write(DECISION)
        raise KeyboardInterrupt
    assert os.listdir(tmp_path) == [name]
    assert (tmp_path / name).read_text() == "before"


def test_bad_rows(tmp_path: Path) -> None:
    bad = BadRow(3, None, "n", "a number", '"x, y"')
    for name in ("bad.csv", "bad.jsonl"):
        with bad_rows_to(tmp_path / name) as report:
            report(bad)
    assert (tmp_path / "bad.csv").read_text() == 'line,lead,field,expected,found\n3,,n,a number,"""x, y"""\n'
    assert loads((tmp_path / "bad.jsonl").read_text()) == bad.to_dict()


def test_rights_and_links_are_kept(tmp_path: Path) -> None:
    target, link = tmp_path / "real.txt", tmp_path / "link.txt"
    target.write_text("old")
    target.chmod(0o640)
    link.symlink_to(target)
    with written_whole(link) as temporary:
        temporary.write_text("new")
    assert (target.read_text(), link.is_symlink(), target.stat().st_mode & 0o777) == ("new", True, 0o640)
    with pytest.raises(FileError, match="a folder, not a file"), written_whole(tmp_path):
        pass


def test_collected_outcomes_are_joined() -> None:
    one = {"lead": "L", "at": "t", "policy": {}, "tables": {"content": ["a", "b", None]}}
    assert flatten(one)["table.content"] == "a; b; ?"
    several = one | {"tables": {"t": [{"x": 1, "y": "p"}, {"x": 2, "y": "q"}, None]}}
    assert {k: v for k, v in flatten(several).items() if k.startswith("table")} == {
        "table.t.x": "1; 2; ?",
        "table.t.y": "p; q; ?",
    }
