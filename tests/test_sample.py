"""The sample for the demo: made by tools/make_sample.py, the same bytes every time."""

from __future__ import annotations

import csv
import importlib.util
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

from leadpolicy import InputError, Policy

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "rulesets" / "sample"


@pytest.fixture(scope="module")
def make_sample() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_sample", ROOT / "tools" / "make_sample.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with (SAMPLE / "leads.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_generator_makes_the_committed_files(make_sample: ModuleType, tmp_path: Path) -> None:
    make_sample.main([str(tmp_path)])
    for name in ("leads.csv", "members.csv"):
        assert (tmp_path / name).read_bytes() == (SAMPLE / name).read_bytes(), f"make {name} anew"


def test_the_sample_has_gaps_and_both_languages(rows: list[dict[str, str]]) -> None:
    assert len(rows) == 300
    values = Counter(value for row in rows for value in row.values())
    assert min(values[marker] for marker in ("", "未知", "Select", "-")) > 50
    assert {row["industry"] for row in rows} >= {"软件", "software"}
    assert not [row["email"] for row in rows if "@" in row["email"] and not _nobodys(row["email"])]


def test_all_but_two_leads_are_decided(make_sample: ModuleType, rows: list[dict[str, str]]) -> None:
    policy = Policy.load(SAMPLE / "demo.lead")
    with (SAMPLE / "members.csv").open(encoding="utf-8", newline="") as file:
        members = list(csv.DictReader(file))
    errors: list[tuple[int, InputError]] = []
    decisions = list(
        policy.decide_many(
            rows,
            facts={"Member": members},
            now=make_sample.NOW,
            on_error=lambda index, error: errors.append((index, error)),
        )
    )
    assert len(decisions) == 298
    assert [(index, error.lead, error.field) for index, error in errors] == [
        (number - 1, f"L{number:03d}", field) for number, (field, _) in make_sample.BROKEN.items()
    ]
    kinds = Counter(decision.to_dict()["route"]["kind"] for decision in decisions)
    assert set(kinds) == {"member", "queue", "pool", "nurture", "closed", "undecided"}


def _nobodys(address: str) -> bool:
    free = ("163.com", "qq.com", "gmail.com", "outlook.com", "mailinator.com")
    return address.endswith((".example", *free))
