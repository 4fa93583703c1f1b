"""The cache on disk: what is found there, what is refused, and that nothing depends on it."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from leadpolicy import Policy, PolicyError, policy, stored
from leadpolicy.compiler import pipeline
from leadpolicy.loading import Cache

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
TEXT = """policy small version "1" {
  zone "UTC"
}

fact Lead {
  id:    text key
  title: text
  size:  int ask "How many?"
}

list vips = from "vips.csv" column title

score fit from 0 to 40 {
  +10 when title in vips  because "known"
  +20 when size >= 100
}

queue main

route {
  big: fit >= 20 -> queue main
  undecided -> queue main
}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of its own, and a policy beside its list."""
    monkeypatch.setenv("LEADPOLICY_CACHE", str(tmp_path / "cache"))
    (tmp_path / "vips.csv").write_text("title\nboss\n", encoding="utf-8")
    (tmp_path / "small.lead").write_text(TEXT, encoding="utf-8")
    return tmp_path


@pytest.fixture
def load(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Policy, int]]:
    """Loads the policy as a new process would; and says how often something was compiled for it."""
    count: list[int] = []
    whole = pipeline.compile_only

    def counting(*arguments: object, **named: object) -> object:
        count.append(1)
        return whole(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline, "compile_only", counting)

    def loading(**options: bool) -> tuple[Policy, int]:
        count.clear()
        monkeypatch.setattr(policy, "_CACHE", Cache(size=32))
        return Policy.load(folder / "small.lead", **options), len(count)

    return loading


Load = Callable[..., tuple[Policy, int]]
LEADS: list[dict[str, object]] = [{"id": "1", "title": "boss", "size": 500}, {"id": "2"}, {"id": "3", "size": 1}]


def told(made: Policy) -> list[str]:
    return [made.decide(lead, now=NOW).to_json(trace=True) for lead in LEADS]


def filled(load: Load) -> list[str]:
    """Stores everything; what was decided."""
    made, compiled = load()
    assert compiled == 1
    return told(made)


def parts(folder: Path) -> dict[str, Path]:
    return {p.suffix: p for p in (folder / "cache").iterdir()}


def test_warm_is_as_cold(load: Load) -> None:
    cold = filled(load)
    warm, compiled = load()
    assert compiled == 0
    assert told(warm) == cold
    assert (warm.name, warm.version) == ("small", "1")
    again, compiled = load()
    assert again.ir == load(cache=False)[0].ir
    assert again.python == load(cache=False)[0].python


def test_diagnostics_of_a_warm_policy(load: Load, folder: Path) -> None:
    (folder / "small.lead").write_text(TEXT.replace("size >= 100", "size = 100"), encoding="utf-8")
    cold, _ = load()
    told(cold)
    assert "LP1050" in [d.code for d in cold.diagnostics]
    warm, compiled = load()
    assert compiled == 0
    (folder / "vips.csv").write_text("title\nother\n", encoding="utf-8")  # a loaded policy stays what it was
    assert [str(d.message) for d in warm.diagnostics] == [str(d.message) for d in cold.diagnostics]
    assert warm._recompiled.policy == cold.ir


def test_the_telling_half_is_made_where_only_the_deciding_is_stored(load: Load, folder: Path) -> None:
    cold = filled(load)
    parts(folder)[".telling"].unlink()
    parts(folder)[".ir"].unlink()
    warm, compiled = load()
    assert compiled == 0
    assert told(warm) == cold
    assert ".telling" in parts(folder)


@pytest.mark.parametrize("where", [0, 10, 19, 30, 50, 51, 52, 200, -1])
@pytest.mark.parametrize("part", [".deciding", ".telling", ".files", ".ir"])
def test_a_flipped_bit_is_seen(load: Load, folder: Path, part: str, where: int) -> None:
    cold = filled(load)
    path = parts(folder)[part]
    data = bytearray(path.read_bytes())
    data[where % len(data)] ^= 1
    path.write_bytes(data)
    found, compiled = load()
    assert compiled == (1 if part in {".deciding", ".files"} else 0)
    assert told(found) == cold
    assert found.ir == load(cache=False)[0].ir
    if compiled:
        assert load()[1] == 0  # it was written again


@pytest.mark.parametrize("size", [0, 5, 19, 51, 52, 100])
def test_a_truncated_file_is_seen(load: Load, folder: Path, size: int) -> None:
    cold = filled(load)
    path = parts(folder)[".deciding"]
    path.write_bytes(path.read_bytes()[:size])
    found, compiled = load()
    assert compiled == 1
    assert told(found) == cold


def test_a_part_in_the_place_of_another_is_seen(load: Load, folder: Path) -> None:
    cold = filled(load)
    found = parts(folder)
    found[".deciding"].write_bytes(found[".telling"].read_bytes())
    again, compiled = load()
    assert compiled == 1
    assert told(again) == cold


def test_another_key_means_another_cache(load: Load, folder: Path) -> None:
    filled(load)
    (folder / "cache" / "key").write_bytes(b"x" * 32)
    assert load()[1] == 1


def test_a_broken_key_is_made_anew(load: Load, folder: Path) -> None:
    filled(load)
    (folder / "cache" / "key").write_bytes(b"short")
    made, compiled = load()
    assert compiled == 1
    told(made)
    assert load()[1] == 0


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_a_key_that_others_can_touch_is_not_used(load: Load, folder: Path, mode: int) -> None:
    filled(load)
    (folder / "cache" / "key").chmod(mode)
    assert stored.open_store() is None
    assert load()[1] == 1


def test_a_folder_that_others_can_write_into_is_not_used(load: Load, folder: Path) -> None:
    filled(load)
    (folder / "cache").chmod(0o777)
    assert stored.open_store() is None
    assert load()[1] == 1


def test_what_belongs_to_somebody_else_is_not_used(load: Load, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(load)
    me = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: me + 1)
    assert stored.open_store() is None


def test_a_link_is_not_followed(load: Load, folder: Path) -> None:
    filled(load)
    path = parts(folder)[".deciding"]
    path.rename(folder / "elsewhere")
    path.symlink_to(folder / "elsewhere")
    assert load()[1] == 1


def test_modes(load: Load, folder: Path) -> None:
    filled(load)
    assert (folder / "cache").stat().st_mode & 0o777 == 0o700
    assert {p.stat().st_mode & 0o777 for p in parts(folder).values()} == {0o600}
    assert not [p for p in (folder / "cache").iterdir() if p.name.startswith(".new-")]


def test_a_changed_list_gives_another_result(load: Load, folder: Path) -> None:
    cold = filled(load)
    (folder / "vips.csv").write_text("title\nclerk\n", encoding="utf-8")
    changed, compiled = load()
    assert compiled == 1
    assert changed.decide(LEADS[0], now=NOW).scores["fit"].value == 20
    told(changed)
    (folder / "vips.csv").write_text("title\nboss\n", encoding="utf-8")
    back, compiled = load()
    assert compiled == 0
    assert told(back) == cold
    (folder / "vips.csv").unlink()
    with pytest.raises(PolicyError):
        load()


def test_a_changed_text_or_compiler_is_another_policy(
    load: Load, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(load)
    (folder / "small.lead").write_text(TEXT.replace("+20", "+21"), encoding="utf-8")
    made, compiled = load()
    assert compiled == 1
    assert made.decide(LEADS[2] | {"size": 100}, now=NOW).scores["fit"].value == 21
    assert load()[1] == 0
    monkeypatch.setattr(stored, "build", lambda: "another")
    assert load()[1] == 1


def test_the_name_in_results_is_part_of_the_key(load: Load, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(load)
    monkeypatch.chdir(folder)
    near = Policy.load("small.lead")
    assert near.decide(LEADS[0], now=NOW).why()[0].place == "small.lead:14"


@pytest.mark.parametrize("word", ["off", "OFF", "0"])
def test_switched_off(load: Load, folder: Path, monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    monkeypatch.setenv("LEADPOLICY_CACHE", word)
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "xdg"))
    monkeypatch.chdir(folder)
    told(load()[0])
    assert load()[1] == 1
    assert sorted(p.name for p in folder.iterdir()) == ["small.lead", "vips.csv"]


def test_switched_off_by_argument(load: Load, folder: Path) -> None:
    told(load(cache=False)[0])
    assert not (folder / "cache").exists()


def test_where_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("LEADPOLICY_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert stored.cache_folder() == tmp_path / "leadpolicy"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert stored.cache_folder() == tmp_path / ".cache" / "leadpolicy"


def test_a_place_that_can_not_be_made(load: Load, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "file").write_text("")
    for place in (folder / "file", folder / "file" / "below", Path("/proc/nowhere/cache")):
        monkeypatch.setenv("LEADPOLICY_CACHE", str(place))
        assert stored.open_store() is None
        told(load()[0])


def test_a_folder_that_can_not_be_written_into(load: Load, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cold = filled(load)

    def refused(*_: object) -> Path:
        raise PermissionError(13, "read-only")

    monkeypatch.setattr(stored, "_new_file", refused)
    assert load()[1] == 0
    parts(folder)[".deciding"].unlink()
    assert told(load()[0]) == cold
    assert load()[1] == 1


def test_the_folder_stays_small(load: Load, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(load)
    monkeypatch.setattr(stored, "LIMIT", 20_000)
    for number in range(6):
        (folder / "small.lead").write_text(TEXT.replace("+20", f"+{number}"), encoding="utf-8")
        told(load()[0])
    files = [p for p in (folder / "cache").iterdir() if p.name != "key"]
    assert sum(p.stat().st_size for p in files) <= 20_000
    assert (folder / "cache" / "key").exists()


def test_processes_at_once(folder: Path) -> None:
    code = (
        "import sys; from datetime import datetime, UTC; from leadpolicy import Policy\n"
        "made = Policy.load('small.lead').decide({'id': '1', 'title': 'boss'}, now=datetime(2026, 1, 1, tzinfo=UTC))\n"
        "print(made.to_json(trace=True))"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", code], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    results = [one.communicate() for one in started]
    assert {error for _, error in results} == {b""}
    assert len({out for out, _ in results}) == 1
    assert json.loads(results[0][0])["scores"]["fit"]["low"] == 10
    assert not [p for p in (folder / "cache").iterdir() if p.name.startswith(".new-")]


def test_a_warm_start_loads_no_compiler_and_nothing_unpickles(load: Load, folder: Path) -> None:
    filled(load)
    code = (
        "import sys; from datetime import datetime, UTC; from leadpolicy import Policy\n"
        f"Policy.load({str(folder / 'small.lead')!r}).decide({{'id': '1'}}, now=datetime(2026, 1, 1, tzinfo=UTC)).route\n"
        "print([n for n in ('pickle', 'pydantic', 'lark', 'leadpolicy.compiler.parser') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout == "[]\n"
    for file in (stored, policy):
        tree = ast.parse(Path(file.__file__).read_text(encoding="utf-8"))
        imported = [a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names]
        assert not {"pickle", "shelve", "dill"} & {*imported}


def test_nothing_is_unmarshalled_unchecked(load: Load, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(load)
    (folder / "cache" / "key").write_bytes(b"y" * 32)

    def never(_: object) -> object:
        raise AssertionError("looked into what no key vouches for")

    monkeypatch.setattr(stored.marshal, "loads", never)
    told(load()[0])
