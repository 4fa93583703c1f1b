"""Diagnostics as SARIF 2.1.0, the format in which tools hand findings to code hosts and editors.

Columns are counted in characters (`unicodeCodePoints`), ends are exclusive, and the same diagnostics give the same
bytes: there is no time, no machine, and nothing random in the document.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

from leadpolicy.cli.code_pages import page_in
from leadpolicy.cli.language import HINT
from leadpolicy.compiler.diagnostics import Diagnostic, Fix, Related
from leadpolicy.compiler.source import Source, Span
from leadpolicy.compiler.wording import Lang, say, translated

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"

Json = dict[str, object]


def sarif_log(diagnostics: Iterable[Diagnostic], version: str, lang: Lang = "en") -> Json:
    """One run of the checker; its rules are the codes that were found, in order."""
    diagnostics = [d.in_language(lang) for d in diagnostics]
    codes = sorted({d.code for d in diagnostics})
    driver: Json = {"name": "leadpolicy", "version": version, "rules": [_rule(code, lang) for code in codes]}
    run: Json = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(d, codes.index(d.code), lang) for d in diagnostics],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(code: str, lang: Lang) -> Json:
    page = page_in(code, lang)
    return {
        "id": code,
        "shortDescription": {"text": page.title},
        "fullDescription": {"text": page.cause},
        "help": {"text": page.to_text(lang)},
    }


def _result(diagnostic: Diagnostic, rule: int, lang: Lang) -> Json:
    hint = f"\n{HINT[lang]}{diagnostic.hint}" if diagnostic.hint else ""
    result: Json = {
        "ruleId": diagnostic.code,
        "ruleIndex": rule,
        "level": diagnostic.severity,
        "message": _message(diagnostic.message + hint),
        "locations": [{"physicalLocation": _place(diagnostic.source, diagnostic.span)}],
    }
    if diagnostic.related:
        result["relatedLocations"] = [_related(n, r) for n, r in enumerate(diagnostic.related, 1)]
    if diagnostic.fix is not None:
        result["fixes"] = [_fix(diagnostic, diagnostic.fix, lang)]
    return result


def _related(number: int, related: Related) -> Json:
    place = _place(related.source, related.span)
    return {"id": number, "physicalLocation": place, "message": _message(related.message)}


def _fix(diagnostic: Diagnostic, fix: Fix, lang: Lang) -> Json:
    replacement: Json = {"deletedRegion": _region(diagnostic.source, Span(fix.start, fix.end))}
    if fix.text:
        replacement["insertedContent"] = {"text": fix.text}
    change: Json = {"artifactLocation": {"uri": _uri(diagnostic.source.name)}, "replacements": [replacement]}
    text = fix.text.strip()
    description = say("write `{}`", text) if text else say("remove it")
    return {"description": _message(translated(description, lang)), "artifactChanges": [change]}


def _message(text: str) -> Json:
    """Braces stand for placeholders in a message unless doubled (3.11.5), and `[a](b)` for a link (3.11.6)."""
    text = text.replace("{", "{{").replace("}", "}}")
    return {"text": re.sub(r"\](?=\()", r"\\]", text)}


def _place(source: Source, span: Span) -> Json:
    return {"artifactLocation": {"uri": _uri(source.name)}, "region": _region(source, span)}


def _region(source: Source, span: Span) -> Json:
    line, column = source.position(span.start)
    end_line, end_column = source.position(span.end)
    return {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}


def _uri(name: str) -> str:
    """A file's name as it was given; a relative one stays relative to the folder of the call."""
    path = Path(name)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
