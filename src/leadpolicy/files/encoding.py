"""Which encoding a text file is in: UTF-8, with a mark or without, else GBK; found by reading the file through."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from leadpolicy.compiler.wording import say, term
from leadpolicy.files.problems import FileError, cannot_open

_CHUNK = 1 << 20
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class Encoding:
    """`codec` is what Python calls it; `note` is said in the summary where it isn't plain UTF-8."""

    codec: str
    note: str | None


@dataclass(frozen=True, slots=True)
class _Failure:
    byte: int
    line: int


def detect(path: Path, wanted: str = "auto") -> Encoding:
    """The encoding of a file, read through to its end; a `FileError` where no encoding fits."""
    if wanted != "auto":
        return _as_wanted(path, wanted)
    with open_bytes(path) as file:
        start = file.read(4)
    if start.startswith(_UTF16_MARKS):
        _must_decode(path, "utf-16", term("UTF-16 (it begins with the mark of UTF-16)"))
        return Encoding("utf-16", say("read as UTF-16"))
    marked = start.startswith(codecs.BOM_UTF8)
    failure = _failure(path, "utf-8-sig" if marked else "utf-8")
    if failure is None:
        return Encoding("utf-8-sig", say("UTF-8 with a byte order mark") if marked else None)
    if marked or _failure(path, "gb18030") is not None:
        raise _undecodable(path, "UTF-8" if marked else term("UTF-8 or GBK"), failure)
    return Encoding("gb18030", say("read as GBK; where texts look wrong, name the encoding with --encoding"))


def _as_wanted(path: Path, wanted: str) -> Encoding:
    try:
        codec = codecs.lookup(wanted).name
        "".encode(codec)
    except (LookupError, TypeError):
        hint = say("use auto, utf-8, gbk, gb18030, utf-16, big5, latin-1, …")
        raise FileError(say("--encoding {}: no such text encoding", wanted), hint) from None
    codec = {"utf-8": "utf-8-sig", "gbk": "gb18030", "gb2312": "gb18030"}.get(codec, codec)
    _must_decode(path, codec, wanted)
    return Encoding(codec, say("read as {}, as asked", wanted))


def _must_decode(path: Path, codec: str, name: str) -> None:
    failure = _failure(path, codec)
    if failure is not None:
        raise _undecodable(path, name, failure)


def _undecodable(path: Path, name: str, failure: _Failure) -> FileError:
    return FileError(
        say("{}: the text isn't in {}: byte {} (line {}) doesn't fit", path, name, failure.byte, failure.line),
        say("save the file as UTF-8, or name its encoding with --encoding"),
    )


def _failure(path: Path, codec: str) -> _Failure | None:
    """The first byte (from 1) that can't be decoded, and the line it is in; None where all can."""
    decoder = codecs.getincrementaldecoder(codec)()
    done, lines = 0, 1
    with open_bytes(path) as file:
        while True:
            chunk = file.read(_CHUNK)
            pending = len(decoder.getstate()[0])
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                start = error.start - pending
                return _Failure(done + start + 1, lines + chunk[: max(start, 0)].count(b"\n"))
            if not chunk:
                return None
            done += len(chunk)
            lines += chunk.count(b"\n")


def open_bytes(path: Path) -> BufferedReader:
    """The file, open for reading bytes; a `FileError` where it can't be opened."""
    try:
        if path.is_dir():
            raise IsADirectoryError
        return path.open("rb")
    except OSError as error:
        raise cannot_open(path, error) from None
