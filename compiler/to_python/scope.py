"""One generated function: its body, and the values it needs from outside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python.nature import Natures
from leadpolicy.compiler.to_python.plan import Key, Plan
from leadpolicy.compiler.to_python.writer import Writer

if TYPE_CHECKING:
    from leadpolicy.compiler.to_python.expressions import Expressions
    from leadpolicy.compiler.to_python.rules.parts import Parts
    from leadpolicy.compiler.to_python.sweeps import Sweeps


class Constants:
    """The module's constants, each written once."""

    def __init__(self, plan: Plan) -> None:
        self.lines: list[str] = []
        self._names = plan.names
        self._known: dict[str, str] = {}

    def name(self, hint: str, code: str) -> str:
        """The name of a constant with that code."""
        if code not in self._known:
            self._known[code] = self._names.make(hint)
            self.lines.append(f"{self._known[code]} = {code}")
        return self._known[code]


@dataclass(slots=True)
class Shared:
    """What all functions of a module share."""

    plan: Plan
    natures: Natures
    constants: Constants
    functions: list[Writer] = field(default_factory=list)
    later: list[Callable[[], None]] = field(default_factory=list)
    """Write functions of the telling half that the deciding half calls, seldom."""
    loops: dict[tuple[object, ...], Scope] = field(default_factory=dict)
    """Functions that go through records, by what they do."""
    member_names: dict[tuple[ir.Records, str], str] = field(default_factory=dict)
    sweeps: Sweeps | None = None
    """What `decide` counts in loops that it shares."""
    parts: Parts | None = None
    """The parts of leads that rules read."""


class Unread(NamedTuple):
    """A field of the lead that isn't read yet: where its value comes from, the name it gets, and whether it may be
    absent (then it is unknown)."""

    got: str
    name: str
    optional: bool


