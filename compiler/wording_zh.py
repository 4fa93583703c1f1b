"""The Chinese twin of every template and term: see `wording`."""

from __future__ import annotations

MESSAGES: dict[str, str] = {}
"""Template to template: the same holes, as `{}` in the same order or as `{0}`, `{1}` in another."""

TERMS: dict[str, str] = {}
