"""`lead compile`: the intermediate representation, the generated Python, or the Polars columns, of a policy."""

from __future__ import annotations

import sys
from pathlib import Path

from leadpolicy.cli.screen import print_json
from leadpolicy.files.atomic import written_whole
from leadpolicy.policy import Policy


def compile_policy(path: Path, to: str, output: Path | None, form: str) -> int:
    """Print it, or write it to a file. As JSON, Python comes in a document with its name and digest."""
    policy = Policy.load(path)
    if to == "ir":
        text = policy.ir.model_dump_json(indent=2) + "\n"
    else:
        text = policy.polars if to == "polars" else policy.python
    if output is None and to != "ir" and form == "json":
        print_json({"policy": policy.name, "version": policy.version, "digest": policy.digest, to: text})
    elif output is None:
        sys.stdout.write(text)
    else:
        with written_whole(output) as temporary:
            temporary.write_text(text, encoding="utf-8")
    return 0
