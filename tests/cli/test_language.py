"""`--lang`, and the locale where it is not given: diagnostics in English and in Chinese."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from small_policy import Lead

from leadpolicy.cli.language import chosen_language, locale_language
from leadpolicy.compiler.codes import CODES
from leadpolicy.compiler.wording_zh.causes import CAUSES
from leadpolicy.compiler.wording_zh.codes import TITLES

BROKEN = """policy p {
  currency CNY
}
fact Lead {
  id: text key
  title: one of [manager, staff]
  budget: money
}
let big = budget > 100
let right = title is manger
"""
SHOWN = """\
错误[LP3004]：`budget` 是金额（CNY），`100` 是整数，两者不能比较
 ─ broken.lead:9:11
9 │ let big = budget > 100
  │           ^^^^^^^^^^^^
 ─ broken.lead:9:11: 这是金额（CNY）
9 │ let big = budget > 100
  │           ------
 ─ broken.lead:9:20: 这是整数
9 │ let big = budget > 100
  │                    ---
  = 建议：请写 `100 CNY`

错误[LP3007]：`manger` 不在这里的选项之中
  ─ broken.lead:10:22
10 │ let right = title is manger
   │                      ^^^^^^
   = 建议：是不是想写 `manager`？

2 个错误（共 1 个文件）
查看代码的说明：lead explain-code LP3004
"""
COMMANDS = {
    "check": ("check", "broken.lead"),
    "run": ("run", "broken.lead", "leads.csv"),
    "explain": ("explain", "broken.lead", "leads.csv", "--lead", "1"),
    "test": ("test", "broken.lead"),
    "compile": ("compile", "broken.lead"),
}


@pytest.fixture
def broken(folder: Path) -> Path:
    path = folder / "broken.lead"
    path.write_text(BROKEN, encoding="utf-8")
    return path


@pytest.fixture
def chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine whose locale is Chinese."""
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh"}, "zh"),
        ({"LANG": "ZH-Hans"}, "zh"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "zha_CN"}, "en"),
        ({"LANG": "C", "LC_MESSAGES": "zh_TW.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "de_DE.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "zh_SG"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "", "LC_MESSAGES": ""}, "zh"),
        ({"LC_TIME": "zh_CN.UTF-8", "LANGUAGE": "zh"}, "en"),
    ],
)
def test_the_locales_language(environment: dict[str, str], language: str) -> None:
    assert locale_language(environment) == language


def test_machines_do_not_hear_of_the_locale() -> None:
    locale = {"LANG": "zh_CN.UTF-8"}
    assert chosen_language(None, True, locale) == "zh"
    assert chosen_language(None, False, locale) == "en"
    assert chosen_language("zh", False, {}) == "zh"
    assert chosen_language("en", True, locale) == "en"


def test_check_in_chinese(lead: Lead, broken: Path) -> None:
    ran = lead("check", broken.name, "--lang", "zh")
    assert (ran.code, ran.out) == (1, SHOWN)
    assert lead("check", "small.lead", "--lang", "zh").out == "没有错误（共 1 个文件）\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_diagnostics_in_chinese(lead: Lead, broken: Path, command: str) -> None:
    ran = lead(*COMMANDS[command], "--lang", "zh")
    assert ran.code == 1
    assert "错误[LP3004]：`budget` 是金额（CNY）" in ran.out
    assert "建议：是不是想写 `manager`？" in ran.out
    assert "hint" not in ran.out


def test_fmt_says_mistakes_of_writing_in_chinese(lead: Lead, folder: Path) -> None:
    (folder / "open.lead").write_text('policy p version "1\n', encoding="utf-8")
    ran = lead("fmt", "open.lead", "--lang", "zh")
    assert "错误[LP1002]：这段文字的引号没有闭合" in ran.out


@pytest.mark.usefixtures("chinese")
def test_the_locale_decides_where_nothing_is_said(lead: Lead, broken: Path) -> None:
    assert lead("check", broken.name).out == SHOWN
    assert "error[LP3004]: `budget` is money in CNY" in lead("check", broken.name, "--lang", "en").out
    assert lead("explain-code", "LP3004").out.startswith(f"LP3004  {TITLES['LP3004']}\n")


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize("form", ["json", "github", "sarif"])
def test_forms_for_machines_are_in_chinese_only_where_it_is_asked_for(lead: Lead, broken: Path, form: str) -> None:
    left, asked = (
        lead("check", broken.name, "--format", form),
        lead("check", broken.name, "--format", form, "--lang", "zh"),
    )
    assert "`manger` is none of the choices here" in left.out
    assert "错误" not in left.out
    assert "`manger` 不在这里的选项之中" in asked.out
    assert "hint:" not in asked.out
    assert "none of the choices" not in asked.out


def test_json_keeps_all_but_the_wording(lead: Lead, broken: Path) -> None:
    for command in ("check", "run", "test"):
        english, chinese = (
            json.loads(lead(*COMMANDS[command], "--format", "json", "--lang", lang).out) for lang in ("en", "zh")
        )
        for left, right in zip(english["diagnostics"], chinese["diagnostics"], strict=True):
            changed = {key for key in left if left[key] != right[key]}
            assert changed <= {"message", "hint", "related"}
            assert "message" in changed
            assert left["severity"] == right["severity"]


def test_an_unknown_language_is_wrong_usage(lead: Lead, broken: Path) -> None:
    assert lead("check", broken.name, "--lang", "de").code == 2


def test_chinese_diagnostics_are_shown_harmless(lead: Lead, folder: Path) -> None:
    text = "policy p\nfact Lead { id: text key }\nlet a = nothing # \x1b[2J\u202e\nlet b = `\x1b[2J` > 1\n"
    (folder / "evil.lead").write_text(text, encoding="utf-8")
    ran = lead("check", "evil.lead", "--lang", "zh")
    assert "这里没有名为 `nothing` 的东西" in ran.out
    assert "\x1b" not in ran.out
    assert "\u202e" not in ran.out


@pytest.mark.parametrize("code", CODES)
def test_a_page_in_chinese(lead: Lead, code: str) -> None:
    english = lead("explain-code", code).out
    ran = lead("explain-code", code, "--lang", "zh")
    assert ran.out.startswith(f"{code}  {TITLES[code]}\n\n")
    assert ran.out.partition("\n\n")[2].partition("\n\n错误写法\n")[0].replace("\n", "").replace(" ", "") == CAUSES[
        code
    ].replace(" ", "")
    assert ran.out.partition("\n错误写法\n")[2].partition("\n正确写法\n")[0] in english


def test_pages_and_the_list_as_json(lead: Lead, monkeypatch: pytest.MonkeyPatch) -> None:
    page = json.loads(lead("explain-code", "LP3004", "--format", "json", "--lang", "zh").out)
    assert (page["title"], page["cause"]) == (TITLES["LP3004"], CAUSES["LP3004"])
    assert page["wrong"] == "let affordable = budget > 100\n"
    listed = json.loads(lead("explain-code", "--format", "json", "--lang", "zh").out)["codes"]
    assert {entry["code"]: entry["title"] for entry in listed} == dict(TITLES)


def test_the_list_in_chinese(lead: Lead) -> None:
    ran = lead("explain-code", "--lang", "zh")
    assert ran.out.startswith("书写\n  LP1001  ")
    assert [line.strip().split("  ", 1)[1] for line in ran.out.splitlines() if line.startswith("  ")] == list(
        TITLES.values()
    )
