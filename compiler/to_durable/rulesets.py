"""What durable_rules is given: rulesets as JSON, made of numbers and of names that no policy chooses."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_durable.cases import (
    KEY,
    KNOWN,
    LINK,
    NOTHING,
    TURNED,
    UNKNOWN,
    Case,
    Field,
    Holds,
    InState,
    Relation,
    fields_of,
)
from leadpolicy.compiler.to_durable.operands import TEXT_KINDS

MOST_PATTERNS = 40
"""Patterns of a ruleset: durable_rules keeps 64 tests of a message that are still to be looked at, and no more."""
ROLES = 16
PRIMING = -1
"""The kind of a message that is no fact: each ruleset has a rule for it, so that something can be joined at once."""

Form: TypeAlias = Literal["state", "whole", "exact", "text", "rank"]
"""How a property says a field: its state; a whole number as millionths; what is a number already; a text's number; a
choice's position."""


@dataclass(frozen=True, slots=True)
class Property:
    """A property of messages. `place`: the field's, `KEY` or `LINK`; `choices`: those in order."""

    name: str
    place: int
    form: Form
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Encoding:
    """How messages say the records of a type."""

    properties: tuple[Property, ...]


@dataclass(frozen=True, slots=True)
class Joined:
    """A case of a rule. `blocks`: None for its matches; else the number of the `no` whose records are found, with
    those that they block. `records`: (which record of the match, fact type) in order; `slots`: the positions of the
    patterns among them, which come first."""

    rule: int
    blocks: int | None
    records: tuple[tuple[int, str], ...]
    slots: tuple[int, ...]
    case: Case


@dataclass(frozen=True, slots=True)
class Ruleset:
    """A ruleset. `text`: its rules as JSON; `joined`: what each is, by its name, and the names of its records;
    `roles`: of each fact type by its place, the numbers under which its records are put in."""

    text: str
    joined: dict[str, tuple[Joined, tuple[str, ...]]]
    roles: dict[int, tuple[int, ...]]


class Writer:
    """Gathers what is to be joined into rulesets."""

    def __init__(self, policy: ir.Policy) -> None:
        self._policy = policy
        self._places = {fact.name: place for place, fact in enumerate(policy.facts)}
        self._joined: list[Joined] = []
        self._used: list[dict[str, Property]] = [{} for _ in policy.facts]

    def add(self, joined: Joined) -> None:
        """One case more."""
        self._joined.append(joined)

    def rulesets(self) -> tuple[Ruleset, ...]:
        """All rulesets."""
        groups: list[list[Joined]] = []
        left = 0
        for joined in self._joined:
            if left < len(joined.records):
                groups.append([])
                left = MOST_PATTERNS
            groups[-1].append(joined)
            left -= len(joined.records)
        return tuple(self._ruleset(group) for group in groups)

    def encodings(self) -> tuple[Encoding, ...]:
        """The properties that the rulesets use, by fact type."""
        return tuple(Encoding(tuple(used.values())) for used in self._used)

    def _ruleset(self, group: list[Joined]) -> Ruleset:
        rules: dict[str, Any] = {}
        named: dict[str, tuple[Joined, tuple[str, ...]]] = {}
        roles: dict[int, set[int]] = {}
        for number, joined in enumerate(group):
            names = tuple(f"r{number}e{at}" for at in range(len(joined.records)))
            one = _Rule(self, joined, names)
            rules[f"r{number}"] = {"all": one.patterns()}
            named[f"r{number}"] = (joined, names)
            for place, role in one.roles:
                roles.setdefault(place, set()).add(role)
        rules["priming"] = {"all": [{"m": {"t": PRIMING}}]}
        text = json.dumps(rules, separators=(",", ":"))
        return Ruleset(text, named, {place: tuple(sorted(of)) for place, of in sorted(roles.items())})

    def place(self, fact: str) -> int:
        """A fact type's place."""
        return self._places[fact]

    def property(self, type_: int, field: Field, state: bool = False) -> str:
        """The name of the property of a field."""
        fact = self._policy.facts[type_]
        made: Property
        if field.place in (KEY, LINK):
            made = Property("key" if field.place == KEY else "link", field.place, "text")
        elif state:
            made = Property(f"k{field.place}", field.place, "state")
        elif field.ranked:
            choices = fact.fields[field.place].type.choices
            assert choices is not None
            made = Property(f"r{field.place}", field.place, "rank", choices)
        else:
            made = Property(f"v{field.place}", field.place, _form(fact.fields[field.place].type))
        self._used[type_].setdefault(made.name, made)
        return made.name


