"""`lead explain-code`: what a diagnostic code means, with an example, wrong and right."""

from __future__ import annotations

from textwrap import fill, indent
from typing import TYPE_CHECKING

from leadpolicy.cli.code_pages import GROUPS, CodePage, nearest_codes, read_page
from leadpolicy.cli.screen import out, print_json
from leadpolicy.compiler.codes import CODES
from leadpolicy.files.problems import FileError

if TYPE_CHECKING:
    from rich.console import Console

_WIDEST = 100  # longer lines of prose are hard to read


def explain_code(written: str | None, form: str) -> int:
    """Print the page of a code, or the list of all. `FileError` for a code that does not exist."""
    if written is None:
        if form == "json":
            print_json({"codes": [{"code": code, "title": title} for code, title in sorted(CODES.items())]})
        else:
            _print_list(out())
        return 0
    code = written.strip().upper()
    if code not in CODES:
        near = nearest_codes(written)
        hint = "the nearest codes: " + ", ".join(near) if near else "lead explain-code lists all codes"
        raise FileError(f"there is no code `{written}`", hint)
    page = read_page(code)
    if form == "json":
        print_json(page.to_dict())
    else:
        _print_page(out(), page)
    return 0


def _print_list(console: Console) -> None:
    from rich.text import Text

    group = None
    for code, title in sorted(CODES.items()):
        heading = next(name for start, name in GROUPS.items() if code.startswith(start))
        if heading != group:
            console.print(Text(heading if group is None else f"\n{heading}", "bold"))
            group = heading
        console.print(Text.assemble("  ", (code, "cyan"), f"  {title}"), soft_wrap=True)


def _print_page(console: Console, page: CodePage) -> None:
    from rich.text import Text

    console.print(Text.assemble((page.code, "bold cyan"), (f"  {page.title}", "bold")), soft_wrap=True)
    for paragraph in page.cause.split("\n"):
        wrapped = fill(paragraph, min(console.width, _WIDEST), break_on_hyphens=False)
        console.print(Text(f"\n{wrapped}"), soft_wrap=True)
    for heading, style, example in (("wrong", "red", page.wrong), ("right", "green", page.right)):
        console.print(Text(f"\n{heading}", f"bold {style}"))
        console.print(Text(indent(example.rstrip("\n"), "    ")), soft_wrap=True)
