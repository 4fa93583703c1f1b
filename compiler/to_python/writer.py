"""Lines of Python, indented, with the policy's places beside them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from leadpolicy.compiler.ir import Place


class Writer:
    """Collects lines. `places`: (index of a line, the place it comes from), ascending."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.places: list[tuple[int, Place]] = []
        self._depth = 0

    @property
    def depth(self) -> int:
        """How deep the next line stands."""
        return self._depth

    def line(self, text: str = "") -> None:
        """Write one line at the current depth. Text from a policy gets here only through `literal`."""
        self.lines.append("    " * self._depth + text if text else "")

    @contextmanager
    def block(self, header: str) -> Iterator[None]:
        """`header`, and what is written inside the `with` one step deeper."""
        self.line(header)
        self._depth += 1
        yield
        self._depth -= 1

    def open(self, header: str) -> None:
        """`header`; what follows stands one step deeper, until it is closed."""
        self.line(header)
        self._depth += 1

    def close(self, steps: int = 1) -> None:
        """So many steps back."""
        self._depth -= steps

    def mark(self, place: Place) -> None:
        """The next line comes from there. A comment says so, with the number only."""
        self.places.append((len(self.lines), place))

    def comment(self, place: Place) -> None:
        """A comment with the policy's line; what follows comes from there."""
        self.mark(place)
        self.line(f"# line {int(place.line)}")

    def extend(self, other: Writer) -> None:
        """Another writer's lines, at the current depth."""
        start = len(self.lines)
        self.places += [(start + index, place) for index, place in other.places]
        indent = "    " * self._depth
        self.lines += [indent + line if line else "" for line in other.lines]
