"""What every part of the checker needs: the names, the header's settings, the facts, and where to report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from leadpolicy.compiler import ir, syntax
from leadpolicy.compiler.lowering import Lets
from leadpolicy.compiler.reporter import Reporter
from leadpolicy.compiler.resolver import Names
from leadpolicy.compiler.source import Source, Span
from leadpolicy.compiler.zones import compile_zone


def utc() -> ir.Zone:
    """The zone of a policy that names none."""
    zone = compile_zone("UTC")
    assert zone is not None
    return zone


@dataclass(slots=True)
class Context:
    """State of one compilation; the header and the facts are filled in first, then the rest is checked."""

    source: Source
    names: Names
    reporter: Reporter
    read_text: Callable[[str], str]
    version: str = ""
    zone: ir.Zone = field(default_factory=utc)
    currency: str | None = None
    country: str | None = None
    calling_code: str | None = None
    channels: tuple[str, ...] = ()
    markers: tuple[str, ...] = ()
    facts: dict[str, ir.Fact] = field(default_factory=dict)
    lists: dict[str, ir.NamedList] = field(default_factory=dict)
    table_outputs: dict[str, tuple[ir.TableOutput, ...]] = field(default_factory=dict)
    lets: Lets = field(default_factory=Lets)
    lets_in_progress: list[str] = field(default_factory=list)
    facts_read: set[str] = field(default_factory=set)
    """Other facts that are looked up on the way of a path, or to see whether a member exists (rulings 8, 39)."""
    reads_now: bool = False
    circle_too_deep: bool = False
    """Whether it has been reported that lets in a circle name each other too deep."""

    @property
    def about(self) -> ir.Fact | None:
        """The fact that is decided about; None where that mistake has been reported."""
        return self.facts.get(self.names.about)

    def field_of(self, fact: str, name: str) -> ir.FactField | None:
        """A field of a fact, or None."""
        declared = self.facts.get(fact)
        if declared is None:
            return None
        return next((f for f in declared.fields if f.name == name), None)

    def place(self, span: Span) -> ir.Place:
        """A span as people read it."""
        line, column = self.source.position(span.start)
        end_line, end_column = self.source.position(span.end)
        return ir.Place(file=self.source.name, line=line, column=column, end_line=end_line, end_column=end_column)

    def words(self, span: Span) -> str:
        """The author's own words."""
        return self.source.slice(span)

    def member_fact(self) -> str | None:
        """The fact that `-> member` names: that of the owner field, else the one called Member."""
        if self.about is not None:
            for f in self.about.fields:
                if f.role == "owner" and f.type.kind == "fact":
                    return f.type.fact
        return "Member" if "Member" in self.names.facts else None

    def text_of(self, node: syntax.Name | syntax.Text) -> str:
        """The text of a name or a string."""
        return node.text if isinstance(node, syntax.Name) else node.value
