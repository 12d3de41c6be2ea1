"""Reports for programs: JUnit XML and annotations of a pull request; nothing a student wrote can forge any."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from xml.etree import ElementTree

import pytest
from msgspec.structs import replace
from typer.testing import CliRunner

from harness.cli import app
from harness.report import Points, Report, decode
from harness.reporting.annotations import MOST, annotated
from harness.reporting.junit import junit_xml
from sample_reports import HOSTILE, HOSTILE_BLOCK, all_right, entry, failing, grader_fault, load_error, report

PROPERTY = r"(?:file|line|title)=[^,:\n]*"
COMMAND = re.compile(rf"::(error|warning|notice) {PROPERTY}(,{PROPERTY})*::[^\n]*\n")
"""A workflow command as GitHub documents it: properties without a bare colon or comma, a message on one line."""


@dataclass
class Suite:
    """What a reader of test results makes of a file."""

    tests: int
    failures: int
    errors: int
    skipped: int


def read(text: str) -> tuple[Suite, ElementTree.Element]:
    """Parse JUnit XML, and hold it against what the format asks for."""
    root = ElementTree.fromstring(text)
    assert root.tag == "testsuite"
    assert {"name", "tests", "failures", "errors"} <= set(root.keys())
    for case in root:
        assert case.tag == "testcase"
        assert {"name", "classname", "time"} <= set(case.keys())
        assert {child.tag for child in case} <= {"failure", "error", "skipped"}
    suite = Suite(*(int(root.get(name, "0")) for name in ("tests", "failures", "errors", "skipped")))
    assert suite.tests == len(root)
    for tag, count in (("failure", suite.failures), ("error", suite.errors), ("skipped", suite.skipped)):
        assert len(root.findall(f"testcase/{tag}")) == count
    return suite, root


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (all_right, Suite(4, 0, 0, 0)),
        (failing, Suite(4, 3, 0, 0)),
        (load_error, Suite(4, 0, 4, 0)),
        (grader_fault, Suite(1, 0, 1, 0)),
    ],
)
def test_every_entry_point_is_a_test_case(make: Callable[[], Report], expected: Suite) -> None:
    assert read(junit_xml(make()))[0] == expected


def test_what_could_not_be_judged_is_skipped() -> None:
    assert read(junit_xml(report("s", [entry("f", "dx", status="not_judged")])))[0] == Suite(1, 0, 0, 1)


def hostile() -> Report:
    """A report full of what a student may have written."""
    text = HOSTILE + HOSTILE_BLOCK + "\n::error file=/etc/passwd::forged\r\n::set-output name=x::y\x00\ud800\ufffe]]>"
    wrong = entry(text, "dx", status="error", message=text, file=text + ".py", points=Points(0.0, 1.0))
    return report(text, [wrong, replace(wrong, status="fail"), replace(wrong, status="not_judged")], message=text)


def test_xml_stays_xml_whatever_a_student_wrote() -> None:
    suite, root = read(junit_xml(hostile()))
    assert suite == Suite(3, 1, 1, 1)
    assert not root.findall(".//script")


@pytest.mark.parametrize("make", [all_right, failing, load_error, grader_fault, hostile])
def test_every_line_is_one_workflow_command_of_ours(make: Callable[[], Report]) -> None:
    text = annotated(make())
    assert text
    assert COMMAND.sub("", text) == ""
    assert len(text.splitlines()) == text.count("\n") <= MOST


def test_the_dearest_mistake_is_annotated_first_at_its_line() -> None:
    first, *others = annotated(failing()).splitlines()
    assert first.startswith("::error file=inbox/s02/rnn_layers.py,line=12,title=rnn_step_forward::")
    assert "line=61" in others[0]
    assert any(line.startswith("::notice") and "rnn_step_backward" in line for line in others)
    assert others[-1].startswith("::notice title=harness::5.62 of 10 points")


def test_many_mistakes_leave_room_for_the_sum() -> None:
    many = report("s", [entry(f"f{i}", "dx", status="fail") for i in range(17)])
    lines = annotated(many).splitlines()
    assert len(lines) == MOST
    assert "title=harness" in lines[-1]


def test_check_prints_the_format_asked_for_and_nothing_else(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "lab9.py"
    path.write_text("def rnn_forward(x, h0, U, W, V, b, c):\n    raise NotImplementedError\n")

    def printed(form: str) -> str:
        found = CliRunner().invoke(app, ["check", str(path), "-a", "lab9", "--format", form])
        assert found.exit_code == 1, found.output
        return found.stdout

    assert decode(printed("json").encode()).assignment == "lab9"
    assert read(printed("junit"))[0] == Suite(3, 3, 0, 0)
    assert COMMAND.sub("", printed("github")) == ""
    assert printed("markdown").startswith("# ")
