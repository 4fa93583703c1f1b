"""When something can happen by itself (ruling 47; decision record 0012, section 7). Too many instants do no harm."""

from __future__ import annotations

from collections.abc import Iterator

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter import clock
from leadpolicy.compiler.interpreter.book import Book
from leadpolicy.compiler.interpreter.records import dated
from leadpolicy.compiler.interpreter.session.memory import Memory
from leadpolicy.compiler.interpreter.session.reading_parts import read_by
from leadpolicy.compiler.interpreter.session.view import View
from leadpolicy.compiler.interpreter.values import Absent


class Instants:
    """The instants of one policy's rules."""

    def __init__(self, book: Book) -> None:
        self._book = book
        nodes = list(read_by(book.policy.rules, book))
        self._ends: dict[str, set[int]] = {}
        """By type of the records: where their windows begin and end, from their time on."""
        for node in nodes:
            if isinstance(node, ir.Records) and node.window is not None:
                ends = self._ends.setdefault(node.fact, {0})
                ends |= {node.window.shortest, node.window.longest or 0}
            if isinstance(node, ir.EventEntry) and node.decay is not None:
                self._ends.setdefault(node.records.fact, {0})
        self._decays = any(isinstance(node, ir.Decay) for node in nodes)
        self._backs = {0} | {node.span for node in nodes if isinstance(node, ir.Ago)}

    def following(self, memory: Memory, view: View) -> int | None:
        """The first instant after now. `view`: one in which everything has been looked at."""
        found = (*self._of_events(memory), *self._of_records(view), *self._midnights(memory), *view.turns.instants)
        return min((at for at in found if at > memory.now), default=None)

    def _of_events(self, memory: Memory) -> Iterator[int]:
        for record in memory.waiting.values():
            at = dated(record, self._book)
            if not isinstance(at, Absent):
                yield at

    def _of_records(self, view: View) -> Iterator[int]:
        for fact in view.facts:
            at = dated(fact.record, self._book)
            ends = self._ends.get(fact.record.fact, set()) | {0}
            if not isinstance(at, Absent):
                yield from (at + end + back for end in ends for back in self._backs)

    def _midnights(self, memory: Memory) -> Iterator[int]:
        zone = self._book.policy.zone
        for back in self._backs if self._decays else ():
            day = clock.local(memory.now - back, zone)[0]
            yield clock.instant(day + 1, 0, zone) + back
