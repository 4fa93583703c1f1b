"""Sessions as the reference knows them: at every change all combinations of facts are worked out from nothing.

Written from decision record 0012 alone, on top of the interpreter's expressions: no network, no index, nothing kept
that could be worked out anew. Every other matcher is compared with it.
"""

from leadpolicy.compiler.interpreter.session.errors import (
    ConflictError,
    FailedFiringsError,
    Failure,
    LoopError,
    UnplayedError,
)
from leadpolicy.compiler.interpreter.session.operations import Insert, Operation, Retract, Target, Update
from leadpolicy.compiler.interpreter.session.session import Session
from leadpolicy.compiler.interpreter.session.state import Firing
from leadpolicy.compiler.interpreter.session.why import NotYet

__all__ = [
    "ConflictError",
    "FailedFiringsError",
    "Failure",
    "Firing",
    "Insert",
    "LoopError",
    "NotYet",
    "Operation",
    "Retract",
    "Session",
    "Target",
    "UnplayedError",
    "Update",
]
