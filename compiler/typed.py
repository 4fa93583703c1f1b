"""The typed tree: expressions after names are resolved and types are known, still with their spans.

One class serves all: `op` says which construct it is (the `op` of the IR node that lowering will make), `args` are
its operands, `value` what else that node needs. A mistake that was reported becomes `op` "error" with type None,
so that checking goes on without inventing more mistakes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from leadpolicy.compiler.ir import ConstValue, Type
from leadpolicy.compiler.source import Span

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

    @property
    def broken(self) -> bool:
        """Whether a mistake in here has been reported already."""
        return self.op == "error" or any(a.broken for a in self.args)

    def walk(self) -> Iterator[Expr]:
        """This node and all below it, in the order written."""
        yield self
        for arg in self.args:
            yield from arg.walk()


def error(span: Span) -> Expr:
    """What stands in for an expression whose mistake has been reported."""
    return Expr("error", None, span)
