"""Sums and averages of durations; equal keyless facts."""

from __future__ import annotations

import pytest
from tests.rulings.deciding import NOW, decide, lead, policy

from leadpolicy.compiler.interpreter import Interpreter

STAYS = """\
event Stay of Lead {
  long: duration
  at:   time required as happened
}
let mean  = average(long of Stay)
let whole = sum(long of Stay)
gate g {
  m: mean > 3 hours
  w: whole is 7 hours
}
"""


@pytest.mark.parametrize(
    ("spans", "mean", "whole", "verdicts"),
    [
        (["PT2H", "PT5H"], "PT3H30M", "PT7H", ["true", "true"]),
        (["P1D", "P2D"], "PT36H", "P3D", ["true", "false"]),
        # 30 days and 2 days are 32, of which 16 are the half: a mean has no months.
        (["P1M", "P2D"], "PT384H", "P1M2D", ["true", "false"]),
        (["PT0.000001S", "PT0.000002S"], "PT0.000002S", "PT0.000003S", ["false", "false"]),
        (["PT1H", None], None, None, ["unknown", "unknown"]),
        ([], "none", "PT0S", ["false", "false"]),
    ],
)
def test_ruling_85_sums_and_averages_of_durations(
    spans: list[str | None], mean: str | None, whole: str | None, verdicts: list[str]
) -> None:
    stays = [{"of": "L1", "long": span, "at": f"2026-11-1{i} 10:00"} for i, span in enumerate(spans)]
    told = decide(STAYS, events={"Stay": stays})["why"]
    assert [item["verdict"] for item in told] == verdicts
    assert [value for item in told for value in item["values"].values()] == [mean, whole]


def test_ruling_13_equal_facts_without_a_key_are_one_and_many_are_read_at_once() -> None:
    body = "fact Note of Lead {\n  text: text\n  tags: list of text\n}\ngate g {\n  many: count(Note) is 2001\n}\n"
    notes = [{"of": "L1", "text": str(i // 2), "tags": ["a", None]} for i in range(4000)]
    other = {"of": "L1", "text": "0", "tags": ["a"]}
    assert decide(body, facts={"Note": [*notes, other, other]})["why"][0]["verdict"] == "true"


def test_reading_facts_without_a_key_compares_none_with_all_others(monkeypatch: pytest.MonkeyPatch) -> None:
    from leadpolicy.compiler.interpreter.records import Record

    made = policy("fact Note of Lead {\n  text: text\n}\ngate g {\n  some: any Note\n}\n").ir
    compared = []
    monkeypatch.setattr(Record, "same", lambda *both: compared.append(both))
    notes = [{"of": "L1", "text": str(i)} for i in range(100)]
    Interpreter(made).run(lead(), now=NOW, facts={"Note": notes}, events={}).decision()
    assert compared == []
