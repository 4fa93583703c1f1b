"""`lead explain`: why one lead was decided as it was, and what would change it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

from leadpolicy.cli.explanation import Change, Explanation, Question, RuleAnswer
from leadpolicy.cli.inputs import Inputs, Opened, open_inputs
from leadpolicy.cli.language import teller
from leadpolicy.cli.rules_explained import explain_rules
from leadpolicy.cli.screen import out, print_json
from leadpolicy.compiler.diagnostics import nearest
from leadpolicy.compiler.wording import Lang, foreign, joined, say
from leadpolicy.engine.errors import InputError, NoSuchPartError
from leadpolicy.files.flat import cell_text, flat_columns, flatten
from leadpolicy.files.problems import BadRow, FileError, place_word, problem_said, quoted
from leadpolicy.files.records import Record

if TYPE_CHECKING:
    from leadpolicy.engine.decision import Decision
    from leadpolicy.engine.session.host import Session

_KEYS_KEPT = 100_000


def explain(inputs: Inputs, question: Question, form: str, lang: Lang = "en") -> int:
    """Exit code 0; a lead that isn't there, or that can't be read, is a `FileError`."""
    with open_inputs(inputs, keep=True) as opened:
        what_if = _assignments(opened, question.what_if)
        explanation = _explain(opened, _find(opened, question.lead), question, what_if)
        if form == "json":
            print_json(_as_json(explanation, question))
        else:
            from leadpolicy.cli.explain_view import print_explanation

            print_explanation(out(), opened.policy.ir, explanation, question, teller(lang))
    return 0


def _assignments(opened: Opened, options: tuple[str, ...]) -> dict[str, object]:
    """`field=value` options; an empty value means unknown."""
    fields = {field.name: field for field in opened.about.fields}
    values: dict[str, object] = {}
    for option in options:
        name, equals, value = option.partition("=")
        name = name.strip()
        if not equals:
            raise FileError(say("--what-if {}: not FIELD=VALUE", option), say("write --what-if budget=50000"))
        if name not in fields:
            near = nearest(name, fields)
            hint = say("did you mean `{}`?", near) if near else say("its fields: {}", quoted(fields))
            raise FileError(say("--what-if {}: {} has no field `{}`", option, opened.about.name, name), hint)
        values[name] = value.strip() or None
    return values


def _find(opened: Opened, wanted: str) -> Record:
    """The record of the lead, or what is wrong with it."""
    if opened.key is None:
        raise FileError(
            say("{} has no key, so no lead can be named", opened.about.name), say("declare one: id: text key")
        )
    wanted = normalize("NFC", wanted).strip()
    keys: list[str] = []
    unreadable = 0
    for record in opened.records:
        if isinstance(record, BadRow):
            unreadable += 1
            continue
        value = record.values.get(opened.key)
        key = "" if value is None else normalize("NFC", cell_text(value)).strip()
        if key == wanted:
            return record
        if len(keys) < _KEYS_KEPT:
            keys.append(key)
    path = opened.records.table.path
    near = nearest(wanted, keys)
    hint = say("did you mean `{}`?", near) if near else say("its first leads: {}", quoted(keys, 5))
    if not keys:
        hint = say("the file has no leads")
    text = say("{}: no lead `{}`", path, wanted)
    raise FileError(say("{} ({} rows of it can't be read)", text, unreadable) if unreadable else text, hint)


def _explain(opened: Opened, record: Record, question: Question, what_if: Mapping[str, object]) -> Explanation:
    program = opened.policy.program
    try:
        decision = program.decide(record.values, facts=opened.happened.base, now=opened.now)
    except InputError as error:
        table = opened.records.table
        place = say("{}, {} {}", table.path, place_word(table.unit), record.line)
        problems = joined(map(problem_said, error.problems), between="; ")
        raise FileError(
            say("{}: {}", place, problems), say("put the row right, or use --map for values that mean unknown")
        ) from None
    printed = decision.to_dict(trace=True)
    rules, session = explain_rules(opened, str(printed["lead"]))
    why_not, rule = _why_not(opened, decision, session, question.why_not)
    changes = _changes(opened, record, printed, what_if) if what_if else None
    return Explanation(record, printed, why_not, changes, rules, rule)


def _why_not(
    opened: Opened, decision: Decision, session: Session | None, target: str | None
) -> tuple[Sequence[Mapping[str, Any]] | None, RuleAnswer | None]:
    """What stands between the lead and a part of the decision, or a rule: `NAME`, or `rule NAME`."""
    if target is None:
        return None, None
    rules = [rule.name for rule in opened.policy.ir.rules]
    name = " ".join(target.removeprefix("rule ").split())
    try:
        return decision.why_not(target).to_list(), None
    except NoSuchPartError as error:
        if name in rules and session is not None:
            return (), RuleAnswer(name, session.why_not(name, (opened.policy.ir.about, decision.lead)))
        near = nearest(name, rules)
        hint: str | None
        if name in rules:
            hint = say("it is a rule, and the rules are not played: look at the explanation without --why-not")
        else:
            hint = say("did you mean `{}`?", near) if near else None
        raise FileError(say("--why-not {}: {}", target, foreign(error)), hint) from None


def _changes(
    opened: Opened, record: Record, before: Mapping[str, Any], what_if: Mapping[str, object]
) -> tuple[Change, ...]:
    """What another decision, with other values, would change."""
    try:
        other = opened.policy.program.decide({**record.values, **what_if}, facts=opened.happened.base, now=opened.now)
    except InputError as error:
        raise FileError(say("--what-if: {}", joined(map(problem_said, error.problems), between="; "))) from None
    old, new = flatten(before), flatten(other.to_dict())
    changes = []
    for part in flat_columns(opened.policy.ir):
        a, b = cell_text(old.get(part)), cell_text(new.get(part))
        if a != b and part != "ask":
            changes.append(Change(part, a, b))
    return tuple(changes)


def _as_json(explanation: Explanation, question: Question) -> dict[str, object]:
    printed = dict(explanation.decision)
    if explanation.why_not is not None:
        printed["why_not"] = {"target": question.why_not, "reasons": explanation.why_not}
    if explanation.why_not_rule is not None:
        found = explanation.why_not_rule.found
        printed["why_not"] |= {"rule": None if found is None else found.to_dict()}
    if explanation.rules is not None:
        told = explanation.rules.told
        printed["session"] = None if told is None else told.to_dict()
    if explanation.changes is not None:
        changes = [change.to_dict() for change in explanation.changes]
        printed["what_if"] = {"given": list(question.what_if), "changes": changes}
    return printed
