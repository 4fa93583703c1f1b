"""`lead compile`: what it prints, and what it says of a policy with mistakes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from leadpolicy import Policy
from leadpolicy.compiler import ir

ROOT = Path(__file__).resolve().parents[2]
INTAKE = "rulesets/sample/intake.lead"


def lead(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "leadpolicy.cli", "compile", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_ir_that_is_printed_is_the_policys() -> None:
    done = lead(INTAKE, "--to", "ir")
    assert done.returncode == 0
    assert ir.Policy.model_validate_json(done.stdout).digest == Policy.load(ROOT / INTAKE).digest


def test_python_is_printed_alone_or_in_a_document() -> None:
    alone, document = lead(INTAKE, "--to", "python"), lead(INTAKE, "--to", "python", "--format", "json")
    assert "PROGRAM" in alone.stdout
    printed = json.loads(document.stdout)
    assert printed["python"] == alone.stdout
    assert printed["policy"] == "intake"


def test_the_generated_module_decides_by_itself(tmp_path: Path) -> None:
    target = tmp_path / "module.py"
    assert lead(INTAKE, "-o", str(target)).returncode == 0
    script = (
        "import sys, datetime; sys.path.insert(0, sys.argv[1]); import module;"
        "now = datetime.datetime(2026, 11, 20, tzinfo=datetime.UTC);"
        "print(module.PROGRAM.decide({'id': '1', 'employees': 9000}, now=now).route.entry);"
        "assert not any(m.startswith('leadpolicy.compiler') for m in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("large\n", "")


def test_a_policy_with_mistakes_gives_them_and_exit_code_1() -> None:
    text, document = lead("docs/broken.lead"), lead("docs/broken.lead", "--format", "json")
    assert (text.returncode, document.returncode) == (1, 1)
    assert "did you mean `manager`?" in text.stdout
    assert [d["code"] for d in json.loads(document.stdout)["diagnostics"]] == ["LP3004", "LP3007"]


def test_a_file_that_is_not_there_is_exit_code_2() -> None:
    done = lead("no/such.lead")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_rules_that_a_session_cannot_match_are_left_out_and_named(tmp_path: Path) -> None:
    policy = tmp_path / "late.lead"
    policy.write_text(
        'policy late version "1" {\n  about Lead\n}\nfact Lead {\n  id: text key\n  n:  int\n'
        "  made: time required as created\n}\nfunnel {\n  MQL: n >= 1\n}\nlet late = entered(MQL) > made\n"
        "rule first {\n  when lead: Lead where late\n  then flag lead as late\n}\n"
        "rule second {\n  when lead: Lead where n > 1\n  then flag lead as large\n}\n",
        encoding="utf-8",
    )
    done = lead(str(policy))
    words = "it reads when the stage `MQL` was entered, and a session can't match that yet"
    assert done.returncode == 0
    assert done.stderr == f"the rule `first` is left out: {words}\n"
    assert '# Left out: "the rule first reads when the stage `MQL` was entered: a session can' in done.stdout
    assert "RuleDeclaration('second'" in done.stdout
    assert "RuleDeclaration('first'" not in done.stdout
    chinese = lead(str(policy), "--lang", "zh")
    assert chinese.stderr == "规则 `first` 未包括在内：它读取进入阶段 `MQL` 的时间，会话还不能匹配\n"
