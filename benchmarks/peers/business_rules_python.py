"""business-rules (Python): all its rules run over an object with variables and actions, which is its one form.

Its operators take no missing values, so a missing number is one below all, and a missing text is empty; its rules
know `all`, no negation: what keeps out the rows before a row is written into it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.peers.zen_tables import rows
from benchmarks.realistic.by_hand import Answer
from benchmarks.realistic.spec import BANT, FIT, INTENT, LIMITS, ROUTE, STAGE, Atom, Case

PACKAGE = "business-rules"
NUMBERS = ("employees", "budget", "months", "visits", "downloads", "inquiries", "silent_days", "total")
TEXTS = (
    "title", "department", "industry", "region", "country", "source", "authority", "need", "mail_domain", "partner",
    "bant",
)  # fmt: skip
FLAGS = ("seminar", "newsletter", "customer")
_MISSING = -1_000_000
_NAMES = {
    "==": "equal_to", ">=": "greater_than_or_equal_to", ">": "greater_than", "<=": "less_than_or_equal_to",
    "<": "less_than",
}  # fmt: skip


def make() -> Callable[[dict[str, Any]], Answer]:
    """Make the classes and the rules."""
    from business_rules import actions, fields, run_all, variables

    class Lead(variables.BaseVariables):
        def __init__(self, lead: dict[str, Any]) -> None:
            self.lead = lead

    for name in NUMBERS:
        setattr(Lead, name, _variable(variables.numeric_rule_variable, name, _MISSING))
    for name in TEXTS:
        setattr(Lead, name, _variable(variables.string_rule_variable, name, ""))
    for name in FLAGS:
        setattr(Lead, name, _variable(variables.boolean_rule_variable, name, False))

    class Result(actions.BaseActions):
        def __init__(self) -> None:
            self.points: dict[str, int] = {"fit": 0, "intent": 0}
            self.found: dict[str, Any] = {}

        @actions.rule_action(params={"score": fields.FIELD_TEXT, "points": fields.FIELD_NUMERIC})
        def add(self, score: str, points: int) -> None:
            self.points[score] += points

        @actions.rule_action(params={"name": fields.FIELD_TEXT, "value": fields.FIELD_TEXT})
        def say(self, name: str, value: str) -> None:
            self.found[name] = value

    points = [
        _rule(atoms, "add", {"score": name, "points": given})
        for name, entries in (("fit", FIT), ("intent", INTENT))
        for atoms, given in rows(entries)
        if atoms[0][1] != "in"
    ]
    points += [
        _rule([(field, "==", value)], "add", {"score": name, "points": given})
        for name, entries in (("fit", FIT), ("intent", INTENT))
        for cases in entries
        for ((field, op, values), *_), given in cases
        if op == "in"
        for value in values
    ]
    choices = {name: _firsts(name, cases) for name, cases in (("bant", BANT), ("stage", STAGE), ("route", ROUTE))}
    (low, high), (least, most) = LIMITS["fit"], LIMITS["intent"]

    def first(rules: list[Any], lead: Any, result: Any) -> None:
        run_all(rule_list=rules, defined_variables=lead, defined_actions=result, stop_on_first_trigger=True)

    def decide(lead: dict[str, Any]) -> Answer:
        result, known = Result(), dict(lead)
        facts = Lead(known)
        run_all(rule_list=points, defined_variables=facts, defined_actions=result)
        first(choices["bant"], facts, result)
        fit = max(low, min(high, result.points["fit"]))
        intent = max(least, min(most, result.points["intent"]))
        bant = result.found.get("bant", "unknown")
        known["total"], known["bant"] = fit + intent, bant
        first(choices["stage"], facts, result)
        first(choices["route"], facts, result)
        found = result.found
        return fit, intent, fit + intent, bant, found.get("stage"), found.get("route", "otherwise")

    return decide


def _variable(kind: Any, name: str, missing: Any) -> Any:
    def read(self: Any) -> Any:
        return self.lead.get(name, missing)

    read.__name__ = name
    return kind()(read)


def _firsts(name: str, cases: list[Case]) -> list[dict[str, Any]]:
    return [_rule(atoms, "say", {"name": name, "value": value}) for atoms, value in cases if atoms]


def _rule(atoms: list[Atom], action: str, params: dict[str, Any]) -> dict[str, Any]:
    conditions = {"all": [condition for atom in atoms for condition in _conditions(atom)]}
    return {"conditions": conditions, "actions": [{"name": action, "params": params}]}


def _conditions(atom: Atom) -> list[dict[str, Any]]:
    field, op, value = atom
    if op == "in":
        return [{"any": [condition for v in value for condition in _conditions((field, "==", v))]}]
    if field in FLAGS:
        return [{"name": field, "operator": "is_true", "value": True}]
    if op == "!=":
        parts = [{"name": field, "operator": "non_empty", "value": True}]
        others = {"country": ("SG", "DE"), "authority": ("decision_maker", "influencer")}.get(field, ())
        return [{"any": [c for v in others for c in _conditions((field, "==", v))]}] if others else parts
    known = [{"name": field, "operator": "greater_than", "value": _MISSING}] if op in ("<", "<=") else []
    return [*known, {"name": field, "operator": _NAMES[op], "value": value}]
