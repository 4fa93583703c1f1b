"""Rules as rulesets of durable_rules: `lower` says what they are, and precisely what can't be said (0014)."""

from leadpolicy.compiler.to_durable.lowering import Lowered, NotLowered, RuleShape, lower
from leadpolicy.compiler.to_durable.rulesets import Encoding, Form, Joined, Property, Ruleset

__all__ = ["Encoding", "Form", "Joined", "Lowered", "NotLowered", "Property", "RuleShape", "Ruleset", "lower"]
