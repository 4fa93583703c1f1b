"""The tables of words in docs/cheatsheet.md, made from grammar/keywords.py. Run it after a change of that file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from leadpolicy.grammar import keywords

PAGE = Path(__file__).resolve().parents[1] / "docs" / "cheatsheet.md"
_BETWEEN = re.compile(r"(?<=<!-- words -->\n).*(?=<!-- /words -->)", re.DOTALL)
_TABLES: tuple[tuple[str, Mapping[str, tuple[str, ...]]], ...] = (
    ("Blocks", keywords.BLOCKS),
    ("Words", {k: v for k, v in keywords.KEYWORDS.items() if k not in keywords.BLOCKS}),
    ("Types", keywords.TYPES),
    ("Roles of fields", keywords.ROLES),
    ("Functions", keywords.FUNCTIONS),
    ("Names that have a meaning", keywords.BUILT_IN_NAMES),
    ("Days of the week", keywords.WEEKDAYS),
    ("Modules that come with leadpolicy, and what they declare", getattr(keywords, "STD", {})),
)
_WIDE = 3
"""Pairs of columns in a table."""


def words() -> str:
    """All tables, as Markdown."""
    tables = [
        _table(title, ((_english(k), " / ".join(zh)) for k, zh in table.items())) for title, table in _TABLES if table
    ]
    units = (
        (" / ".join(unit.english) or name, " / ".join(unit.chinese)) for name, unit in keywords.UNITS.items()
    )  # fmt: skip
    scales = ((f"{value:,}", sign) for sign, value in keywords.SCALES.items())
    reserved = " ".join(sorted(keywords.RESERVED))
    tables += [_table("Units", [*units, *scales]), f"### No names without back-ticks\n\n{reserved}\n"]
    return "\n" + "\n".join(tables) + "\n"


def _english(phrase: str) -> str:
    said = keywords.english(phrase)
    return said if said == phrase else f"{said} ({phrase})"


def _table(title: str, rows: Iterable[tuple[str, str]]) -> str:
    cells = [cell for row in rows for cell in row]
    cells += [""] * (-len(cells) % (2 * _WIDE))
    lines = [f"| {' | '.join(cells[i : i + 2 * _WIDE])} |" for i in range(0, len(cells), 2 * _WIDE)]
    head = f"|{' English | 中文 |' * _WIDE}\n|{'---|' * 2 * _WIDE}"
    return f"### {title}\n\n{head}\n" + "\n".join(lines) + "\n"


def page_with(text: str, tables: str) -> str:
    """A page whose tables are these."""
    return _BETWEEN.sub(lambda _: tables, text)


if __name__ == "__main__":
    PAGE.write_text(page_with(PAGE.read_text(encoding="utf-8"), words()), encoding="utf-8")
