"""Where the shipped rulesets and the real data stand, and leads read through a ruleset's map."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"

ReadRows = Callable[[Path, Path], Iterator[dict[str, str | None]]]


@pytest.fixture(scope="session")
def rulesets() -> Path:
    return ROOT / "rulesets"


@pytest.fixture(scope="session")
def golden() -> Path:
    """The golden files; the test is skipped where they are not."""
    return _present(SHARED / "golden")


@pytest.fixture(scope="session")
def data() -> Path:
    """The real data, which is not part of the project; the test is skipped where it is not."""
    return _present(SHARED / "data")


@pytest.fixture(scope="session")
def read_rows() -> ReadRows:
    """Leads of a CSV file by a map: the test's own reading, apart from `lead run`'s."""

    def rows(leads: Path, map_file: Path) -> Iterator[dict[str, str | None]]:
        mapping = tomllib.loads(map_file.read_text(encoding="utf-8"))
        everywhere = set(mapping["unknown"]["values"])
        markers = {f: set(values) for f, values in mapping["unknown"].get("fields", {}).items()}
        with leads.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                lead = {field: row[column] for field, column in mapping["columns"].items()}
                yield {f: None if v.strip() in everywhere | markers.get(f, set()) else v for f, v in lead.items()}

    return rows


def _present(path: Path) -> Path:
    if not path.is_dir():
        pytest.skip(f"{path} is not here")
    return path
