"""A policy as Polars expressions: decides a million leads in columns."""

from leadpolicy.compiler.to_polars.module import Columns, lower

__all__ = ["Columns", "lower"]
