"""Every ruling of the language has a test that names it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
LAST = 87
EXCEPTED: dict[int, str] = {}
"""Rulings without a test, each with the reason."""


def every_test() -> Iterator[tuple[Path, str]]:
    """The name of every test, with its file."""
    for path in sorted(TESTS.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                yield path, node.name


def numbers_of(name: str) -> set[int]:
    """The rulings that a test is about: `test_ruling_51_54_nothing_before_the_lease`."""
    found = re.match(r"test_rulings?_((?:\d+_(?:and_)?)+)", name)
    return {int(number) for number in re.findall(r"\d+", found[1])} if found else set()


def test_every_ruling_has_a_test_from_policy_text() -> None:
    """Those of `tests/rulings` go from a policy's text to its decision."""
    tested = {n for path, name in every_test() if path.parent.name == "rulings" for n in numbers_of(name)}
    missing = sorted(set(range(1, LAST + 1)) - tested - set(EXCEPTED))
    assert not missing, f"rulings without a test in tests/rulings: {missing}"
    assert not set(EXCEPTED) & tested, "an exception that has a test by now"


def test_every_test_names_a_ruling_that_there_is() -> None:
    for path, name in every_test():
        unheard_of = {n for n in numbers_of(name) if not 1 <= n <= LAST}
        assert not unheard_of, f"{path.name}: {name}"


def test_a_test_about_rulings_says_so_in_its_name() -> None:
    for path, name in every_test():
        if path.parent.name == "rulings":
            assert numbers_of(name), f"{path.name}: {name} names no ruling"


def test_numbers_are_read_from_names() -> None:
    assert numbers_of("test_ruling_7_unknown_never_equals_unknown") == {7}
    assert numbers_of("test_ruling_51_54_nothing_before_3_days") == {51, 54}
    assert numbers_of("test_rulings_11_and_85_windows") == {11, 85}
    assert numbers_of("test_ruling_8_a_run_of_300_leads") == {8}
    assert numbers_of("test_20_leads") == set()
