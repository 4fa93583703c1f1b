"""Times, dates and durations in generated code: sums of them, and work time in calendars."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python import records
from leadpolicy.compiler.to_python.literals import NUMERIC_KINDS, literal, outcome, sequence
from leadpolicy.compiler.to_python.rails import Operand, argument
from leadpolicy.compiler.to_python.scope import Constants, Scope

if TYPE_CHECKING:
    from leadpolicy.compiler.to_python.expressions import Expressions


def zone(constants: Constants, declared: ir.Zone) -> str:
    """The constant of the policy's zone."""
    pairs = sequence(f"({literal(a)}, {literal(b)})" for a, b in declared.transitions)
    code = f"ZoneDeclaration({literal(declared.name)}, {literal(declared.first_offset)}, {pairs})"
    return constants.name("ZONE", code)


def calendar(constants: Constants, policy: ir.Policy, name: str | None) -> str:
    """The constant of a calendar; without a name, of the policy's own."""
    wanted = policy.calendar if name is None else name
    found = next((one for one in policy.calendars if one.name == wanted), None)
    if found is None:
        raise ValueError("the policy has no such calendar")
    week = sequence(_shifts(shifts) for shifts in found.week)
    days = ", ".join(f"{literal(date.fromisoformat(d.day).toordinal())}: {_shifts(d.shifts)}" for d in found.days)
    arguments = [literal(found.name), zone(constants, policy.zone), week, f"{{{days}}}", published(found)]
    return constants.name("CALENDAR", f"WorkCalendar({', '.join(arguments)})")


def _shifts(shifts: tuple[ir.Shift, ...]) -> str:
    return sequence(f"({literal(shift.start)}, {literal(shift.end)})" for shift in shifts)


def published(found: ir.Calendar) -> str:
    """The years whose holidays a calendar knows."""
    if found.first_year is None or found.last_published is None:
        return "None"
    return f"({literal(found.first_year)}, {literal(found.last_published)})"


def span(expressions: Expressions, expr: ir.Expr, value: Operand) -> str:
    """The text of an operand, where a constant duration must keep its parts."""
    resolved = expressions.scope.plan.resolve(expr)
    if isinstance(resolved, ir.Const) and isinstance(resolved.value, ir.Duration):
        return expressions.scope.shared.constants.name("SPAN", outcome("duration", resolved.value))
    return value.text


def arithmetic(expressions: Expressions, expr: ir.Arith | ir.Neg) -> Operand | None:
    """Arithmetic with durations, times or dates; None for that of numbers."""
    sides = (expr.arg,) if isinstance(expr, ir.Neg) else (expr.left, expr.right)
    operands = [expressions.operand(side) for side in sides]
    if all(one.kind in NUMERIC_KINDS for one in operands):
        return None
    texts = [span(expressions, side, one) for side, one in zip(sides, operands, strict=True)]
    code = _operation(expr, operands, texts)
    return Operand(expressions.scope.hoist(guarded(operands, code)), expressions.nature(expr), expr.type.kind)


def _operation(expr: ir.Arith | ir.Neg, operands: list[Operand], texts: list[str]) -> str:
    kinds = tuple(one.kind for one in operands)
    if isinstance(expr, ir.Neg) and kinds == ("duration",):
        return f"negate_span({texts[0]})"
    if isinstance(expr, ir.Arith):
        sign = -1 if expr.operator == "sub" else 1
        if expr.operator in {"add", "sub"} and kinds == ("duration", "duration"):
            return f"add_spans({texts[0]}, {texts[1]}, {sign})"
        if expr.operator == "sub" and kinds == ("time", "time"):
            return f"exact({texts[0]} - {texts[1]})"
        if expr.operator == "sub" and kinds == ("date", "date"):
            return f"calendar_days({texts[0]} - {texts[1]})"
        if expr.operator == "mul" and kinds[0] == "duration" and kinds[1] in NUMERIC_KINDS:
            return f"times_span({texts[0]}, {argument(operands[1], False)})"
        if expr.operator == "mul" and kinds[1] == "duration" and kinds[0] in NUMERIC_KINDS:
            return f"times_span({texts[1]}, {argument(operands[0], False)})"
    raise ValueError(f"arithmetic on {', '.join(kinds)} has no meaning")


def guarded(operands: list[Operand], code: str) -> str:
    """Code for known operands: unknown with an unknown, nothing with nothing, which wins."""
    unknown = list(dict.fromkeys(one.text for one in operands if one.nature.unknown))
    if unknown:
        code = f"None if {' or '.join(f'{name} is None' for name in unknown)} else {code}"
    nothing = list(dict.fromkeys(one.text for one in operands if one.nature.nothing))
    if nothing:
        code = f"NOTHING if {' or '.join(f'{name} is NOTHING' for name in nothing)} else {code}"
    return code


def time_add(expressions: Expressions, expr: ir.TimeAdd) -> Operand:
    """A time or a date, and a duration, work hours or workdays."""
    scope = expressions.scope
    operands = [expressions.operand(expr.time), expressions.operand(expr.amount)]
    time, amount = operands
    away = [expressions.operand(line).text for line in expr.leave]
    code = _sum(scope, expr, time.text, span(expressions, expr.amount, amount), amount, away)
    return Operand(scope.hoist(guarded(operands, code)), expressions.nature(expr), expr.type.kind)


def leave(expressions: Expressions, expr: ir.Leave) -> Operand:
    """What a line of a calendar takes away: stretches that are sure, and those that may be."""
    found = records.members(expressions, expr.records)
    ends = [records.both(expressions, expr, f"{found}[{at}]", _day_ends) for at in (0, 1)]
    return Operand(expressions.scope.hoist(f"leave({', '.join(ends)})"), expressions.nature(expr), "bool")


def _day_ends(expressions: Expressions, expr: ir.Leave) -> list[str]:
    """When leave begins and ends; of dates, 00:00 of the first and the end of the last."""
    texts: list[str] = []
    for days, side in enumerate((expr.start, expr.end)):
        operand = expressions.operand(side)
        declared = zone(expressions.scope.shared.constants, expressions.scope.plan.policy.zone)
        is_date = operand.kind == "date"
        texts.append(f"day_start({operand.text}, {days}, {declared})" if is_date else operand.text)
    return texts


def _sum(scope: Scope, expr: ir.TimeAdd, time: str, span_text: str, amount: Operand, away: list[str]) -> str:
    constants, policy = scope.shared.constants, scope.plan.policy
    resolved = scope.plan.resolve(expr.amount)
    kind = getattr(getattr(resolved, "type", None), "kind", amount.kind)
    if kind == "duration":
        if expr.type.kind == "date":
            return f"add_date({time}, {span_text}, {expr.sign})"
        return f"add_time({time}, {span_text}, {expr.sign}, {zone(constants, policy.zone)})"
    number = argument(amount, False)
    number = number if expr.sign > 0 else f"-{number}"
    name = calendar(constants, policy, expr.calendar)
    word = "date_workdays" if expr.type.kind == "date" else "add_workdays"
    word = "add_work_hours" if kind == "work_hours" else word
    arguments = f"{time}, {number}, {name}"
    return f"without({word}, {arguments}, {sequence(away)})" if away else f"{word}({arguments})"


def during(expressions: Expressions, expr: ir.During) -> Operand:
    """Whether now is open time."""
    scope = expressions.scope
    name = calendar(scope.shared.constants, scope.plan.policy, expr.calendar)
    return Operand(scope.hoist(f"is_open({name}, {scope.now()})"), expressions.nature(expr), "bool")
