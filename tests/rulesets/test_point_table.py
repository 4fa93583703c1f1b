"""The reference point table gives exactly its figures, in English and in Chinese."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from leadpolicy import Policy

NOW = datetime(2026, 11, 20, 10, 0)
PROFILE: Mapping[str, Mapping[str, int]] = {
    "title": {"manager": 10, "person in charge": 5, "sales": 0},
    "industry": {"high closing rate": 5, "low closing rate": 0},
    "department": {"marketing": 5, "sales": 0},
    "agenda": {"clear": 5, "unclear": 0},
    "adoption": {"within 1 month": 10, "within 6 months": 5, "undecided": 0},
}
BEHAVIOUR: Mapping[str, int] = {
    "material request": 5, "inquiry": 5, "trial request": 10, "seminar": 10, "newsletter": 5, "price page": 5,
}  # fmt: skip
HIGHEST: Mapping[str, int] = {"profile": 35, "behaviour": 40, "total": 75}


@dataclass(frozen=True)
class Edition:
    """One language of the policy: its file, and its names for the golden file's words."""

    file: str
    names: Mapping[str, str]

    def say(self, word: str) -> str:
        return self.names.get(word, word)


ENGLISH = Edition(
    "point_table.lead",
    {
        "person in charge": "person_in_charge", "high closing rate": "software", "low closing rate": "retail",
        "within 1 month": "within_1_month", "within 6 months": "within_6_months",
        "material request": "material_request", "trial request": "trial_request", "price page": "price_page",
    },
)  # fmt: skip
CHINESE = Edition(
    "point_table.zh.lead",
    {
        # scores and questions
        "id": "编号", "profile": "画像分", "behaviour": "行为分", "total": "总分", "priority": "等级",
        "title": "职位", "manager": "经理", "person in charge": "负责人", "title sales": "销售",
        "industry": "行业", "high closing rate": "软件", "low closing rate": "零售",
        "department": "部门", "marketing": "市场部", "department sales": "销售部",
        "agenda": "议题", "clear": "明确", "unclear": "不明确",
        "adoption": "采用时间", "within 1 month": "一个月内", "within 6 months": "六个月内",
        "undecided": "未定",
        "material request": "申请资料", "inquiry": "咨询", "trial request": "申请试用",
        "seminar": "参加研讨会", "newsletter": "订阅邮件", "price page": "浏览价格页",
        # qualification
        "challenge": "挑战", "solvable": "可解决", "other_product": "在用竞品", "goals": "目标",
        "budget": "预算", "authority": "决策角色", "decision_maker": "决策人", "influencer": "影响人",
        "user": "使用人", "need": "需求", "timeline": "时间", "money": "资金", "urgency": "紧迫性",
        "unsolvable": "无法解决",
        # routing
        "switching": "替换竞品", "ready": "可成交", "consulting": "可咨询", "hot": "高意向",
        "warm": "一般意向", "otherwise": "otherwise", "sales": "销售组", "replacement": "替换组",
        "consultants": "顾问组", "sdr": "SDR组", "research": "数据组", "public": "公共", "long_term": "长期",
    },
)  # fmt: skip
EDITIONS = pytest.mark.parametrize("edition", [ENGLISH, CHINESE], ids=["English", "Chinese"])


def answer(edition: Edition, question: str, choice: str) -> tuple[str, str]:
    """A field and its value; `sales` is a title and a department, of different names in Chinese."""
    return edition.say(question), edition.names.get(f"{question} {choice}", edition.say(choice))


def decide(folder: Path, edition: Edition, lead: Mapping[str, object]) -> dict[str, Any]:
    policy = Policy.load(folder / "reference" / edition.file)
    return policy.decide({edition.say("id"): "L", **lead}, now=NOW).to_dict()


def points(decision: Mapping[str, Any], edition: Edition) -> dict[str, Any]:
    return {score: decision["scores"][edition.say(score)]["value"] for score in HIGHEST}


def test_the_figures_here_are_the_golden_ones(golden: Path) -> None:
    expected = json.loads((golden / "point-table.json").read_text(encoding="utf-8"))
    assert expected == {"profile": PROFILE, "behaviour": BEHAVIOUR, "highest": HIGHEST}


@EDITIONS
@pytest.mark.parametrize(("question", "choice"), [(q, c) for q, choices in PROFILE.items() for c in choices])
def test_each_answer_alone_gives_its_points(rulesets: Path, edition: Edition, question: str, choice: str) -> None:
    expected = PROFILE[question][choice]
    decision = decide(rulesets, edition, dict([answer(edition, question, choice)]))
    assert points(decision, edition) == {"profile": expected, "behaviour": 0, "total": expected}


@EDITIONS
@pytest.mark.parametrize("action", BEHAVIOUR)
def test_each_action_alone_gives_its_points(rulesets: Path, edition: Edition, action: str) -> None:
    done = points(decide(rulesets, edition, {edition.say(action): True}), edition)
    assert done == {"profile": 0, "behaviour": BEHAVIOUR[action], "total": BEHAVIOUR[action]}
    not_done = points(decide(rulesets, edition, {edition.say(action): False}), edition)
    assert set(not_done.values()) == {0}


