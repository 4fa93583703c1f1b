"""`lead fmt`: lay policies out, in place; or say what would change."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from leadpolicy.cli.paths import policy_files
from leadpolicy.cli.screen import err, out
from leadpolicy.compiler.formatter import FormatError, Language, format_source
from leadpolicy.compiler.source import Source
from leadpolicy.compiler.wording import Lang, counted, joined, say, translated
from leadpolicy.files.atomic import written_whole
from leadpolicy.files.problems import FileError
from leadpolicy.loading import read_source

LANGUAGES: Mapping[str, Language] = {"zh": "zh", "en": "en"}
_STDIN = Path("-")


@dataclass(frozen=True, slots=True)
class _Wish:
    """What was asked for, apart from the files: `language` is that of keywords, `lang` that of the screen."""

    check: bool
    diff: bool
    language: Language | None
    lang: Lang


def fmt(paths: Iterable[Path], check: bool, diff: bool, language: Language | None, lang: Lang = "en") -> int:
    """Exit code 1 where a file has mistakes, or with `check` would change; else 0."""
    paths = list(paths)
    wish = _Wish(check, diff, language, lang)
    if _STDIN in paths:
        if len(paths) > 1:
            raise FileError(say("`-` stands alone: with it, standard input is read"), say("name either files or `-`"))
        return _stdin(wish)
    files = policy_files(paths)
    changed = broken = 0
    for file in files:
        source = read_source(file)
        text = _formatted(source, wish)
        if text is None:
            broken += 1
        elif text != source.text:
            changed += 1
            _change(file, source, text, wish)
    left = len(files) - changed - broken
    number = counted(changed, "file")
    parts = [say("{} would change", number) if check or diff else say("{} changed", number)]
    parts += [say("{} unchanged", left)] if left else []
    parts += [say("{} with mistakes, not touched", broken)] if broken else []
    _tell(joined(parts), wish)
    return int(bool(broken or (check and changed)))


def _change(file: Path, source: Source, text: str, wish: _Wish) -> None:
    if wish.diff:
        _print_diff(source, text)
    if wish.check or wish.diff:
        _tell(say("would change {}", file), wish)
        return
    with written_whole(file) as temporary:
        temporary.write_bytes(text.encode("utf-8"))
    _tell(say("changed {}", file), wish)


def _stdin(wish: _Wish) -> int:
    try:
        source = Source("<stdin>", sys.stdin.buffer.read().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        message = say("standard input isn't in UTF-8: byte {} doesn't fit", error.start + 1)
        raise FileError(message, say("save the policy as UTF-8")) from None
    text = _formatted(source, wish, on_stderr=True)
    if text is None:
        return 1
    if wish.diff:
        _print_diff(source, text)
    elif not wish.check:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8"))
        return 0
    if wish.check and text != source.text:
        _tell(say("would change {}", "<stdin>"), wish)
        return 1
    return 0


def _formatted(source: Source, wish: _Wish, on_stderr: bool = False) -> str | None:
    """The text laid out; None where its mistakes were printed instead."""
    from leadpolicy.cli.diagnostics import print_diagnostics

    try:
        result = format_source(source, wish.language)
    except FormatError as error:
        raise FileError(
            say("{}; it was left as it is", error), say("this is a mistake in lead fmt: please report it")
        ) from None
    if result.text is None:
        print_diagnostics(err() if on_stderr else out(), result.diagnostics, 1, wish.lang)
    return result.text


def _tell(message: str, wish: _Wish) -> None:
    """A line about the files: beside a diff it goes to standard error, so that the diff can be applied."""
    (err() if wish.diff else out()).print(translated(message, wish.lang), soft_wrap=True)


def _print_diff(source: Source, text: str) -> None:
    from rich.text import Text

    before, after = source.text.split("\n"), text.split("\n")
    styles = {"+": "green", "-": "red", "@": "cyan"}
    for line in unified_diff(before, after, source.name, f"{source.name} (formatted)", lineterm=""):
        style = "bold" if line.startswith(("+++", "---")) else styles.get(line[:1], "")
        out().print(Text(line, style), soft_wrap=True)
