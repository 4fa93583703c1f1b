"""Files that appear whole or not at all: written under another name beside their place, then moved into it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from leadpolicy.compiler.wording import say
from leadpolicy.files.problems import FileError, cannot_open


@contextmanager
def written_whole(path: Path) -> Generator[Path, None, None]:
    """A path to write to. Left in good order, it takes `path`'s place; on any exception it is removed."""
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise FileError(say("{}: a folder, not a file", path), say("name the file to write"))
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.stem}-", suffix=target.suffix, dir=target.parent)
    except FileNotFoundError:
        raise FileError(say("{}: the folder {} isn't there", path, target.parent), say("make it first")) from None
    except OSError as error:
        raise cannot_open(path, error) from None
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(_mode(target))
        temporary.replace(target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def _mode(target: Path) -> int:
    """The rights of the file that is replaced, else those that a new file gets."""
    try:
        return target.stat().st_mode & 0o777
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask
