"""For all tests: the locale of the machine does not decide in which language `lead` speaks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def english() -> Iterator[None]:
    """LC_ALL wins over the other settings, also in commands that a test starts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LC_ALL", "C.UTF-8")
        yield
