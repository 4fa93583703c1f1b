"""`--map F`: which column feeds which field, and which values mean unknown. TOML:

```toml
[columns]
employees = "员工人数"          # field = "column"

[unknown]
values = ["", "Select", "未知"]  # in every column

[unknown.fields]
city = ["Select"]               # in the column of one field
```
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from leadpolicy.compiler import ir
from leadpolicy.compiler.diagnostics import nearest
from leadpolicy.compiler.wording import foreign, say, term
from leadpolicy.files.encoding import open_bytes
from leadpolicy.files.problems import FileError, quoted


@dataclass(frozen=True, slots=True)
class MapFile:
    """What a map says. `columns`: field → column; `unknown`, `unknown_fields`: values that mean unknown."""

    path: Path | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    unknown: frozenset[str] = frozenset()
    unknown_fields: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def values(self, name: str) -> frozenset[str]:
        """The values that mean unknown for one field."""
        return self.unknown | self.unknown_fields.get(name, frozenset())


def read_map(path: Path | None, fact: ir.Fact, unknown: Iterable[str] = ()) -> MapFile:
    """The map in a file (none: an empty one), checked against the fact; `unknown` are values given beside it."""
    extra = frozenset(_canonical(value) for value in unknown)
    if path is None:
        return MapFile(unknown=extra)
    with open_bytes(path) as file:
        try:
            data = tomllib.loads(file.read().decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            hint = say("save the map as UTF-8")
            raise FileError(say("{}: not UTF-8 at byte {}", path, error.start + 1), hint) from None
        except tomllib.TOMLDecodeError as error:
            hint = say('write sections and lines such as [columns] and employees = "员工人数"')
            raise FileError(
                say("{}: not TOML: {}", path, foreign(str(error)[0].lower() + str(error)[1:])), hint
            ) from None
    _known_keys(path, term("the map"), data, ("columns", "unknown"))
    section = _section(path, data, "unknown")
    _known_keys(path, "[unknown]", section, ("values", "fields"))
    fields = _section(path, section, "fields", "unknown.fields")
    columns = _section(path, data, "columns")
    for name in (*columns, *fields):
        _known_field(path, fact, name)
    for name in fields:
        _can_be_unknown(path, fact, name)
    return MapFile(
        path=path,
        columns={name: _column(path, name, value) for name, value in columns.items()},
        unknown=_values(path, "[unknown] values", section.get("values", [])) | extra,
        unknown_fields={n: _values(path, f"[unknown.fields] {n}", v) for n, v in fields.items()},
    )


def _known_keys(path: Path, where: str, data: Mapping[str, object], known: tuple[str, ...]) -> None:
    for key in data:
        if key not in known:
            near = nearest(key, known)
            hint = say("did you mean `{}`?", near) if near else say("it may have {}", quoted(known))
            raise FileError(say("{}: {} has no `{}`", path, where, key), hint)


def _section(path: Path, data: Mapping[str, object], name: str, title: str | None = None) -> dict[str, object]:
    section = data.get(name, {})
    if not isinstance(section, dict):
        raise FileError(
            say("{}: `{}` is a section", path, title or name), say("write [{}] on a line of its own", title or name)
        )
    return section


def _known_field(path: Path, fact: ir.Fact, name: str) -> None:
    names = [f.name for f in fact.fields]
    if name not in names:
        near = nearest(name, names)
        hint = say("did you mean `{}`?", near) if near else say("its fields: {}", quoted(names))
        raise FileError(say("{}: {} has no field `{}`", path, fact.name, name), hint)


def _can_be_unknown(path: Path, fact: ir.Fact, name: str) -> None:
    """In a field declared `or none`, an absent value means none; only a marker of the policy means unknown."""
    for f in fact.fields:
        if f.name == name and f.or_none and not f.markers:
            raise FileError(
                say("{}: `{}` can be none, and the policy has no marker that means unknown for it", path, name),
                say('add one to the policy: {}: … unknown ["?"]', name),
            )


def _column(path: Path, name: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise FileError(
            say("{}: [columns] {} needs the name of a column", path, name), say('write {} = "Column"', name)
        )
    return value.strip()


def _values(path: Path, where: str, value: object) -> frozenset[str]:
    if not isinstance(value, list) or not all(isinstance(v, str | int | float) for v in value):
        raise FileError(say("{}: {} needs a list of texts", path, where), say('write ["", "Select", "未知"]'))
    return frozenset(_canonical(str(v)) for v in value)


def _canonical(value: str) -> str:
    from unicodedata import normalize

    return normalize("NFC", value).strip()
