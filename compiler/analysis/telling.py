"""From findings on the IR to diagnostics: places become spans, narrowed to the author's words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from leadpolicy.compiler import ir
from leadpolicy.compiler.analysis.findings import Analysis
from leadpolicy.compiler.diagnostics import Diagnostic, Related, in_order
from leadpolicy.compiler.source import Source, Span


def with_findings(known: Iterable[Diagnostic], analysis: Analysis, source: Source) -> tuple[Diagnostic, ...]:
    """The diagnostics and the findings, in order. A row that is known to be out of reach is not told of twice."""
    diagnostics = list(known)
    told = {d.span for d in diagnostics if d.code == "LP4004"}
    for finding in analysis.findings:
        if _span(finding.place, source) in told:
            continue
        diagnostics.append(
            Diagnostic(
                finding.code,
                finding.severity,
                finding.message,
                source,
                locate(finding.place, finding.words, source),
                hint=finding.hint,
                related=tuple(Related(r.message, source, locate(r.place, r.words, source)) for r in finding.related),
            )
        )
    return in_order(diagnostics)


def _span(place: ir.Place, source: Source) -> Span:
    start = source.line_starts[place.line - 1] + place.column - 1
    return Span(start, source.line_starts[place.end_line - 1] + place.end_column - 1)


_AND = "(?:and|并且)"
"""Words of several parts have an English `and` between them."""


def locate(place: ir.Place, words: str | None, source: Source) -> Span:
    """The words in the text of a place; the whole place where they don't stand there as they are."""
    span = _span(place, source)
    if not words:
        return span
    pattern = re.compile(r"\s+".join(_AND if w == "and" else re.escape(w) for w in words.split()))
    found = pattern.search(source.text, span.start, span.end)
    return Span(found.start(), found.end()) if found else span
