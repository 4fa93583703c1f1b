"""Names in generated code: made here, never taken from the policy as they are."""

from __future__ import annotations

import re

_SAFE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}", re.ASCII)


class Names:
    """Hands out names, each once. A policy's name is used where it is plain ASCII, else a number stands for it."""

    def __init__(self) -> None:
        self._used: set[str] = set()
        self._numbers: dict[str, int] = {}

    def make(self, prefix: str, name: str = "") -> str:
        """`prefix_name`, or `prefix_7` where the name isn't safe or is taken."""
        if _SAFE.fullmatch(name) and "__" not in name:
            wanted = f"{prefix}_{name}"
            if wanted not in self._used:
                self._used.add(wanted)
                return wanted
        while True:
            number = self._numbers[prefix] = self._numbers.get(prefix, 0) + 1
            wanted = f"{prefix}_{number}"
            if wanted not in self._used:
                self._used.add(wanted)
                return wanted
