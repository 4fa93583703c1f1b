"""IR to Python: the generated module that the engine runs."""

from leadpolicy.compiler.to_python.module import Module, generate

__all__ = ["Module", "generate"]
