"""`Policy`: a compiled policy, and decisions by it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from leadpolicy.compiler.diagnostics import Diagnostic
from leadpolicy.compiler.pipeline import compile_source, no_policy
from leadpolicy.compiler.source import Source
from leadpolicy.loading import Cache, FolderReader, read_source
from leadpolicy.passing import entered_times, events_of, record_of, records_by_fact

if TYPE_CHECKING:
    from leadpolicy.compiler import ir
    from leadpolicy.compiler.analysis.findings import NotAnalysed
    from leadpolicy.engine.decision import Decision
    from leadpolicy.engine.errors import InputError
    from leadpolicy.engine.intake import FactBase
    from leadpolicy.engine.program import Program
    from leadpolicy.models import Models

Facts = Mapping[str, Iterable[object]] | Iterable[object]
Events = Mapping[str, Iterable[object]] | Iterable[object]


class PolicyError(Exception):
    """A policy that doesn't compile. `diagnostics` are all its mistakes; the text shows each with its line."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("\n".join(_shown(d) for d in self.diagnostics))


class ModuleError(PolicyError):
    """A module where a policy was asked for: it can be used and checked, but decides nothing. `findings` are what the
    compiler has to say about the module itself."""

    def __init__(self, source: Source, findings: tuple[Diagnostic, ...]) -> None:
        self.findings = findings
        super().__init__([no_policy(source)])


def _shown(diagnostic: Diagnostic) -> str:
    source = diagnostic.source
    line, column = source.position(diagnostic.span.start)
    text = (
        f"{source.name}:{line}:{column}: {diagnostic.severity} {diagnostic.code}: {diagnostic.message}\n"
        f"    {source.line(line)}\n    {_blanks(source.line(line)[: column - 1])}^"
    )
    return text if diagnostic.hint is None else f"{text}\n    hint: {diagnostic.hint}"


def _blanks(text: str) -> str:
    """As many blanks as a text is wide on a screen, where Chinese characters take two places."""
    return "".join("\t" if c == "\t" else "  " if east_asian_width(c) in "WF" else " " for c in text)


class Policy:
    """A compiled policy. Made by `load` or `from_source`; decides as often as one likes, from any thread."""

    def __init__(
        self,
        compiled: ir.Policy,
        diagnostics: tuple[Diagnostic, ...] = (),
        not_analysed: tuple[NotAnalysed, ...] = (),
    ) -> None:
        self.ir = compiled
        self.not_analysed = not_analysed
        """What the analysis of the policy took as: may be anything."""
        self.diagnostics = diagnostics
        """Warnings and notes: what the compiler remarked, though it found no error."""

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Policy:
        """The policy in a file; compiled once, and again only when the file, or one that it names, has changed."""
        file = Path(path)
        source = read_source(file)
        return _CACHE.get(file, source, lambda reader: _compiled(source, reader))

    @classmethod
    def from_source(cls, text: str, name: str = "<source>", base: str | os.PathLike[str] | None = None) -> Policy:
        """The policy in a text. `base` is the folder of the files that it names."""
        return _compiled(Source(name, text), FolderReader(None if base is None else Path(base)))

    @property
    def name(self) -> str:
        """The policy's name."""
        return self.ir.name

    @property
    def version(self) -> str:
        """The policy's version, as its header says."""
        return self.ir.version

    @property
    def digest(self) -> str:
        """A fingerprint of everything in the policy that has a meaning."""
        return self.ir.digest

    @cached_property
    def python(self) -> str:
        """The Python module that decides, as text."""
        from leadpolicy.compiler.collecting import uncollected
        from leadpolicy.compiler.to_python import generate

        with uncollected():
            return generate(self.ir)

    @cached_property
    def program(self) -> Program:
        """The Python module that decides, loaded."""
        from leadpolicy.compiler.collecting import uncollected
        from leadpolicy.engine.program import load

        source = self.python
        with uncollected():
            return load(source, self.name)

    @cached_property
    def models(self) -> Models:
        """Pydantic models of the policy's facts: `policy.models.Lead`."""
        from leadpolicy.models import Models

        return Models(self.ir)

    def decide(
        self,
        lead: object,
        *,
        events: Events | None = None,
        facts: Facts | None = None,
        now: datetime | None = None,
        entered: Mapping[str, datetime | int] | None = None,
    ) -> Decision:
        """Decide about one lead: a mapping, a Pydantic model, a dataclass or any object with the fields' names.

        `events`: by their type's name, or one after the other: models, or mappings with the type's name under
        `event`; those that don't say whose they are are this lead's.
        `facts`: the other facts that the policy reads, by name, or objects whose class has the fact's name.
        `entered`: when the lead first reached each stage in its current round; without it, found by a replay.
        `now`: the time of the decision; without it, the system's clock. Without an offset, in the policy's zone.
        """
        return self.program.decide(
            record_of(lead),
            events=events_of(self.ir, events),
            facts=records_by_fact(self.ir, facts),
            now=_time(now),
            entered=None if entered is None else entered_times(entered, self.program),
        )

    def decide_many(
        self,
        leads: Iterable[object],
        *,
        events: Events | None = None,
        facts: Facts | None = None,
        now: datetime | None = None,
        on_error: Callable[[int, InputError], None] | None = None,
    ) -> Iterator[Decision]:
        """Decide about many leads at one time, one by one as they are asked for. Each event says whose it is.

        A lead that is wrong raises its `InputError`; with `on_error`, that gets the lead's index and the error, and
        the others are still decided.
        """
        base = self.fact_base(facts, events)
        return self.program.decide_many(map(record_of, leads), facts=base, now=_time(now), on_error=on_error)

    def fact_base(self, facts: Facts | None, events: Events | None = None) -> FactBase | None:
        """The other facts and events, read and checked once, for many decisions; None where none are given."""
        given, happened = records_by_fact(self.ir, facts), events_of(self.ir, events)
        return None if given is None and happened is None else self.program.facts(given, happened)


def _time(now: datetime | None) -> datetime:
    """The time of a decision: the only place where the system's clock is read."""
    return datetime.now(UTC).replace(microsecond=0) if now is None else now


def _compiled(source: Source, reader: FolderReader) -> Policy:
    compilation = compile_source(source, reader)
    if compilation.is_module:
        raise ModuleError(source, compilation.diagnostics)
    if compilation.policy is None:
        raise PolicyError(compilation.diagnostics)
    return Policy(compilation.policy, compilation.diagnostics, compilation.not_analysed)


_CACHE: Cache[Policy] = Cache(size=32)
