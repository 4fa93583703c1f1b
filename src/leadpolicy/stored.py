"""Compiled policies on disk: what `Policy.load` keeps between processes, by content (docs/decisions/0010).

A part is stored as a line that says what it is, an HMAC-SHA256 with this user's own key, and its bytes. Nothing is
looked into before the HMAC is checked; what doesn't fit is as good as absent. A cache that can't be used, or can't be
trusted, is no error: then there is none.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import marshal
import os
import stat
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from importlib.util import MAGIC_NUMBER, find_spec
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from leadpolicy.compiler.source import Source
    from leadpolicy.loading import FolderReader

VARIABLE: Final = "LEADPOLICY_CACHE"
LIMIT: Final = 256 * 1024 * 1024
"""Bytes that the folder may hold; the parts used longest ago go first."""
LARGEST: Final = 64 * 1024 * 1024
"""Bytes of the largest part that is stored."""

_MAGIC: Final = b"leadpolicy cache 1\n"
_MAC: Final = hashlib.sha256().digest_size
_KEY_FILE: Final = "key"
_KEY_SIZE: Final = 32
_TEMPORARY: Final = ".new-"
_PARTS: Final = (".files", ".deciding", ".telling", ".ir")
_ABANDONED: Final = 3600.0
"""Seconds after which a file that was never finished is removed."""
_PACKAGES: Final = ("leadpolicy", "tzdata", "holidays", "lark", "pydantic")
_ROOMS: Final = ("", "compiler", "engine", "grammar")


class Store:
    """The folder. Use `open_store`, which looks whether it can be trusted."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self._folder = folder
        self._key = key

    def find(self, source: Source, reader: FolderReader) -> Entry | None:
        """What is stored of a policy with this text and name, whose files are as they were; they are read again."""
        text = text_key(source)
        listed = self.get(text, "files")
        names = [] if listed is None else _names(listed)
        if names is None or listed is None:
            return None
        for name in names:
            with suppress(OSError, ValueError):
                reader(name)
        return Entry(self, entry_key(text, reader.named))

    def entry(self, source: Source, reader: FolderReader) -> Entry:
        """The place of a policy just compiled; remembers which files it read."""
        text = text_key(source)
        self.put(text, "files", json.dumps(sorted(reader.named)).encode())
        return Entry(self, entry_key(text, reader.named))

    def get(self, key: str, part: str) -> bytes | None:
        """The bytes of a part; None where there is none that this user's key vouches for."""
        label = f"{key}.{part}"
        data = _read_own(self._folder / label, LARGEST + 1024)
        start = len(_MAGIC) + _MAC
        if data is None or len(data) < start or not data.startswith(_MAGIC):
            return None
        content = memoryview(data)[start:]
        if not hmac.compare_digest(data[len(_MAGIC) : start], self._mac(label, content)):
            return None
        with suppress(OSError):
            os.utime(self._folder / label)
        return bytes(content)

    def put(self, key: str, part: str, content: bytes) -> None:
        """Store a part: whole or not at all. What can't be written isn't stored."""
        if len(content) > LARGEST:
            return
        label = f"{key}.{part}"
        with suppress(OSError):
            _write_whole(self._folder / label, _MAGIC + self._mac(label, content) + content)
            self._shrink()

    def _mac(self, label: str, content: bytes | memoryview) -> bytes:
        found = hmac.new(self._key, _MAGIC + label.encode() + b"\0", hashlib.sha256)
        found.update(content)
        return found.digest()

    def _shrink(self) -> None:
        """Remove the parts used longest ago, until what is left fits; and files that nobody finished."""
        found: list[tuple[float, int, str]] = []
        with os.scandir(self._folder) as listed:
            for one in listed:
                if not one.name.endswith(_PARTS) and not one.name.startswith(_TEMPORARY):
                    continue
                with suppress(OSError):
                    known = one.stat(follow_symlinks=False)
                    found.append((known.st_mtime, known.st_size, one.path))
        total = sum(size for _, size, _ in found)
        for changed, size, path in sorted(found):
            abandoned = Path(path).name.startswith(_TEMPORARY) and changed < time.time() - _ABANDONED
            if total > LIMIT or abandoned:
                total -= size
                with suppress(OSError):
                    os.unlink(path)


class Entry:
    """What is stored of one compiled policy."""

    def __init__(self, store: Store, key: str) -> None:
        self._store = store
        self._key = key

    def code(self, part: str) -> CodeType | None:
        """The code of a half."""
        content = self._store.get(self._key, part)
        if content is None:
            return None
        try:
            found = marshal.loads(content)
        except (EOFError, ValueError, TypeError):
            return None
        return found if isinstance(found, CodeType) else None

    def put_code(self, part: str, code: CodeType) -> None:
        """Store the code of a half."""
        self._store.put(self._key, part, marshal.dumps(code))

    def ir(self) -> bytes | None:
        """The intermediate representation, as JSON."""
        return self._store.get(self._key, "ir")

    def put_ir(self, content: bytes) -> None:
        """Store the intermediate representation."""
        self._store.put(self._key, "ir", content)


