"""The layers: compiler and engine never import each other, and what is lower never imports what is above it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = {"compiler": ROOT / "compiler", "engine": ROOT / "engine", "grammar": ROOT / "grammar"}
FRONT = ROOT / "src" / "leadpolicy"
ALLOWED = {
    "grammar": {"grammar"},
    "engine": {"engine"},
    "compiler": {"compiler", "grammar"},
}
HEAVY_FOR_ENGINE = {"lark", "pydantic", "typer", "rich", "polars", "holidays"}


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "."


def files(room: Path) -> list[Path]:
    return [p for p in room.rglob("*.py") if "__pycache__" not in p.parts]


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_a_room_imports_only_what_it_may(room: str) -> None:
    found = files(ROOMS[room])
    assert found
    for path in found:
        for name in imports(path):
            parts = name.split(".")
            if parts[0] == "leadpolicy":
                assert len(parts) > 1, f"{path}: a room does not import the front door"
                assert parts[1] in ALLOWED[room], f"{path} imports {name}"


def test_the_engine_needs_nothing_but_python() -> None:
    for path in files(ROOMS["engine"]):
        for name in imports(path):
            assert name.split(".")[0] not in HEAVY_FOR_ENGINE, f"{path} imports {name}"


def test_the_interpreter_shares_no_code_with_the_generator() -> None:
    for path in files(ROOMS["compiler"] / "interpreter"):
        assert not any("to_python" in name for name in imports(path)), path
    for path in files(ROOMS["compiler"] / "to_python"):
        assert not any("interpreter" in name for name in imports(path)), path


def test_no_bare_or_relative_imports_of_rooms() -> None:
    everything = [p for room in ROOMS.values() for p in files(room)]
    everything += [p for p in FRONT.rglob("*.py") if not any(q.is_symlink() for q in p.parents)]
    for path in everything:
        for name in imports(path):
            assert name.split(".")[0] not in {*ROOMS, "rulesets", ""}, f"{path} imports {name}"


def test_one_file_runs_generated_code() -> None:
    """Policy text never gets to be code but through what `engine/program.py` runs."""
    calling = set()
    for path in [path for room in (*ROOMS.values(), FRONT) for path in files(room)]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"exec", "eval"}:
                calling.add(path.relative_to(ROOT).as_posix())
    assert calling == {"engine/program.py"}
