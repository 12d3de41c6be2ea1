"""A report as JUnit XML, for whatever reads test results: a test case for every entry point."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as Tree

from harness.report import PASSING, EntryPointReport, Report
from harness.reporting import content, wording
from harness.reporting.cleaning import block, plain

BROKEN = frozenset({"error", "timeout"})
"""Statuses that JUnit calls errors; `not_judged` is skipped, and everything else that is wrong a failure."""


def junit_xml(report: Report) -> str:
    """One test suite. Text from students is escaped, and what XML cannot hold is left out."""
    return _written(_suite(report))


def junit_suites(reports: Sequence[Report]) -> str:
    """One test suite for each report."""
    suites = Tree.Element("testsuites")
    suites.extend(map(_suite, reports))
    return _written(suites)


def _written(root: Tree.Element) -> str:
    Tree.indent(root)
    return Tree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _suite(report: Report) -> Tree.Element:
    kinds = [_kind(entry) for entry in report.entry_points]
    suite = Tree.Element(
        "testsuite",
        name=_text(f"{report.assignment or 'unknown'} {report.submission.id}"),
        tests=str(max(1, len(kinds))),
        failures=str(kinds.count("failure")),
        errors=str(kinds.count("error") + (not kinds)),
        skipped=str(kinds.count("skipped")),
        time=f"{report.seconds.total:.3f}",
    )
    for entry, kind in zip(report.entry_points, kinds, strict=True):
        _case(suite, report, entry.name, kind, wording.entry_sentence(entry), _details(entry))
    if not kinds:
        _case(suite, report, "submission", "error", wording.headline(report), report.message)
    return suite


def _kind(entry: EntryPointReport) -> str:
    if entry.status in PASSING:
        return ""
    return "skipped" if entry.status == "not_judged" else "error" if entry.status in BROKEN else "failure"


def _case(suite: Tree.Element, report: Report, name: str, kind: str, message: str, details: str) -> None:
    case = Tree.SubElement(
        suite, "testcase", name=_text(name), classname=_text(report.assignment or "unknown"), time="0"
    )
    if kind:
        Tree.SubElement(case, kind, message=_text(message)).text = _characters(block(details))


def _details(entry: EntryPointReport) -> str:
    """Where it stands, what is wrong with every tensor, and why."""
    lines = [wording.place(entry)]
    lines += [f"{d.title}. {d.explanation} {d.question}".lstrip(". ") for d in entry.diagnoses]
    lines += [f"{', '.join(t.tensors)}: {wording.check_sentence(t.check)}" for t in content.troubles(entry)]
    return "\n".join(plain(line) for line in lines if line)


def _text(text: str) -> str:
    return _characters(plain(text))


def _characters(text: str) -> str:
    """Without the characters that XML 1.0 forbids."""
    return "".join(c for c in text if c in "\t\n" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff")
