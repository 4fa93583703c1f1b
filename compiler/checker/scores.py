"""Scores: entries and their points, ranges, and scores worked out from other scores."""

from __future__ import annotations

from decimal import Decimal

from leadpolicy.compiler import ir, lowering, syntax, typed
from leadpolicy.compiler.checker import event_entries, expressions, unary_tests
from leadpolicy.compiler.checker.context import Context
from leadpolicy.compiler.checker.values import choice as choice_value
from leadpolicy.compiler.constants import clean_text
from leadpolicy.compiler.source import Span
from leadpolicy.compiler.types import NUMBERS, describe
from leadpolicy.compiler.wording import say, term

_FORBIDDEN = {
    "score": term("scores"), "table": term("tables"), "gate": term("gates"), "stage_reached": term("stages"),
    "stage": term("stages"), "disqualified": term("disqualification"),
}  # fmt: skip


def check_score(node: syntax.Score, context: Context) -> ir.Score | None:
    """One score, or None where a mistake in it was reported."""
    low, high = _range(node, context)
    entries: tuple[ir.ScoreEntry, ...] | None = None
    expr: ir.Expr | None = None
    reads: tuple[str, ...] = ()
    text = ""
    if node.entries is not None:
        bounded = low is not None and high is not None
        made = [_entry(e, bounded, context) for e in node.entries]
        if any(e is None for e in made):
            return None
        entries = tuple(e for e in made if e is not None)
    elif node.expression is not None:
        typed_expr = _score_expression(node.expression, context)
        if typed_expr is None:
            return None
        expr, reads = lowering.lower(typed_expr), lowering.reads(typed_expr, context.lets)
        text = context.words(node.expression.span)
    return ir.Score(
        name=node.name.text,
        label=node.label.value if node.label else None,
        low=low,
        high=high,
        entries=entries,
        expr=expr,
        reads=reads,
        text=text,
        place=context.place(node.name.span),
    )


def _range(node: syntax.Score, context: Context) -> tuple[str | None, str | None]:
    if node.low is None or node.high is None:
        return None, None
    low, high = points(node.low, context), points(node.high, context)
    if low is not None and high is not None and Decimal(low) > Decimal(high):
        context.reporter.report(
            "LP3014",
            node.low.span.to(node.high.span),
            say("the range of `{}` is empty: {} is above {}", node.name.text, low, high),
            hint=say("write from {} to {}", high, low),
        )
    return low, high


def points(node: syntax.Expression, context: Context) -> str | None:
    """A fixed number of points: at most 3 places (ruling 9)."""
    expr = expressions.check(node, None, context)
    if expr.broken:
        return None
    assert expr.type is not None
    if expr.op != "const" or expr.type.kind not in NUMBERS:
        context.reporter.report(
            "LP3013",
            node.span,
            say("a fixed number of points is expected here, not `{}`", context.words(node.span)),
        )
        return None
    assert isinstance(expr.value, str)
    return _places(expr.value, node.span, context)


def _places(text: str, span: Span, context: Context) -> str | None:
    if len(text.partition(".")[2]) > 3:
        context.reporter.report(
            "LP3013", span, say("points have at most 3 places: `{}` has more", context.words(span))
        )
        return None
    return text


def _entry(node: syntax.ScoreEntry, bounded: bool, context: Context) -> ir.ScoreEntry | None:
    match node:
        case syntax.PlainEntry():
            return _plain(node, bounded, context)
        case syntax.PointsEntry():
            return _points_entry(node, context)
        case syntax.BandsEntry():
            return _bands(node, context)
        case syntax.EventEntry():
            return event_entries.check_event_entry(node, context)
        case syntax.GroupEntry():
            return _group(node, bounded, context)


def _plain(node: syntax.PlainEntry, bounded: bool, context: Context) -> ir.PlainEntry | None:
    worth = expressions.check(node.points, None, context)
    condition = None
    if node.condition is not None:
        condition = expressions.condition(node.condition, context)
        if not reads_facts_only(condition, context):
            return None
    if worth.broken or (condition is not None and condition.broken):
        return None
    assert worth.type is not None
    if worth.type.kind not in NUMBERS:
        context.reporter.report(
            "LP3013", node.points.span, say("points are a number, and this is {}", describe(worth.type))
        )
        return None
    if not reads_facts_only(worth, context):
        return None
    if worth.op == "const":
        assert isinstance(worth.value, str)
        if _places(worth.value, node.points.span, context) is None:
            return None
    elif worth.unknown and not bounded:
        context.reporter.report(
            "LP3015",
            node.points.span,
            say("while `{}` is unknown, these points could be any number", context.words(node.points.span)),
            hint=say("give the score a range: score x from 0 to 100 {{ … }}"),
        )
        return None
    return ir.PlainEntry(
        points=lowering.lower(worth),
        condition=None if condition is None else lowering.condition(condition, context.source, context.lets),
        because=node.because.value if node.because else None,
        text=context.words(node.span),
        place=context.place(node.span),
    )


def reads_facts_only(expr: typed.Expr, context: Context) -> bool:
    """Ruling 25: entries read no scores, tables, gates, stages, also not through a let."""
    pending, seen = [expr], set[str]()
    while pending:
        for node in pending.pop().walk():
            if node.op in _FORBIDDEN:
                context.reporter.report(
                    "LP3011",
                    expr.span,
                    say("an entry of a score can't read {}: `{}`", _FORBIDDEN[node.op], context.words(node.span)),
                    hint=say("entries look at facts; join scores in a score of its own: score total = fit + intent"),
                )
                return False
            if node.op == "let" and isinstance(node.value, str) and node.value not in seen:
                seen.add(node.value)
                pending.append(context.lets[node.value])
    return True


