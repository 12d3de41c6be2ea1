"""Submissions handed in more than once, byte for byte: one is graded, and what is found holds for all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from harness.batch.discover import Entry
from harness.batch.store import Inputs
from harness.report import Report, SubmissionInfo
from harness.submission import clean

Twins = dict[str, list[Entry]]
"""By the name of the submission that is graded: the others like it."""


def split(entries: Sequence[Entry], inputs: Mapping[str, Inputs]) -> tuple[list[Entry], Twins]:
    """Which to grade, and which are the same in all that a verdict depends on, names of files included."""
    first: dict[Inputs, str] = {}
    alone, twins = list[Entry](), Twins()
    for entry in entries:
        asked = inputs[entry.id]
        if asked.content and asked in first:
            twins.setdefault(first[asked], []).append(entry)
        else:
            first[asked] = entry.id
            alone.append(entry)
    return alone, twins


def shared(report: Report, twin: Entry) -> Report:
    """The report, as it would be about `twin`."""
    info = SubmissionInfo(twin.id, clean(twin.path), report.submission.sha256)
    return msgspec.structs.replace(report, submission=info)
