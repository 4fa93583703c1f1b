"""The memory of leads for CLIPS (clipspy): the rules of `memory.lead`, conditions in the same order.

What is unknown is the symbol `nil`, and each test against it stands in the rules: CLIPS has no unknown. Conclusions
are logical. Times are whole microseconds.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from benchmarks.matching.guests import Memory, Row

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CONSTRUCTS = (
    "(deftemplate member (slot id) (slot name) (slot manager) (slot away))",
    "(deftemplate lead (slot id) (slot company) (slot status) (slot owner))",
    "(deftemplate activity (slot lead) (slot kind) (slot by) (slot seconds) (slot at))",
    "(deftemplate link (slot company) (slot related) (slot kind))",
    "(deftemplate warm (slot lead) (slot via))",
    """(defrule fake-contact
         (lead (id ?l) (status contacted) (owner ?o&~nil))
         (not (activity (lead ?l) (by ?o|nil) (kind call|email|visit|nil))) =>
         (note "fake_contact" ?l))""",
    """(defrule warm-introduction (declare (salience 10))
         (logical (lead (status won) (company ?c&~nil))
                  (link (company ?c) (related ?r&~nil) (kind investor|branch|partner))
                  (lead (id ?l) (company ?r) (status new))) =>
         (assert (warm (lead ?l) (via ?c))) (note "warm_introduction" ?l))""",
    """(defrule away-owner
         (member (id ?m) (away yes) (manager ?g)) (lead (id ?l) (owner ?m) (status new) (company ?c)) =>
         (note "away_owner" ?l))""",
    """(defrule not-reached
         (lead (id ?l) (status contacted)) (activity (lead ?l) (kind call) (seconds 0))
         (not (activity (lead ?l) (kind call|nil) (seconds ?s&:(or (eq ?s nil) (> ?s 0))))) =>
         (note "not_reached" ?l))""",
)


class Leads:
    """An environment with the rules. `noted`: (rule, lead) as rules fired."""

    def __init__(self) -> None:
        import clips

        self._symbol = clips.Symbol
        self._environment = environment = clips.Environment()
        self.noted: list[tuple[str, str]] = []
        environment.define_function(lambda rule, lead: self.noted.append((str(rule), str(lead))), name="note")
        for construct in _CONSTRUCTS:
            environment.build(construct)
        self._templates = {name: environment.find_template(name) for name in ("member", "lead", "activity", "link")}
        self._leads: dict[str, Any] = {}

    def load(self, memory: Memory) -> None:
        """Take all facts in, then fire."""
        for row in memory.members:
            self._make("member", row["id"], name=row["name"], manager=row["manager"], away=row["away"])
        for row in memory.leads:
            self._leads[row["id"]] = self._lead(row)
        for row in memory.links:
            self._templates["link"].assert_fact(
                company=row["company"], related=row["related"], kind=self._symbol(row["kind"])
            )
        for row in memory.activities:
            self._activity(row)
        self._environment.run()

    def activity(self, row: Row) -> None:
        """Take one activity in, then fire."""
        self._activity(row)
        self._environment.run()

    def status(self, lead: str, status: str) -> None:
        """Change a lead's status, then fire."""
        self._leads[lead].modify_slots(status=self._symbol(status))
        self._environment.run()

    def _make(self, template: str, key: str, **values: Any) -> Any:
        return self._templates[template].assert_fact(id=key, **{k: self._value(v) for k, v in values.items()})

    def _lead(self, row: Row) -> Any:
        return self._templates["lead"].assert_fact(
            id=row["id"],
            company=row["company"],
            status=self._symbol(row["status"]),
            owner=self._value(row["owner"]),
        )

    def _activity(self, row: Row) -> None:
        self._templates["activity"].assert_fact(
            lead=row["of"],
            kind=self._symbol(row["kind"]),
            by=self._value(row["by"]),
            seconds=row["seconds"],
            at=(row["at"] - _EPOCH).days * 86_400_000_000 + int((row["at"] - _EPOCH).seconds * 1e6),
        )

    def _value(self, value: Any) -> Any:
        if value is None:
            return self._symbol("nil")
        if isinstance(value, bool):
            return self._symbol("yes" if value else "no")
        return value
