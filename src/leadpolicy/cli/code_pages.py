"""The pages of the diagnostic codes: each has a title, the cause in plain words, and an example, wrong and right.

They are written in docs/diagnostics and installed as `leadpolicy/diagnostics` (decisions/0007).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from textwrap import indent

from leadpolicy.cli.language import COLON, RIGHT, WRONG
from leadpolicy.compiler.codes import CODES
from leadpolicy.compiler.wording import Lang

GROUPS = {
    "LP1": "Writing",
    "LP2": "Names",
    "LP3": "Types and units",
    "LP4": "Conflicts and reach",
}
"""Headings of the codes' list, by how a code begins."""

_PAGE = re.compile(
    r"# (?P<code>LP\d{4}): (?P<title>.+)\n\n(?P<cause>.+?)\n\n"
    r"Wrong:\n\n```lead-wrong\n(?P<wrong>.+?)```\n\nRight:\n\n```lead\n(?P<right>.+?)```\n",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class CodePage:
    """One page. `cause` has a paragraph a line; the examples are policies, or go on from the prelude."""

    code: str
    title: str
    cause: str
    wrong: str
    right: str

    def to_dict(self) -> dict[str, str]:
        """As `lead explain-code CODE --format json` prints it."""
        return {
            "code": self.code,
            "title": self.title,
            "cause": self.cause,
            "wrong": self.wrong,
            "right": self.right,
        }

    def to_text(self, lang: Lang = "en") -> str:
        """The page without its title, in plain text."""
        wrong, right = (word[lang].capitalize() + COLON[lang].strip() for word in (WRONG, RIGHT))
        return f"{self.cause}\n\n{wrong}\n\n{indent(self.wrong, '    ')}\n{right}\n\n{indent(self.right, '    ')}"


@cache
def read_page(code: str) -> CodePage:
    """The page of a code; ValueError where it is not of a page's form."""
    text = page_text(f"{code}.md")
    found = _PAGE.fullmatch(text)
    if found is None:
        raise ValueError(f"the page of {code} is not of a page's form")
    cause = "\n".join(" ".join(paragraph.split()) for paragraph in found["cause"].split("\n\n"))
    return CodePage(found["code"], found["title"], cause, found["wrong"], found["right"])


def page_in(code: str, lang: Lang) -> CodePage:
    """The page of a code in a language; its examples are the same in every one."""
    page = read_page(code)
    if lang == "en":
        return page
    from leadpolicy.compiler.wording_zh.causes import CAUSES
    from leadpolicy.compiler.wording_zh.codes import TITLES

    return replace(page, title=TITLES[code], cause=CAUSES[code])


def page_text(name: str) -> str:
    """A file of docs/diagnostics as it is written."""
    return files("leadpolicy").joinpath("diagnostics", name).read_text(encoding="utf-8")


def nearest_codes(written: str) -> list[str]:
    """The codes that are most like what was written, at most three."""
    digits = "".join(c for c in written if c.isdigit())
    return get_close_matches(f"LP{digits}" if digits else written.upper(), CODES, n=3, cutoff=0.6)
