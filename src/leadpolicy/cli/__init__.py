"""The command line, `lead`."""

from __future__ import annotations

import sys


def main() -> None:
    """Entry point of `lead`. `--version` is answered before anything else is loaded."""
    if sys.argv[1:] == ["--version"]:
        from leadpolicy import __version__

        print(f"lead {__version__}")
        return
    from leadpolicy.cli.app import app

    app(prog_name="lead")
