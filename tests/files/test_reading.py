"""Every kind of file is read as it stands: encodings, exact numbers, places, rows that can't be read."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import polars
import pytest
import xlsxwriter

from leadpolicy.files.encoding import detect
from leadpolicy.files.problems import BadRow, FileError, Row
from leadpolicy.files.table import open_table


def read(path: Path, encoding: str = "auto") -> list[Row | BadRow]:
    with open_table(path, encoding) as table:
        rows = list(table.rows())
        assert 0 <= table.progress() <= 1
        return rows


def cells(path: Path, encoding: str = "auto") -> list[dict[str, object]]:
    return [row.cells for row in read(path, encoding) if isinstance(row, Row)]


@pytest.mark.parametrize(
    ("encoding", "note"),
    [("utf-8", None), ("utf-8-sig", "byte order mark"), ("gbk", "GBK"), ("gb18030", "GBK"), ("utf-16", "UTF-16")],
)
def test_the_encoding_is_found(tmp_path: Path, encoding: str, note: str | None) -> None:
    path = tmp_path / "leads.csv"
    path.write_bytes("编号,公司\r\nL1,北方机械\r\n".encode(encoding))
    assert cells(path) == [{"编号": "L1", "公司": "北方机械"}]
    found = detect(path).note
    assert (found is None) if note is None else (found is not None and note in found)


def test_a_byte_that_fits_nowhere_is_named_across_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leadpolicy.files.encoding._CHUNK", 5)
    path = tmp_path / "leads.csv"
    path.write_bytes("编号\n公司\n".encode() + b"ab\xff\n")
    with pytest.raises(FileError, match=r"byte 17 \(line 3\)"):
        detect(path)
    path.write_bytes("编号\n公司\n".encode() * 20)
    assert detect(path).codec == "utf-8-sig"


def test_an_encoding_that_is_asked_for_must_fit(tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    path.write_bytes(b"id,name\nL1,M\xfcller\n")
    assert cells(path, "latin-1") == [{"id": "L1", "name": "Müller"}]
    with pytest.raises(FileError, match="isn't in utf-8: byte 13"):
        cells(path, "utf-8")


def test_csv_records_over_several_lines_keep_their_place(tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    path.write_text('id,note\n\nL1,"two\nlines"\nL2,x\nL3\nL4,y,z\nL5,y,,\nL6,""\n', encoding="utf-8")
    rows = read(path)
    assert rows[:2] == [Row(3, {"id": "L1", "note": "two\nlines"}), Row(5, {"id": "L2", "note": "x"})]
    assert rows[2:4] == [
        BadRow(6, None, None, "2 cells", "1 cells: 'L3'"),
        BadRow(7, None, None, "2 cells", "3 cells: 'L4, y, z'"),
    ]
    assert rows[4:] == [Row(8, {"id": "L5", "note": "y"}), Row(9, {"id": "L6"})]


def test_a_quote_that_is_never_closed_costs_one_row(tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    lines = ["id,note", 'L1,"open', *(f"L{i},x" for i in range(2, 50)), 'L50,"b"', "L51,x"]
    path.write_text("\n".join(lines), encoding="utf-8")
    rows = read(path)
    bad = [row for row in rows if isinstance(row, BadRow)]
    assert [(b.line, b.expected) for b in bad] == [(2, "a row of CSV")]
    assert [row.line for row in rows if isinstance(row, Row)] == list(range(3, 53))


@pytest.mark.parametrize(("delimiter", "name"), [("\t", "leads.tsv"), (";", "leads.csv")])
def test_other_delimiters(tmp_path: Path, delimiter: str, name: str) -> None:
    path = tmp_path / name
    path.write_text(f"id{delimiter}n\nL1{delimiter}0,5\n", encoding="utf-8")
    assert cells(path) == [{"id": "L1", "n": "0,5"}]


def test_unnamed_columns_are_left_out_and_noted(tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    path.write_text("id,,n,,\nL1,x,2,,\n", encoding="utf-8")
    with open_table(path) as table:
        assert table.columns == ("id", "n")
        assert [row.cells for row in table.rows() if isinstance(row, Row)] == [{"id": "L1", "n": "2"}]
        assert table.notes == ["1 column(s) without a name were not read"]


def test_numbers_of_json_lines_are_read_from_their_text(tmp_path: Path) -> None:
    path = tmp_path / "leads.jsonl"
    path.write_text('{"a": 0.1, "b": 123456789012.123456, "c": 7, "d": [0.30], "e": null}\n', encoding="utf-8")
    assert cells(path) == [
        {"a": Decimal("0.1"), "b": Decimal("123456789012.123456"), "c": 7, "d": [Decimal("0.30")], "e": None}
    ]


def test_a_workbook_keeps_numbers_texts_and_times_exact(tmp_path: Path) -> None:
    path = tmp_path / "leads.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    time = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    sheet.write_row(1, 0, ["id", "n", "t", "when", "b"])
    sheet.write_row(2, 0, ["L1", 0.1, "0012"])
    sheet.write_datetime(2, 3, dt.datetime(2026, 11, 20, 10, 30), time)
    sheet.write_boolean(2, 4, True)
    sheet.write_row(3, 0, ["L2", 123456789012.1235])
    sheet.write_string(3, 2, "110101199003074578")
    sheet.write_string(5, 0, "L3")
    sheet.write_string(5, 1, "123456789012.123456")
    sheet.write_formula(6, 1, "=1/0", None, "#DIV/0!")
    sheet.write_string(6, 0, "L4")
    sheet.write_row(7, 0, ["L5", 13800000001])
    book.close()
    assert read(path) == [
        Row(3, {"id": "L1", "n": "0.1", "t": "0012", "when": "2026-11-20 10:30:00", "b": "true"}),
        Row(4, {"id": "L2", "n": "123456789012.1235", "t": "110101199003074578"}),
        Row(6, {"id": "L3", "n": "123456789012.123456"}),
        BadRow(7, None, "n", "a value", "an error cell, #DIV/0!"),
        Row(8, {"id": "L5", "n": "13800000001"}),
    ]


def test_parquet_keeps_types_over_several_slices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leadpolicy.files.parquet_reader._SLICE", 2)
    path = tmp_path / "leads.parquet"
    frame = polars.DataFrame(
        {"id": ["L1", "L2", "L3"], "n": [0.1, None, 0.3], "d": [dt.date(2026, 1, 2)] * 3, "l": [["a"], [], None]}
    )
    frame.write_parquet(path)
    day = dt.date(2026, 1, 2)
    assert read(path) == [
        Row(1, {"id": "L1", "n": 0.1, "d": day, "l": ["a"]}),
        Row(2, {"id": "L2", "d": day, "l": []}),
        Row(3, {"id": "L3", "n": 0.3, "d": day}),
    ]


@pytest.mark.parametrize("name", ["leads.xlsx", "leads.parquet"])
def test_without_the_extra_the_message_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for module in ("polars", "fastexcel"):
        monkeypatch.setitem(__import__("sys").modules, module, None)
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(FileError, match=r"pip install 'leadpolicy\[tables\]'"):
        read(tmp_path / name)
