"""The realistic policy as someone who knows Polars would write it: one lazy query, strings in and out.

Two forms are measured, and the faster one counts: points looked up with `replace_strict`, or by chains of `when`.
"""

from __future__ import annotations

import polars as pl
from polars import col, lit, when

from benchmarks.realistic.by_hand import AUTHORITIES, DEPARTMENTS, FREE_MAIL, INDUSTRIES, REGIONS, SOURCES, TITLES

COLUMNS = ("score.fit", "score.intent", "score.total", "gate.bant", "stage", "route.entry")


def _looked_up(field: str, points: dict[str, int]) -> pl.Expr:
    return col(field).replace_strict(points, default=0, return_dtype=pl.Int16)


def _chained(field: str, points: dict[str, int]) -> pl.Expr:
    chain: pl.Expr = lit(0, pl.Int16)
    for value, given in reversed(points.items()):
        chain = when(col(field) == value).then(lit(given, pl.Int16)).otherwise(chain)
    return chain


def _first(*cases: tuple[pl.Expr, int]) -> pl.Expr:
    chain: pl.Expr = lit(0, pl.Int16)
    for test, given in reversed(cases):
        chain = when(test).then(lit(given, pl.Int16)).otherwise(chain)
    return chain


def _one_of(field: str, values: frozenset[str], chained: bool) -> pl.Expr:
    if not chained:
        return col(field).is_in(list(values))
    return pl.any_horizontal([col(field) == value for value in sorted(values)])


def decide(leads: pl.LazyFrame, chained: bool = True) -> pl.LazyFrame:
    """The decisions of leads: fit, intent, total, the verdict of BANT, the stage and the entry of the route."""
    points = _chained if chained else _looked_up
    fit = (
        points("title", TITLES)
        + points("department", DEPARTMENTS)
        + points("authority", AUTHORITIES)
        + _first((_one_of("industry", INDUSTRIES, chained), 10))
        + _first((col("employees") >= 1000, 20), (col("employees") >= 200, 12), (col("employees") >= 50, 6))
        + _first((col("months") <= 1, 10), (col("months") <= 6, 5))
        + _first((_one_of("mail_domain", FREE_MAIL, chained), -10))
        + _first((col("country") != "CN", -5))
    )
    intent = (
        points("source", SOURCES)
        + _first((col("visits") >= 10, 15), (col("visits") >= 3, 8))
        + _first((col("downloads") >= 1, 5))
        + _first((col("inquiries") >= 1, 10))
        + _first((col("seminar"), 10))
        + _first((col("newsletter"), 3))
        + _first((col("silent_days") > 90, -10), (col("silent_days") > 30, -5))
    )
    failed = (col("budget") <= 0) | (col("authority") == "user") | (col("months") > 6)
    absent = pl.any_horizontal(col("budget", "authority", "months", "need").is_null())
    qualified, ready = col("total") >= 30, col("total") >= 65
    verdict = when(failed).then(lit("fail")).when(absent).then(lit("unknown")).otherwise(lit("pass"))
    stage = (
        when(ready & (col("bant") == "pass")).then(lit("SQL"))
        .when(col("total") >= 50).then(lit("SAL"))
        .when(qualified).then(lit("MQL"))
    )  # fmt: skip
    if chained:
        regions = [(qualified & _one_of("region", _regions(name), True), name) for name in ("north", "east", "south")]
    else:
        regions = [(qualified & (col("area") == name), name) for name in ("north", "east", "south")]
    route = (
        when(col("customer")).then(lit("customer"))
        .when(col("partner").is_not_null()).then(lit("partner"))
        .when(qualified & (col("employees") >= 5000)).then(lit("key"))
        .when(ready & (col("bant") == "pass")).then(lit("ready"))
        .when(ready & (col("bant") == "unknown")).then(lit("undecided"))
        .when(qualified & (col("country") != "CN")).then(lit("abroad"))
    )  # fmt: skip
    for test, name in regions:
        route = route.when(test).then(lit(name))
    route = (
        route.when((col("inquiries") >= 2) & (col("total") >= 10)).then(lit("asked"))
        .when(col("budget") >= 500_000).then(lit("rich"))
        .when(qualified).then(lit("warm"))
        .otherwise(lit("otherwise"))
    )  # fmt: skip
    scored = leads.with_columns(fit=fit.clip(-20, 80), intent=intent.clip(-10, 60), bant=verdict)
    if not chained:
        scored = scored.with_columns(area=col("region").replace_strict(REGIONS, default=None))
    return scored.with_columns(total=col("fit") + col("intent")).select(
        col("fit").alias("score.fit"),
        col("intent").alias("score.intent"),
        col("total").alias("score.total"),
        col("bant").alias("gate.bant"),
        stage.alias("stage"),
        route.alias("route.entry"),
    )


def _regions(name: str) -> frozenset[str]:
    return frozenset(region for region, area in REGIONS.items() if area == name)