def _form(type_: ir.Type) -> Form:
    if type_.kind == "int":
        return "whole"
    return "text" if type_.kind in TEXT_KINDS or type_.kind == "duration" else "exact"


class _Rule:
    """One rule in durable_rules' form. A message never joins itself there, and a fact may stand for several names
    here: so each record of a rule has a role of its own among those of its type, and a fact is put in once a role."""

    def __init__(self, writer: Writer, joined: Joined, names: tuple[str, ...]) -> None:
        self._writer = writer
        self._joined = joined
        self._order = {var: at for at, (var, _) in enumerate(joined.records)}
        self._types = [writer.place(fact) for _, fact in joined.records]
        self._names = names
        self.roles = [(type_, self._types[:at].count(type_)) for at, type_ in enumerate(self._types)]

    def patterns(self) -> list[dict[str, Any]]:
        """The patterns, each a list of tests."""
        tests: list[list[dict[str, Any]]] = [[] for _ in self._types]
        for test in sorted(self._joined.case, key=_sort_key):
            last = max(self._order[field.var] for field in fields_of(test))
            tests[last].append(self._state(test) if isinstance(test, InState) else self._holds(test, last))
        found = []
        for at, (type_, role) in enumerate(self.roles):
            kind = {"t": type_ * ROLES + role}
            # Where the last test of a chain is false, durable_rules reads on behind the chain's end: the end of a
            # chain within it is what it meets there.
            found.append({self._names[at]: {"$and": [kind, *tests[at], {"$and": [kind]}]}})
        return found

    def _state(self, test: InState) -> dict[str, Any]:
        name = self._writer.property(self._types[self._order[test.field.var]], test.field, state=True)
        (one, *more) = sorted(test.states)
        if not more:
            return {name: one}
        (other,) = {UNKNOWN, NOTHING, KNOWN} - test.states
        return {"$neq": {name: other}}

    def _holds(self, test: Holds, last: int) -> dict[str, Any]:
        """A field of the last record in a relation to what is left of the sum."""
        plus, minus = list(test.plus), list(test.minus)
        own = next(field for field in (*plus, *minus) if self._order[field.var] == last)
        relation = test.relation
        if own in plus:
            plus.remove(own)
            plus, minus, constant = minus, plus, -test.constant
        else:
            minus.remove(own)
            relation, constant = TURNED[relation], test.constant
        name = self._writer.property(self._types[last], own)
        return _related(relation, name, self._sum(plus, minus, constant, last))

    def _sum(self, plus: list[Field], minus: list[Field], constant: int, last: int) -> Any:
        operands = [self._operand(field, last) for field in plus]
        whole: Any = constant if not operands else operands.pop(0)
        if plus and constant:
            whole = {"$add": {"$l": whole, "$r": constant}}
        for one in operands:
            whole = {"$add": {"$l": whole, "$r": one}}
        for field in minus:
            whole = {"$sub": {"$l": whole, "$r": self._operand(field, last)}}
        return whole

    def _operand(self, field: Field, last: int) -> dict[str, str]:
        at = self._order[field.var]
        return {"$m" if at == last else self._names[at]: self._writer.property(self._types[at], field)}


_SIGNS: dict[Relation, str] = {"ne": "$neq", "lt": "$lt", "le": "$lte", "gt": "$gt", "ge": "$gte"}


def _related(relation: Relation, name: str, other: Any) -> dict[str, Any]:
    return {name: other} if relation == "eq" else {_SIGNS[relation]: {name: other}}


def _sort_key(test: InState | Holds) -> tuple[Any, ...]:
    """Tests of one record alone before others, in an order of their own."""
    fields = fields_of(test)
    key = [(field.var, field.place, field.ranked) for field in fields]
    if isinstance(test, InState):
        return (0, key, sorted(test.states))
    return (1, len({field.var for field in fields}), key, test.relation, test.constant)
