"""What every part of the checker needs: the names, the header's settings, the facts, and where to report."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from leadpolicy.compiler import ir, syntax, typed
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


@dataclass(frozen=True, slots=True)
class Bound:
    """A record that a name stands for: `var` in the IR; `named` where the author gave it that name.

    Where it is `implicit`, names of its fact's fields mean its fields.
    """

    var: str
    fact: str
    implicit: bool
    named: bool


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
    """The lets that were used or checked so far, by `let_key`."""
    circle_too_deep: bool = False
    """Whether it has been reported that lets in a circle name each other too deep."""
    lets_in_progress: list[str] = field(default_factory=list)
    newest_first: bool = False
    calendar: str | None = None
    """The calendar of the header: what work hours and workdays count in."""
    leave: tuple[typed.Expr, ...] | None = None
    """What the header's calendar says of leave, once that has been checked (`checker.leave`)."""
    checking_leave: bool = False
    bound: list[Bound] = field(default_factory=list)
    """The records that names stand for here, innermost last (see `bind`)."""
    parameters: dict[str, typed.Expr] = field(default_factory=dict)
    """What the parameters of the let or gate that is being expanded stand for."""
    in_rule: bool = False
    rule_lets: dict[str, typed.Expr] = field(default_factory=dict)
    """The lets of the rule that is being checked: named in expressions, they become `VarRef`s."""
    subject: str | None = "this"
    """What `this` stands for here: a record's IR name; None in a rule, which is about no record in particular."""
    open_rows: int = 0
    place_comparison: Callable[[syntax.Comparison], typed.Expr | None] | None = None
    """Where set (in tests and promises): reads `route is queue x` and its kin; None for other comparisons."""
    module: str | None = None
    """The dotted name of the module that this is a context of; None for the policy's own."""
    modules: dict[str, Context] = field(default_factory=dict)
    """The modules in use, by the name that they have in this file."""
    root: Context | None = None
    """The policy's context, in that of a module; it alone keeps the three below."""
    loaded: dict[str, Context] = field(default_factory=dict)
    """All modules that were read, by dotted name."""
    loading: list[str] = field(default_factory=list)
    expansions: int = 0
    circles: set[frozenset[str]] = field(default_factory=set)
    """The circles of lets that were reported."""

    @contextmanager
    def bind(self, var: str, fact: str, *, implicit: bool = True) -> Iterator[str]:
        """While active, the name `var` stands for a record of that fact, and `var.field` for its fields.

        If `implicit`, the names of the fact's fields mean its fields, before anything outer.
        """
        with self._bound(Bound(var, fact, implicit, named=True)):
            yield var

    @contextmanager
    def bind_row(self, fact: str) -> Iterator[str]:
        """Bind a record that has no name of its own, as `any Activity where …` does; gives its name in the IR."""
        taken = {b.var for b in self.bound if b.named} | self.rule_lets.keys()
        depth = self.open_rows + 1
        while f"row{depth}" in taken:
            depth += 1
        before, self.open_rows = self.open_rows, depth
        try:
            with self._bound(Bound(f"row{depth}", fact, implicit=True, named=False)):
                yield f"row{depth}"
        finally:
            self.open_rows = before

    @contextmanager
    def _bound(self, bound: Bound) -> Iterator[None]:
        self.bound.append(bound)
        try:
            yield
        finally:
            self.bound.pop()

    @contextmanager
    def rule(self) -> Iterator[None]:
        """While active, expressions are a rule's: no `this`, no lets of another rule."""
        before = self.in_rule, self.rule_lets, self.subject, self.bound
        self.in_rule, self.rule_lets, self.subject, self.bound = True, {}, None, []
        try:
            yield
        finally:
            self.in_rule, self.rule_lets, self.subject, self.bound = before

    @contextmanager
    def expanding(self, parameters: Mapping[str, typed.Expr], subject: str | None) -> Iterator[None]:
        """While active, names are those of a declaration's own place: its parameters and what stands at the top of
        the file; `this` is `subject`."""
        before = self.parameters, self.rule_lets, self.subject, self.bound
        self.parameters, self.rule_lets, self.subject, self.bound = dict(parameters), {}, subject, []
        try:
            yield
        finally:
            self.parameters, self.rule_lets, self.subject, self.bound = before

    @contextmanager
    def at_the_top(self) -> Iterator[None]:
        """While active, names are those of a let without parameters: what stands at the top of the file."""
        before = self.in_rule, self.open_rows
        self.in_rule, self.open_rows = False, 0
        try:
            with self.expanding({}, "this"):
                yield
        finally:
            self.in_rule, self.open_rows = before

    def row_of(self, fact: str) -> str | None:
        """The innermost record of that fact whose fields need no name before them; else `this`, if it is one."""
        for bound in reversed(self.bound):
            if bound.implicit and bound.fact == fact:
                return bound.var
        return self.subject if fact == self.names.about else None

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

    def let_key(self, name: str) -> str:
        """The name of a let of this file in `lets`, which all files share: arguments carry lets into modules."""
        return name if self.module is None else f"{self.module}.{name}"

    def said(self, expr: typed.Expr) -> str:
        """The author's words for a typed expression."""
        return (expr.source or self.source).slice(expr.span)

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
