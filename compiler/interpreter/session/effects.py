"""Effects: what the host is told to do; their texts, recipients and ids (rulings 67, 68; 0012, section 9)."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter import times
from leadpolicy.compiler.interpreter.book import Book, type_of
from leadpolicy.compiler.interpreter.leave import stretches
from leadpolicy.compiler.interpreter.records import Record
from leadpolicy.compiler.interpreter.session.content import Shown, as_json, shown_fact, text_of
from leadpolicy.compiler.interpreter.session.view import RuleEvaluator
from leadpolicy.compiler.interpreter.situation import Mode
from leadpolicy.compiler.interpreter.values import NOTHING, UNKNOWN, Absent, ListValue, Value, constant

EffectAction = ir.Notify | ir.Task | ir.Send | ir.Flag | ir.Move


@dataclass(frozen=True, slots=True)
class Effect:
    """An effect without its id: which action of which rule (from 1), for which facts, and what the host needs."""

    rule: str
    action: int
    kind: str
    facts: list[Shown]
    details: dict[str, Shown]

    def numbered(self, book: Book, at: int, emitted: dict[str, int]) -> dict[str, Shown]:
        """With its id. `emitted` counts how often each id came up at this instant."""
        signed: list[Shown] = [book.policy.name, self.rule, self.action, self.facts, at]
        first = _digest(signed)
        emitted[first] = emitted.get(first, 0) + 1
        made: dict[str, Shown] = {
            "id": first if emitted[first] == 1 else _digest([*signed, emitted[first]]),
            "at": times.show_time(at, book.policy.zone),
            "kind": self.kind,
            "rule": self.rule,
            "action": self.action,
            "facts": self.facts,
        }
        return made | self.details


def _digest(shown: list[Shown]) -> str:
    return sha256(as_json(shown).encode()).hexdigest()[:32]


def effect_details(
    action: EffectAction, lead: Record | None, evaluator: RuleEvaluator, book: Book
) -> dict[str, Shown]:
    """What an effect tells the host. `lead`: the record that moves and contents go to."""
    match action:
        case ir.Notify():
            to, why = _recipient(action.to, evaluator)
            return {"to": to, "channel": action.channel, "text": _text(action.message, evaluator, book),
                    "undeliverable": why}  # fmt: skip
        case ir.Task():
            to, why = _recipient(action.to, evaluator)
            return {"to": to, "text": _text(action.message, evaluator, book), "due": _due(action, evaluator, book),
                    "undeliverable": why}  # fmt: skip
        case ir.Send():
            assert lead is not None
            return {"to": lead.key, "channel": action.channel, "content": _text(action.content, evaluator, book)}
        case ir.Flag():
            record = evaluator.record(action.record, Mode.PLAIN)
            shown: Shown = None if isinstance(record, Absent) else shown_fact(record, book)
            return {"record": shown, "flag": action.flag}
        case ir.Move():
            assert lead is not None
            destination = action.destination
            member, _ = _recipient(destination.member, evaluator)
            return {"lead": lead.key, "destination": destination.text, "destination_kind": destination.kind,
                    "name": destination.name, "member": member}  # fmt: skip


def _recipient(expr: ir.Expr | None, evaluator: RuleEvaluator) -> tuple[str | None, str | None]:
    """A member's key, or why there is none."""
    value: Value = NOTHING if expr is None else evaluator.evaluate(expr, Mode.PLAIN)
    if isinstance(value, Absent):
        return None, "unknown" if value is UNKNOWN else "nobody"
    return str(value), None


def _text(template: ir.Template, evaluator: RuleEvaluator, book: Book) -> str:
    """A text with values put in: unknown prints `?`, nothing not at all."""
    return "".join(part if isinstance(part, str) else _printed(part, evaluator, book) for part in template.parts)


def _printed(expr: ir.Expr, evaluator: RuleEvaluator, book: Book) -> str:
    value = evaluator.evaluate(expr, Mode.PLAIN)
    if value is UNKNOWN:
        return "?"
    if value is NOTHING:
        return ""
    assert not isinstance(value, Absent | ListValue), "the checker sees to it that lists aren't printed"
    return text_of(value, type_of(expr), book.policy.zone)


def _due(action: ir.Task, evaluator: RuleEvaluator, book: Book) -> str | None:
    """When a task is due; None where that isn't said, or out of reach."""
    if action.due is None:
        return None
    amount, kind = constant(action.due.value, action.due.type), type_of(action.due).kind
    now = evaluator.situation.now
    due = evaluator.shifted(now, amount, kind, action.calendar, stretches((), evaluator, Mode.PLAIN))
    return None if isinstance(due, Absent) else times.show_time(due, book.policy.zone)
