"""`read`: a lead's fields into the snapshot. Common cases are written out, the engine reads the rest."""

from __future__ import annotations

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python.declarations import Declarations
from leadpolicy.compiler.to_python.literals import literal, sequence
from leadpolicy.compiler.to_python.plan import Plan
from leadpolicy.compiler.to_python.scope import Shared
from leadpolicy.compiler.to_python.writer import Writer

_LIMIT = "1000000000000"


class ReadFunction:
    """Writes `read`, and the readers that it falls back to."""

    def __init__(self, shared: Shared, declarations: Declarations) -> None:
        self._shared = shared
        self._plan: Plan = shared.plan
        self._declarations = declarations
        self._about = shared.plan.about
        slots = {slot.path: slot.name for slot in self._plan.slots if not slot.domain}
        self._names = [
            slots.get((field.name,)) or self._plan.names.make("f", field.name) for field in self._about.fields
        ]
        self._whole = self._about.name in self._plan.bindings.read
        """Whether the lead is a record among others: then all its fields are read."""
        self._used = [self._whole or (field.name,) in slots for field in self._about.fields]

    def write_readers(self, out: Writer) -> None:
        """`READ_0` …: what reads each field of the lead where `read` doesn't itself."""
        out.line("RECORDS = readers(POLICY)")
        for index in range(len(self._about.fields)):
            out.line(f"READ_{index} = field_reader(RECORDS, {literal(self._about.name)}, {index})")

    def write(self, out: Writer) -> None:
        """The function."""
        with out.block("def read(get, facts, now):"):
            out.line('"""Read one lead: everything that is decided later is worked out from what this returns."""')
            out.line("reading = Reading()")
            for index, field in enumerate(self._about.fields):
                out.comment(field.place)
                out.line(f"{self._names[index]} = get({literal(field.name)})")
                self._field(out, index, field)
            key = next((self._names[i] for i, field in enumerate(self._about.fields) if field.key), "None")
            with out.block("if reading.problems:"):
                out.line(f"raise reading.error({key})")
            if any(field.type.kind == "fact" for field in self._about.fields):
                with out.block("if reading.embedded:"):
                    out.line("facts = with_embedded(facts, reading.embedded)")
            self._paths(out)
            names = [slot.name for slot in self._plan.slots]
            names += ["now", "facts"]
            if self._plan.rich:
                names.append(sequence(self._names) if self._whole else "None")
            out.line(f"return {sequence(names)}")

    def _field(self, out: Writer, index: int, field: ir.FactField) -> None:
        name = self._names[index]
        slow = f"{name} = READ_{index}({name}, reading)"
        or_none = field.or_none or field.role in {"owner", "assigned"}
        required = field.required or field.key
        if required:
            absent = None
        elif or_none:
            absent = f"{name} = NOTHING"
        else:
            absent = "pass"
        quick = self._quick(index, field, name)
        if quick is None:
            if absent is None:
                out.line(slow)
            elif absent == "pass":
                with out.block(f"if {name} is not None:"):
                    out.line(slow)
            else:
                with out.block(f"if {name} is None:"):
                    out.line(absent)
                with out.block("else:"):
                    out.line(slow)
            return
        test, lines = quick
        self._write_quick(out, test, lines, slow, absent, name)

    def _write_quick(
        self, out: Writer, test: str, lines: list[str], slow: str, absent: str | None, name: str
    ) -> None:
        """`lines` where `test` holds, else the engine's reader; what is absent needs neither."""
        if lines:
            with out.block(f"if {test}:"):
                for line in lines:
                    out.line(line)
            word = "elif"
        else:
            word = "if"
        guard = f"{name} is not None" if lines else f"not ({test})"
        if absent is None:
            with out.block("else:" if lines else f"if {guard}:"):
                out.line(slow)
        elif absent == "pass":
            joined = guard if lines else f"{name} is not None and {guard}"
            with out.block(f"{word} {joined}:"):
                out.line(slow)
        else:
            with out.block(f"{word} {name} is None:"):
                out.line(absent)
            with out.block("else:" if lines else f"elif {guard}:"):
                out.line(slow)

    def _quick(self, index: int, field: ir.FactField, name: str) -> tuple[str, list[str]] | None:
        """The common case of a kind: a test, and what is done where it holds; None for no such case."""
        constants = self._shared.constants
        match field.type.kind:
            case "text" | "fact":
                if not self._used[index] and not (field.required or field.key):
                    return f"type({name}) is str", []
                lines = [f"{name} = normalize('NFC', {name}).strip()"]
                if field.markers:
                    lines += self._marked(index, field, name)
                return f"type({name}) is str", lines
            case "int":
                return f"type({name}) is int and -{_LIMIT} < {name} < {_LIMIT}", []
            case "number" | "money" | "percent":
                lines = [f"{name} *= 1000000"] if self._used[index] else []
                return f"type({name}) is int and -{_LIMIT} < {name} < {_LIMIT}", lines
            case "bool":
                return f"{name} is True or {name} is False", []
            case "choice":
                sure = [choice for choice in field.type.choices or () if choice not in field.markers]
                known = constants.name("CHOICES", f"frozenset([{', '.join(map(literal, sorted(sure)))}])")
                return f"type({name}) is str and {name} in {known}", []
            case _:
                return None

    def _marked(self, index: int, field: ir.FactField, name: str) -> list[str]:
        markers = self._declarations.markers(field)
        if field.required or field.key:
            return [f"if {name} in {markers}:", f"    {name} = READ_{index}({name}, reading)"]
        return [f"if {name} in {markers}:", f"    {name} = None"]

    def _paths(self, out: Writer) -> None:
        """Paths through references, and the domains of e-mails."""
        plan = self._plan
        for slot in plan.slots:
            if slot.domain:
                source = plan.slots[plan.slot(slot.path)].name
                out.line(f"{slot.name} = domain({source})")
            elif len(slot.path) > 1:
                above = plan.slots[plan.slot(slot.path[:-1])]
                fact = above.type.fact
                if fact is None:
                    raise ValueError(f"the path {slot.path} goes through a field that is no reference")
                arguments = [literal(fact), above.name, literal(slot.order[-1])]
                out.line(f"{slot.name} = follow(facts, {', '.join(arguments)})")
