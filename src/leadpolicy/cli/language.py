"""The language of the screen, and the words of the printers of diagnostics in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Final

from leadpolicy.compiler.diagnostics import Severity
from leadpolicy.compiler.wording import Lang, translated

Tell = Callable[[str], str]
"""What says a text in a language."""

_CHINESE = re.compile(r"zh(?![A-Za-z])", re.IGNORECASE)


def locale_language(environment: Mapping[str, str]) -> Lang:
    """The language that the locale asks for: the first of LC_ALL, LC_MESSAGES and LANG that is set decides."""
    locale = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := environment.get(name))), "")
    return "zh" if _CHINESE.match(locale) else "en"


def chosen_language(wanted: Lang | None, for_people: bool, environment: Mapping[str, str]) -> Lang:
    """What `--lang` says; without it the locale's language for people, and English for machines."""
    if wanted is not None:
        return wanted
    return locale_language(environment) if for_people else "en"


def teller(lang: Lang) -> Tell:
    """What says wording (`say`, `term`, …) in a language; anything else stays as it is."""
    return partial(translated, lang=lang)


SEVERITIES: Final[Mapping[Lang, Mapping[Severity, str]]] = MappingProxyType({
    "en": {"error": "error", "warning": "warning", "note": "note"},
    "zh": {"error": "错误", "warning": "警告", "note": "说明"},
})  # fmt: skip
COLON: Final[Mapping[Lang, str]] = MappingProxyType({"en": ": ", "zh": "\uff1a"})
HINT: Final[Mapping[Lang, str]] = MappingProxyType({"en": "hint: ", "zh": "建议\uff1a"})
MORE: Final[Mapping[Lang, str]] = MappingProxyType({
    "en": "more about a code: lead explain-code ",
    "zh": "查看代码的说明\uff1alead explain-code ",
})  # fmt: skip
WRONG: Final[Mapping[Lang, str]] = MappingProxyType({"en": "wrong", "zh": "错误写法"})
RIGHT: Final[Mapping[Lang, str]] = MappingProxyType({"en": "right", "zh": "正确写法"})


def counted(counts: Mapping[Severity, int], files: int, lang: Lang) -> str:
    """`2 errors, 1 warning in 3 files`; none of a severity is left out."""
    kinds: tuple[Severity, ...] = ("error", "warning", "note")
    words = SEVERITIES[lang]
    found = [(counts[kind], words[kind]) for kind in kinds if counts.get(kind)]
    if lang == "zh":
        return f"{'、'.join(f'{n} 个{word}' for n, word in found) or '没有错误'}\uff08共 {files} 个文件\uff09"
    parts = ", ".join(f"{n} {word}{'' if n == 1 else 's'}" for n, word in found)
    return f"{parts or 'no errors'} in {files} file{'' if files == 1 else 's'}"
