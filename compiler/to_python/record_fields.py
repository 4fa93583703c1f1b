"""Fields of records that can be unknown: named as the lead's own fields are, behind all of them."""

from __future__ import annotations

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python.literals import literal, sequence
from leadpolicy.compiler.to_python.plan import Plan
from leadpolicy.compiler.to_python.writer import Writer


class RecordFields:
    """Numbers the fields, beyond the slots."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._found: dict[tuple[str, tuple[str, ...]], int] = {}

    def source(self, fact: ir.Fact, path: tuple[str, ...]) -> int:
        """The number of a field, or of a path of fields."""
        return self._found.setdefault((fact.name, path), len(self._plan.slots) + len(self._found))

    def write(self, out: Writer, type_name: str) -> None:
        """`FIELDS`: to be written after everything that adds some. Their types don't matter."""
        with out.block("FIELDS = ("):
            for name, path in self._found:
                order, ask = self._declared(name, path)
                arguments = [
                    literal(".".join((name, *path))),
                    type_name,
                    "()",
                    sequence(map(literal, order)),
                    "False",
                ]
                out.line(f"SlotDeclaration({', '.join([*arguments, literal(ask)])}),")
        out.line(")")

    def _declared(self, name: str, path: tuple[str, ...]) -> tuple[list[int], str | None]:
        plan = self._plan
        fact = plan.policy.fact(name)
        order = [len(plan.about.fields) + plan.bindings.place(name)]
        ask: str | None = None
        for step in path:
            place = next(index for index, field in enumerate(fact.fields) if field.name == step)
            order.append(place)
            field = fact.fields[place]
            ask = field.ask
            if field.type.fact is not None:
                fact = plan.policy.fact(field.type.fact)
        return order, ask
