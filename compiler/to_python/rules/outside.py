"""Changes that are told to a matcher outside: the generated network keeps tables, and works out what rules do."""

from __future__ import annotations

from leadpolicy.compiler.to_python.rules.changes import TypeChanges


class OutsideChanges(TypeChanges):
    """Writes the functions of one type of facts; `outside` is told of each of its facts."""

    def write_changes(self) -> None:
        """`came_T(x)`, `went_T(x)`, `moved_T(x, old)`; `watch_T(x)`: time itself changes nothing."""
        out, place = self._out, self._place
        out.line(f"def came_{place}(x): outside.came(x)")
        out.line(f"def went_{place}(x): outside.went(x)")
        out.line(f"def moved_{place}(x, old): outside.moved(x)")
        out.line(f"def watch_{place}(x): return None")
