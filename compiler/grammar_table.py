"""Lark makes LALR tables of the grammar; here they take the shape we run on.

Lark's own loop makes a tree that another pass would walk; with positions that takes twice as long as making the
nodes of the syntax tree while parsing, and its lexer interface cannot look one word ahead. So Lark makes the
table, and compiler/parser.py runs it. `python -m leadpolicy.compiler.grammar_table` writes the table that is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from lark import Lark
from lark.common import LexerConf
from lark.lexer import Lexer, Token
from lark.parsers.lalr_analysis import Shift

from leadpolicy.compiler.parse_table import KEPT, ParseTable, Reduction, written


class _NoLexer(Lexer):
    """Lark wants a lexer; the tokens come from compiler/lexer.py."""

    __future_interface__ = 2

    def __init__(self, conf: LexerConf) -> None:
        pass

    def lex(self, lexer_state: object, parser_state: object) -> Iterator[Token]:
        return iter(())


def make(grammar: str) -> ParseTable:
    """The table of a grammar."""
    lark = Lark(grammar, start="file", parser="lalr", lexer=_NoLexer, keep_all_tokens=True, maybe_placeholders=False)
    config = lark.parse_interactive().parser_state.parse_conf
    reductions: dict[object, Reduction] = {}
    for number, rule in enumerate(lark.rules):
        size, origin = len(rule.expansion), str(rule.origin.name)
        assert rule.alias != "pass_on" or size == 1, f"{origin}: only a single value can be handed on"
        passes_on = rule.alias == "pass_on" or (rule.options.expand1 and size == 1 and not rule.alias)
        method = None if passes_on else str(rule.alias or origin)
        reductions[rule] = Reduction(size, origin, method, number)
    order = _order(config.states, config.start_state)
    actions: list[dict[str, int | Reduction]] = []
    gotos: list[dict[str, int]] = []
    parts = {reduction.origin for reduction in reductions.values()}
    for state in order:
        actions.append({})
        gotos.append({})
        for symbol, (action, argument) in config.states[state].items():
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


def _order(states: Mapping[int, Mapping[str, tuple[object, Any]]], start: int) -> dict[int, int]:
    """A number for each state that is the same in every run: Lark's are not."""
    order = {start: 0}
    for state in (found := [start]):
        row = states[state]
        for symbol in sorted(row, key=str):
            _, to = row[symbol]
            if isinstance(to, int) and to not in order:
                order[to] = len(order)
                found.append(to)
    return order


def main() -> None:
    """Write the table of the grammar beside it."""
    place = Path(str(files("leadpolicy.grammar")))
    text = (place / "lead.lark").read_text("utf-8")
    (place / KEPT).write_text(written(make(text), text), "utf-8")


if __name__ == "__main__":
    main()
