"""Attribution: touches, their window, and the shares of a credit model (rulings 69 to 72)."""

from __future__ import annotations

from decimal import Decimal

from leadpolicy.compiler import ir, syntax
from leadpolicy.compiler.checker import blocks, calls
from leadpolicy.compiler.checker.context import Context
from leadpolicy.compiler.checker.records import check_records, lower_records
from leadpolicy.compiler.constants import print_decimal
from leadpolicy.compiler.source import Span
from leadpolicy.compiler.wording import keyword, say


def check_attribution(node: syntax.Attribution, context: Context) -> ir.Attribution | None:
    """One model over touches, or None where a mistake in it was reported."""
    if node.made_from is not None:
        return _made_model(node, node.made_from, context)
    if node.records is None:
        called = calls.opaque(node, context)
        if called is not None:
            with called.inside("this"):
                check_shares(node, context)
        return None
    return _model(node, node.records, check_shares(node, context), context)


def _made_model(node: syntax.Attribution, written: syntax.Expression, context: Context) -> ir.Attribution | None:
    """`attribution w = models.w_shaped(…) over Activity`: the model's shares over the touches named here."""
    called = calls.template(written, syntax.Attribution, context)
    shares = None
    if called is not None and isinstance(called.node, syntax.Attribution):
        with called.inside("this") as home:
            shares = check_shares(called.node, home)
    return None if node.records is None else _model(node, node.records, shares, context)


def _model(
    node: syntax.Attribution, records_node: syntax.Records, shares: tuple[ir.Share, ...] | None, context: Context
) -> ir.Attribution | None:
    touches = _touches(records_node, context)
    if touches is None or shares is None:
        return None
    records, window = touches
    return ir.Attribution(
        name=node.name.text,
        label=node.label.value if node.label else None,
        records=records,
        window=window,
        shares=shares,
        place=context.place(node.name.span),
    )


def _touches(node: syntax.Records, context: Context) -> tuple[ir.Records, int | None] | None:
    """The records, and the window back from the last of them, in microseconds."""
    records = check_records(node, context)
    if records is None:
        return None
    made, fact = lower_records(records), context.facts[records.made.fact]
    if fact.of != context.names.about or fact.dated is None:
        context.reporter.report(
            "LP3056",
            node.chain[0].span,
            say("touches are dated records of a {}, and `{}` are none", context.names.about, fact.name),
            hint=say("for example: event Activity of {} {{ at: time required as happened }}", context.names.about),
        )
        return None
    window = made.window
    if window is None:
        return made, None
    if window.since is not None or window.shortest or window.longest is None:
        context.reporter.report(
            "LP3056",
            node.windows[0].span,
            say("the window of a model counts back from the last touch: only `within` can say how far"),
            hint=say("for example: over {} within 90 days", fact.name),
        )
        return None
    return made.model_copy(update={"window": None}), window.longest


def check_shares(node: syntax.Attribution, context: Context) -> tuple[ir.Share, ...] | None:
    """The shares, which must come to 100 %; or None where a mistake in them was reported."""
    shares = [_share(s, context) for s in node.shares]
    first: dict[str, Span] = {}
    good = True
    for share in node.shares:
        if share.role is not None and share.role in first:
            context.reporter.report(
                "LP2002",
                share.span,
                say("`{}` has a share already", keyword(share.role)),
                related=((say("the first one"), first[share.role]),),
            )
            good = False
        if share.role is not None:
            first.setdefault(share.role, share.span)
    if any(s is None for s in shares) or not good:
        return None
    made = blocks.no_none(shares)
    total = sum((Decimal(s.share) for s in made), Decimal(0))
    if total != 1:
        context.reporter.report(
            "LP3056",
            node.name.span,
            say("the shares of `{}` come to {}%, not 100%", node.name.text, print_decimal(total * 100)),
            hint=say("credit is never lost or made: let them come to 100%"),
        )
        return None
    return made


def _share(node: syntax.Share, context: Context) -> ir.Share | None:
    good = True
    if node.amount.unit != "%" or not 0 < node.amount.value <= 100:
        context.reporter.report(
            "LP3056",
            node.amount.span,
            say("a share is more than 0% and at most 100%, not `{}`", context.words(node.amount.span)),
        )
        good = False
    time = None if node.time is None else blocks.a_time(node.time, context)
    halving = None if node.halving is None else blocks.whole_days(node.halving, context)
    if halving is not None and node.role not in {"all", "others"}:
        context.reporter.report(
            "LP3056",
            node.span,
            say("a share that halves is spread over several touches: over `all` or `others`"),
            hint=say("for example: 100% all, halving every 7 days"),
        )
        good = False
    if not good or (time is None) != (node.time is None) or (halving is None) != (node.halving is None):
        return None
    return ir.Share(
        share=print_decimal(node.amount.value / 100),
        role=node.role or "time",
        time=time,
        halving_days=halving,
        text=context.words(node.span),
    )
