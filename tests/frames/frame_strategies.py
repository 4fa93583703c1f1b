"""Hypothesis strategies for frames of leads: columns of each type that a field accepts, unknowns, edges, markers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
from hypothesis import strategies as st

from tests.policy_strategies import BAD, NOW, VALUES

_TEXT = pl.String()
_AWARE = pl.Datetime("us", "UTC")
Pool = tuple[pl.DataType, list[Any]]


def _texts(field: str) -> Pool:
    return _TEXT, [value for value in VALUES[field] if isinstance(value, str)]


_LOCAL = [
    datetime(2026, 3, 8, 2, 30),
    datetime(2026, 11, 1, 1, 30),
    datetime(2025, 1, 31, 12, 0, 1),
    datetime(2026, 11, 23, 3),
]
_INSTANTS = [NOW, NOW - timedelta(hours=1), NOW + timedelta(days=1), datetime(1969, 12, 31, 23, tzinfo=UTC)]
_DAYS = [date(2026, 11, 23), date(2024, 2, 29), date(1950, 1, 1)]
_TIMES: list[Pool] = [
    _texts("t"), (pl.Datetime("us"), _LOCAL), (pl.Datetime("ms"), _LOCAL), (_AWARE, _INSTANTS),
    (pl.Datetime("us", "Asia/Shanghai"), _INSTANTS), (pl.Date(), _DAYS), (pl.Datetime("ns"), _LOCAL),
]  # fmt: skip
_CENT = pl.Decimal(20, 6)
TYPES: dict[str, list[Pool]] = {
    "n": [
        (pl.Int64(), [-1, 0, 1, 5, 10, 999999999999]), (pl.Int8(), [-1, 0, 1, 5, 10]), (pl.UInt32(), [0, 1, 5, 10]),
        (pl.Float64(), [-1.0, 0.0, 1.0, 5.0, 10.0]), _texts("n"), (pl.Float32(), [0.0, 5.0]), (_CENT, [Decimal("5.0")]),
    ],
    "k": [(pl.Int64(), [0, 1, 5]), _texts("k"), (pl.Float64(), [0.0, 1.0, 5.0])],
    "m": [
        (pl.Float64(), [-3.25, 0.0, 0.1, 1e-6, 2.5, 10.0, 0.0000005, 123456789.5, 0.3]), (pl.Int64(), [0, 1, 10, -3]),
        _texts("m"), (_CENT, [Decimal("0.5"), Decimal("-3.25"), Decimal("2.5")]), (pl.Float32(), [0.5, 0.1]),
        (pl.Decimal(20, 8), [Decimal("0.0000005"), Decimal("0.00000049")]),
    ],
    "b": [(pl.Int64(), [0, 50000, 1000000]), _texts("b"), (pl.Float64(), [0.5, 50000.0]), (_CENT, [Decimal("0.1")])],
    "p": [(pl.Float64(), [0.0, 0.25, 1.0, 0.125]), _texts("p"), (pl.Int8(), [0, 1])],
    "d": [
        (pl.Duration("us"), [timedelta(days=30), timedelta(hours=5), timedelta(days=-1, seconds=5)]), _texts("d"),
        (pl.Duration("ms"), [timedelta(days=365)]), (pl.Duration("ns"), [timedelta(days=30)]),
    ],
    "t": _TIMES,
    "made": _TIMES,
    "day": [(pl.Date(), _DAYS), _texts("day")],
    "公司": [_texts("公司"), (pl.Int64(), [5, 12]), (pl.Float64(), [1.5, 12.0]), (pl.Categorical(), ["x", "软件", " x"])],
    "txt": [_texts("txt"), (pl.Enum(["x", "é", " x ", "-"]), ["x", "é", " x "]), (pl.Int64(), [12])],
    "e": [_texts("e")],
    "ph": [_texts("ph"), (pl.Int64(), [13800000001])],
    "c": [_texts("c"), (pl.Categorical(), ["a", "b", "丙", " a "]), (pl.Enum(["a", "b", "丙"]), ["a", "b", "丙"])],
    "o": [_texts("o"), (pl.Categorical(), ["low", "mid", "top"])],
    "f": [(pl.Boolean(), [True, False]), _texts("f"), (pl.Int64(), [0, 1])],
    "g": [(pl.Boolean(), [True, False]), (_TEXT, ["yes", "否"])],
    "l": [(pl.List(pl.String()), [["x"], [], ["x", None], ["é", "软件"], ["-"]]), _texts("l")],
    "owner": [(_TEXT, ["m1", "m2", "nobody", " m1"]), (pl.Int64(), [1])],
    "ref": [_texts("ref"), (pl.Struct({"id": pl.String, "level": pl.String}), [{"id": "m3", "level": "senior"}, {"id": "m1", "level": "junior"}])],
}  # fmt: skip
WRONG: dict[str, list[Pool]] = {
    "n": [
        (pl.Int64(), [10**12, 1]),
        (pl.Float64(), [1.5, float("nan"), 2.0]),
        (_TEXT, ["many", "5"]),
        (pl.Boolean(), [True]),
    ],
    "m": [(pl.Float64(), [float("nan"), 1e12, float("inf"), 1.0]), (_TEXT, ["x", "1"]), (pl.Boolean(), [False])],
    "c": [(_TEXT, ["z", "a"]), (pl.Int64(), [1])],
    "f": [(_TEXT, ["maybe", "yes"]), (pl.Int64(), [2, 1])],
    "t": [(_TEXT, ["yesterday", "2026-02-30", "2026-11-23 00:00"]), (pl.Int64(), [5])],
    "day": [(pl.Datetime("us"), _LOCAL), (pl.Int64(), [7])],
    "公司": [(pl.Boolean(), [True]), (pl.List(pl.String()), [["a"]])],
    "owner": [(pl.Float64(), [1.5])],
    "l": [(pl.Int64(), [5])],
    "e": [(pl.Int64(), [5])],
}
assert set(WRONG) <= set(BAD)


@st.composite
def frames(draw: st.DrawFn, bad: bool = False) -> pl.DataFrame:
    """A frame of up to nine leads; columns may be absent, and each cell unknown. With `bad`, some don't fit."""
    height = draw(st.integers(1, 9))
    columns = {
        "id": pl.Series(
            "id", draw(st.lists(st.sampled_from(["L1", "线索", " 9 ", "x y"]), min_size=height, max_size=height))
        )
    }
    for field, pools in TYPES.items():
        if field != "made" and draw(st.integers(0, 7)) == 0:
            continue
        wrong = bad and draw(st.integers(0, 6)) == 0 and field in WRONG
        dtype, values = draw(st.sampled_from(WRONG[field] if wrong else pools))
        cells = list(values)
        if field != "made" or bad:
            cells += [None, None]
        if isinstance(dtype, pl.String) and (field != "made" or bad):
            cells += ["未知", " - "]
        some = draw(st.lists(st.sampled_from(cells), min_size=height, max_size=height))
        columns[field] = pl.Series(field, some, dtype=dtype)
    return pl.DataFrame(list(columns.values()))
