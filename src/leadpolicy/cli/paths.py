"""The policy files that paths on the command line mean."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from leadpolicy.compiler.wording import say
from leadpolicy.files.problems import FileError, cannot_open


def policy_files(paths: Iterable[Path]) -> list[Path]:
    """Files as given; of a folder, every `.lead` file in it and below, in order. Each once."""
    found: dict[Path, None] = {}
    for path in paths:
        if not path.is_dir():
            if not path.exists():
                raise cannot_open(path, FileNotFoundError())
            found[path] = None
            continue
        inside = [p for p in sorted(path.rglob("*.lead")) if p.is_file() and not _hidden(p.relative_to(path))]
        if not inside:
            raise FileError(say("{}: no .lead file in this folder", path), say("name a folder or file with a policy"))
        found.update(dict.fromkeys(inside))
    return list(found)


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)
