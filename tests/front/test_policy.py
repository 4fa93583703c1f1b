"""`Policy`: loading, errors, deciding, what may be passed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import small_policy

from leadpolicy import InputError, Policy, PolicyError
from leadpolicy.loading import FolderReader

NOW = datetime(2026, 11, 23, 10, 0)
LEAD = {"id": "L1", "employees": 8000, "created_at": "2026-11-20"}


@pytest.fixture(scope="module")
def policy() -> Policy:
    return Policy.from_source(small_policy.POLICY)


def test_what_a_policy_says_of_itself(policy: Policy) -> None:
    assert (policy.name, policy.version, policy.ir.name) == ("small", "1", "small")
    assert policy.digest == policy.ir.digest
    compile(policy.python, "small", "exec")


def test_a_mistake_is_shown_with_its_line() -> None:
    text = small_policy.POLICY.replace("ratio > 0.1", "rato > 0.1").replace("rep is known", "repp is known")
    with pytest.raises(PolicyError) as caught:
        Policy.from_source(text, "mine.lead")
    assert len(caught.value.diagnostics) == 2
    assert "mine.lead:30:11: error LP2" in str(caught.value)
    assert "did you mean `ratio`?" in str(caught.value)
    assert "did you mean `rep`?" in str(caught.value)


def test_a_naive_time_is_in_the_policys_zone_and_none_is_the_clocks(policy: Policy) -> None:
    decision = policy.decide(LEAD, facts=[], now=NOW)
    assert decision.to_dict()["at"] == "2026-11-23T10:00:00+08:00"
    before = datetime.now(UTC).replace(microsecond=0)
    assert before <= policy.decide(LEAD, facts=[]).at <= datetime.now(UTC)


def test_leads_may_be_mappings_models_dataclasses_or_objects(policy: Policy) -> None:
    @dataclass
    class Mine:
        id: str
        employees: int
        created_at: str

    model = policy.models.Lead(id="L1", employees=8000, created_at=datetime(2026, 11, 20))
    wanted = policy.decide(LEAD, facts=[], now=NOW).to_json()
    for lead in (Mine("L1", 8000, "2026-11-20"), model):
        assert policy.decide(lead, facts=[], now=NOW).to_json() == wanted


def test_facts_by_name_or_by_class(policy: Policy) -> None:
    lead = LEAD | {"rep": "m1"}
    member = policy.models.Member(id="m1", level="senior")

    @dataclass
    class Member:
        id: str
        level: str

    for facts in ({"Member": [{"id": "m1"}]}, {"Member": [member]}, [member], [Member("m1", "senior")]):
        route = policy.decide(lead, facts=facts, now=NOW).to_dict()["route"]
        assert route == {"entry": "taken", "kind": "member", "target": "m1", "member": "m1"}


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ({"facts": {"Membr": []}}, "did you mean Member?"),
        ({"facts": [{"id": "m1"}]}, "records by the fact's name"),
        ({"facts": {"Member": "m1"}}, "expected a list of records"),
        ({"facts": [object()]}, "the name of a fact (Member, Lead)"),
        ({"facts": [], "events": [{"kind": "call"}]}, "no events: policy small declares none"),
        ({}, "Member"),
    ],
)
def test_a_hosts_mistakes_are_named(policy: Policy, named: dict[str, object], said: str) -> None:
    with pytest.raises(InputError) as caught:
        policy.decide(LEAD, now=NOW, **named)  # type: ignore[arg-type]
    assert said in str(caught.value)


def test_no_events_are_fine(policy: Policy) -> None:
    assert policy.decide(LEAD, events=[], facts=[], now=NOW).stage == "MQL"


def test_many_leads_one_of_them_bad(policy: Policy) -> None:
    errors: list[tuple[int, InputError]] = []
    leads = [LEAD, LEAD | {"id": "L2", "employees": "many"}, LEAD | {"id": "L3"}]
    many = policy.decide_many(iter(leads), facts=[], now=NOW, on_error=lambda i, e: errors.append((i, e)))
    assert [decision.lead for decision in many] == ["L1", "L3"]
    assert [(i, e.lead, e.field) for i, e in errors] == [(1, "L2", "employees")]
    with pytest.raises(InputError):
        list(policy.decide_many(leads, facts=[], now=NOW))


def test_load_compiles_once_until_the_file_changes(tmp_path: Path) -> None:
    path = tmp_path / "small.lead"
    path.write_text(small_policy.POLICY, encoding="utf-8")
    first = Policy.load(path)
    assert Policy.load(str(path)) is first
    path.write_text(small_policy.POLICY.replace('version "1"', 'version "2"'), encoding="utf-8")
    assert Policy.load(path).version == "2"
    with pytest.raises(FileNotFoundError):
        Policy.load(tmp_path / "nowhere.lead")


def test_a_change_of_a_list_file_is_seen(tmp_path: Path) -> None:
    text = small_policy.POLICY.replace("score fit", 'list big = from "big.csv" column name\n\nscore fit')
    path = tmp_path / "small.lead"
    path.write_text(text, encoding="utf-8")
    (tmp_path / "big.csv").write_text("name\nAcme\n", encoding="utf-8")
    first = Policy.load(path)
    assert first.ir.lists[0].items == ("Acme",)
    assert Policy.load(path) is first
    (tmp_path / "big.csv").write_text("name\nBeta\n", encoding="utf-8")
    assert Policy.load(path).ir.lists[0].items == ("Beta",)


def test_a_policy_reads_only_in_its_own_folder(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "secret.csv").write_text("x")
    (inner / "ok.csv").write_text("\ufeffname\n", encoding="utf-8")
    (inner / "link.csv").symlink_to(tmp_path / "secret.csv")
    read = FolderReader(inner)
    assert read("ok.csv") == "name\n"
    for name in ("../secret.csv", str(tmp_path / "secret.csv"), "C:\\secret.csv", "link.csv"):
        with pytest.raises(PermissionError, match="only files in its own folder"):
            read(name)
    with pytest.raises(OSError, match="pass `base`"):
        FolderReader(None)("ok.csv")
