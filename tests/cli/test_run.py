"""`lead run`: decisions, the summary, bad rows, and every message about input that can't be used."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from small_policy import Lead

RUN = ("run", "small.lead", "leads.csv", "--facts", "Member=members.csv", "--now", "2026-11-23T10:00")


def write(path: Path, text: str, encoding: str = "utf-8") -> None:
    path.write_text(text, encoding=encoding, newline="")


def test_decisions_are_written_and_the_bad_row_is_listed(lead: Lead, folder: Path) -> None:
    ran = lead(*RUN, "--out", "out.jsonl", "--errors", "bad.csv")
    assert ran.code == 1
    decisions = [json.loads(line) for line in (folder / "out.jsonl").read_text().splitlines()]
    assert [d["lead"] for d in decisions] == ["L1", "L2", "L4"]
    assert decisions[0]["at"] == "2026-11-23T10:00:00+08:00"
    assert decisions[0]["scores"]["fit"]["value"] == 25
    assert decisions[1]["scores"]["fit"]["value"] == 5
    assert [d["route"]["target"] for d in decisions] == ["desk", "m1", None]
    with (folder / "bad.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.DictReader(file)) == [
            {"line": "4", "lead": "L3", "field": "employees", "expected": "a whole number", "found": '"many"'}
        ]
    for part in ("4 leads read, 3 decided, 1 bad row", "columns not used: notes", "queue desk", "a whole number"):
        assert part in ran.out


def test_the_summary_as_json(lead: Lead, folder: Path) -> None:
    ran = lead(*RUN, "--format", "json")
    summary = json.loads(ran.out)
    assert summary["leads"] == {"read": 4, "decided": 3, "bad": 1, "repeated": 0}
    assert summary["columns"]["used"]["company"] == "公司"
    assert summary["columns"]["unused"] == ["notes"]
    assert summary["bad_rows"][0]["line"] == 4
    assert {"entry": "big", "kind": "queue", "target": "desk", "leads": 1} in summary["routes"]
    assert summary["disqualified"] == {"broke": 1}
    assert {"field": "employees", "question": "How many people work there?", "leads": 1} in summary["missing"]


def test_reasons_are_written_only_as_json_lines(lead: Lead, folder: Path) -> None:
    assert lead(*RUN, "--out", "out.jsonl", "--trace").code == 1
    assert json.loads((folder / "out.jsonl").read_text().splitlines()[0])["why"]
    ran = lead(*RUN, "--out", "out.csv", "--trace")
    assert (ran.code, "--trace needs --out with the ending .jsonl" in ran.err) == (2, True)
    assert "--trace without --out" in lead(*RUN, "--trace").err


def test_a_lead_that_stands_twice(lead: Lead, folder: Path) -> None:
    write(folder / "leads.csv", "id,created_at\nL1,2026-11-20\nL1,2026-11-20\nL1,2026-11-21\n")
    ran = lead(*RUN, "--format", "json")
    summary = json.loads(ran.out)
    assert ran.code == 1
    assert summary["leads"] == {"read": 3, "decided": 1, "bad": 1, "repeated": 1}
    assert summary["bad_rows"][0]["found"] == "another row than in line 2"


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("leads.csv", b"", ["the file is empty", "a first line with the column names"]),
        ("leads.jsonl", b"", ["the file is empty", "one JSON object a line"]),
        ("leads.xlsx", b"", ["the file is empty"]),
        ("leads.parquet", b"", ["the file is empty"]),
        ("leads.xlsx", b"no workbook", ["not a workbook that can be read"]),
        ("leads.parquet", b"no parquet", ["not a Parquet file that can be read"]),
        ("leads.csv", b"id,created_at\nL1,\xff\xff\n", ["isn't in UTF-8 or GBK", "byte 18 (line 2)", "--encoding"]),
        ("leads.csv", b"id,id,created_at\n", ["`id` stands more than once (columns 1, 2)"]),
        ("leads.csv", b"id,name\nL1,x\n", ["no column for `created_at`, the required field of Lead", "`id`, `name`"]),
        (
            "leads.csv",
            b"lead_no,created at\nL1,x\n",
            ["no column for `id`, the key of Lead", "`lead_no`, `created at`", '[columns] id = "lead_no"'],
        ),
        ("leads.csv", b"id,createdat\nL1,x\n", ["nearest: `createdat`", '[columns] created_at = "createdat"']),
        ("leads.csv", b"id,Created_At,CREATED_AT\n", ["both `Created_At` and `CREATED_AT` could be the field"]),
        ("leads.json", b"[]", ["a file of this kind can't be read (.json)", "call the file .jsonl"]),
        ("leads.txt", b"x", ["a file of this kind can't be read (.txt)", "save it as one of .csv"]),
    ],
)
def test_leads_that_cannot_be_used(lead: Lead, folder: Path, name: str, data: bytes, said: list[str]) -> None:
    (folder / name).write_bytes(data)
    ran = lead(*RUN[:2], name, *RUN[3:])
    assert ran.code == 2
    for part in said:
        assert part in ran.err
    assert len(ran.err.splitlines()) <= 2


def test_a_header_without_leads_is_fine(lead: Lead, folder: Path) -> None:
    write(folder / "leads.csv", "id,created_at\n")
    ran = lead(*RUN, "--out", "out.csv")
    assert ran.code == 0
    assert "no leads: the file has a header only" in ran.out
    assert (folder / "out.csv").read_text().startswith("lead,at,score.fit,")


def test_folder_missing_file_and_no_permission(lead: Lead, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "inbox.csv").mkdir()
    assert "inbox.csv: a folder, not a file" in lead("run", "small.lead", "inbox.csv", *RUN[3:]).err
    ran = lead("run", "small.lead", "leds.csv", *RUN[3:])
    assert (ran.code, "leds.csv: no such file" in ran.err, "did you mean leads.csv?" in ran.err) == (2, True, True)
    assert "small.led: no such file" in lead("run", "small.led", "leads.csv").err
    assert lead("run", "inbox.csv", "leads.csv").err.startswith("error: inbox.csv: a folder, not a file")

    real = Path.open

    def refuse(path: Path, *arguments: object, **named: object) -> object:
        if path.name == "leads.csv":
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, *arguments, **named)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refuse)
    ran = lead(*RUN)
    assert (ran.code, "leads.csv: no permission" in ran.err) == (2, True)


def test_as_json_there_is_one_document_whatever_happens(lead: Lead, folder: Path) -> None:
    ran = lead("run", "small.lead", "nowhere.csv", *RUN[3:], "--format", "json")
    assert ran.code == 2
    assert json.loads(ran.out)["error"]["message"] == "nowhere.csv: no such file"
    write(folder / "small.lead", "policy x {")
    ran = lead(*RUN, "--format", "json")
    assert ran.code == 1
    assert json.loads(ran.out)["diagnostics"][0]["severity"] == "error"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "policy small reads `Member`, and no file of them is given; add --facts Member=member.csv"),
        (("--facts", "Member"), "not NAME=FILE"),
        (("--facts", "Membr=members.csv"), "has no other fact `Membr`; did you mean `Member`?"),
        (("--facts", "Lead=leads.csv"), "the leads are given by the LEADS file"),
        (("--facts", "Member=members.csv", "--now", "tomorrow"), "--now tomorrow: not a time"),
        (("--facts", "Member=members.csv", "--out", "x.pdf"), "use .jsonl or .csv or .xlsx or .parquet"),
        (("--facts", "Member=members.csv", "--errors", "x.xlsx"), "use .csv or .jsonl"),
        (("--facts", "Member=members.csv", "--out", "leads.csv"), "--out leads.csv: this file is read"),
        (("--facts", "Member=members.csv", "--out", "no/x.csv"), "isn't there; make it first"),
        (("--facts", "Member=members.csv", "--encoding", "klingon"), "no such text encoding"),
        (("--facts", "Member=broken.csv"), 'field `Member.level`: expected one of junior, senior, found "boss"'),
    ],
)
def test_options_that_cannot_be_used(lead: Lead, folder: Path, options: tuple[str, ...], said: str) -> None:
    write(folder / "broken.csv", "id,level\nm1,boss\n")
    ran = lead("run", "small.lead", "leads.csv", *options)
    assert ran.code == 2
    assert said in ran.err.replace("\n  hint: ", "; ")


def test_wrong_usage_ends_with_2(lead: Lead) -> None:
    assert lead("run", "small.lead").code == 2
    assert lead("fly").code == 2
    assert lead("run", "a", "b", "--format", "xml").code == 2


def test_bad_rows_never_stop_the_others(lead: Lead, folder: Path) -> None:
    rows = ['{"id": "L1", "created_at": "2026-11-20"}', '{"id": ', "[1]", '{"id": "L2", "created_at": "2026-11-20"}']
    rows += ['{"id": "L3", "created_at": "2026-11-20", "ratio": NaN}', '{"id": "L4", "id": "L5"}', '{"id": "L6"}']
    write(folder / "leads.jsonl", "\n".join(rows))
    ran = lead("run", "small.lead", "leads.jsonl", *RUN[3:], "--errors", "bad.jsonl", "--format", "json")
    assert json.loads(ran.out)["leads"] == {"read": 7, "decided": 2, "bad": 5, "repeated": 0}
    bad = [json.loads(line) for line in (folder / "bad.jsonl").read_text().splitlines()]
    assert [b["line"] for b in bad] == [2, 3, 5, 6, 7]
    assert "NaN is no JSON number" in bad[2]["found"]
    assert 'the key "id" stands more than once' in bad[3]["found"]
    assert (bad[4]["lead"], bad[4]["field"]) == ("L6", "created_at")


def test_values_that_mean_unknown(lead: Lead, folder: Path) -> None:
    write(folder / "leads.csv", "id,title,created_at\nL1,Select,2026-11-20\n")
    assert lead(*RUN).code == 1
    assert lead(*RUN, "--unknown", "Select").code == 0
    write(folder / "map.toml", '[unknown.fields]\ntitle = ["Select"]\n')
    assert lead(*RUN, "--map", "map.toml").code == 0


def test_a_note_says_which_encoding_was_read(lead: Lead, folder: Path) -> None:
    write(folder / "leads.csv", "id,公司,created_at\nL1,北方,2026-11-20\n", "gbk")
    ran = lead(*RUN, "--out", "out.jsonl", "--trace")
    assert "note: read as GBK" in ran.out
    assert ran.code == 0
