"""The policy's header: zone, currency, country, channels, and the texts that mean unknown."""

from __future__ import annotations

import re

from leadpolicy.compiler import syntax
from leadpolicy.compiler.checker.context import Context
from leadpolicy.compiler.constants import clean_text
from leadpolicy.compiler.countries import CALLING_CODES
from leadpolicy.compiler.diagnostics import nearest
from leadpolicy.compiler.source import Span
from leadpolicy.compiler.wording import keyword, say
from leadpolicy.compiler.zones import compile_zone, zone_names


def check_header(context: Context) -> None:
    """Read the header's lines into the context; each may stand once."""
    header = context.names.header
    if header is None:
        return
    context.version = header.version.value if header.version else ""
    seen: dict[str, Span] = {}
    for line in header.lines:
        if line.key in seen:
            context.reporter.report(
                "LP2002",
                line.span,
                say("`{}` stands twice in the header", keyword(line.key)),
                related=((say("the first one"), seen[line.key]),),
            )
            continue
        seen[line.key] = line.span
        _check_line(line, context)


def _check_line(line: syntax.HeaderLine, context: Context) -> None:
    match line.key:
        case "zone":
            _zone(line, context)
        case "currency":
            _currency(line, context)
        case "country":
            _country(line, context)
        case "channels":
            context.channels = _texts(line.value, context)
        case "unknown":
            context.markers = _texts(line.value, context)
        case "calendar":
            context.calendar = line.value.text if isinstance(line.value, syntax.Name) else None
        case "newest_first":
            context.newest_first = True
        case _:  # `about` is the resolver's
            pass


def _word(value: syntax.Expression | None) -> tuple[str, Span] | None:
    match value:
        case syntax.Name(text=text, span=span):
            return text, span
        case syntax.Text(value=text, span=span):
            return text, span
        case _:
            return None


def _zone(line: syntax.HeaderLine, context: Context) -> None:
    word = _word(line.value)
    zone = compile_zone(word[0]) if word else None
    if zone is not None:
        context.zone = zone
        return
    name, span = word or (context.words(line.span), line.span)
    suggestion = nearest(name, zone_names())
    context.reporter.report(
        "LP2012",
        span,
        say("there is no time zone `{}`", name),
        hint=say("did you mean `{}`?", suggestion) if suggestion else say('zones are named like "Asia/Shanghai"'),
    )


def _currency(line: syntax.HeaderLine, context: Context) -> None:
    word = _word(line.value)
    if word is None or not re.fullmatch(r"[A-Z]{3}", word[0]):
        context.reporter.report(
            "LP2012",
            line.span,
            say("`{}` is no currency code", word[0] if word else context.words(line.span)),
            hint=say("three capital letters, such as CNY or USD"),
        )
        return
    context.currency = word[0]


def _country(line: syntax.HeaderLine, context: Context) -> None:
    word = _word(line.value)
    if word is None or word[0] not in CALLING_CODES:
        context.reporter.report(
            "LP2012",
            line.span,
            say("`{}` is no country code", word[0] if word else context.words(line.span)),
            hint=say("two capital letters, such as CN or US"),
        )
        return
    context.country = word[0]
    context.calling_code = CALLING_CODES[word[0]]


def _texts(value: syntax.Expression | None, context: Context) -> tuple[str, ...]:
    """The texts or names of a list, cleaned, each once."""
    if not isinstance(value, syntax.ListOf):
        return ()
    found: dict[str, None] = {}
    for item in value.items:
        word = _word(item)
        if word is None:
            context.reporter.report("LP3019", item.span, say("a text in quotes is expected here"))
        else:
            found[clean_text(word[0])] = None
    return tuple(found)


def marker_texts(value: syntax.ListOf, context: Context) -> tuple[str, ...]:
    """The markers of one field."""
    return _texts(value, context)
