"""Where the files about a submission go: a folder named after it, never outside the folder for reports."""

from __future__ import annotations

import hashlib
import re
from pathlib import PurePosixPath
from urllib.parse import quote

MAX_NAME = 200
"""Bytes; file systems end at 255."""
_UNSAFE = re.compile(r"[^\w .,+@()=~-]|^[ .]+|[ .]+$")
EXPORTED = ("canvas.csv", "moodle.csv", "nbgrader.csv", "grades.csv", "gradescope")
TAKEN = frozenset({"gradebook.csv", "summary.json", "summary.html", *EXPORTED})
"""Names in the folder for reports that are not a submission's."""


def folder_of(submission_id: str) -> PurePosixPath:
    """The folder of a submission's report, relative to that of all reports: `s01`, or `cs231n/s01`.

    A name that cannot stay as it is gets a few digits of its hash, so that different names never meet.
    """
    head, slash, tail = submission_id.partition("/")
    if slash and head and tail and head not in (".", ".."):
        return PurePosixPath(_safe(head), _safe(tail))
    return PurePosixPath(_safe(submission_id))


def link_to(submission_id: str) -> str:
    """Address of a submission's page, relative to that of the summary."""
    return quote(str(folder_of(submission_id) / "report.html"))


def _safe(name: str) -> str:
    clean = _UNSAFE.sub("_", name).encode()[:MAX_NAME].decode(errors="ignore")
    if name and clean == name and name.casefold() not in TAKEN:
        return name
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{clean or 'unnamed'}-{digest}"
