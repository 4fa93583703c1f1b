"""IR to Python: the generated module that the engine runs."""

from leadpolicy.compiler.to_python.module import generate

__all__ = ["generate"]
