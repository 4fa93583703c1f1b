"""Policy files: their text, the files that they name, and a small cache of what has been compiled."""

from __future__ import annotations

import errno
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath, PureWindowsPath
from threading import Lock
from typing import Generic, TypeVar

from leadpolicy.compiler.source import Source
from leadpolicy.compiler.wording import say
from leadpolicy.files.problems import FileError

T = TypeVar("T")

_OUTSIDE = "a policy reads only files in its own folder"
_NO_FOLDER = "the policy was not loaded from a folder: pass `base` to read files"


def read_source(path: Path) -> Source:
    """The text of a policy file; `OSError` where it can't be opened, `FileError` where it isn't UTF-8."""
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, "Is a directory", str(path))
    data = path.read_bytes()
    try:
        return Source(str(path), data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise FileError(
            say("{}: the text isn't in UTF-8: byte {} (line {}) doesn't fit", path, error.start + 1, line),
            say("save the policy as UTF-8"),
        ) from None


@dataclass
class FolderReader:
    """Reads the files that a policy names, below its own folder and nowhere else; remembers what it read."""

    folder: Path | None
    read: dict[Path, str] = field(default_factory=dict)
    """The digest of each file read, by its full path ("" where it could not be read)."""
    named: dict[str, str] = field(default_factory=dict)
    """The same by the names that the policy uses."""
    contents: dict[str, bytes] = field(default_factory=dict)
    """The bytes of the files that could be read, by these names."""

    def __call__(self, name: str) -> str:
        self.named[name] = ""
        self.contents.pop(name, None)
        if self.folder is None:
            raise OSError(errno.ENOENT, _NO_FOLDER, name)
        if PurePosixPath(name).is_absolute() or PureWindowsPath(name).anchor:
            raise OSError(errno.EACCES, _OUTSIDE, name)
        folder = self.folder.resolve()
        path = (folder / name).resolve()
        if not path.is_relative_to(folder):
            raise OSError(errno.EACCES, _OUTSIDE, name)
        self.read[path] = ""
        data = path.read_bytes()
        self.read[path] = self.named[name] = hashlib.sha256(data).hexdigest()
        self.contents[name] = data
        return data.decode("utf-8-sig")

    def again(self, name: str) -> str:
        """A file as it was when it was read."""
        if name not in self.contents:
            raise OSError(errno.ENOENT, "the file could not be read", name)
        return self.contents[name].decode("utf-8-sig")


def _unchanged(read: dict[Path, str]) -> bool:
    for path, digest in read.items():
        try:
            now = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError:
            now = ""
        if now != digest:
            return False
    return True


class Cache(Generic[T]):
    """What was made from a file, kept while the file and the files it names have the same content."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: OrderedDict[tuple[str, str, str], tuple[dict[Path, str], T]] = OrderedDict()
        self._lock = Lock()

    def get(self, path: Path, source: Source, make: Callable[[FolderReader], T]) -> T:
        """The thing kept for this file and text, or else a new one."""
        key = (str(path.resolve()), source.name, hashlib.sha256(source.text.encode()).hexdigest())
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and _unchanged(kept[0]):
                self._kept.move_to_end(key)
                return kept[1]
        reader = FolderReader(path.parent)
        made = make(reader)
        with self._lock:
            self._kept[key] = (reader.read, made)
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return made
