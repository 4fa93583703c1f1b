"""leadpolicy: a language and an engine for lead policies.

```python
from leadpolicy import Policy

policy = Policy.load("b2b.lead")
decision = policy.decide({"id": "L1", "employees": 8000})
```

Names are loaded when they are first used, so that `import leadpolicy` costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leadpolicy.durable.errors import NotLoweredError as NotLoweredError
    from leadpolicy.engine.errors import InputError as InputError
    from leadpolicy.engine.errors import NoSuchPartError as NoSuchPartError
    from leadpolicy.engine.session.errors import ActionError as ActionError
    from leadpolicy.engine.session.errors import ConflictError as ConflictError
    from leadpolicy.engine.session.errors import Failure as Failure
    from leadpolicy.engine.session.errors import LoopError as LoopError
    from leadpolicy.engine.session.host import Session as Session
    from leadpolicy.engine.session.operations import Insert as Insert
    from leadpolicy.engine.session.operations import Retract as Retract
    from leadpolicy.engine.session.operations import Update as Update
    from leadpolicy.policy import Policy as Policy
    from leadpolicy.policy import PolicyError as PolicyError

    __version__: str

__all__ = [
    "ActionError",
    "ConflictError",
    "Failure",
    "InputError",
    "Insert",
    "LoopError",
    "NoSuchPartError",
    "NotLoweredError",
    "Policy",
    "PolicyError",
    "Retract",
    "Session",
    "Update",
    "__version__",
]

_ROOMS = {
    "leadpolicy.durable.errors": ("NotLoweredError",),
    "leadpolicy.engine.errors": ("InputError", "NoSuchPartError"),
    "leadpolicy.engine.session.errors": ("ActionError", "ConflictError", "Failure", "LoopError"),
    "leadpolicy.engine.session.host": ("Session",),
    "leadpolicy.engine.session.operations": ("Insert", "Retract", "Update"),
    "leadpolicy.policy": ("Policy", "PolicyError"),
}
"""Where each name stands."""


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version

        return version("leadpolicy")
    for room, names in _ROOMS.items():
        if name in names:
            from importlib import import_module

            return getattr(import_module(room), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