# ── Keys ──


def text_key(source: Source) -> str:
    """Of a policy's text, its name in results, and everything that compiles it."""
    return _digest("text", build(), source.name, source.text)


def entry_key(text: str, files: Mapping[str, str]) -> str:
    """Of that, and the names and digests of the files that it reads."""
    return _digest("files", text, *(part for name in sorted(files) for part in (name, files[name])))


def _digest(*parts: str) -> str:
    found = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        found.update(len(data).to_bytes(8, "big"))
        found.update(data)
    return found.hexdigest()


def _names(listed: bytes) -> list[str] | None:
    try:
        names = json.loads(listed)
    except ValueError:
        return None
    return names if isinstance(names, list) and all(isinstance(name, str) for name in names) else None


@cache
def build() -> str:
    """A digest of Python, the versions of the packages used, and the state of the compiler's and engine's files."""
    here = Path(__file__).parent
    known = [sys.version, sys.implementation.name, MAGIC_NUMBER.hex(), str(sys.flags.optimize)]
    for package in ("tzdata", "holidays"):
        spec = find_spec(package)
        if spec is not None and spec.origin is not None:
            site = Path(spec.origin).parent.parent
            known += sorted(n for n in os.listdir(site) if n.endswith(".dist-info") and n.startswith(_PACKAGES))
            known += _states(Path(spec.origin).parent, deep=False)
    for room in _ROOMS:
        known += _states(here / room, deep=bool(room))
    return _digest(*known)


def _states(folder: Path, deep: bool) -> list[str]:
    """Name, size and time of each source file in a folder."""
    found: list[str] = []
    with os.scandir(folder) as listed:
        for one in sorted(listed, key=lambda e: e.name):
            if one.name.endswith((".py", ".lark")):
                known = one.stat()
                found.append(f"{one.path} {known.st_size} {known.st_mtime_ns}")
            elif deep and one.is_dir() and one.name != "__pycache__":
                found += _states(Path(one.path), deep)
    return found


# ── The folder ──


def open_store() -> Store | None:
    """The cache of this user; None where it is switched off, can't be made, or others could write into it."""
    if not hasattr(os, "geteuid"):
        return None  # nothing here says whose a file is
    folder = cache_folder()
    if folder is None:
        return None
    try:
        build()
        if not folder.exists():
            folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.mkdir(mode=0o700, exist_ok=True)
        known = folder.stat()
        if not stat.S_ISDIR(known.st_mode) or known.st_uid != os.geteuid() or known.st_mode & 0o022:
            return None
        key = _key(folder / _KEY_FILE)
    except (OSError, ValueError):
        return None
    return None if key is None else Store(folder, key)


def cache_folder() -> Path | None:
    """Where the cache is: `$LEADPOLICY_CACHE` (`off` for none), else in the user's folder for caches."""
    said = os.environ.get(VARIABLE, "")
    if said.lower() in {"off", "0", "no", "none", "false"}:
        return None
    if said:
        return Path(said)
    above = os.environ.get("XDG_CACHE_HOME", "")
    if os.path.isabs(above):
        return Path(above) / "leadpolicy"
    try:
        return Path.home() / ".cache" / "leadpolicy"
    except RuntimeError:
        return None


def _key(path: Path) -> bytes | None:
    """This user's key, made where there is none; None where others can read or write it."""
    if not os.path.lexists(path):
        _make_key(path)
    key = _read_own(path, _KEY_SIZE + 1)
    if key is None:
        return None
    if len(key) != _KEY_SIZE:
        path.unlink()
        _make_key(path)
        key = _read_own(path, _KEY_SIZE + 1)
    return key if key is not None and len(key) == _KEY_SIZE else None


def _make_key(path: Path) -> None:
    """A new key; the first of several processes wins."""
    temporary = _new_file(path, os.urandom(_KEY_SIZE))
    try:
        with suppress(FileExistsError):
            os.link(temporary, path)
    finally:
        os.unlink(temporary)


def _read_own(path: Path, most: int) -> bytes | None:
    """A file's bytes, where it is this user's alone: a plain file, not a link, closed to everybody else."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    with os.fdopen(handle, "rb") as file:
        known = os.fstat(file.fileno())
        if not stat.S_ISREG(known.st_mode) or known.st_uid != os.geteuid() or known.st_mode & 0o077:
            return None
        if known.st_size > most:
            return None
        try:
            return file.read(most)
        except OSError:
            return None


def _new_file(beside: Path, content: bytes) -> Path:
    """A new file with this content in the same folder, under a name of its own."""
    path = beside.parent / f"{_TEMPORARY}{os.urandom(8).hex()}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    handle = os.open(path, flags, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
    except OSError:
        with suppress(OSError):
            os.unlink(path)
        raise
    return path


def _write_whole(path: Path, content: bytes) -> None:
    """Write a file so that others see the old one or the new one."""
    temporary = _new_file(path, content)
    try:
        os.replace(temporary, path)
    except OSError:
        with suppress(OSError):
            os.unlink(temporary)
        raise
