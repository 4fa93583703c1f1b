"""Wording in Chinese: a twin for every template, term and title.

A template's twin has the same holes: `{}` where they come in the same order, `{0}`, `{1}` where they don't. Words of
the language stand as Chinese policies write them (`grammar/keywords.py`), in back-ticks; code in a hint is code that
compiles. A blank stands between back-ticks and Chinese characters, none beside Chinese punctuation.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from leadpolicy.compiler.wording_zh.blocks import BLOCKS
from leadpolicy.compiler.wording_zh.files import FILES
from leadpolicy.compiler.wording_zh.foreign import foreign_in_chinese as foreign_in_chinese
from leadpolicy.compiler.wording_zh.further import FURTHER
from leadpolicy.compiler.wording_zh.habits import HABITS
from leadpolicy.compiler.wording_zh.names import NAMES
from leadpolicy.compiler.wording_zh.records import RECORDS
from leadpolicy.compiler.wording_zh.screen import COUNTED as COUNTED
from leadpolicy.compiler.wording_zh.screen import SCREEN
from leadpolicy.compiler.wording_zh.terms import TERMS as _TERMS
from leadpolicy.compiler.wording_zh.values import VALUES
from leadpolicy.compiler.wording_zh.writing import WRITING

MESSAGES: Final = MappingProxyType(
    {**WRITING, **NAMES, **VALUES, **RECORDS, **BLOCKS, **FURTHER, **HABITS, **FILES, **SCREEN}
)
TERMS: Final = MappingProxyType(_TERMS)
