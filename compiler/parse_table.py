"""The parse table: Lark reads grammar/lead.lark and makes LALR tables; here they take the shape we run on.

Lark's own loop makes a tree that another pass would walk; with positions that takes twice as long as making the
nodes of the syntax tree while parsing, and its lexer interface cannot look one word ahead. So Lark makes the
table, and compiler/parser.py runs it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from lark import Lark
from lark.common import LexerConf
from lark.lexer import Lexer, Token
from lark.parsers.lalr_analysis import Shift


@dataclass(frozen=True, slots=True)
class Reduction:
    """A rule: how many values it takes, what it makes, and the builder's method (None: the one value as it is)."""

    size: int
    origin: str
    method: str | None
    number: int


@dataclass(frozen=True, slots=True)
class ParseTable:
    """Of each state: what to do at a terminal (go to a state, or reduce), and where a finished part leads."""

    start: int
    end: int
    actions: tuple[dict[str, int | Reduction], ...]
    gotos: tuple[dict[str, int], ...]
    reductions: tuple[Reduction, ...]


class _NoLexer(Lexer):
    """Lark wants a lexer; the tokens come from compiler/lexer.py."""

    __future_interface__ = 2

    def __init__(self, conf: LexerConf) -> None:
        pass

    def lex(self, lexer_state: object, parser_state: object) -> Iterator[Token]:
        return iter(())


@cache
def load() -> ParseTable:
    """The table of the grammar; made once a process."""
    grammar = (files("leadpolicy.grammar") / "lead.lark").read_text("utf-8")
    lark = Lark(grammar, start="file", parser="lalr", lexer=_NoLexer, keep_all_tokens=True, maybe_placeholders=False)
    config = lark.parse_interactive().parser_state.parse_conf
    reductions: dict[object, Reduction] = {}
    for number, rule in enumerate(lark.rules):
        size, origin = len(rule.expansion), str(rule.origin.name)
        assert rule.alias != "pass_on" or size == 1, f"{origin}: only a single value can be handed on"
        passes_on = rule.alias == "pass_on" or (rule.options.expand1 and size == 1 and not rule.alias)
        method = None if passes_on else str(rule.alias or origin)
        reductions[rule] = Reduction(size, origin, method, number)
    # Lark numbers its states from 0, but promises no order.
    order = {state: at for at, state in enumerate(config.states)}
    actions: list[dict[str, int | Reduction]] = []
    gotos: list[dict[str, int]] = []
    parts = {reduction.origin for reduction in reductions.values()}
    for row in config.states.values():
        actions.append({})
        gotos.append({})
        for symbol, (action, argument) in row.items():
            if symbol in parts:
                gotos[-1][str(symbol)] = order[argument]
            elif action is Shift:
                actions[-1][str(symbol)] = order[argument]
            elif argument in reductions:
                actions[-1][str(symbol)] = reductions[argument]
    # Recovery puts ERROR where an entry begins, and nothing may have to be finished before that.
    assert not any(isinstance(row.get("ERROR"), Reduction) for row in actions)
    return ParseTable(
        order[config.start_state],
        order[config.end_state],
        tuple(actions),
        tuple(gotos),
        tuple(reductions.values()),
    )
