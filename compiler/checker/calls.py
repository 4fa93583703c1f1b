"""Lets and gates with parameters."""

from __future__ import annotations

from leadpolicy.compiler import syntax, typed
from leadpolicy.compiler.checker.context import Context


def call(node: syntax.Call, context: Context) -> typed.Expr:
    return typed.error(node.span)
