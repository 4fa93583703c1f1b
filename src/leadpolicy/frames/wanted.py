"""Which columns of the decisions a caller wants."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from leadpolicy.compiler import ir
from leadpolicy.files.flat import flat_columns

USUAL: Final = ("scores", "tables", "gates", "disqualified", "stage", "route")
"""What is decided at once; the rest (lead, at, bounds, missing, policy) is there when it is asked for."""
GROUPS: Final = (
    "lead",
    "at",
    "scores",
    "bounds",
    "tables",
    "gates",
    "disqualified",
    "stage",
    "route",
    "missing",
    "policy",
)


def groups(policy: ir.Policy) -> dict[str, str]:
    """The group of each column, in the order of the columns."""
    found: dict[str, str] = {}
    for name in flat_columns(policy):
        head = name.partition(".")[0]
        group = {"score": "scores", "table": "tables", "gate": "gates", "ask": "missing"}.get(head, head)
        found[name] = "bounds" if _is_bound(policy, name) else group
    return found


def _is_bound(policy: ir.Policy, name: str) -> bool:
    return any(name in (f"score.{one.name}.low", f"score.{one.name}.high") for one in policy.scores)


def chosen(policy: ir.Policy, want: str | Iterable[str]) -> tuple[str, ...]:
    """The columns wanted, in the decisions' order: groups, single columns, or `all`. ValueError for another name."""
    asked = {want} if isinstance(want, str) else set(want)
    columns = groups(policy)
    if asked == {"all"}:
        return tuple(columns)
    unknown = sorted(asked - set(GROUPS) - set(columns))
    if unknown:
        raise ValueError(f"want: no column or group `{unknown[0]}`; the groups are {', '.join(GROUPS)}, or all")
    return tuple(name for name, group in columns.items() if group in asked or name in asked)


def part_of(policy: ir.Policy, column: str) -> str | None:
    """The part of the decision that a column is of, as the IR's order calls it; None where it is of none."""
    head, _, rest = column.partition(".")
    if head == "score":
        names = {one.name for one in policy.scores}
        return f"score {rest if rest in names else rest.rpartition('.')[0]}"
    if head == "table":
        names = {one.name for one in policy.tables}
        return f"table {rest if rest in names else rest.rpartition('.')[0]}"
    if head == "gate":
        names = {one.name for one in policy.gates}
        return f"gate {next(name for name in names if rest == name or rest.startswith(name + '.'))}"
    if head == "disqualified":
        return "disqualify"
    if head == "stage":
        return f"stage {policy.funnel[-1].name}" if policy.funnel else None
    return head if head == "route" else None
