"""What running tests gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FailureKind = Literal["expectation", "disagreement", "input", "fixture", "not run"]


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that went wrong in a test.

    `expectation`: the decision isn't what was expected; `disagreement`: the generated evaluator and the reference
    interpreter decide differently; `input`: what is given can't be read; `fixture`: the fixture itself can't be;
    `not run`: what is expected needs a session, so whether it comes true is not known.
    """

    kind: FailureKind
    text: str
    """The author's words for an expectation; else what is wrong."""
    line: int
    found: tuple[tuple[str, str], ...] = ()
    """What was found: names and values."""

    def to_dict(self) -> dict[str, object]:
        """As `--format json` prints it."""
        found = [{"name": name, "value": value} for name, value in self.found]
        return {"kind": self.kind, "text": self.text, "line": self.line, "found": found}


@dataclass(frozen=True, slots=True)
class Result:
    """One test that was run."""

    file: str
    line: int
    name: str
    failures: tuple[Failure, ...]
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether nothing went wrong."""
        return not self.failures

    @property
    def not_run(self) -> bool:
        """Whether nothing went wrong but that something isn't run: it has not passed either."""
        return bool(self.failures) and all(failure.kind == "not run" for failure in self.failures)

    def to_dict(self) -> dict[str, object]:
        """As `--format json` prints it."""
        return {
            "file": self.file,
            "line": self.line,
            "name": self.name,
            "passed": self.passed,
            "failures": [failure.to_dict() for failure in self.failures],
        }
