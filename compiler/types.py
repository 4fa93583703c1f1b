"""Types: what may be compared, added and printed with what. The one place that knows the families."""

from __future__ import annotations

from leadpolicy.compiler.ir import Type
from leadpolicy.compiler.wording import Message, Term, joined, say, term

TEXT = Type(kind="text")
INT = Type(kind="int")
NUMBER = Type(kind="number")
BOOL = Type(kind="bool")
PERCENT = Type(kind="percent")
DURATION = Type(kind="duration")
WORK_HOURS = Type(kind="work_hours")
WORKDAYS = Type(kind="workdays")
TIME = Type(kind="time")
DATE = Type(kind="date")
EMAIL = Type(kind="email")
PHONE = Type(kind="phone")

BUILT_IN: dict[str, Type] = {
    t.kind: t for t in (TEXT, INT, NUMBER, BOOL, PERCENT, DURATION, TIME, DATE, EMAIL, PHONE)
}
"""Types that are one word in a policy; `money` needs the policy's currency, choices and lists their parts."""

TEXTS = frozenset({"text", "email", "phone"})
NUMBERS = frozenset({"int", "number"})
ORDERED = frozenset({"int", "number", "money", "percent", "duration", "work_hours", "workdays", "time", "date"})

_WORDS = {
    "text": term("text"),
    "int": term("a whole number"),
    "number": term("a number"),
    "bool": term("true or false"),
    "percent": term("a percentage"),
    "duration": term("a duration"),
    "work_hours": term("work hours"),
    "workdays": term("workdays"),
    "time": term("a time"),
    "date": term("a date"),
    "email": term("an e-mail address"),
    "phone": term("a phone number"),
}


def describe(type_: Type) -> Message | Term:
    """The type in the words of a message: `money in CNY`, `one of a, b`, `a list of text`, `a Member`."""
    match type_.kind:
        case "money":
            return say("money in {}", type_.currency)
        case "choice":
            choices = type_.choices or ()
            return say("one of {}", joined([*choices[:6], "…"] if len(choices) > 6 else choices))
        case "list":
            return say("a list of {}", describe(type_.item)) if type_.item else term("a list")
        case "fact":
            return say("a {}", type_.fact)
        case kind:
            return _WORDS[kind]


def comparable(a: Type, b: Type) -> bool:
    """Whether `is` between the two can ever make sense."""
    if a.kind in NUMBERS and b.kind in NUMBERS:
        return True
    if a.kind in TEXTS and b.kind in TEXTS:
        return a.kind == b.kind or "text" in (a.kind, b.kind)
    if a.kind != b.kind:
        return {a.kind, b.kind} == {"choice", "text"}
    match a.kind:
        case "money":
            return a.currency == b.currency
        case "choice":
            return bool(set(a.choices or ()) & set(b.choices or ()))
        case "fact":
            return a.fact == b.fact
        case "list":
            return False
        case _:
            return True


def sortable(a: Type, b: Type) -> bool:
    """Whether `<` between two comparable types makes sense: numbers, times, choices of one order."""
    if a.kind == "choice" and b.kind == "choice":
        return a.ordered and b.ordered and a.choices == b.choices
    return a.kind in ORDERED and b.kind in ORDERED


def sum_type(a: Type, b: Type) -> Type | None:
    """The type of `a + b` and `a - b`, or None where they don't add."""
    if a.kind in NUMBERS and b.kind in NUMBERS:
        return INT if a.kind == b.kind == "int" else NUMBER
    if a.kind == b.kind == "money" and a.currency == b.currency:
        return a
    if a.kind == b.kind == "percent":
        return PERCENT
    return None


def product_type(a: Type, b: Type) -> Type | None:
    """The type of `a * b`: one side a plain number or a percentage."""
    if a.kind in NUMBERS and b.kind in NUMBERS:
        return INT if a.kind == b.kind == "int" else NUMBER
    for one, other in ((a, b), (b, a)):
        if one.kind in NUMBERS | {"percent"} and other.kind in {"money", "percent"}:
            return other
        if one.kind == "percent" and other.kind in NUMBERS:
            return NUMBER
    return None


def quotient_type(a: Type, b: Type) -> Type | None:
    """The type of `a / b`."""
    if a.kind in NUMBERS and b.kind in NUMBERS | {"percent"}:
        return NUMBER
    if a.kind == "money" and b.kind == "money" and a.currency == b.currency:
        return NUMBER
    if a.kind in {"money", "percent"} and b.kind in NUMBERS:
        return a
    if a.kind == b.kind == "percent":
        return NUMBER
    return None
