"""A roster: a CSV file that says who is who, one's own or one that Canvas or Moodle has written."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from pathlib import Path

import msgspec

SUBMISSION = "submission"
CANVAS_ID, MOODLE_ID = "ID", "Identifier"
POINTS = "Points Possible"
MAX_SIZE = 20 << 20
EXPECTED = (
    f"expected a column {SUBMISSION!r} with the names of submissions, or the file as Canvas's gradebook exports it "
    f"(Student, {CANVAS_ID}, …), or Moodle's grading worksheet ({MOODLE_ID}, …)"
)


class RosterError(Exception):
    """A roster that cannot be used, in a sentence that says what is in the way and what to do."""


class Person(msgspec.Struct, frozen=True):
    """One row: its line in the file, and its cells by the names of their columns."""

    line: int
    cells: dict[str, str]

    def first(self, *columns: str) -> str:
        """The first of these cells that is not blank."""
        return next((self.cells[c] for c in columns if self.cells.get(c)), "")

    @property
    def name(self) -> str:
        """What to call this person in a message."""
        first, last = self.first("first_name", "FirstName"), self.first("last_name", "LastName")
        known = self.first("Student", "Full name", "name") or f"{first} {last}".strip()
        return f"{known or self.first('student_id', SUBMISSION, CANVAS_ID, MOODLE_ID) or 'somebody'} (line {self.line})"


class Roster(msgspec.Struct, frozen=True):
    """Everybody in a file, its columns in their order, and the row of possible points that Canvas writes."""

    file: str
    columns: tuple[str, ...]
    people: tuple[Person, ...]
    points: dict[str, str] = {}


def read(path: Path) -> Roster:
    """The roster in a file. Raises `RosterError`."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RosterError(f"roster {path}: cannot be read: {error.strerror or error}") from error
    if len(data) > MAX_SIZE:
        raise RosterError(
            f"roster {path}: is larger than {MAX_SIZE >> 20} MiB, and no list of a class; expected a CSV file"
        )
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise RosterError(f"roster {path}: is not UTF-8 ({error.reason}); save it as CSV UTF-8") from error
    try:
        return _parsed(text, str(path))
    except csv.Error as error:
        raise RosterError(f"roster {path}: is no CSV file: {error}") from error


def _parsed(text: str, file: str) -> Roster:
    header = text.partition("\n")[0]
    separator = max(",;\t", key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    columns = tuple(cell.strip() for cell in next(reader, []))
    _demand_columns(columns, file)
    people, points = [], {}
    for row in reader:
        cells = dict(zip(columns, (cell.strip() for cell in row), strict=False))
        if any(row[len(columns) :]):
            raise RosterError(f"roster {file}, line {reader.line_num}: {len(row)} cells in {len(columns)} columns")
        if cells.get("Student", cells.get("LastName", "")).startswith(POINTS):
            points = cells
        elif cells.get("Student") or cells.get("LastName") or _is_somebody(cells):
            people.append(Person(reader.line_num, {c: cells.get(c, "") for c in columns}))
    if not people:
        raise RosterError(f"roster {file}: names nobody; {EXPECTED}, and a row for each person")
    return Roster(file, columns, tuple(people), points)


def _is_somebody(cells: dict[str, str]) -> bool:
    """Whether a row is about a person: Canvas has one with remarks on columns, and spreadsheets have empty ones."""
    return any(cells.values()) and not ("Student" in cells and not cells.get(CANVAS_ID) and not cells.get(SUBMISSION))


def _demand_columns(columns: tuple[str, ...], file: str) -> None:
    canvas = CANVAS_ID in columns and ("Student" in columns or "LastName" in columns)
    if not (SUBMISSION in columns or canvas or MOODLE_ID in columns):
        there = ", ".join(columns[:8]) or "nothing"
        raise RosterError(f"roster {file}: {EXPECTED}; it has {there}")
    twice = [name for name, times in Counter(columns).items() if times > 1 and name]
    if twice:
        raise RosterError(f"roster {file}: has two columns {twice[0]!r}; remove one")


def number_in(cell: str) -> str:
    """The number at the end of a cell such as "Participant 1234"; empty where there is none."""
    found = re.search(r"\d+$", cell)
    return found[0] if found else ""
