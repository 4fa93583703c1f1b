"""Conditions on two rails, and the operands that they are made of: what needs no scope to be written into."""

from __future__ import annotations

from typing import NamedTuple

from leadpolicy.compiler.to_python.code import (
    ALWAYS,
    COMPARISON,
    CONDITIONAL,
    NEVER,
    Code,
    all_of,
    any_of,
    atom,
    inverse,
)
from leadpolicy.compiler.to_python.literals import NUMERIC_KINDS, SCALE, literal
from leadpolicy.compiler.to_python.nature import Nature


class Operand(NamedTuple):
    """A value in one word. `number`: a numeric constant's millionths. `whole`: not kept in millionths."""

    text: str
    nature: Nature
    kind: str = "text"
    whole: bool = True
    number: int | None = None
    constant: bool = False


class Rails(NamedTuple):
    """A condition: `true` and `false`; `direct` is a shorter way to say true, false or None, where there is one."""

    true: Code
    false: Code
    direct: Code | None = None
    doubt: Code | None = None
    """True where the condition is unknown, where that is short to say."""
    rest: Code | None = None
    """The same, asked only where the condition isn't true, where that is short to say."""

    @property
    def unknown(self) -> Code:
        """True where the condition is unknown."""
        return self.doubt or all_of([inverse(self.true), inverse(self.false)])

    @property
    def left(self) -> Code:
        """True where the condition is unknown, asked only where it isn't true."""
        return self.rest or self.doubt or inverse(self.false)


def three(rails: Rails, unknown: bool) -> Code:
    """The value of rails."""
    if not unknown:
        return rails.true
    if rails.direct is not None:
        return rails.direct
    if rails.false == NEVER:
        return Code(f"True if {rails.true.at(CONDITIONAL + 1)} else None", CONDITIONAL)
    if rails.rest is not None:
        rest = rails.rest.at(CONDITIONAL + 1)
        return Code(f"True if {rails.true.at(CONDITIONAL + 1)} else None if {rest} else False", CONDITIONAL)
    return Code(
        f"True if {rails.true.at(CONDITIONAL + 1)} else False if {rails.false.at(CONDITIONAL + 1)} else None",
        CONDITIONAL,
    )


def value_rails(value: Operand) -> Rails:
    """A bool value as a condition."""
    if value.constant:
        return Rails(ALWAYS, NEVER) if value.text == "True" else Rails(NEVER, ALWAYS)
    true, false = is_(value.text, "True"), is_(value.text, "False")
    if value.nature.nothing:
        return Rails(true, any_of([false, is_(value.text, "NOTHING")]))
    if value.nature.unknown:
        return Rails(true, false, atom(value.text), is_(value.text, "None"))
    return Rails(atom(value.text), inverse(atom(value.text)))


def settled(true: Code, false: Code, operands: list[Operand], holds: Code) -> Rails:
    """Rails with their short forms, where no operand can be nothing: `None if a is None else a >= b`."""
    unknown = [o for o in operands if o.nature.unknown]
    if any(o.nature.nothing for o in operands) or not unknown:
        return Rails(true, false)
    doubt = any_of([is_(o.text, "None") for o in unknown])
    return Rails(true, false, Code(f"None if {doubt.text} else {holds.text}", CONDITIONAL), doubt)


def guarded(operands: list[Operand], holds: Code) -> Rails:
    """A comparison: false with nothing, else unknown with an unknown."""
    true = all_of([*guards(operands), holds])
    missing = nothings(operands)
    return settled(true, any_of([*missing, all_of([*guards(operands), inverse(holds)])]), operands, holds)


def pair(left: Operand, right: Operand) -> tuple[str, str]:
    """Both texts, in one scale where they are numbers."""
    if left.kind not in NUMERIC_KINDS or right.kind not in NUMERIC_KINDS:
        return left.text, right.text
    whole = all(fits_whole(o) for o in (left, right))
    return in_scale(left, whole), in_scale(right, whole)


def fits_whole(operand: Operand) -> bool:
    return operand.whole


def in_scale(operand: Operand, whole: bool) -> str:
    if operand.number is not None:
        return literal(operand.number // SCALE if whole else operand.number)
    return operand.text if operand.whole == whole else f"({operand.text} * {SCALE})"


def factor(operand: Operand, whole: bool) -> str:
    """A factor: a whole constant stays whole, whatever the product's scale."""
    if operand.number is not None:
        return f"({operand.text})" if operand.text.startswith("-") else operand.text
    return operand.text


def argument(operand: Operand, whole: bool) -> str:
    """An argument that may be unknown or nothing, in the scale wanted."""
    if operand.number is not None or operand.whole == whole:
        return in_scale(operand, whole)
    return f"scale({operand.text})"


def is_(name: str, what: str) -> Code:
    return Code(f"{name} is {what}", COMPARISON)


def not_none(operands: list[Operand]) -> list[Code]:
    return [Code(f"{o.text} is not None", COMPARISON) for o in operands]


def guards(operands: list[Operand]) -> list[Code]:
    """That each operand is known."""
    found: dict[str, None] = {}
    for operand in operands:
        if operand.nature.unknown:
            found[f"{operand.text} is not None"] = None
        if operand.nature.nothing:
            found[f"{operand.text} is not NOTHING"] = None
    return [Code(guard, COMPARISON) for guard in found]


def nothings(operands: list[Operand]) -> list[Code]:
    names = dict.fromkeys(o.text for o in operands if o.nature.nothing)
    return [is_(name, "NOTHING") for name in names]


def inverse_known(value: Operand) -> Code:
    """That a value is unknown or nothing."""
    tests = [is_(value.text, "None")] if value.nature.unknown else []
    return any_of([*tests, *nothings([value])])


def decided(name: str, unknown: bool) -> Rails:
    """The rails of a verdict: true, false, or None where it can be unknown."""
    return value_rails(Operand(name, Nature(unknown, False), "bool"))


def conjunction(below: list[Rails]) -> Rails:
    """All of them."""
    return Rails(all_of([b.true for b in below]), any_of([b.false for b in below]))


def disjunction(below: list[Rails], unknown: list[bool]) -> Rails:
    """Any of them; `unknown` tells which can be. Where none is true, it is unknown as soon as one is."""
    true, false = any_of([b.true for b in below]), all_of([b.false for b in below])
    return Rails(true, false, rest=any_of([b.left for b, can_be in zip(below, unknown, strict=True) if can_be]))
