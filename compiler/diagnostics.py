"""Diagnostics: what the compiler tells an author about a mistake.

A diagnostic has a stable code, a severity, a primary place, a message in the author's words, and where
possible a hint, a fix and related places. Codes are listed in `compiler/codes.py`. The wording of each stands at
the place where it is found, put into `say` (`compiler/wording.py`): lower-case, the author's own text in back-ticks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Literal

from leadpolicy.compiler.source import Source, Span
from leadpolicy.compiler.wording import Lang, translated

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Fix:
    """Replace the characters `start` to `end` (offsets from 0) with `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that has to do with the mistake."""

    message: str
    source: Source
    span: Span


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One mistake or remark."""

    code: str
    severity: Severity
    message: str
    source: Source
    span: Span
    hint: str | None = None
    fix: Fix | None = None
    related: tuple[Related, ...] = ()

    def in_language(self, lang: Lang) -> Diagnostic:
        """The same one with its wording in a language; code, places and fix stay."""
        if lang == "en":
            return self
        return replace(
            self,
            message=translated(self.message, lang),
            hint=None if self.hint is None else translated(self.hint, lang),
            related=tuple(replace(r, message=translated(r.message, lang)) for r in self.related),
        )

    def to_dict(self) -> dict[str, object]:
        """The JSON form of `lead check --format json`; lines and columns from 1."""
        line, column = self.source.position(self.span.start)
        end_line, end_column = self.source.position(self.span.end)
        fix = self.fix and {"start": self.fix.start, "end": self.fix.end, "text": self.fix.text}
        related = []
        for r in self.related:
            r_line, r_column = r.source.position(r.span.start)
            related.append({"message": r.message, "file": r.source.name, "line": r_line, "column": r_column})
        return {
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "file": self.source.name,
            "line": line,
            "column": column,
            "end_line": end_line,
            "end_column": end_column,
            "hint": self.hint,
            "fix": fix,
            "related": related,
        }


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sorted by file, place and code, each once: the same mistakes always print alike."""
    unique = {(d.source.name, d.span, d.code, d.message): d for d in diagnostics}
    return tuple(unique[k] for k in sorted(unique))


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like `name`, or None where none is near."""
    candidates = sorted(set(known))
    folded = {c.casefold(): c for c in reversed(candidates)}
    if name.casefold() in folded:
        return folded[name.casefold()]
    found = get_close_matches(name, candidates, n=1, cutoff=0.6)
    return found[0] if found else None
