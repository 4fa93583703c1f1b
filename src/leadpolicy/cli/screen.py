"""Where a command prints: consoles, JSON, and how a command ends."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

from leadpolicy.cli.language import COLON, HINT
from leadpolicy.compiler.wording import Lang, foreign, joined, say, translated
from leadpolicy.files.problems import FileError, cannot_open

if TYPE_CHECKING:
    from rich.console import Console

_PIPE_WIDTH = 100


class Terminated(BaseException):
    """The process was asked to end (SIGTERM). Not an `Exception`: nothing but the command's end catches it."""


def out() -> Console:
    """The console for what a command prints: colour on a terminal only, and not with NO_COLOR."""
    return _console(stderr=False)


def err() -> Console:
    """The console for messages and progress."""
    return _console(stderr=True)


def visible(text: str) -> str:
    """With control characters, and marks that turn the direction of writing, made harmless and visible: `\\x1b`."""
    return _HIDDEN.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


# Line ends stay; a policy's or a lead's text must not move the cursor, colour the screen or reorder a line.
_HIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def _console(stderr: bool) -> Console:
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.segment import Segment

    class SafeConsole(Console):
        """Prints texts from outside as they are, but for what a terminal would obey."""

        def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
            for segment in super().render(renderable, options):
                yield segment if segment.control else Segment(visible(segment.text), segment.style)

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() or "COLUMNS" in os.environ else _PIPE_WIDTH
    return SafeConsole(stderr=stderr, highlight=False, markup=False, emoji=False, width=width)


def print_json(value: object) -> None:
    """One JSON document on standard output."""
    from leadpolicy.engine.json_text import dumps

    sys.stdout.write(dumps(value) + "\n")


def run_command(body: Callable[[], int], as_json: bool = False, lang: Lang = "en") -> NoReturn:
    """Run a command's body and end with its exit code; what is wrong is said in a line, never with a traceback."""
    import typer

    from leadpolicy.policy import PolicyError

    try:
        with _sigterm():
            code = body()
            sys.stdout.flush()
    except FileError as problem:
        code = _problem(problem, as_json, lang)
    except PolicyError as error:
        code = _bad_policy(error, as_json, lang)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 141
    except OSError as error:
        code = _problem(_as_file_error(error), as_json, lang)
    except KeyboardInterrupt:
        code = _stopped(say("interrupted; no file was written"), 130, lang)
    except Terminated:
        code = _stopped(say("asked to end; no file was written"), 143, lang)
    raise typer.Exit(code)


def _as_file_error(error: OSError) -> FileError:
    """What the system refused, in a line; a write that fails (a full disk) names no file."""
    if error.filename is None:
        return FileError(say("the system says: {}", foreign(error.strerror or error)), say("nothing was written"))
    return cannot_open(Path(os.fsdecode(error.filename)), error)


def _problem(problem: FileError, as_json: bool, lang: Lang) -> int:
    if as_json:
        print_json({"error": {"message": problem.message, "hint": problem.hint}})
    tell(say("error"), problem.message, problem.hint, lang)
    return 2


def _bad_policy(error: Exception, as_json: bool, lang: Lang) -> int:
    from leadpolicy.cli.diagnostics import print_diagnostics
    from leadpolicy.policy import PolicyError

    assert isinstance(error, PolicyError)
    if as_json:
        print_json({"diagnostics": [d.in_language(lang).to_dict() for d in error.diagnostics]})
    else:
        print_diagnostics(out(), error.diagnostics, 1, lang)
    return 1


def _stopped(how: str, code: int, lang: Lang) -> int:
    tell(say("stopped"), how, None, lang)
    return code


def tell(title: str, message: str, hint: str | None, lang: Lang) -> None:
    """A message on standard error: a title, what there is to say, and what to do about it."""
    from rich.text import Text

    console = err()
    heading = f"{translated(title, lang)}{COLON[lang]}"
    console.print(Text.assemble((heading, "bold red"), translated(message, lang)), soft_wrap=True)
    if hint is not None:
        console.print(Text.assemble("  ", (HINT[lang], "cyan"), translated(hint, lang)), soft_wrap=True)


@contextmanager
def _sigterm() -> Generator[None, None, None]:
    """SIGTERM ends a command the way Ctrl-C does: what is half written is removed first."""

    def stop(_signal: int, _frame: FrameType | None) -> NoReturn:
        raise Terminated

    try:
        before = signal.signal(signal.SIGTERM, stop)
    except ValueError:  # not the main thread (a test)
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def listed(names: Iterable[str], limit: int = 8) -> str:
    """Names separated by commas; many are cut short, and how many says so."""
    names = list(names)
    text = joined(names[:limit])
    return text if len(names) <= limit else say("{} and {} more", text, len(names) - limit)
