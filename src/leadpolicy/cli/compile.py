"""`lead compile`: the intermediate representation, the generated Python, or the Polars columns, of a policy."""

from __future__ import annotations

import sys
from pathlib import Path

from leadpolicy.cli.screen import err, print_json
from leadpolicy.compiler.wording import Lang, say, translated
from leadpolicy.files.atomic import written_whole
from leadpolicy.policy import Policy


def compile_policy(path: Path, to: str, output: Path | None, form: str, lang: Lang = "en") -> int:
    """Print it, or write it to a file. As JSON, Python comes in a document with its name and digest. Rules that a
    session can't match are left out of the Python, and named on standard error."""
    policy = Policy.load(path)
    if to == "ir":
        text = policy.ir.model_dump_json(indent=2) + "\n"
    else:
        text = policy.polars if to == "polars" else policy.python
    if to == "python":
        _name_left_out(policy, lang)
    if output is None and to != "ir" and form == "json":
        print_json({"policy": policy.name, "version": policy.version, "digest": policy.digest, to: text})
    elif output is None:
        sys.stdout.write(text)
    else:
        with written_whole(output) as temporary:
            temporary.write_text(text, encoding="utf-8")
    return 0


def _name_left_out(policy: Policy, lang: Lang) -> None:
    from leadpolicy.compiler.to_python.module import left_out

    for one in left_out(policy.ir):
        message = say(
            "the rule `{}` is left out: it reads {}, and a session can't match that yet", one.rule, one.construct
        )
        err().print(translated(message, lang), soft_wrap=True)
