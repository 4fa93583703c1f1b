"""Leads that show a finding, made from a box and confirmed by the reference interpreter before they are told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from math import inf

from leadpolicy.compiler import ir
from leadpolicy.compiler.analysis.regions import Box, Region
from leadpolicy.compiler.analysis.subjects import Subject, Subjects
from leadpolicy.compiler.analysis.value_sets import Ranges, Values
from leadpolicy.compiler.constants import print_decimal
from leadpolicy.compiler.wording import Joined, Message, joined, keyword, say, term

MOST = 20
"""How many leads are tried for one policy."""
_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Shown:
    """`words`: a lead that shows a finding, where one was found. `refuted`: one was found for which it is wrong."""

    words: Joined | None = None
    refuted: bool = False


class Examples:
    """Tries leads on one policy."""

    def __init__(self, policy: ir.Policy, subjects: Subjects) -> None:
        self._policy = policy
        self._subjects = subjects
        self._left = MOST

    def both(self, region: Region, this: ir.Condition | None, others: Sequence[ir.Condition | None]) -> Shown:
        """A lead for which a condition is true, and one of the others with it, or unknown at least."""
        made = self._lead(region[0]) if region else None
        if made is None or self._left <= 0:
            return Shown()
        self._left -= 1
        from leadpolicy.compiler.interpreter import InterpreterInputError, run

        lead, words = made
        try:
            ran = run(self._policy, lead, facts={f: [] for f in self._policy.reads_facts}, now=_NOW)
        except InterpreterInputError:
            return Shown()
        if this is not None and ran.truth(this) is not True:
            return Shown()
        found = [True if other is None else ran.truth(other) for other in others]
        return Shown(words if True in found else None, refuted=True not in found and None not in found)

    def _lead(self, box: Box) -> tuple[dict[str, object], Joined] | None:
        """A lead of the box and its words; None where the box is about more than the lead's own fields."""
        about = self._policy.fact(self._policy.about)
        lead: dict[str, object] = {}
        for field in about.fields:
            if field.key or field.required:
                lead[field.name] = _plain_value(field)
        words: list[Message] = []
        for number, values in sorted(box.items()):
            subject = self._subjects.all[number]
            if subject.path is None or len(subject.path) != 1 or subject.type.kind in {"list", "fact"}:
                return None
            chosen = _choose(subject, values)
            if chosen is None:
                return None
            (name,) = subject.path
            lead[name], text = chosen
            words.append(say("{} {}", name, text))
        return (lead, joined(words)) if words else None


def _choose(subject: Subject, values: Values) -> tuple[object, str] | None:
    """A value of a set as it comes in, and in words. Of an unknown: None, where the field can't be nothing."""
    if values.known.empty:
        if values.nothing:
            return None, keyword("none")
        return None if subject.domain.nothing else (None, keyword("unknown"))
    if isinstance(values.known, Ranges):
        low, high = values.known.intervals[-1]
        step = int(low if low > -inf else high if high < inf else 0)
        return _of_step(subject, step)
    names = values.known.names
    text = "…" if values.known.others else min(names)
    while values.known.others and text in names:
        text += "…"
    return text, f'"{text}"'


def _of_step(subject: Subject, step: int) -> tuple[object, str] | None:
    kind = subject.type.kind
    if kind == "bool":
        return bool(step), term("true") if step else term("false")
    if kind == "choice":
        choice = (subject.type.choices or ())[step]
        return choice, choice
    if kind == "date":
        day = date(1970, 1, 1) + timedelta(days=step) if abs(step) < 700_000 else None
        return None if day is None else (day, day.isoformat())
    if abs(step) > 5 * 10**16 and kind in {"time", "duration"}:
        return None
    if kind == "duration":
        length = timedelta(microseconds=step)
        return length, _length(length)
    if kind == "time":
        moment = _EPOCH + timedelta(microseconds=step)
        return moment, moment.isoformat()
    number = Decimal(step) / subject.scale
    return (int(number) if kind == "int" else number), print_decimal(number)


def _length(length: timedelta) -> str:
    days, time_of_day = length.days, str(timedelta(seconds=length.seconds, microseconds=length.microseconds))
    if not days:
        return time_of_day
    return say("{} day, {}", days, time_of_day) if abs(days) == 1 else say("{} days, {}", days, time_of_day)


def _plain_value(field: ir.FactField) -> object:
    """Some value of a field that must have one."""
    plain: dict[str, object] = {
        "bool": False, "time": _NOW, "date": _NOW.date(), "duration": timedelta(0), "list": [], "text": "example",
        "email": "a@example.com", "phone": "1", "fact": "example",
    }  # fmt: skip
    if field.type.kind == "choice":
        return (field.type.choices or ("",))[0]
    return plain.get(field.type.kind, 0)
