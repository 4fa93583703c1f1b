"""The rules' part of `lead explain`: the leads, facts and events that are given, played in a session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from leadpolicy.cli.inputs import Opened
from leadpolicy.compiler import ir
from leadpolicy.compiler.ir_walk import walk
from leadpolicy.compiler.unmatched import NotMatchedError
from leadpolicy.compiler.wording import Message, counted, foreign, say
from leadpolicy.engine.errors import InputError
from leadpolicy.engine.reading import Reading
from leadpolicy.engine.session.errors import ActionError, ConflictError, LoopError
from leadpolicy.engine.session.operations import Insert, Operation
from leadpolicy.files.problems import problem_said, quoted

if TYPE_CHECKING:
    from leadpolicy.engine.session.host import Session
    from leadpolicy.engine.session.why import LeadExplained


@dataclass(frozen=True, slots=True)
class RulesExplained:
    """What the rules have to do with a lead; None where they could not be played, and the notes say why."""

    told: LeadExplained | None
    notes: tuple[Message, ...]


def explain_rules(opened: Opened, lead: str) -> tuple[RulesExplained | None, Session | None]:
    """What the rules have to do with a lead, and the session that was played; nothing where there is no rule."""
    policy = opened.policy
    if not policy.ir.rules:
        return None, None
    try:
        session = policy.session(now=opened.now)
    except NotMatchedError as error:
        what = foreign(error.construct)
        text = say("the rules are not played: the rule {} reads {}, which no session matches yet", error.rule, what)
        return RulesExplained(None, (text,)), None
    notes: list[Message] = []
    operations = _operations(opened, notes)
    _note_missing(opened, notes)
    try:
        session.batch(operations)
    except ActionError:
        pass  # told with the lead's rules
    except InputError as error:
        return RulesExplained(
            None, (*notes, say("the rules are not played: {}", problem_said(error.problems[0])))
        ), None
    except (LoopError, ConflictError) as error:
        return RulesExplained(None, (*notes, say("the rules are not played: {}", foreign(error)))), None
    return RulesExplained(session.explain(lead), tuple(notes)), session


def _not_played(notes: list[Message], why: str) -> RulesExplained:
    return RulesExplained(None, (*notes, say("the rules are not played: {}", why)))


def _operations(opened: Opened, notes: list[Message]) -> list[Operation]:
    """All that was given, in one batch; what can't be read is left out, as is what has the key of another."""
    assert opened.given is not None
    readers = opened.policy.program.readers
    found: list[Operation] = []
    left_out = 0
    for name, rows in opened.given.items():
        seen: dict[str, tuple[object, ...]] = {}
        for row in rows:
            reading = Reading()
            values = readers[name].read(row, reading)
            key = readers[name].key_of(values)
            if reading.problems or (key is not None and seen.setdefault(key, values) != values):
                left_out += 1
                continue
            found.append(Insert(name, row))
    if left_out:
        many = counted(left_out, "row")
        notes.append(say("{} left out: what can't be read, or has the key of another", many))
    return found


def _note_missing(opened: Opened, notes: list[Message]) -> None:
    policy, given = opened.policy.ir, opened.given or {}
    read = {node.fact for rule in policy.rules for node in walk(rule) if isinstance(node, ir.Records)}
    names = [f.name for f in policy.facts if f.name in read and f.name not in given and not f.concluded]
    if names:
        notes.append(say("no file of {} is given: the rules see none", quoted(names)))
