"""Every policy that ships: compiles without a remark, passes its tests and its fixtures."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from leadpolicy import Policy

FOLDER = Path(__file__).resolve().parents[2] / "rulesets"
MODULES = FOLDER / "std"
POLICIES = sorted(path for path in FOLDER.rglob("*.lead") if path.parent != MODULES)


def named(path: Path) -> str:
    return path.relative_to(FOLDER).as_posix()


def fixtures() -> Iterator[Any]:
    for path in sorted(FOLDER.rglob("*.fixtures.jsonl")):
        policy = path.with_name(path.name.replace(".fixtures.jsonl", ".lead"))
        for line in path.read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            yield pytest.param(policy, case, id=f"{policy.stem}: {case['name']}")


def test_they_are_all_here() -> None:
    assert {named(path) for path in POLICIES} >= {
        "olist/olist.lead",
        "reference/point_table.lead",
        "reference/point_table.zh.lead",
        "sample/demo.lead",
        "x_education/x_education.lead",
    }


@pytest.mark.parametrize("path", POLICIES, ids=named)
def test_it_compiles_without_a_remark(path: Path) -> None:
    policy = Policy.load(path)
    assert [f"{d.code} {d.message}" for d in policy.diagnostics] == []
    assert policy.ir.tests


@pytest.mark.parametrize("path", sorted({path.parent for path in POLICIES}), ids=named)
def test_its_folder_has_a_readme_that_names_it(path: Path) -> None:
    text = (path / "README.md").read_text(encoding="utf-8")
    for policy in path.glob("*.lead"):
        assert (f"std.{policy.stem}" if path == MODULES else policy.name) in text


@pytest.mark.parametrize(("path", "case"), list(fixtures()))
def test_fixture(path: Path, case: Mapping[str, Any]) -> None:
    now = datetime.fromisoformat(case["now"]) if "now" in case else datetime(2026, 11, 20, 10, 0)
    decision = Policy.load(path).decide(case["lead"], now=now).to_dict()
    assert not list(differences(case["expect"], decision))


def differences(expected: Any, found: Any, where: str = "") -> Iterator[str]:
    """Where a decision differs from what a fixture says of it; `missing` lists fields that are among the found."""
    if where == ".missing":
        fields = [m["field"] for m in found]
        yield from (f"{where}: {field} is not in {fields}" for field in expected if field not in fields)
    elif isinstance(expected, dict) and isinstance(found, dict):
        for key, value in expected.items():
            yield from differences(value, found.get(key, "(absent)"), f"{where}.{key}")
    elif expected != found:
        yield f"{where}: expected {expected!r}, found {found!r}"