def _points_entry(node: syntax.PointsEntry, context: Context) -> ir.PointsEntry | None:
    subject = expressions.check(node.subject, None, context)
    if subject.broken or not reads_facts_only(subject, context):
        for choice in node.choices:
            points(choice.points, context)
        return None
    assert subject.type is not None
    if subject.type.kind not in {"choice", "text"}:
        context.reporter.report(
            "LP3013",
            node.subject.span,
            say(
                "`points` gives points to choices, and `{}` is {}",
                context.words(node.subject.span),
                describe(subject.type),
            ),
            hint=say("use `bands` for numbers, times and durations"),
        )
        return None
    choices: dict[str, ir.ChoicePoints] = {}
    good = True
    for choice in node.choices:
        text, worth = _choice(choice, subject.type, context), points(choice.points, context)
        if text is None or worth is None:
            good = False
        elif text in choices:
            good = False
            context.reporter.report("LP2002", choice.span, say("`{}` stands twice in these points", text))
        else:
            choices[text] = ir.ChoicePoints(choice=text, points=worth)
    if not good:
        return None
    head = Span(node.span.start, node.subject.span.end)
    return ir.PointsEntry(
        subject=lowering.lower(subject),
        choices=tuple(choices.values()),
        text=context.words(head),
        place=context.place(head),
    )


def _choice(node: syntax.Choice, type_: ir.Type, context: Context) -> str | None:
    """The choice that gets points. Of a text, the texts stand in quotes."""
    if type_.kind == "text":
        if isinstance(node.choice, syntax.Name):
            text = node.choice.text
            context.reporter.report(
                "LP2001",
                node.choice.span,
                say("`{}` is no choice", text),
                hint=say('a text stands in quotes: "{}"', text),
            )
            return None
        return clean_text(node.choice.value)
    value = choice_value(clean_text(context.text_of(node.choice)), node.choice.span, type_, context)
    return value.value if isinstance(value.value, str) else None


def _bands(node: syntax.BandsEntry, context: Context) -> ir.BandsEntry | None:
    subject = expressions.check(node.subject, None, context)
    if not subject.broken and not reads_facts_only(subject, context):
        subject = typed.error(node.subject.span)
    bands: list[ir.Band] = []
    for band in node.bands:
        worth = points(band.points, context)
        test = unary_tests.check(band.test, subject, context)
        if worth is None or test is None or test.broken or not reads_facts_only(test, context):
            continue
        words = f"{context.words(node.subject.span)} {context.words(band.test.span)}"
        bands.append(
            ir.Band(
                points=worth,
                condition=lowering.single(test, words, context.lets),
                because=band.because.value if band.because else None,
                text=context.words(band.span),
                place=context.place(band.span),
            )
        )
    if subject.broken or len(bands) < len(node.bands):
        return None
    head = Span(node.span.start, node.subject.span.end)
    return ir.BandsEntry(
        subject=lowering.lower(subject),
        bands=tuple(bands),
        text=context.words(head),
        place=context.place(head),
    )


def _group(node: syntax.GroupEntry, bounded: bool, context: Context) -> ir.GroupEntry | None:
    limit = None
    if node.limit is not None:
        limit = points(node.limit, context)
        if limit is not None and Decimal(limit) < 0:
            context.reporter.report("LP3014", node.limit.span, say("a limit on points is not below 0"))
    made: list[ir.PlainEntry | ir.PointsEntry | ir.BandsEntry | ir.EventEntry] = []
    for entry in node.entries:
        if isinstance(entry, syntax.GroupEntry):
            context.reporter.report(
                "LP3012", entry.span, say("a group can't stand in a group"), hint=say("close the outer one first")
            )
            continue
        inner = _entry(entry, bounded or limit is not None, context)
        if inner is not None and not isinstance(inner, ir.GroupEntry):
            made.append(inner)
    if len(made) < len(node.entries) or (node.limit is not None and limit is None):
        return None
    head = Span(node.span.start, (node.name or node).span.end) if node.name else node.span
    return ir.GroupEntry(
        name=context.text_of(node.name) if node.name else None,
        limit=limit,
        entries=tuple(made),
        text=context.words(head) if node.name else "group",
        place=context.place(head),
    )


def _score_expression(node: syntax.Expression, context: Context) -> typed.Expr | None:
    """A sum of scores; other arithmetic only with a fixed number, so that bounds stay exact."""
    expr = expressions.check(node, None, context)
    if expr.broken:
        return None
    assert expr.type is not None
    wrong = _not_linear(expr)
    if wrong is None and expr.type.kind in NUMBERS:
        return expr
    span = (wrong or expr).span
    context.reporter.report(
        "LP3012",
        span,
        say("`{}` can't stand in a score made of scores", context.words(span)),
        hint=say("add and subtract scores, and multiply or divide them by a fixed number: fit + 2 * intent"),
    )
    return None


def _not_linear(expr: typed.Expr) -> typed.Expr | None:
    """The first part that is not a score, a number, a sum, or a product or quotient with a fixed number."""
    if expr.op == "const":
        return None
    if expr.op == "score":
        return None if isinstance(expr.value, tuple) and expr.value[1:] == ("value",) else expr
    if expr.op == "neg" or (expr.op == "arith" and expr.value in {"add", "sub"}):
        return next((w for w in map(_not_linear, expr.args) if w), None)
    if expr.op == "arith":
        left, right = expr.args
        if expr.value == "mul" and "const" in (left.op, right.op):
            return _not_linear(left) or _not_linear(right)
        if expr.value == "div" and right.op == "const" and right.value != "0":
            return _not_linear(left)
    return expr
