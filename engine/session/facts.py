"""The facts of a session, to be looked at: `session.facts["Lead"]`, `session.facts["Lead", "L1"]`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from leadpolicy.engine.printing import print_value

if TYPE_CHECKING:
    from leadpolicy.engine.session.network import Fact
    from leadpolicy.engine.session.session import Session


@dataclass(frozen=True, slots=True)
class KnownFact:
    """A fact as it was when it was looked at. `of`: the key of the record that it belongs to; `fields`: its values as
    decisions print them, None unknown, "none" nothing; `handle`: None where rules conclude it."""

    type: str
    key: str | None
    of: str | None
    fields: Mapping[str, Any]
    handle: int | None

    def __getitem__(self, name: str) -> Any:
        return self.fields[name]


class KnownFacts(Mapping[str, tuple[KnownFact, ...]]):
    """All facts in memory by type, those of a type in order of key, link, time, content; or one by its type and key.
    An event whose time has not come is not among them."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._places = {fact.name: i for i, fact in enumerate(session.declared)}

    def __getitem__(self, name: str | tuple[str, str]) -> Any:
        if isinstance(name, tuple):
            return self._one(*name)
        type_ = self._places[name]
        shown = self._session.shown
        facts = sorted(self._session.tables[type_].values(), key=lambda fact: shown.rank(type_, fact))
        return tuple(map(self._known, facts))

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def _one(self, name: str, key: str) -> KnownFact:
        type_ = self._places[name]
        fact = self._session.keyed[type_].get(str(key))
        if fact is None:
            raise KeyError((name, key))
        return self._known(fact)

    def _known(self, fact: Fact) -> KnownFact:
        session, type_ = self._session, fact[-1]
        declared, zone = session.declared[type_], session.policy.zone
        values = {f.name: print_value(f.type, fact[i], zone) for i, f in enumerate(declared.fields)}
        link, key = session.shown.link(type_, fact), session.shown.key(type_, fact)
        handle = None if declared.concluded else session.handle_of(fact[-2])
        return KnownFact(declared.name, key, None if link is None else str(link), values, handle)
