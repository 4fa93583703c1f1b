"""`read`: a lead's fields into the snapshot. Common cases are written out, the engine reads the rest."""

from __future__ import annotations

from collections.abc import Iterator
from unicodedata import normalize

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python import walk
from leadpolicy.compiler.to_python.declarations import Declarations
from leadpolicy.compiler.to_python.literals import literal, sequence
from leadpolicy.compiler.to_python.plan import Plan
from leadpolicy.compiler.to_python.scope import Shared
from leadpolicy.compiler.to_python.writer import Writer

_LIMIT = "1000000000000"
_EXACT = "100000000"
"""Below this in size, a float times a million is so exact that its nearest whole number is the number of millionths,
where it isn't near the middle of two."""


class ReadFunction:
    """Writes `read`, and the readers that it falls back to."""

    def __init__(self, shared: Shared, declarations: Declarations) -> None:
        self._shared = shared
        self._plan: Plan = shared.plan
        self._declarations = declarations
        self._about = shared.plan.about
        slots = {slot.path: slot.name for slot in self._plan.slots if not slot.domain}
        self.names = [
            slots.get((field.name,)) or self._plan.names.make("f", field.name) for field in self._about.fields
        ]
        self._whole = self._about.name in self._plan.bindings.read
        """Whether the lead is a record among others: then all its fields are read."""
        self._used = [self._whole or (field.name,) in slots for field in self._about.fields]
        nodes = walk.nodes(self._plan.everything())
        self._read_paths = {node.path for node in nodes if isinstance(node, ir.FieldRef) and node.var == "this"}
        self._constants = _constants(self._plan.everything())
        self._free = set(_free_texts(self._plan.everything()))

    def write_readers(self, out: Writer) -> None:
        """`READ_0` …: what reads each field of the lead where `read` doesn't itself."""
        out.line("RECORDS = readers(POLICY)")
        for index in range(len(self._about.fields)):
            reader = f"field_reader(RECORDS, {literal(self._about.name)}, {index})"
            if self._remembered(index):
                reader = f"remembering({reader}, SEEN_{index})"
            out.line(f"READ_{index} = {reader}")

    def write_seen(self, out: Writer) -> None:
        """`SEEN_0` …: what texts were read as, by field."""
        for index, field in enumerate(self._about.fields):
            if self._remembered(index):
                known = [f"{literal(text)}: {literal(text)}" for text in self._compared(index)]
                out.line(f"SEEN_{index} = {{{', '.join([*self._absent(field), *known])}}}")

    def _compared(self, index: int) -> list[str]:
        """The texts that a field is compared with, in the form in which they are kept: none of them is read twice."""
        field = self._about.fields[index]
        found = self._constants.get((field.name,), {})
        return [text for text in found if text not in field.markers and normalize("NFC", text).strip() == text]

    def only_names(self, index: int) -> bool:
        """Whether a field is the lead's key and no condition reads it: then it is cleaned when it is printed."""
        field = self._about.fields[index]
        plain = field.key and field.type.kind == "text" and not field.markers and not self._whole
        return plain and (field.name,) not in self._read_paths

    def absent_is_unknown(self, index: int) -> bool:
        """Whether a field may be absent, and is unknown then."""
        field = self._about.fields[index]
        return not (field.required or field.key or self._or_none(field))

    def _remembered(self, index: int) -> bool:
        """Whether texts of a field are read once for many leads: where it is only compared, few different ones are to
        be expected."""
        field = self._about.fields[index]
        free = field.key or self._whole or (field.name,) in self._free
        return field.type.kind == "text" and self._used[index] and not free

    @staticmethod
    def _or_none(field: ir.FactField) -> bool:
        return field.or_none or field.role in {"owner", "assigned"}

    def write(self, out: Writer) -> None:
        """The function."""
        with out.block("def read(get, facts, now):"):
            out.line('"""Read one lead: everything that is decided later is worked out from what this returns."""')
            out.line("reading = None")
            for index, field in enumerate(self._about.fields):
                out.comment(field.place)
                self.field(out, index, f"get({literal(field.name)})")
            key = next((self.names[i] for i, field in enumerate(self._about.fields) if field.key), "None")
            with out.block("if reading is not None and reading.problems:"):
                out.line(f"raise reading.error({key})")
            if any(field.type.kind == "fact" for field in self._about.fields):
                with out.block("if reading is not None and reading.embedded:"):
                    out.line("facts = with_embedded(facts, reading.embedded)")
            self._paths(out)
            names = [slot.name for slot in self._plan.slots]
            names += ["now", "facts"]
            if self._plan.rich:
                names.append(sequence(self.names) if self._whole else "None")
            out.line(f"return {sequence(names)}")

    def field(self, out: Writer, index: int, got: str) -> None:
        """The lines that read one field: `got` is where its value comes from."""
        field = self._about.fields[index]
        name = self.names[index]
        known = self._known(index)
        if known is not None:
            with out.block("try:"):
                out.line(f"{name} = {known}[{got}]")
            with out.block("except (KeyError, TypeError):"):
                out.line(_slow(name, index, got))
            return
        out.line(f"{name} = {got}")
        branches = self._quick(index, field, name)
        if not (field.required or field.key):
            nothing = f"{name} = NOTHING" if self._or_none(field) else None
            branches.append((f"{name} is None", [nothing] if nothing else []))
        _write_branches(out, branches, _slow(name, index))

    def _known(self, index: int) -> str | None:
        """Where values of a field are looked up: choices, and texts that were seen before."""
        field = self._about.fields[index]
        if self._remembered(index):
            return f"SEEN_{index}"
        if field.type.kind != "choice":
            return None
        sure = sorted(choice for choice in field.type.choices or () if choice not in field.markers)
        pairs = [f"{literal(choice)}: {literal(choice)}" for choice in sure]
        return self._shared.constants.name("CHOICES", f"{{{', '.join(pairs + self._absent(field))}}}")

    def _absent(self, field: ir.FactField) -> list[str]:
        """What a value that is absent is read as, as a pair."""
        if field.required or field.key:
            return []
        return ["None: NOTHING" if self._or_none(field) else "None: None"]

    def _quick(self, index: int, field: ir.FactField, name: str) -> list[tuple[str, list[str]]]:
        """The common cases of a kind: tests, and what is done where each is the first that holds."""
        whole: tuple[str, list[str]] = (f"type({name}) is int and -{_LIMIT} < {name} < {_LIMIT}", [])
        match field.type.kind:
            case "text" | "fact":
                if not self._used[index] and not (field.required or field.key):
                    return [(f"type({name}) is str", [])]
                return [(f"type({name}) is str", self._text(index, field, name))]
            case "int":
                return [whole]
            case "number" | "money" | "percent" if not self._used[index]:
                return [whole]
            case "number" | "money" | "percent":
                return [(whole[0], [f"{name} *= 1000000"]), _float(name)]
            case "email":
                return self._email(index, field, name)
            case "bool":
                return [(f"{name} is True or {name} is False", [])]
            case _:
                return []

    def _text(self, index: int, field: ir.FactField, name: str) -> list[str]:
        """A text, trimmed and normalised."""
        lines = [f"{name} = {name}.strip() if {name}.isascii() else normalize('NFC', {name}).strip()"]
        return lines + self._marked(index, field, name) if field.markers else lines

    def _email(self, index: int, field: ir.FactField, name: str) -> list[tuple[str, list[str]]]:
        """An e-mail: a text whose case is lowered where it isn't a marker."""
        if not self._used[index] and not (field.required or field.key):
            return [(f"type({name}) is str", [])]
        if field.markers and (field.required or field.key):
            return []
        lines = self._text(index, field, name)
        if field.markers:
            return [(f"type({name}) is str", [*lines, "else:", f"    {name} = {name}.lower()"])]
        return [(f"type({name}) is str", [*lines, f"{name} = {name}.lower()"])]

    def _marked(self, index: int, field: ir.FactField, name: str) -> list[str]:
        markers = self._declarations.markers(field)
        if field.required or field.key:
            return [f"if {name} in {markers}:", f"    {_slow(name, index)}"]
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


