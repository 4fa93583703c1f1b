"""The typed tree: expressions after names are resolved and types are known, still with their spans.

One class serves all: `op` says which construct it is (the `op` of the IR node that lowering will make), `args` are
its operands, `value` what else that node needs. A mistake that was reported becomes `op` "error" with type None,
so that checking goes on without inventing more mistakes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from leadpolicy.compiler import ir
from leadpolicy.compiler.ir import ConstValue, Type
from leadpolicy.compiler.source import Source, Span

Value = ConstValue | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Expr:
    """A typed expression.

    `type` is None only for `op` "error". `nothing`: it can be nothing; `unknown`: it can be unknown.
    """

    op: str
    type: Type | None
    span: Span
    args: tuple[Expr, ...] = ()
    value: Value = None
    nothing: bool = False
    unknown: bool = False
    var: str = "this"
    """Whose field, let, score, … it is: "this", or the name of a bound record."""
    source: Source | None = None
    """Where the span is, if not in the file that is being checked: an argument or a module's expression."""
    records: ir.Records | None = None
    """What `any`, `count`, `distinct`, `total` and `pick` look at; its expressions are among `args` too."""
    prefer: tuple[ir.Prefer, ...] = ()
    broken: bool = field(init=False)
    """Whether a mistake in here has been reported already."""

    def __post_init__(self) -> None:
        broken = self.op == "error"
        for arg in self.args:
            broken = broken or arg.broken
        object.__setattr__(self, "broken", broken)

    def walk(self) -> Iterator[Expr]:
        """This node and all below it, in the order written."""
        yield self
        for arg in self.args:
            yield from arg.walk()


def error(span: Span) -> Expr:
    """What stands in for an expression whose mistake has been reported."""
    return Expr("error", None, span)


@dataclass(frozen=True, slots=True)
class Records:
    """Checked records: their IR, the typed expressions in it (for what they read), and the value asked of them.

    `where`, `value` and `prefer` are about the record bound to `made.var`.
    """

    made: ir.Records
    span: Span
    of: Expr | None = None
    where: Expr | None = None
    since: Expr | None = None
    value: Expr | None = None
    prefer: tuple[ir.Prefer, ...] = ()
    preferred: tuple[Expr, ...] = ()

    @property
    def parts(self) -> tuple[Expr, ...]:
        """Every expression in it, in the order written; the value, where there is one, is the last."""
        parts = (self.of, self.where, self.since, *self.preferred, self.value)
        return tuple(p for p in parts if p is not None)

    @property
    def unknown(self) -> bool:
        """Whether it can be unknown which records count."""
        return any(p.unknown for p in (self.of, self.where, self.since) if p is not None)
