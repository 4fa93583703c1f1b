"""Readers of records for sessions: the common cases of each field written out; None where the engine must read."""

from __future__ import annotations

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python.literals import literal, sequence, texts
from leadpolicy.compiler.to_python.plan import Plan
from leadpolicy.compiler.to_python.scope import Constants
from leadpolicy.compiler.to_python.writer import Writer

_LIMIT = "1000000000000"


class RowReader:
    """Writes `read_T(get)` of one type: the values of a record that is a dict, its link last."""

    def __init__(self, fact: ir.Fact, plan: Plan, constants: Constants, out: Writer) -> None:
        self._fact = fact
        self._plan = plan
        self._constants = constants
        self._out = out

    def write(self) -> str:
        """The function's name."""
        out, place = self._out, self._plan.bindings.place(self._fact.name)
        with out.block(f"def read_{place}(get):"):
            out.line(f"return {sequence(self.write_values())}")
        return f"read_{place}"

    def write_values(self, unusual: str = "return None") -> list[str]:
        """How the values are read by `get`; the names of the values. `unusual`: how what is no common case is
        left."""
        out = self._out
        for index, field in enumerate(self._fact.fields):
            out.line(f"v{index} = get({literal(field.name)})")
            self._cases(field, f"v{index}", unusual)
        names = [f"v{index}" for index in range(len(self._fact.fields))]
        if self._fact.of is not None:
            out.line("of = get('of')")
            out.line(f"if type(of) is not str: {unusual}")
            out.line("of = of.strip() if of.isascii() else normalize('NFC', of).strip()")
            names.append("of")
        return names

    def write_fields(self) -> str:
        """`value_T_F(v)`: the value of one field, `UNUSUAL` where the engine must read; a dict of those that may be
        updated, as text."""
        if self._fact.event or self._fact.concluded:
            return "{}"
        out, place = self._out, self._plan.bindings.place(self._fact.name)
        names: list[str] = []
        for index, field in enumerate(self._fact.fields):
            if not field.key:
                with out.block(f"def value_{place}_{index}(value):"):
                    self._cases(field, "value", "return UNUSUAL")
                    out.line("return value")
                names.append(f"{literal(field.name)}: ({index}, value_{place}_{index})")
        return f"{{{', '.join(names)}}}"

    def write_value(self, index: int, unusual: str) -> None:
        """How `value` is read for a field; `unusual`: how what is no common case is left."""
        self._cases(self._fact.fields[index], "value", unusual)

    def _cases(self, field: ir.FactField, name: str, unusual: str) -> None:
        """What is common is read in place; `unusual`: how all else is left."""
        out = self._out
        required = field.required or field.key
        nothing = field.or_none or field.role in {"owner", "assigned"}
        if field.type.kind == "choice":
            absent = {} if required else {"None": "NOTHING" if nothing else "None"}
            out.line(f"try: {name} = {self._choices(field, absent)}[{name}]")
            out.line(f"except (KeyError, TypeError): {unusual}")
            return
        test, lines = self._common(field, name, unusual)
        if test is None:
            if required:
                out.line(unusual)
                return
            with out.block(f"if {name} is not None:"):
                out.line(unusual)
            if nothing:
                out.line(f"{name} = NOTHING")
            return
        with out.block(f"if {test}:"):
            for line in lines or ["pass"]:
                out.line(line)
        if not required:
            with out.block(f"elif {name} is None:"):
                out.line(f"{name} = NOTHING" if nothing else "pass")
        out.line(f"else: {unusual}")

    def _common(self, field: ir.FactField, name: str, unusual: str) -> tuple[str | None, list[str]]:
        markers = [f"if {name} in {self._markers(field)}:"]
        markers += [f"    {unusual}" if field.required or field.key else f"    {name} = None"]
        match field.type.kind:
            case "text" | "fact":
                lines = [f"{name} = {name}.strip() if {name}.isascii() else normalize('NFC', {name}).strip()"]
                return f"type({name}) is str", lines + (markers if field.markers else [])
            case "int":
                return f"type({name}) is int and -{_LIMIT} < {name} < {_LIMIT}", []
            case "bool":
                return f"{name} is True or {name} is False", []
            case "time":
                at = f"instant({name}) if {name}.tzinfo is None else ({name} - EPOCH) // MICROSECOND"
                return f"type({name}) is datetime", [f"{name} = {at}"]
            case _:
                return None, []

    def _choices(self, field: ir.FactField, absent: dict[str, str]) -> str:
        """The name of a dict: what each choice is kept as."""
        sure = sorted(choice for choice in field.type.choices or () if choice not in field.markers)
        pairs = {literal(choice): literal(choice) for choice in sure} | absent
        return self._constants.name("CHOICES", f"{{{', '.join(f'{one}: {kept}' for one, kept in pairs.items())}}}")

    def _markers(self, field: ir.FactField) -> str:
        return self._constants.name("MARKERS", f"frozenset({texts(sorted(field.markers))})")