def _free_texts(exprs: tuple[ir.Expr, ...]) -> Iterator[tuple[str, ...]]:
    """The paths whose values are not only compared: texts that are looked into, keys that records are found by."""
    for node in walk.nodes(exprs):
        spelled = isinstance(node, ir.Call) and node.function == "plain"
        if not spelled and not isinstance(node, _COMPARING):
            yield from (child.path for child in walk.children(node) if isinstance(child, ir.FieldRef))


def _constants(exprs: tuple[ir.Expr, ...]) -> dict[tuple[str, ...], dict[str, None]]:
    """The texts that fields of the lead are equal to, or not, in some condition; in order of appearance."""
    found: dict[tuple[str, ...], dict[str, None]] = {}
    for node in walk.nodes(exprs):
        if not isinstance(node, ir.Compare):
            continue
        for one, other in ((node.left, node.right), (node.right, node.left)):
            if isinstance(one, ir.FieldRef) and isinstance(other, ir.Const) and isinstance(other.value, str):
                found.setdefault(one.path, {})[other.value] = None
    return found


_COMPARING = (ir.Compare, ir.In, ir.IsKnown, ir.IsUnknown)


def _slow(name: str, index: int, value: str | None = None) -> str:
    """The engine's reader; only what it is asked for can be wrong."""
    return f"{name} = READ_{index}({value or name}, reading := reading or Reading())"


def _float(name: str) -> tuple[str, list[str]]:
    """A float in millionths, where its text says surely which: not near the middle of two."""
    off = f"(exact := {name} * 1e6) - (near := round(exact))"
    return f"type({name}) is float and -{_EXACT} < {name} < {_EXACT} and -0.4 < {off} < 0.4", [f"{name} = near"]


def _write_branches(out: Writer, branches: list[tuple[str, list[str]]], slow: str) -> None:
    """Tests that exclude each other; `slow` where none holds. Those that have nothing to do stand in one test."""
    word = "if"
    idle = [test for test, lines in branches if not lines]
    for test, lines in branches:
        if not lines:
            continue
        with out.block(f"{word} {test}:"):
            for line in lines:
                out.line(line)
        word = "elif"
    if idle:
        rest = " and ".join(_not(test) for test in idle)
        with out.block(f"{word} {rest}:"):
            out.line(slow)
    elif word == "elif":
        with out.block("else:"):
            out.line(slow)
    else:
        out.line(slow)


def _not(test: str) -> str:
    if test.endswith(" is None"):
        return test.removesuffix("is None") + "is not None"
    return f"not ({test})"
