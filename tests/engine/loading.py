"""From IR to a program, for the tests of the engine."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python import generate
from leadpolicy.engine.decision import Decision
from leadpolicy.engine.program import Program, load

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def program(policy: ir.Policy) -> Program:
    """The policy, compiled. A failing test prints the generated code."""
    source = generate(policy)
    print(source)
    return load(source, policy.name)


def decide(policy: ir.Policy, facts: Mapping[str, Any] | None = None, **lead: Any) -> Decision:
    """Decide about a lead with these fields; its key is L1."""
    return program(policy).decide({"id": "L1", **lead}, facts=facts, now=NOW)
