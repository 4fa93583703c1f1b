"""The reference interpreter of the IR: the plain, slow meaning of a policy, with which every backend is compared.

It is written from decision record 0002 alone, by recursion over the IR, with exact fractions. It never shares code
with a backend, so that a difference between the two shows.
"""

from leadpolicy.compiler.interpreter.intake import InterpreterInputError, Problem
from leadpolicy.compiler.interpreter.running import Interpreter, Run, run

__all__ = ["Interpreter", "InterpreterInputError", "Problem", "Run", "run"]