class Scope:
    """A function being written. Everything hoisted stands at its top level, so what was worked out once can be
    used by every later line.

    A function gets values and results as `v` and `r`, or (`inner`) each that it uses as a parameter of its own.
    """

    def __init__(self, shared: Shared, name: str, inner: bool = False) -> None:
        self.shared = shared
        self.plan = shared.plan
        self.name = name
        self.body = Writer()
        self.inner = inner
        self.lets: dict[tuple[str, str], str] = {}
        self.wanted: dict[str, Callable[[Scope], str]] = {}
        """Parameters of an inner function, each with what gets its argument from the caller."""
        self.written: dict[tuple[int, str], object] = {}
        """Operands written already, by the expression's identity and mode."""
        self.tallied: set[str] = set()
        """The names of what shared loops over records have found here."""
        self.elements: dict[str, Callable[[int], str]] = {}
        """For a variable whose record's fields have names of their own: gives the name, from the field's place."""
        self._hoisted: dict[str, str] = {}
        self._count = 0
        self._slots: dict[int, None] = {}
        self._results: dict[Key, None] = {}
        self._own: set[Key] = set()
        self._others: dict[str, None] = {}
        self._variables: dict[str, str] = {}

    def slot(self, index: int) -> str:
        """The name of a value of the snapshot."""
        self._slots[index] = None
        name = self.plan.slots[index].name
        self.wanted.setdefault(name, lambda caller: caller.slot(index))
        return name

    def unread(self, slot: int | None) -> Unread | None:
        """Where a field is yet to be read, in a function that reads them where they are needed first."""
        return None

    def was_read(self, slot: int) -> None:
        """An entry has read that field itself."""
        raise ValueError("all fields are read already")

    def snapshot(self) -> str:
        """The name of the whole snapshot."""
        return "v"

    def result(self, key: Key) -> str:
        """The name of something worked out elsewhere."""
        name = self.plan.result_names[key]
        if key not in self._own:
            self._results[key] = None
            self.wanted.setdefault(name, lambda caller: caller.result(key))
        return name

    def part(self, key: Key, of: str = "this", back: int = 0) -> str:
        """The name of a part of the record decided about, or of one that a rule binds; `back` microseconds ago."""
        if of == "this" and not back:
            return self.result(key)
        if self.shared.parts is None:
            raise ValueError("only rules read parts of other records")
        return self.hoist(f"{self.outside(self.shared.parts.name(key, back))}({self.variable(of)})")

    def outside(self, name: str) -> str:
        """The name of a function that is known around a rule's functions."""
        self.wanted.setdefault(name, lambda caller: caller.outside(name))
        return name

    def own(self, key: Key) -> str:
        """The name of something that this function works out itself."""
        self._own.add(key)
        return self.plan.result_names[key]

    def has(self, key: Key) -> bool:
        """Whether this function has worked it out already."""
        return key in self._own

    def now(self) -> str:
        """The name of the time of the decision."""
        return self._other("now")

    def facts(self) -> str:
        """The name of the other facts."""
        return self._other("facts")

    def records(self) -> str:
        """The name of the view of records."""
        return self._other("records")

    def entered(self) -> str:
        """The name of the stage-entry table."""
        return self._other("entered")

    def bind(self, variable: str) -> str:
        """A name for the record that a variable of the policy is bound to here."""
        self._variables[variable] = self.plan.names.make("e")
        return self._variables[variable]

    def variable(self, name: str) -> str:
        """The name of the record that a variable is bound to, here or around."""
        if name not in self._variables:
            if not self.inner:
                raise ValueError("an expression reads a record that nothing binds")
            local = self.plan.names.make("e")
            self._variables[name] = local
            self.wanted[local] = lambda caller: caller.variable(name)
        return self._variables[name]

    @property
    def reads_one_slot(self) -> bool:
        """Whether what was written so far reads a single slot at most: no time, no facts, no results."""
        return len(self._slots) <= 1 and not self._others and not self._results

    def _other(self, name: str) -> str:
        self._others[name] = None
        self.wanted.setdefault(name, lambda caller: caller._other(name))
        return name

    def indexed(self, expressions: Expressions, records: ir.Records) -> str | None:
        """A name for rows that an index finds; None where all rows are gone through."""
        return None

    def hoist(self, code: str) -> str:
        """A name for the value of `code`, worked out once."""
        if code.isidentifier():
            return code
        if code not in self._hoisted:
            self._count += 1
            self._hoisted[code] = f"t{self._count}"
            self.body.line(f"{self._hoisted[code]} = {code}")
        return self._hoisted[code]

    def call(self, inner: Scope) -> str:
        """The call of an inner function from here."""
        arguments = [get(self) for get in inner.wanted.values()]
        return f"{inner.name}({', '.join(arguments)})"

    def call_over(self, inner: Scope, rows: str) -> str:
        """The call of an inner function that goes through rows."""
        arguments = [rows, *(get(self) for get in inner.wanted.values())]
        return f"{inner.name}({', '.join(arguments)})"

    def finish(self, doc: str, header: str = "v, r", over: str | None = None) -> str:
        """Put the function into the module; its name."""
        done = Writer()
        parameters = [*(() if over is None else (over,)), *self.wanted]
        with done.block(f"def {self.name}({', '.join(parameters) if self.inner else header}):"):
            done.line(f'"""{doc}"""')
            if not self.inner:
                self._unpack(done)
            done.extend(self.body)
        self.shared.functions.append(done)
        return self.name

    def _unpack(self, done: Writer) -> None:
        slots = self.plan.slots
        used = [slots[i].name if i in self._slots else "_" for i in range(len(slots))]
        others = ("now", "facts", "records", "entered") if self.plan.rich else ("now", "facts")
        used += [name if name in self._others else "_" for name in others]
        taken = [name for name in used if name != "_"]
        if len(taken) * 2 > len(used):
            done.line(f"({', '.join(used)}) = v")
        else:
            for index, name in enumerate(used):
                if name != "_":
                    done.line(f"{name} = v[{index}]")
        for key in self._results:
            done.line(f"{self.plan.result_names[key]} = r[{self.plan.results[key]}]")
