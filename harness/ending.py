"""What a program ends with that checks submissions: its exit code."""

from __future__ import annotations

from harness.report import Report

ALL_PASS, SOMETHING_FAILED, WRONG_USAGE, NOT_JUDGED, INTERRUPTED = 0, 1, 2, 3, 130


def exit_code(report: Report) -> int:
    """What checking one submission ends with. A submission that cannot be loaded fails by its own fault."""
    statuses = {entry.status for entry in report.entry_points}
    if report.status == "grader_fault":
        return NOT_JUDGED
    if report.status == "load_error" or statuses - {"pass", "precision", "not_judged"}:
        return SOMETHING_FAILED
    return NOT_JUDGED if "not_judged" in statuses or not statuses else ALL_PASS
