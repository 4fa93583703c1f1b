"""What is installed is what stands in the tree: the wheel's content is compared with it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("engine", "compiler", "grammar", "rulesets")
DATA = {".lark", ".lead", ".csv", ".json", ".jsonl", ".toml", ".md", ".typed"}


def wanted() -> set[str]:
    """The files of the tree that belong into the wheel, by their name in it."""
    found: set[str] = set()
    for room in ROOMS:
        found |= {f"leadpolicy/{p.relative_to(ROOT).as_posix()}" for p in _files(ROOT / room)}
    front = ROOT / "src" / "leadpolicy"
    found |= {
        f"leadpolicy/{p.relative_to(front).as_posix()}"
        for p in _files(front)
        if p.relative_to(front).parts[0] not in ROOMS
    }
    return found


def _files(folder: Path) -> list[Path]:
    return [
        p
        for p in folder.rglob("*")
        if p.is_file() and "__pycache__" not in p.parts and (p.suffix == ".py" or p.suffix in DATA)
    ]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    work = tmp_path_factory.mktemp("wheel")
    tree = work / "tree"
    ignored = shutil.ignore_patterns(
        ".venv", ".git", "build", "dist", "*.egg-info", "__pycache__", ".*_cache", ".hypothesis"
    )
    shutil.copytree(ROOT, tree, symlinks=True, ignore=ignored)
    command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(work / "out"), str(tree)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    (built,) = (work / "out").glob("*.whl")
    return zipfile.ZipFile(built)


def test_the_wheel_holds_the_tree(wheel: zipfile.ZipFile) -> None:
    inside = {n for n in wheel.namelist() if ".dist-info/" not in n}
    assert inside == wanted()


def test_nothing_called_engine_or_compiler_lands_beside_the_package(wheel: zipfile.ZipFile) -> None:
    tops = {n.split("/")[0] for n in wheel.namelist()}
    assert {t for t in tops if not t.endswith(".dist-info")} == {"leadpolicy"}


def test_the_links_are_committed_as_links() -> None:
    for room in ROOMS:
        link = ROOT / "src" / "leadpolicy" / room
        assert link.is_symlink()
        assert link.resolve() == ROOT / room
