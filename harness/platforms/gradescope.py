"""Gradescope: the results.json that an autograder leaves for one submission."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from harness.platforms.visibility import Visibility
from harness.report import PASSING, EntryPointReport, Report
from harness.reporting import markdown, wording


def results_json(report: Report, worth: Mapping[str, float], visibility: Visibility = "visible") -> bytes | None:
    """The file's content; None where nothing could be judged, since Gradescope takes a file without a score for a zero
    or a fault. `worth` is what each entry point is worth. What could not be judged has no score."""
    if report.score.earned is None:
        return None
    results: dict[str, Any] = {
        "score": report.score.earned,
        "execution_time": max(1, round(report.seconds.total)),
        "output": _output(report, worth),
        "output_format": "md",
        "test_output_format": "md",
        "test_name_format": "text",
        "visibility": visibility,
        "stdout_visibility": "hidden",
        "extra_data": {"submission": report.submission.id, "sha256": report.submission.sha256},
        "tests": [_test(entry, n, worth) for n, entry in enumerate(report.entry_points, 1)],
    }
    return msgspec.json.format(msgspec.json.encode(results), indent=2) + b"\n"


def _test(entry: EntryPointReport, place: int, worth: Mapping[str, float]) -> dict[str, Any]:
    test: dict[str, Any] = {
        "name": f"{entry.name}: {wording.entry_words(entry)}",
        "number": str(place),
        "max_score": max(worth.get(entry.name, 0.0), entry.points.possible),
        "output": _told(entry),
    }
    if entry.points.earned is not None:
        test |= {"score": entry.points.earned}
    if entry.status != "not_judged":
        test |= {"status": "passed" if entry.status in PASSING else "failed"}
    return test


def _told(entry: EntryPointReport) -> str:
    if entry.status in PASSING or entry.status == "not_judged":
        return markdown.escaped(wording.entry_sentence(entry))
    return markdown.about_wrong(entry)


def _output(report: Report, worth: Mapping[str, float]) -> str:
    """What stands above the tests."""
    waiting = [e for e in report.entry_points if e.points.possible < worth.get(e.name, 0.0)]
    names = wording.listed([e.name for e in waiting])
    unjudged = [
        f"Not all of {names} could be judged. A person will look at it; those points are not in this score yet."
    ]
    lines = [
        wording.headline(report),
        *(unjudged if waiting else []),
        *(f"Set by hand: {line}." for line in wording.override_sentences(report)),
        *(f.message for f in report.behaviour if f.message),
        *report.notes,
    ]
    place = [markdown.traceback(report.traceback)] if report.status == "load_error" and report.traceback else []
    return "\n\n".join([*map(markdown.escaped, lines), *place])