@EDITIONS
def test_the_highest_of_all_make_75(rulesets: Path, edition: Edition) -> None:
    highest = {question: max(choices, key=choices.__getitem__) for question, choices in PROFILE.items()}
    best = dict(answer(edition, question, choice) for question, choice in highest.items())
    decision = decide(rulesets, edition, best | {edition.say(action): True for action in BEHAVIOUR})
    assert points(decision, edition) == HIGHEST


@EDITIONS
def test_every_combination_of_answers_adds_up(rulesets: Path, edition: Edition) -> None:
    for choices in itertools.product(*PROFILE.values()):
        answers = dict(zip(PROFILE, choices, strict=True))
        lead = dict(answer(edition, question, choice) for question, choice in answers.items())
        expected = sum(PROFILE[question][choice] for question, choice in answers.items())
        assert points(decide(rulesets, edition, lead), edition)["profile"] == expected, lead
    for done in itertools.product([False, True], repeat=len(BEHAVIOUR)):
        lead = {edition.say(action): d for action, d in zip(BEHAVIOUR, done, strict=True)}
        expected = sum(p for p, d in zip(BEHAVIOUR.values(), done, strict=True) if d)
        assert points(decide(rulesets, edition, lead), edition)["behaviour"] == expected, lead


@EDITIONS
def test_an_unknown_answer_widens_the_bounds_only(rulesets: Path, edition: Edition) -> None:
    scores = decide(rulesets, edition, {})["scores"]
    for score, highest in HIGHEST.items():
        assert scores[edition.say(score)] == {"value": 0, "low": 0, "high": highest}


def test_both_languages_decide_alike(rulesets: Path) -> None:
    """400 random leads, gaps included: the Chinese decision is the English one, word for word translated."""
    rng = random.Random(6)
    stages = set()
    for _ in range(400):
        lead = random_lead(rng)
        english, chinese = (
            comparable(decide(rulesets, edition, translated(edition, lead))) for edition in (ENGLISH, CHINESE)
        )
        assert renamed(english) == chinese, lead
        stages.add(english["stage"])
    assert stages == {None, "MQL", "SQL"}


def random_lead(rng: random.Random) -> dict[str, object]:
    """Answers in the golden file's words; each with one chance in five not there."""
    lead: dict[str, object] = {question: rng.choice(list(choices)) for question, choices in PROFILE.items()}
    lead |= {action: rng.random() < 0.6 for action in BEHAVIOUR}
    lead |= {
        "challenge": "too few leads", "solvable": rng.random() < 0.85, "other_product": rng.random() < 0.3,
        "goals": "more", "budget": rng.choice([0, 50_000]),
        "authority": rng.choice(["decision_maker", "influencer", "user"]),
    }  # fmt: skip
    return {field: value for field, value in lead.items() if rng.random() < 0.8}


def translated(edition: Edition, lead: Mapping[str, object]) -> dict[str, object]:
    return dict(
        answer(edition, field, value) if isinstance(value, str) else (edition.say(field), value)
        for field, value in lead.items()
    )


def comparable(decision: Mapping[str, Any]) -> dict[str, Any]:
    """Without what each edition has of its own: name and digest, and the questions of `missing`."""
    kept = {key: part for key, part in decision.items() if key not in ("policy", "at")}
    missing = [{"field": m["field"], "could_change": m["could_change"]} for m in decision["missing"]]
    return {**kept, "missing": missing}


def renamed(decision: Mapping[str, Any]) -> dict[str, Any]:
    """An English decision in the Chinese edition's names."""
    words = {name: word for word, name in ENGLISH.names.items()}

    def say(text: str | None) -> str | None:
        """A name, or a kind and a name: `score profile`."""
        kind, _, name = (text or "").rpartition(" ")
        return None if text is None else f"{kind} {CHINESE.say(words.get(name, name))}".strip()

    def names(part: Mapping[str, Any]) -> dict[str | None, Any]:
        return {say(name): value for name, value in part.items()}

    def gate(part: Mapping[str, Any]) -> dict[str, Any]:
        # `authority` is a field and a criterion; the criterion goes by a name of its own in Chinese
        criteria = {"决策权" if k == "authority" else k: v for k, v in part["criteria"].items()}
        return {**part, "criteria": names(criteria)}

    route = decision["route"]
    entry = route["entry"] if route["kind"] == "undecided" else say(route["entry"])
    return {
        **decision,
        "scores": names(decision["scores"]),
        "tables": names(decision["tables"]),
        "gates": {name: gate(part) for name, part in decision["gates"].items()},
        "disqualified": [{**d, "entry": say(d["entry"])} for d in decision["disqualified"]],
        "route": {**route, "entry": entry, "target": say(route["target"])},
        "missing": [
            {"field": say(m["field"]), "could_change": [say(part) for part in m["could_change"]]}
            for m in decision["missing"]
        ],
    }
