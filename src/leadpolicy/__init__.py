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
    from leadpolicy.engine.errors import InputError as InputError
    from leadpolicy.policy import Policy as Policy
    from leadpolicy.policy import PolicyError as PolicyError

    __version__: str

__all__ = ["InputError", "Policy", "PolicyError", "__version__"]


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version

        return version("leadpolicy")
    if name in ("Policy", "PolicyError"):
        from leadpolicy import policy

        return getattr(policy, name)
    if name == "InputError":
        from leadpolicy.engine.errors import InputError

        return InputError
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
