"""The behaviour score as someone who knows Polars would write it: flags a row, one `group_by`, one join."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl
from polars import col, lit, when

ZONE = "Asia/Shanghai"


def decide(leads: pl.LazyFrame, visits: pl.LazyFrame, now: datetime) -> pl.LazyFrame:
    """The score of each lead, in the leads' order."""
    today = lit(now).dt.convert_time_zone(ZONE).dt.date()
    day = col("at").dt.convert_time_zone(ZONE).dt.date()
    age = lit(now) - col("at")

    def within(days: int) -> pl.Expr:
        return age < timedelta(days=days)

    kind = col("kind")
    flagged = visits.filter(col("at") <= now).select(
        "lead",
        download=(kind == "download") & within(30),
        page=(kind == "page") & (col("seconds") >= 30) & within(14),
        trial=(kind == "trial") & within(60),
        trials=kind == "trial",
        day=when(within(7)).then(day),
        chat=when((kind == "chat") & within(90)).then((0.5 ** ((today - day).dt.total_days() / 10)).round(9)),
        lately=within(30),
    )
    summed = flagged.group_by("lead").agg(
        col("download").sum(),
        col("page").sum(),
        col("trial").any(),
        col("trials").sum(),
        col("day").drop_nulls().n_unique(),
        col("chat").sum(),
        col("lately").any(),
    )
    joined = leads.join(summed, left_on="id", right_on="lead", how="left", maintain_order="left")

    def number(name: str) -> pl.Expr:
        return col(name).fill_null(0).cast(pl.Float64)

    score = (
        (number("download") * 5).clip(upper_bound=15)
        + number("page").clip(upper_bound=10)
        + when(col("trial")).then(10).otherwise(0)
        + number("day") * 2
        + (number("chat") * 8).round(6)
        + when(col("trials") >= 2).then(5).otherwise(0)
        - when(col("lately").fill_null(False)).then(0).otherwise(10)
    )
    return joined.select(score.clip(-10, 100).round(6).alias("score.behaviour"))
