"""Trial values: the few values of an unknown field that stand for all of them (decision record 0002, section 3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from fractions import Fraction
from math import ceil, floor

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter import durations, times
from leadpolicy.compiler.interpreter.expressions import Evaluator
from leadpolicy.compiler.interpreter.reads import Use
from leadpolicy.compiler.interpreter.situation import Mode
from leadpolicy.compiler.interpreter.values import (
    LIMIT,
    NOTHING,
    STEP,
    UNKNOWN,
    Absent,
    ListValue,
    Scalar,
    Value,
)

_TEXTS = frozenset({"text", "email", "phone", "fact"})
_DAY = timedelta(days=1)


def trial_values(uses: Sequence[Use], evaluator: Evaluator) -> list[Value]:
    """Unknown, nothing where possible, and known values of every sort that the uses can tell apart."""
    values: dict[Value, None] = {UNKNOWN: None}
    if any(use.nothing for use in uses):
        values[NOTHING] = None
    compared = dict.fromkeys(_compared(uses, evaluator))
    for value in _known(uses[0].type, tuple(compared)):
        values[value] = None
    return list(values)


def _compared(uses: Sequence[Use], evaluator: Evaluator) -> Iterator[Scalar]:
    """The known values that the field is compared with, here and now; members of lists too."""
    for use in uses:
        for other in use.others:
            value = evaluator.evaluate(other, Mode.PLAIN)
            if isinstance(value, ListValue):
                yield from value.items
            elif not isinstance(value, Absent):
                yield value


def _known(type_: ir.Type, compared: tuple[Scalar, ...]) -> Iterator[Scalar]:
    if type_.kind == "bool":
        yield from (False, True)
    elif type_.kind == "choice":
        yield from type_.choices or ()
    elif type_.kind in _TEXTS:
        yield from compared
        yield _another_text(compared)
    elif compared:
        for value in compared:
            yield from _around(value, type_)
    else:
        yield _any(type_)


def _another_text(texts: tuple[Scalar, ...]) -> str:
    """A text that is none of these."""
    text = "another"
    while text in texts:
        text += "'"
    return text


def _around(value: Scalar, type_: ir.Type) -> Iterator[Scalar]:
    """A value and the nearest possible ones below and above, kept within the type's limits."""
    match value:
        case Fraction() if type_.kind in {"int", "workdays"}:
            for whole in (floor(value), ceil(value)):
                for near in (whole - 1, whole, whole + 1):
                    yield Fraction(max(1 - LIMIT, min(LIMIT - 1, near)))
        case Fraction():
            for number in (value - STEP, value, value + STEP):
                yield max(STEP - LIMIT, min(LIMIT - STEP, number))
        case ir.Duration():
            size = durations.length(value)
            for micros in (size - 1, size, size + 1):
                yield durations.of_length(micros)
        case date():
            yield value if value == date.min else value - _DAY
            yield value
            yield value if value == date.max else value + _DAY
        case int():
            for instant in (value - 1, value, value + 1):
                yield max(times.FIRST_INSTANT, min(times.LAST_INSTANT, instant))


def _any(type_: ir.Type) -> Scalar:
    """Some value of a type that is compared with nothing known."""
    match type_.kind:
        case "duration":
            return durations.of_length(0)
        case "date":
            return date(2000, 1, 1)
        case "time":
            return 0
        case _:
            return Fraction(0)
