"""Results as JUnit XML."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree

from leadpolicy.files.atomic import written_whole
from leadpolicy.testing.results import Failure, Result

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_junit(path: Path, results: Iterable[Result]) -> None:
    """Write the results; a suite for each file."""
    by_file: dict[str, list[Result]] = {}
    for result in results:
        by_file.setdefault(result.file, []).append(result)
    root = ElementTree.Element("testsuites")
    for file, tests in by_file.items():
        failed = sum(not test.passed for test in tests)
        attributes = {"name": _xml(file), "tests": str(len(tests)), "failures": str(failed), "errors": "0"}
        attributes["time"] = f"{sum(test.seconds for test in tests):.3f}"
        suite = ElementTree.SubElement(root, "testsuite", attributes)
        for test in tests:
            _add(suite, test)
    with written_whole(path) as temporary:
        ElementTree.ElementTree(root).write(temporary, encoding="utf-8", xml_declaration=True)


def _add(suite: ElementTree.Element, test: Result) -> None:
    attributes = {"classname": _xml(test.file), "name": _xml(test.name), "time": f"{test.seconds:.3f}"}
    attributes |= {"file": _xml(test.file), "line": str(test.line)}
    case = ElementTree.SubElement(suite, "testcase", attributes)
    if test.failures:
        first = test.failures[0]
        attributes = {"type": first.kind, "message": _xml(first.text)}
        failure = ElementTree.SubElement(case, "failure", attributes)
        failure.text = _xml("\n".join(_text(f) for f in test.failures))


def _text(failure: Failure) -> str:
    found = "".join(f"\n  {name}: {value}" for name, value in failure.found)
    return f"{failure.kind}, line {failure.line}: {failure.text}{found}"


def _xml(text: str) -> str:
    """Without the characters that XML has no way to write."""
    return _NOT_XML.sub("?", text)
