"""Gathers the diagnostics of one compilation."""

from __future__ import annotations

from dataclasses import replace

from leadpolicy.compiler.diagnostics import Diagnostic, Fix, Related, Severity, in_order
from leadpolicy.compiler.source import Source, Span
from leadpolicy.compiler.wording import Message


class Reporter:
    """Collects diagnostics about one source file."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._found: list[Diagnostic] = []

    def beside(self, source: Source) -> Reporter:
        """A reporter about another file, such as a sheet, whose findings come among these."""
        other = Reporter(source)
        other._found = self._found
        return other

    def report(
        self,
        code: str,
        span: Span,
        message: Message,
        *,
        hint: Message | None = None,
        fix: str | None = None,
        related: tuple[tuple[Message, Span] | Related, ...] = (),
        severity: Severity = "error",
    ) -> None:
        """Add one; `fix` is the text that would replace the span, `related` pairs a message with a place
        (of another file: as `Related`)."""
        self._found.append(
            Diagnostic(
                code,
                severity,
                message,
                self.source,
                span,
                hint=hint,
                fix=None if fix is None else Fix(span.start, span.end, fix),
                related=tuple(r if isinstance(r, Related) else Related(r[0], self.source, r[1]) for r in related),
            )
        )

    def add(self, found: Diagnostic) -> None:
        """Add what was found elsewhere, as it is."""
        self._found.append(found)

    def again(self, found: Diagnostic, span: Span) -> None:
        """Add what was found in a piece of text that was read on its own, at the place where it stands."""
        self._found.append(replace(found, source=self.source, span=span, fix=None, related=()))

    def warn(self, code: str, span: Span, message: Message, *, hint: Message | None = None) -> None:
        """Add a warning."""
        self.report(code, span, message, hint=hint, severity="warning")

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """All that was found, sorted by place."""
        return in_order(self._found)
