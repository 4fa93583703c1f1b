"""Modules."""

from __future__ import annotations

from leadpolicy.compiler import syntax, typed
from leadpolicy.compiler.checker.context import Context


def value(node: syntax.Attribute, context: Context) -> typed.Expr:
    return typed.error(node.span)
