"""Functions that work out single parts of a lead, from the snapshot of it and the parts that each reads."""

from __future__ import annotations

from collections.abc import Sequence

from leadpolicy.compiler.to_python.decide import Decide
from leadpolicy.compiler.to_python.ladders import Ladders
from leadpolicy.compiler.to_python.plan import Key
from leadpolicy.compiler.to_python.scope import Scope, Shared
from leadpolicy.compiler.to_python.scores import Scores
from leadpolicy.compiler.to_python.stages import Stages
from leadpolicy.compiler.to_python.uses import Uses


class Work:
    """Writes them into the part of the module that is outside the network: each once, whatever the time is."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._plan = shared.plan
        self._scores = Scores(shared, Uses(shared.plan, shared.natures))
        self._ladders = Ladders(shared)
        self._decide = Decide(shared, self._scores, self._ladders)
        self._written: dict[Key, str] = {}

    def function(self, key: Key, below: Sequence[Key]) -> str:
        """The name of the function: `(v, …)`, with the parts that are read behind the snapshot; between them, for a
        score's least and most, what tells them."""
        if key not in self._written:
            self._written[key] = self._write(key, below)
        return self._written[key]

    def _write(self, key: Key, below: Sequence[Key]) -> str:
        kind, name = key
        scope = Scope(self._shared, self._plan.names.make(f"work_{kind}", name))
        parameters = ["v", *(["LATER"] if kind in {"low", "high"} else []), *(scope.own(other) for other in below)]
        self._write_body(scope, kind, name)
        scope.body.line(f"return {self._plan.result_names[key]}")
        return scope.finish("A part of a lead.", ", ".join(parameters))

    def _write_body(self, scope: Scope, kind: str, name: str) -> None:
        plan = self._plan
        match kind:
            case "score":
                self._scores.write_value(scope, plan.scores[name])
            case "low" | "high":
                self._decide.write_bound(scope, kind, name)
            case "table":
                self._ladders.write_table(scope, plan.tables[name])
            case "gate":
                self._decide.write_gate(scope, next(gate for gate in plan.policy.gates if gate.name == name))
            case "disqualified":
                self._decide.write_disqualify(scope)
            case "stage":
                Stages(self._shared, (), True).write_alone(scope, name)
            case _:
                Stages(self._shared, (), True).write_reached(scope)
