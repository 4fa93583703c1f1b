"""`lead explain`: why one lead was decided as it was, and what would change it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from unicodedata import normalize

from leadpolicy.cli.explanation import Change, Explanation, Question
from leadpolicy.cli.inputs import Inputs, Opened, open_inputs
from leadpolicy.cli.screen import out, print_json
from leadpolicy.compiler.diagnostics import nearest
from leadpolicy.engine.errors import InputError, NoSuchPartError
from leadpolicy.files.flat import cell_text, flat_columns, flatten
from leadpolicy.files.problems import BadRow, FileError, quoted
from leadpolicy.files.records import Record

_KEYS_KEPT = 100_000


def explain(inputs: Inputs, question: Question, form: str) -> int:
    """Exit code 0; a lead that isn't there, or that can't be read, is a `FileError`."""
    with open_inputs(inputs) as opened:
        what_if = _assignments(opened, question.what_if)
        explanation = _explain(opened, _find(opened, question.lead), question, what_if)
        if form == "json":
            print_json(_as_json(explanation, question))
        else:
            from leadpolicy.cli.explain_view import print_explanation

            print_explanation(out(), opened.policy.ir, explanation, question)
    return 0


def _assignments(opened: Opened, options: tuple[str, ...]) -> dict[str, object]:
    """`field=value` options; an empty value means unknown."""
    fields = {field.name: field for field in opened.about.fields}
    values: dict[str, object] = {}
    for option in options:
        name, equals, value = option.partition("=")
        name = name.strip()
        if not equals:
            raise FileError(f"--what-if {option}: not FIELD=VALUE", "write --what-if budget=50000")
        if name not in fields:
            near = nearest(name, fields)
            hint = f"did you mean `{near}`?" if near else f"its fields: {quoted(fields)}"
            raise FileError(f"--what-if {option}: {opened.about.name} has no field `{name}`", hint)
        values[name] = value.strip() or None
    return values


def _find(opened: Opened, wanted: str) -> Record:
    """The record of the lead, or what is wrong with it."""
    if opened.key is None:
        raise FileError(f"{opened.about.name} has no key, so no lead can be named", "declare one: id: text key")
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
    hint = f"did you mean `{near}`?" if near else f"its first leads: {quoted(keys, 5)}"
    if not keys:
        hint = "the file has no leads"
    also = f" ({unreadable} rows of it can't be read)" if unreadable else ""
    raise FileError(f"{path}: no lead `{wanted}`{also}", hint)


def _explain(opened: Opened, record: Record, question: Question, what_if: Mapping[str, object]) -> Explanation:
    program = opened.policy.program
    try:
        decision = program.decide(record.values, facts=opened.happened.base, now=opened.now)
    except InputError as error:
        place = f"{opened.records.table.path}, {opened.records.table.unit} {record.line}"
        problems = "; ".join(map(str, error.problems))
        raise FileError(
            f"{place}: {problems}", "put the row right, or use --map for values that mean unknown"
        ) from None
    why_not: Sequence[Mapping[str, Any]] | None = None
    if question.why_not is not None:
        try:
            why_not = decision.why_not(question.why_not).to_list()
        except NoSuchPartError as error:
            raise FileError(f"--why-not {question.why_not}: {error}") from None
    printed = decision.to_dict(trace=True)
    changes = _changes(opened, record, printed, what_if) if what_if else None
    return Explanation(record, printed, why_not, changes)


def _changes(
    opened: Opened, record: Record, before: Mapping[str, Any], what_if: Mapping[str, object]
) -> tuple[Change, ...]:
    """What another decision, with other values, would change."""
    try:
        other = opened.policy.program.decide({**record.values, **what_if}, facts=opened.happened.base, now=opened.now)
    except InputError as error:
        raise FileError(f"--what-if: {'; '.join(map(str, error.problems))}") from None
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
    if explanation.changes is not None:
        changes = [change.to_dict() for change in explanation.changes]
        printed["what_if"] = {"given": list(question.what_if), "changes": changes}
    return printed
