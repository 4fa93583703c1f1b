"""`--map`: columns to fields, values that mean unknown, and every mistake in a map."""

from __future__ import annotations

from pathlib import Path

import pytest
import small_policy

from leadpolicy.compiler import ir
from leadpolicy.files.columns import Columns
from leadpolicy.files.map_file import read_map
from leadpolicy.files.problems import FileError
from leadpolicy.files.records import Record, Records
from leadpolicy.files.table import open_table
from leadpolicy.policy import Policy


@pytest.fixture(scope="module")
def fact() -> ir.Fact:
    return Policy.from_source(small_policy.POLICY).ir.fact("Lead")


def records(tmp_path: Path, fact: ir.Fact, csv: str, toml: str) -> tuple[list[dict[str, object]], Columns]:
    leads, mapping = tmp_path / "leads.csv", tmp_path / "map.toml"
    leads.write_text(csv, encoding="utf-8")
    mapping.write_text(toml, encoding="utf-8")
    with open_table(leads) as table:
        columns = Columns(table, fact, read_map(mapping, fact))
        found = [r.values for r in Records(table, columns) if isinstance(r, Record)]
    return found, columns


def test_columns_by_map_name_and_label(tmp_path: Path, fact: ir.Fact) -> None:
    csv = "No., 公司 ,EMPLOYEES,员工数,budget,Budget,created_at\nL1,Acme,1,2,3,4,2026-11-20\n"
    found, columns = records(tmp_path, fact, csv, '[columns]\nid = "No."\nemployees = "员工数"\n')
    assert found == [{"id": "L1", "company": "Acme", "employees": "2", "budget": "3", "created_at": "2026-11-20"}]
    assert columns.unused() == ["EMPLOYEES", "Budget"]
    assert columns.absent() == ["title", "ratio", "rep"]


def test_values_that_mean_unknown(tmp_path: Path, fact: ir.Fact) -> None:
    csv = "id,title,company,rep,created_at\nL1,Select,n/a,n/a,2026-11-20\nL2,n/a,Select,,2026-11-20\n"
    found, _ = records(tmp_path, fact, csv, '[unknown]\nvalues = ["n/a"]\n[unknown.fields]\ntitle = ["Select"]\n')
    assert [(r.get("title"), r.get("company"), r.get("rep")) for r in found] == [
        (None, None, "未知"),
        (None, "Select", None),
    ]


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("[columns", "not TOML"),
        ("[colums]", "the map has no `colums`; did you mean `columns`?"),
        ("[unknown]\nvalue = []", "[unknown] has no `value`; did you mean `values`?"),
        ('columns = "x"', "`columns` is a section"),
        ('[columns]\nemployes = "x"', "Lead has no field `employes`; did you mean `employees`?"),
        ("[columns]\nid = 3", "[columns] id needs the name of a column"),
        ('[columns]\nid = "idd"', "has no column `idd`; did you mean `id`?"),
        ('[columns]\nid = "id"\ncompany = "id"', "column `id` is given to `id` and `company`"),
        ('[unknown]\nvalues = "x"', "[unknown] values needs a list of texts"),
        ('[unknown.fields]\ncity = ["x"]', "Lead has no field `city`"),
    ],
)
def test_mistakes_in_a_map(tmp_path: Path, fact: ir.Fact, toml: str, said: str) -> None:
    with pytest.raises(FileError) as caught:
        records(tmp_path, fact, "id,created_at\n", toml)
    assert said in str(caught.value)


def test_json_lines_may_bring_new_keys_later(tmp_path: Path, fact: ir.Fact) -> None:
    path = tmp_path / "leads.jsonl"
    path.write_text('{"id": "L1", "created_at": "x"}\n' * 1200 + '{"id": "L2", "员工数": 5, "extra": 1}\n', "utf-8")
    with open_table(path) as table:
        columns = Columns(table, fact, read_map(None, fact))
        last = list(Records(table, columns))[-1]
    assert last == Record(1201, {"id": "L2", "employees": 5})
    assert columns.unused() == ["extra"]
