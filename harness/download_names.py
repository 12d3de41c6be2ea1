"""Names as Canvas and Moodle make them for a teacher who downloads all submissions: whose it is, what it was called."""

from __future__ import annotations

import re
from typing import Literal

import msgspec

Platform = Literal["canvas", "moodle"]

_CANVAS = re.compile(
    r"(?P<author>[^\W\d_][^\W_]*)_(?P<late>late_)?(?P<user>\d+)_(?P<file>\d+)_(?P<name>.+)",
    re.IGNORECASE | re.DOTALL,
)
_MOODLE = re.compile(r"(?P<author>.+?)_(?P<user>\d+)_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<name>.*))?", re.DOTALL)
"""A person calls a file as they like, and that is the end of its name: what the platform writes is looked for first."""
_COPY = re.compile(r"(?P<stem>.+)-(?P<copy>\d{1,3})")
_SUFFIX = re.compile(r"(?:\.tar)?\.\w+$")


class Download(msgspec.Struct, frozen=True):
    """One entry of a platform's archive. `name` is empty where it is a folder with everything a person handed in.

    `file` is Canvas's number of the file, which grows with time, and `copy` counts what was handed in again under one
    name. `typed` is a text typed into the platform, and no file.
    """

    platform: Platform
    author: str
    user: str
    name: str
    file: int = 0
    copy: int = 0
    late: bool = False
    typed: bool = False

    @property
    def person(self) -> str:
        """Who it is, as the platform writes it: `doejane_12345`."""
        return f"{self.author}_{self.user}"


def parsed(name: str) -> Download | None:
    """What the name of a file or folder says; None where it is no platform's."""
    return of_canvas(name) or of_moodle(name)


def of_canvas(name: str) -> Download | None:
    """What the name says if it is Canvas's."""
    found = _CANVAS.fullmatch(name)
    if found is None:
        return None
    own, copy = _counted(found["name"])
    return Download(
        "canvas", found["author"].casefold(), found["user"], own, int(found["file"]), copy, bool(found["late"])
    )


def of_moodle(name: str) -> Download | None:
    """What the name says if it is Moodle's."""
    found = _MOODLE.fullmatch(name)
    if found is None:
        return None
    return Download("moodle", found["author"], found["user"], found["name"] or "", typed=found["kind"] != "file")


def _counted(name: str) -> tuple[str, int]:
    """A file's own name, and the number that Canvas put behind it when it was handed in again: `rnn-1.py`."""
    suffix = _SUFFIX.search(name)
    stem, end = (name[: suffix.start()], suffix[0]) if suffix else (name, "")
    found = _COPY.fullmatch(stem)
    return (f"{found['stem']}{end}", int(found["copy"])) if found else (name, 0)
