"""Changes that are told to a matcher outside: the generated network keeps tables, and works out what rules do."""

from __future__ import annotations

from leadpolicy.compiler.to_python.rules.of_type import TypeChanges
from leadpolicy.compiler.to_python.writer import Writer


class OutsideChanges(TypeChanges):
    """Writes the functions of one type of facts; `outside` is told of each of its facts."""

    def _tell(self, out: Writer, told: str) -> None:
        """A fact has come in, gone, or changed."""
        out.line(f"outside.{told}(x)")
