"""durable_rules, spoken to: facts go in and out as messages, and each time what it has joined by that is taken."""

from __future__ import annotations

import itertools
import json
import os
import weakref
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeAlias

from leadpolicy.compiler.to_durable.rulesets import PRIMING
from leadpolicy.durable.errors import DurableRulesError, NoDurableRulesError

if TYPE_CHECKING:
    from leadpolicy.compiler.to_durable import Joined, Ruleset

_NAMES = itertools.count()
"""Names of rulesets are the process's: each is used once."""
_HANDLED, _NOT_HANDLED, _OBSERVED = 0, 1, 2
_SID = "0"
"""The state that messages without a `sid` belong to."""

Found: TypeAlias = "tuple[Joined, tuple[int, ...]]"
"""What has been joined: which rule's, and the numbers of its messages."""


def engine() -> ModuleType:
    """The module beneath durable_rules' own classes.

    Those run actions in promises, swallow their errors into the state and give up after ten seconds of the machine's
    clock; here there are no actions at all.
    """
    try:
        return import_module("durable_rules_engine")
    except ImportError:
        text = "this matcher needs durable_rules: install it with the extra `durable`"
        raise NoDurableRulesError(f"{text} (pip install 'leadpolicy[durable]')") from None


class Client:
    """One ruleset of one session; freed with it."""

    def __init__(self, ruleset: Ruleset) -> None:
        self._engine = engine()
        self._joined = ruleset.joined
        name = f"leadpolicy-{os.getpid()}-{next(_NAMES)}"
        try:
            self._handle: int = self._engine.create_ruleset(name, ruleset.text)
        except Exception as error:
            raise DurableRulesError(f"durable_rules refuses a ruleset: {error}") from None
        # Its memory can be given back only once something was joined: before, a pointer in it is not set.
        self.put(0, {"t": PRIMING})
        weakref.finalize(self, _free, self._engine, self._handle)

    def put(self, number: int, message: dict[str, int]) -> list[Found] | None:
        """Put a message in, under a number: what has been joined with it. None where the number is taken, as far as
        durable_rules can tell: it knows messages by 32 bits of their number's hash."""
        result, state = self._told(self._engine.assert_fact, {**message, "id": number})
        if result == _OBSERVED:
            return None
        return list(self._taken(state)) if result == _HANDLED else []

    def take(self, number: int) -> None:
        """Take a message out."""
        result, state = self._told(self._engine.retract_fact, {"id": number})
        if result == _HANDLED:
            for _ in self._taken(state):
                raise DurableRulesError("durable_rules joined something as a fact went")

    def _told(self, call: Any, message: dict[str, int]) -> tuple[int, int]:
        try:
            result, state = call(self._handle, json.dumps(message))
        except Exception as error:
            raise DurableRulesError(f"durable_rules doesn't take a fact: {error}") from None
        return result, state

    def _taken(self, state: int) -> Iterator[Found]:
        """What is waiting to be acted on; it is done with by that."""
        started = self._engine.start_action_for_state(self._handle, state)
        text = started[1] if started else None
        while text:
            for name, records in json.loads(text).items():
                if name in self._joined:
                    joined, names = self._joined[name]
                    yield joined, tuple([records[one]["id"] for one in names])
            text = self._engine.complete_and_start_action(self._handle, state)


def _free(engine: ModuleType, handle: int) -> None:
    engine.delete_state(handle, _SID)
    engine.delete_ruleset(handle)
