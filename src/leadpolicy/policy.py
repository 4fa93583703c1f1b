"""`Policy`: a compiled policy, and decisions by it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from unicodedata import east_asian_width

from leadpolicy.compiler.collecting import uncollected
from leadpolicy.compiler.source import Source
from leadpolicy.loading import Cache, FolderReader, read_source
from leadpolicy.passing import entered_times, events_of, record_of, records_by_fact

if TYPE_CHECKING:
    from types import CodeType

    from leadpolicy.compiler.analysis.findings import NotAnalysed
    from leadpolicy.compiler.diagnostics import Diagnostic
    from leadpolicy.compiler.ir import Policy as Compiled
    from leadpolicy.compiler.pipeline import Compilation
    from leadpolicy.compiler.to_python import Module
    from leadpolicy.engine.decision import Decision
    from leadpolicy.engine.errors import InputError
    from leadpolicy.engine.intake import FactBase
    from leadpolicy.engine.policy import PolicyDeclaration
    from leadpolicy.engine.program import AtOnce, Program
    from leadpolicy.engine.session.host import Session
    from leadpolicy.engine.session.network import Matching
    from leadpolicy.frames.deciding import Frames, FrameSupport
    from leadpolicy.models import Models
    from leadpolicy.stored import Entry

Frame = TypeVar("Frame")
"""A Polars DataFrame or LazyFrame."""
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
        from leadpolicy.compiler.pipeline import no_policy

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
        compiled: Compiled,
        diagnostics: tuple[Diagnostic, ...] = (),
        not_analysed: tuple[NotAnalysed, ...] = (),
    ) -> None:
        self.ir = compiled
        self.not_analysed = not_analysed
        self.diagnostics = diagnostics
        self._entry: Entry | None = None

    @classmethod
    def _stored(cls, entry: Entry, code: CodeType, source: Source, reader: FolderReader) -> Policy:
        """A policy from the cache: its deciding code is here, all else is made when it is asked for."""
        policy = cls.__new__(cls)
        policy._entry = entry
        policy._code = code
        policy._again = lambda: _compilation(source, reader.again)
        policy._source = source
        return policy

    @classmethod
    def _fresh(cls, compilation: Compilation, source: Source) -> Policy:
        """A policy just compiled. Analysis remarks and never refuses: it is made when `diagnostics` are asked for."""
        policy = cls.__new__(cls)
        policy._entry = None
        policy._again = lambda: compilation
        policy._source = source
        policy.ir = compilation.policy  # type: ignore[assignment]
        return policy

    _again: Callable[[], Compilation]
    """What was compiled, without analysis; of a policy from the cache, compiled now."""
    _source: Source

    @classmethod
    def load(cls, path: str | os.PathLike[str], *, cache: bool = True) -> Policy:
        """The policy in a file; compiled once, and again only when the file, or one that it names, has changed.

        `cache`: keep what was compiled for other processes too, in the user's folder for caches (docs/hosts.md).
        """
        file = Path(path)
        source = read_source(file)
        return _CACHE.get(file, source, lambda reader: _loaded(source, reader, cache))

    @classmethod
    def from_source(cls, text: str, name: str = "<source>", base: str | os.PathLike[str] | None = None) -> Policy:
        """The policy in a text. `base` is the folder of the files that it names."""
        return _compiled(Source(name, text), FolderReader(None if base is None else Path(base)))

    @cached_property
    def ir(self) -> Compiled:
        """The policy's intermediate representation."""
        stored = None if self._entry is None else self._entry.ir()
        if stored is not None:
            from leadpolicy.compiler import ir

            return ir.Policy.model_validate_json(stored)
        return self._recompiled.policy  # type: ignore[return-value]

    @cached_property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Warnings and notes: what the compiler remarked, though it found no error."""
        return self._analysed.diagnostics

    @cached_property
    def not_analysed(self) -> tuple[NotAnalysed, ...]:
        """What the analysis of the policy took as: may be anything."""
        return self._analysed.not_analysed

    @cached_property
    def _analysed(self) -> Compilation:
        from leadpolicy.compiler.pipeline import analysed

        return analysed(self._recompiled, self._source)

    @cached_property
    def _recompiled(self) -> Compilation:
        return self._again()

    @property
    def _declared(self) -> Compiled | PolicyDeclaration:
        """What says the name, the version and the digest: what is here already."""
        return self.__dict__.get("ir") or self.program.policy

    @property
    def name(self) -> str:
        """The policy's name."""
        return self._declared.name

    @property
    def version(self) -> str:
        """The policy's version, as its header says."""
        return self._declared.version

    @property
    def digest(self) -> str:
        """A fingerprint of everything in the policy that has a meaning."""
        return self._declared.digest

    @cached_property
    def python(self) -> str:
        """The Python module that decides, as text."""
        with uncollected():
            return self._module.deciding() + self._module.telling() + self._module.objects() + self._module.matching()

    @cached_property
    def _module(self) -> Module:
        from leadpolicy.compiler.to_python import Module

        return Module(self.ir)

    @cached_property
    def program(self) -> Program:
        """The Python module that decides, loaded."""
        from leadpolicy.engine.program import run

        with uncollected():
            program = run(self._code, self._telling_code, self._objects_code)
        if type(self) is Policy and program.at_once is not None:
            self.__dict__["decide"] = _quickly(self, program, program.at_once)
        elif type(self) is Policy and program.takes_own_events:
            self.__dict__["decide"] = _quickly_with_events(self, program)
        return program

    @cached_property
    def _code(self) -> CodeType:
        """The half of the module that decides."""
        from leadpolicy.engine.program import compiled

        with uncollected():
            code = compiled(self._module.deciding(), self.ir.name)
            if self._entry is not None:
                self._entry.put_code("deciding", code)
                self._entry.put_ir(self.ir.model_dump_json().encode())
        return code

    def _telling_code(self) -> CodeType:
        """The half that tells: bounds, reasons, what is missing."""
        from leadpolicy.engine.program import compiled

        stored = None if self._entry is None else self._entry.code("telling")
        if stored is not None:
            return stored
        with uncollected():
            code = compiled(self._module.telling(), self.name, self._module.lines)
            if self._entry is not None:
                self._entry.put_code("telling", code)
        return code

    def _objects_code(self) -> CodeType:
        """What decides leads that are objects in one go."""
        from leadpolicy.engine.program import compiled

        stored = None if self._entry is None else self._entry.code("objects")
        if stored is not None:
            return stored
        with uncollected():
            code = compiled(self._module.objects(), self.name)
            if self._entry is not None:
                self._entry.put_code("objects", code)
        return code

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
        program = self.program
        if facts is None and entered is None:
            if events is None:
                return program.decide(lead if type(lead) is dict else record_of(lead), now=_time(now))
            if type(events) is list and program.takes_events:
                return program.decide(record_of(lead), events=events, now=_time(now))
        return program.decide(
            record_of(lead),
            events=events_of(program.policy, events),
            facts=records_by_fact(program.policy, facts),
            now=_time(now),
            entered=None if entered is None else entered_times(entered, program),
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
        return self.program.decide_many(leads, facts=base, now=_time(now), on_error=on_error)

    def decide_frame(
        self,
        frame: Frame,
        *,
        events: Events | None = None,
        facts: Facts | None = None,
        now: datetime | None = None,
        want: str | Iterable[str] | None = None,
        columns: Mapping[str, str] | None = None,
        on_error: Callable[[int, InputError], None] | None = None,
    ) -> Frame:
        """Decide about a Polars frame of leads, in columns: one row a lead, in order; a LazyFrame gives a LazyFrame.

        A column feeds the field of its name; `columns` says which column feeds a field of another name.
        `want`: groups of columns (`lead`, `at`, `scores`, `bounds`, `tables`, `gates`, `disqualified`, `stage`,
        `route`, `missing`, `policy`), single ones, or `all`; without it, what is decided at once.
        Wrong leads raise one InputError that tells of up to a thousand of them; with `on_error`, that gets each one's
        index and error, and it is left out. What columns can't say is decided lead by lead: `frame_support`.
        """
        from leadpolicy.frames.calling import decide_frame

        happened = self._frames.happened(self.fact_base, facts, events)
        found: Frame = decide_frame(self._frames, frame, want, columns, happened, _time(now), on_error)  # type: ignore[assignment, arg-type]
        return found

    @property
    def frame_support(self) -> FrameSupport:
        """What of the policy's decisions `decide_frame` works out in columns, and why the rest lead by lead."""
        return self._frames.support()

    @cached_property
    def polars(self) -> str:
        """The Python module that builds the columns of a frame, as text."""
        from leadpolicy.compiler.to_polars import lower

        return lower(self.ir).text

    @cached_property
    def _frames(self) -> Frames:
        from leadpolicy.frames.calling import check_polars

        check_polars()
        from leadpolicy.frames.deciding import Frames

        return Frames(self.ir, self.program)

    def session(
        self, *, now: datetime | None = None, most_of_a_match: int = 100, most_following: int = 100_000
    ) -> Session:
        """A working memory with the policy's rules: facts come in, change and go, time moves, rules fire.

        `now`: when it begins; without it, the system's clock. `most_of_a_match`: how often one may fire in one
        instant; `most_following`: how many firings may follow from others. NotMatchedError for a rule that can't be
        matched yet.
        """
        from leadpolicy.engine.session.host import Session

        program = self.program
        return Session(
            program.policy,
            program.readers,
            self._matching,
            _time(now),
            explaining=lambda: self._explaining,
            most_of_a_match=most_of_a_match,
            most_following=most_following,
        )

    @cached_property
    def _matching(self) -> Matching:
        """The network of the rules, as it was made for this policy."""
        from leadpolicy.compiler.to_python.module import matching_or_error

        return _part(matching_or_error, self.ir, "rules")

    @cached_property
    def _explaining(self) -> Matching:
        """What explains the rules: made when a session is first asked why."""
        from leadpolicy.compiler.to_python.module import explaining

        return _part(explaining, self.ir, "rules explained")

    def fact_base(self, facts: Facts | None, events: Events | None = None) -> FactBase | None:
        """The other facts and events, read and checked once, for many decisions; None where none are given."""
        program = self.program
        given, happened = records_by_fact(program.policy, facts), events_of(program.policy, events)
        return None if given is None and happened is None else program.facts(given, happened)


def _part(write: Callable[[Compiled], str], policy: Compiled, name: str) -> Matching:
    """A part of a policy's module for sessions, run."""
    from leadpolicy.engine.program import compiled, run_part
    from leadpolicy.engine.session.network import Matching

    with uncollected():
        made = run_part(compiled(write(policy), f"{policy.name}: {name}"), "MATCHING")
    assert isinstance(made, Matching)
    return made


def _quickly(policy: Policy, program: Program, at_once: AtOnce) -> Callable[..., Decision]:
    """`policy.decide` for leads that are decided in one go: the shortest way there. All else goes the long way.

    Hosts pass one time for many leads: what it is in microseconds is remembered.
    """
    last: tuple[datetime | None, int] = (None, 0)
    of_kind, long_way = program.of_kind, Policy.decide

    def decide(
        lead: object,
        *,
        events: Events | None = None,
        facts: Facts | None = None,
        now: datetime | None = None,
        entered: Mapping[str, datetime | int] | None = None,
    ) -> Decision:
        nonlocal last
        if events is None and facts is None and now is not None:
            at = last
            if at[0] is not now:
                at = last = now, program.instant(now)
            kind = type(lead)
            decided = at_once if kind is dict else of_kind(kind)
            if decided is not None:
                try:
                    made = decided(lead, at[1], None)
                except AttributeError:
                    made = None  # an object without some of the fields
                if made is not None:
                    return made
        return long_way(policy, lead, events=events, facts=facts, now=now, entered=entered)

    decide.__doc__ = Policy.decide.__doc__
    return decide


def _quickly_with_events(policy: Policy, program: Program) -> Callable[..., Decision]:
    """The same for leads that are passed with a list of their own events, where policies read nothing else."""
    last: tuple[datetime | None, int] = (None, 0)
    with_events, long_way = program.with_own_events, Policy.decide

    def decide(
        lead: object,
        *,
        events: Events | None = None,
        facts: Facts | None = None,
        now: datetime | None = None,
        entered: Mapping[str, datetime | int] | None = None,
    ) -> Decision:
        nonlocal last
        if type(events) is list and type(lead) is dict and facts is None and entered is None and now is not None:
            at = last
            if at[0] is not now:
                at = last = now, program.instant(now)
            made = with_events(lead, events, at[1], None)
            if made is not None:
                return made
        return long_way(policy, lead, events=events, facts=facts, now=now, entered=entered)

    return decide


def _time(now: datetime | None) -> datetime:
    """The time of a decision: the only place where the system's clock is read."""
    return datetime.now(UTC).replace(microsecond=0) if now is None else now


def _compilation(source: Source, read_text: Callable[[str], str]) -> Compilation:
    with uncollected():  # importing the compiler makes much that stays
        from leadpolicy.compiler.pipeline import compile_only

    return compile_only(source, read_text)


def _compiled(source: Source, reader: FolderReader) -> Policy:
    compilation = _compilation(source, reader)
    if compilation.is_module:
        raise ModuleError(source, compilation.diagnostics)
    if compilation.policy is None:
        raise PolicyError(compilation.diagnostics)
    return Policy._fresh(compilation, source)


def _loaded(source: Source, reader: FolderReader, cache: bool) -> Policy:
    """From the cache on disk where it is there; else compiled, and put there once its code is made."""
    from leadpolicy.stored import open_store

    store = open_store() if cache else None
    if store is None:
        return _compiled(source, reader)
    entry = store.find(source, reader)
    code = None if entry is None else entry.code("deciding")
    if entry is not None and code is not None:
        return Policy._stored(entry, code, source, reader)
    # What the cache named is read afresh: only what this compilation reads counts.
    reader.read.clear()
    reader.named.clear()
    reader.contents.clear()
    policy = _compiled(source, reader)
    policy._entry = store.entry(source, reader)
    reader.contents.clear()
    return policy


_CACHE: Cache[Policy] = Cache(size=32)
