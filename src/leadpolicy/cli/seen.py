"""The keys that a run has met: which lead stands twice, and whether both rows are alike.

The only thing in a run that grows with the file. For each key there are 28 bytes in a table that is never more than
two thirds full: a digest of 128 bits, its line, and a digest of its row. Two keys of one digest would be taken for
one; of a billion keys that is less likely than one in 10^20.
"""

from __future__ import annotations

from array import array
from hashlib import blake2b
from typing import Final

_START: Final = 1 << 12
_ROW: Final = (1 << 64) - 1


class SeenKeys:
    """A table of keys with open addresses: where a place is taken, the next one is looked at."""

    def __init__(self) -> None:
        self._make(_START)
        self._used = 0

    def _make(self, size: int) -> None:
        self._mask = size - 1
        self._high = array("Q", bytes(8 * size))
        self._low = array("Q", bytes(8 * size))
        self._row = array("Q", bytes(8 * size))
        self._line = array("I", bytes(4 * size))

    def first(self, key: str, line: int, row: int) -> tuple[int, int]:
        """The line where a key stood first, and the digest of its row there; a new key is put down as it comes.
        `row`: any whole number. Lines are from 1."""
        digest = int.from_bytes(blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).digest(), "little")
        high, low = digest >> 64, digest & _ROW
        at = self._place(high, low)
        if self._line[at]:
            return self._line[at], self._row[at]
        row &= _ROW
        self._high[at], self._low[at], self._line[at], self._row[at] = high, low, line, row
        self._used += 1
        if self._used * 3 > self._mask * 2:
            self._grow()
        return line, row

    def _place(self, high: int, low: int) -> int:
        lines, highs, lows, mask = self._line, self._high, self._low, self._mask
        at = low & mask
        while lines[at] and (lows[at] != low or highs[at] != high):
            at = at + 1 & mask
        return at

    def _grow(self) -> None:
        old = zip(self._high, self._low, self._line, self._row, strict=True)
        self._make(2 * (self._mask + 1))
        for high, low, line, row in old:
            if line:
                at = self._place(high, low)
                self._high[at], self._low[at], self._line[at], self._row[at] = high, low, line, row
