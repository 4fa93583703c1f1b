"""`take_…`: rows of an event type into records. The usual forms of each kind are written out; a row that has anything
else is read by the engine, which notes what is wrong with it."""

from __future__ import annotations

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python import moments
from leadpolicy.compiler.to_python.declarations import Declarations
from leadpolicy.compiler.to_python.literals import literal, sequence
from leadpolicy.compiler.to_python.scope import Shared
from leadpolicy.compiler.to_python.writer import Writer

_LIMIT = "1000000000000"
_EXACT = "100000000"
_LONGEST_NUMBER = 12
_SHORTEST_TIME = 16
_WRITTEN_OUT = frozenset({"choice", "text", "fact", "int", "number", "money", "bool", "time"})


class RecordReading:
    """Writes the functions, and hands them over to the types' readers."""

    def __init__(self, shared: Shared, declarations: Declarations) -> None:
        self._shared = shared
        self._policy = shared.plan.policy
        self._declarations = declarations
        self._names = {
            fact.name: shared.plan.names.make("take", fact.name) for fact in self._policy.facts if fact.event
        }
        self._slow: list[tuple[str, str, int]] = []
        """Readers of single fields: (its name, the type's, the field's number)."""

    def write_functions(self) -> list[Writer]:
        """A function for each event type."""
        return [self._function(self._policy.fact(name), taken) for name, taken in self._names.items()]

    def write_readers(self, out: Writer) -> None:
        """To be written behind `RECORDS`."""
        for name, fact, index in self._slow:
            out.line(f"{name} = field_reader(RECORDS, {literal(fact)}, {index})")
        for fact, name in self._names.items():
            out.line(f"taking(RECORDS, {literal(fact)}, {name})")

    def _function(self, fact: ir.Fact, name: str) -> Writer:
        out = Writer()
        keyed = any(field.key for field in fact.fields)
        linked = fact.of is not None
        slow = [self._field_reader(fact, index) for index in range(len(fact.fields))]
        with out.block(f"def {name}(rows, owner, seen, general, plain):"):
            out.line('"""Records of rows of one type; `general` reads what is not as usual."""')
            out.line("kept = []")
            out.line("said = False")
            if linked:
                out.line("link = owner")
            if any(slow):
                out.line("reading = Reading()")
            with out.block("for row in rows:"):
                with out.block("try:"):
                    with out.block("if not plain:"):
                        with out.block("if type(row) is not dict:"):
                            out.line("raise ValueError")
                        if linked:
                            self._link(out, fact)
                    for index, field in enumerate(fact.fields):
                        self._field(out, index, field, slow[index], field.name == fact.dated)
                    if any(slow):
                        with out.block("if reading.problems or reading.embedded:"):
                            out.line("reading = Reading()")
                            out.line("raise ValueError")
                    values = [f"f{index}" for index in range(len(fact.fields))]
                    values += ["link"] if linked else []
                    out.line(f"record = {sequence(values)}")
                    if keyed:
                        self._keyed(out, fact)
                with out.block("except (KeyError, TypeError, ValueError):"):
                    if linked:
                        out.line("said = True")
                    out.line("record = general(row)")
                    with out.block("if record is None:"):
                        out.line("continue")
                out.line("kept.append(record)")
            out.line("return kept, said")
        return out

    def _keyed(self, out: Writer, fact: ir.Fact) -> None:
        index, field = next((i, field) for i, field in enumerate(fact.fields) if field.key)
        key = f"str(f{index})" if field.type.kind == "int" else f"f{index}"
        # A key that stands twice is the engine's to judge.
        with out.block(f"if seen.setdefault({key}, record) is not record:"):
            out.line("raise ValueError")

    # ── Whose it is ──

    def _link(self, out: Writer, fact: ir.Fact) -> None:
        word = "if"
        for name in self._link_names(fact):
            with out.block(f"{word} {literal(name)} in row:"):
                out.line(f"link = row[{literal(name)}]")
            word = "elif"
        with out.block("else:"):
            out.line("link = None")
        with out.block("if link is None:"):
            if fact.of == self._policy.about:
                out.line("link = owner")
                with out.block("if link is None:"):
                    out.line("raise ValueError")
            else:
                out.line("raise ValueError")
        with out.block("elif type(link) is str and link.isascii():"):
            out.line("link = link.strip()")
            out.line("said = True")
        with out.block("else:"):
            out.line("raise ValueError")

    def _link_names(self, fact: ir.Fact) -> list[str]:
        """Under which names a row may say whose it is, the first that it has (0009, 1)."""
        owner = str(fact.of)
        key = next((field.name for field in self._policy.fact(owner).fields if field.key), None)
        names = ["of", owner, owner.lower()]
        names += [] if key is None else [f"{owner}_{key}", f"{owner.lower()}_{key}"]
        own = {field.name for field in fact.fields}
        return [name for name in dict.fromkeys(names) if name not in own]

    # ── Fields ──

    def _field_reader(self, fact: ir.Fact, index: int) -> str | None:
        """The name of what reads a field, where nothing about it is written out but that it may be absent."""
        if fact.fields[index].type.kind in _WRITTEN_OUT:
            return None
        name = f"READ_{self._names[fact.name]}_{index}"
        self._slow.append((name, fact.name, index))
        return name

    def _field(self, out: Writer, index: int, field: ir.FactField, slow: str | None, dates: bool) -> None:
        out.comment(field.place)
        or_none = field.or_none or field.role in {"owner", "assigned"}
        required = field.required or field.key
        # What has to be there is taken as if it were: a KeyError is no usual form.
        name, got = f"f{index}", f"row[{literal(field.name)}]" if required else f"row.get({literal(field.name)})"
        absent = None if required else "NOTHING" if or_none else "None"
        if field.type.kind == "choice":
            out.line(f"{name} = {self._choices(field, absent)}[{got}]")
            return
        out.line(f"{name} = {got}")
        if absent == "None":
            with out.block(f"if {name} is not None:"):
                self._known(out, field, name, slow, dates)
            return
        if absent is not None:
            with out.block(f"if {name} is None:"):
                out.line(f"{name} = {absent}")
            with out.block("else:"):
                self._known(out, field, name, slow, dates)
            return
        self._known(out, field, name, slow, dates)

    def _known(self, out: Writer, field: ir.FactField, name: str, slow: str | None, dates: bool) -> None:
        """Reads a value that isn't None; of a required field None comes here too, and is no usual form."""
        if slow is not None:
            out.line(f"{name} = {slow}({name}, reading)")
            return
        word = "if"
        for test, lines in self._usual(field, name, dates):
            with out.block(f"{word} {test}:"):
                for line in lines or ["pass"]:
                    out.line(line)
            word = "elif"
        rest = "raise ValueError" if field.type.kind != "time" else self._other_time(field, name, dates)
        if word == "if":
            out.line(rest)
            return
        with out.block("else:"):
            out.line(rest)

    def _choices(self, field: ir.FactField, absent: str | None) -> str:
        sure = sorted(choice for choice in field.type.choices or () if choice not in field.markers)
        pairs = [f"{literal(choice)}: {literal(choice)}" for choice in sure]
        pairs += [] if absent is None else [f"None: {absent}"]
        return self._shared.constants.name("CHOICES", f"{{{', '.join(pairs)}}}")

    def _usual(self, field: ir.FactField, name: str, dates: bool) -> list[tuple[str, list[str]]]:
        """The usual forms of a kind: a test, and what is done where it is the first that holds."""
        whole = f"type({name}) is int and -{_LIMIT} < {name} < {_LIMIT}"
        match field.type.kind:
            case "text" | "fact":
                lines = [f"{name} = {name}.strip() if {name}.isascii() else normalize('NFC', {name}).strip()"]
                return [(f"type({name}) is str", lines + self._marked(field, name))]
            case "int":
                return [(whole, []), self._digits(field, name)]
            case "number" | "money":
                off = f"(exact := {name} * 1e6) - (near := round(exact))"
                size = f"-{_EXACT} < {name} < {_EXACT} and -0.4 < {off} < 0.4"
                return [(whole, [f"{name} *= 1000000"]), (f"type({name}) is float and {size}", [f"{name} = near"])]
            case "bool":
                return [(f"{name} is True or {name} is False", [])]
            case "time":
                return self._usual_time(field, name, dates)
            case _:
                raise ValueError(f"no usual form of {field.type.kind} is written out")

    def _digits(self, field: ir.FactField, name: str) -> tuple[str, list[str]]:
        """A whole number as files have it."""
        test = f"type({name}) is str and {name}.isdigit() and {name}.isascii() and len({name}) <= {_LONGEST_NUMBER}"
        if any(marker.isdigit() for marker in field.markers):
            test = f"{test} and {name} not in {self._declarations.markers(field)}"
        return test, [f"{name} = int({name})"]

    def _marked(self, field: ir.FactField, name: str) -> list[str]:
        if not field.markers:
            return []
        what = "raise ValueError" if field.required or field.key else f"{name} = None"
        return [f"if {name} in {self._declarations.markers(field)}:", f"    {what}"]

    def _usual_time(self, field: ir.FactField, name: str, dates: bool) -> list[tuple[str, list[str]]]:
        """A text that means unknown is no usual time, even if it looks like one. What dates a record is kept as the
        subtraction gives it; a datetime without zone can't be subtracted."""
        usual: list[tuple[str, list[str]]] = []
        if any(len(marker) >= _SHORTEST_TIME for marker in field.markers):
            usual.append((f"{name} in {self._declarations.markers(field)}", ["raise ValueError"]))
        if dates:
            lines = ["try:", f"    {name} = {name} - EPOCH", "except TypeError:"]
            usual.append((f"type({name}) is datetime", [*lines, f"    {self._other_time(field, name, dates)}"]))
        return usual

    def _other_time(self, field: ir.FactField, name: str, dates: bool) -> str:
        """Any other time: what isn't usual, is refused there."""
        zone = moments.zone(self._shared.constants, self._policy.zone)
        return f"{name} = {'usual_moment' if dates else 'usual_time'}({name}, {zone})"
