"""Tests of the second matcher need durable_rules, which is built from source."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

WHY = "durable_rules isn't installed: it is built from source, by a C compiler (pip install -e '.[durable]')"


@pytest.fixture
def durable_rules() -> None:
    """durable_rules, or the test is skipped and says why."""
    if find_spec("durable_rules_engine") is None:
        pytest.skip(WHY)
