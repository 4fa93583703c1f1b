"""Facts as messages: whole numbers that are exact, and a state beside each, so that no property is ever missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from leadpolicy.compiler.to_durable.cases import KEY, KNOWN, LINK, NOTHING, UNKNOWN
from leadpolicy.compiler.to_durable.rulesets import ROLES
from leadpolicy.durable.errors import DurableRulesError
from leadpolicy.engine.values import NOTHING as NO_VALUE
from leadpolicy.engine.values import Duration

if TYPE_CHECKING:
    from leadpolicy.compiler.to_durable import Lowered, Property
    from leadpolicy.engine.session.network import Fact

_MILLION = 1_000_000
_MOST = 2**62
"""Where durable_rules' whole numbers end is 2⁶³."""


class Encoder:
    """Says facts as messages, in one session: its texts are numbered as they come."""

    def __init__(self, lowered: Lowered, keys: tuple[int | None, ...], links: tuple[int | None, ...]) -> None:
        self._texts = dict(lowered.texts)
        self._types = [
            [self._teller(one, keys[type_], links[type_]) for one in encoding.properties]
            for type_, encoding in enumerate(lowered.encodings)
        ]

    @staticmethod
    def kind(type_: int, role: int) -> int:
        """The number of a type in one of its roles."""
        return type_ * ROLES + role

    def encode(self, fact: Fact) -> dict[str, int]:
        """What messages say of a fact."""
        return {name: tell(fact) for name, tell in self._types[fact[-1]]}

    def _teller(self, told: Property, key: int | None, link: int | None) -> tuple[str, Callable[[Fact], int]]:
        if told.place == KEY:
            return told.name, lambda fact: self._text(str(fact[key]))
        if told.place == LINK:
            return told.name, lambda fact: self._text(str(fact[link]))
        place = told.place
        if told.form == "state":
            return told.name, lambda fact: _state(fact[place])
        value: Callable[[object], int]
        if told.form == "text":
            value = self._text
        elif told.form == "rank":
            ranks: dict[object, int] = {choice: at for at, choice in enumerate(told.choices)}
            value = ranks.__getitem__
        else:
            value = _times_a_million if told.form == "whole" else _exact
        return told.name, lambda fact: 0 if _state(fact[place]) != KNOWN else value(fact[place])

    def _text(self, value: object) -> int:
        """The number of a text; a duration is the text of its length."""
        text = str(int(value)) if isinstance(value, Duration) else str(value)
        return self._texts.setdefault(text, len(self._texts) + 1)


def _state(value: object) -> int:
    return UNKNOWN if value is None else NOTHING if value is NO_VALUE else KNOWN


def _exact(value: object) -> int:
    assert isinstance(value, int)
    if abs(value) >= _MOST:
        raise DurableRulesError(f"{value} is out of durable_rules' whole numbers")
    return int(value)


def _times_a_million(value: object) -> int:
    assert isinstance(value, int)
    return _exact(value * _MILLION)
