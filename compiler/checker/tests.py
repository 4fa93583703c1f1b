"""Test blocks: given facts, and what is expected of the decision."""

from __future__ import annotations

from leadpolicy.compiler import ir, syntax
from leadpolicy.compiler.checker import blocks
from leadpolicy.compiler.checker.context import Context
from leadpolicy.compiler.checker.expects import check_expect
from leadpolicy.compiler.checker.givens import check_given, names_of, times
from leadpolicy.compiler.wording import say


def check_test(node: syntax.Test, context: Context) -> ir.Test | None:
    """One test, or None where a mistake in it was reported. Of several records of the fact that is decided about,
    the first is meant."""
    named = names_of(node, context)
    given = [check_given(g, named, context) for g in node.given]
    start, now = times(blocks.no_none(given), context)
    expects = [check_expect(e, named, start, context) for e in node.expects]
    if context.about is None:
        return None  # that it isn't declared has been reported
    if not any(g.fact.text == context.names.about for g in node.given):
        context.reporter.report(
            "LP3022",
            node.name.span,
            say("a test is about a {}, and this one gives none", context.names.about),
            hint=say("given {} {{ … }}", context.names.about),
        )
        return None
    if not node.expects:
        context.reporter.report(
            "LP3025", node.name.span, say("this test expects nothing"), hint=say("add an `expect` line")
        )
    if any(g is None for g in given) or any(e is None for e in expects):
        return None
    return ir.Test(
        name=node.name.value,
        given=blocks.no_none(given),
        expects=blocks.no_none(expects),
        start=start,
        now=now,
        place=context.place(node.name.span),
    )
