"""`lead compile`: the intermediate representation, or the generated Python, of a policy."""

from __future__ import annotations

import sys
from pathlib import Path

from leadpolicy.files.atomic import written_whole
from leadpolicy.policy import Policy


def compile_policy(path: Path, to: str, output: Path | None) -> int:
    """Print it, or write it to a file."""
    policy = Policy.load(path)
    text = policy.python if to == "python" else policy.ir.model_dump_json(indent=2) + "\n"
    if output is None:
        sys.stdout.write(text)
    else:
        with written_whole(output) as temporary:
            temporary.write_text(text, encoding="utf-8")
    return 0
