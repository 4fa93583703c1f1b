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
