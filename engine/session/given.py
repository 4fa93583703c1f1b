"""Facts as hosts give them: a type's name and a record, or an object whose class is called like the type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from leadpolicy.engine.intake import as_record


class _Sign:
    """Stands where no record is given."""

    def __repr__(self) -> str:
        return "OF_ITS_CLASS"


OF_ITS_CLASS: Final = _Sign()
"""In the place of a record: the fact is an object that says its type by its class."""


def by_class(fact: object, record: object) -> tuple[str, object]:
    """The type's name and the record. TypeError for what says no type."""
    if record is OF_ITS_CLASS:
        if isinstance(fact, str | bytes | Mapping) or fact is None:
            raise TypeError("a fact is given by its type's name and a record, or as an object of its type's class")
        record, fact = fact, getattr(type(fact), "fact_name", type(fact).__name__)
    return str(fact), as_record(record)
