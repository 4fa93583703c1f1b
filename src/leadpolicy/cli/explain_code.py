"""`lead explain-code`: what a diagnostic code means, with an example, wrong and right."""

from __future__ import annotations

import re
from collections.abc import Mapping
from textwrap import fill, indent
from typing import TYPE_CHECKING

from leadpolicy.cli.code_pages import GROUPS, CodePage, nearest_codes, page_in
from leadpolicy.cli.language import RIGHT, WRONG
from leadpolicy.cli.screen import out, print_json
from leadpolicy.compiler.codes import CODES
from leadpolicy.compiler.wording import Lang, joined, say
from leadpolicy.files.problems import FileError

if TYPE_CHECKING:
    from rich.console import Console

_UNBREAKABLE = re.compile("(?:`[^`]*`|[!-_a-~…]+|.)[\uff0c\u3002\uff1b\uff1a\u3001\uff1f\uff09]*")
_WIDEST = 100  # longer lines of prose are hard to read


def explain_code(written: str | None, form: str, lang: Lang = "en") -> int:
    """Print the page of a code, or the list of all. `FileError` for a code that does not exist."""
    if written is None:
        if form == "json":
            print_json({"codes": [{"code": code, "title": title} for code, title in sorted(_titles(lang).items())]})
        else:
            _print_list(out(), lang)
        return 0
    code = written.strip().upper()
    if code not in CODES:
        near = nearest_codes(written)
        hint = say("the nearest codes: {}", joined(near)) if near else say("lead explain-code lists all codes")
        raise FileError(say("there is no code `{}`", written), hint)
    page = page_in(code, lang)
    if form == "json":
        print_json(page.to_dict())
    else:
        _print_page(out(), page, lang)
    return 0


def _titles(lang: Lang) -> Mapping[str, str]:
    from leadpolicy.compiler.wording_zh.codes import TITLES

    return TITLES if lang == "zh" else CODES


def _print_list(console: Console, lang: Lang) -> None:
    from rich.text import Text

    from leadpolicy.compiler.wording_zh import codes as chinese

    groups = chinese.GROUPS if lang == "zh" else GROUPS
    group = None
    for code, title in sorted(_titles(lang).items()):
        heading = next(name for start, name in groups.items() if code.startswith(start))
        if heading != group:
            console.print(Text(heading if group is None else f"\n{heading}", "bold"))
            group = heading
        console.print(Text.assemble("  ", (code, "cyan"), f"  {title}"), soft_wrap=True)


def _print_page(console: Console, page: CodePage, lang: Lang) -> None:
    from rich.text import Text

    console.print(Text.assemble((page.code, "bold cyan"), (f"  {page.title}", "bold")), soft_wrap=True)
    for paragraph in page.cause.split("\n"):
        width = min(console.width, _WIDEST)
        wrapped = fill(paragraph, width, break_on_hyphens=False) if lang == "en" else _filled(paragraph, width)
        console.print(Text(f"\n{wrapped}"), soft_wrap=True)
    for heading, style, example in ((WRONG[lang], "red", page.wrong), (RIGHT[lang], "green", page.right)):
        console.print(Text(f"\n{heading}", f"bold {style}"))
        console.print(Text(indent(example.rstrip("\n"), "    ")), soft_wrap=True)


def _filled(text: str, width: int) -> str:
    """Chinese text in lines at most `width` places wide: broken between any two characters, but never inside
    back-ticks or a word of Latin letters, nor before closing punctuation."""
    from rich.cells import cell_len

    lines, line = [], ""
    for part in _UNBREAKABLE.findall(text):
        if line and cell_len(line + part) > width:
            lines.append(line.rstrip())
            line = ""
        line += part if line else part.lstrip()
    return "\n".join([*lines, line])
