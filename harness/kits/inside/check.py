"""What a student types in a kit: `python check.py my_rnn.py`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from harness import selection, submission, verify
from harness.assignments import registry
from harness.assignments.contract import Assignment
from harness.diagnosis import smallest
from harness.ending import ALL_PASS, INTERRUPTED, NOT_JUDGED, SOMETHING_FAILED, WRONG_USAGE, exit_code
from harness.options import Options
from harness.report import EntryPointReport, Report
from harness.reporting import plain_text
from harness.reporting.content import OWN_FORWARD
from harness.reporting.hinting import LEVELS, limited

FORMATS = ("text", "json")
RIGHT_OR_NOT_THERE = frozenset({"pass", "precision", "not_judged", "missing", "not_attempted"})


def main(kit: dict[str, Any], arguments: Sequence[str]) -> int:
    """Check every file or folder named; the worst of their exit codes."""
    asked = _parser(kit).parse_args(arguments)
    smallest.ROUNDS = 0  # no answers came with the kit for cases that a search would make up
    assignment = msgspec.structs.replace(registry.get(kit["assignment"]), supplied_alone={})
    try:
        selection.demand_known(asked.only, [assignment])
    except selection.NothingSelected as error:
        return _stopped(str(error), WRONG_USAGE)
    try:
        codes = [_checked(path, kit, assignment, asked) for path in asked.paths]
    except KeyboardInterrupt:
        return _stopped("stopped", INTERRUPTED)
    except BrokenPipeError:  # whoever was reading, such as `head`, has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return SOMETHING_FAILED
    return SOMETHING_FAILED if SOMETHING_FAILED in codes else max(codes, default=ALL_PASS)


def _parser(kit: dict[str, Any]) -> argparse.ArgumentParser:
    levels = LEVELS[: LEVELS.index(kit["hints"]) + 1]
    parser = argparse.ArgumentParser(
        prog="check",
        description=f"Checks homework: {kit['title']}. Offline; nothing leaves this computer.",
        epilog="Exit code: 0 all right; 1 something is wrong; 2 wrong usage; 3 something could not be judged.",
    )
    parser.add_argument("paths", nargs="+", metavar="PATH", help="your file, folder, archive or notebook")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="just this function or class")
    parser.add_argument(
        "--hints", choices=levels, default=kit["hints"], help="how much is told (default: all there is)"
    )
    parser.add_argument("--format", choices=FORMATS, default="text", help="text, or JSON for an editor")
    parser.add_argument("--version", action="version", version=_version(kit))
    return parser


def _version(kit: dict[str, Any]) -> str:
    return f"kit for {kit['assignment']}, made by rnn-harness {kit['harness']}, seed {kit['seed']!r}"


def _checked(path: str, kit: dict[str, Any], assignment: Assignment, asked: argparse.Namespace) -> int:
    """Check one submission and tell what came of it."""
    try:
        handed_in = submission.read(Path(path))
    except submission.Unreadable as error:
        return _stopped(str(error), NOT_JUDGED)
    options = Options(kit["seed"], kit["cases"], only=tuple(asked.only), isolation="process")
    report = _with_order(limited(verify.grade(handed_in, assignment, options), asked.hints), assignment)
    if asked.format == "json":
        print(json.dumps(_brief(path, report)))  # noqa: T201
    else:
        print(plain_text.text(report, _version(kit)), end="\n\n")  # noqa: T201
    return exit_code(report)


def _with_order(report: Report, assignment: Assignment) -> Report:
    """The report with a word on what is built on something else that is wrong: a kit cannot tell whose fault it is."""
    wrong = {e.name for e in report.entry_points if e.status not in RIGHT_OR_NOT_THERE}
    notes = [
        f"{entry.name} is built on {part}, which is wrong too: mend that first, and check again"
        for entry in assignment.entry_points
        for part in [n for n in entry.needs if n in wrong][:1]
        if entry.name in wrong
    ]
    return msgspec.structs.replace(report, notes=[*report.notes, *notes])


def _brief(path: str, report: Report) -> dict[str, Any]:
    """The verdicts alone."""
    return {
        "path": path,
        "status": report.status,
        "message": report.message,
        "entry_points": {e.name: {"status": e.status, "wrong": _wrong(e)} for e in report.entry_points},
    }


def _wrong(entry: EntryPointReport) -> list[str]:
    """Tensors that fail; slopes only tell whose mistake that is."""
    failed = [c.tensor for c in entry.checks if c.tensor and c.status == "fail" and c.property != OWN_FORWARD]
    return sorted(set(failed))


def _stopped(message: str, code: int) -> int:
    print(f"check: {message}", file=sys.stderr)  # noqa: T201
    return code
