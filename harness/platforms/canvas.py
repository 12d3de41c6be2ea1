"""Canvas: the gradebook's CSV file, with the students as Canvas names them and one assignment's column."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from harness.platforms.marks import NEARLY, Mark
from harness.platforms.roster import CANVAS_ID, POINTS, Person, Roster, RosterError
from harness.platforms.table import csv_text, points, safe

STUDENT = ("Student", "LastName", "FirstName", CANVAS_ID)
ABOUT = (*STUDENT, "SIS User ID", "SIS Login ID", "Integration ID", "Root Account", "Section")
"""Columns about a student, in Canvas's order; those of assignments follow."""
TOTALS = re.compile(r"(?:Current|Final|Override|Unposted).*(?:Score|Points|Grade|Status)")
EXCUSED = "EX"


class Column(msgspec.Struct, frozen=True):
    """The assignment's column: its heading, and whether Canvas knows it."""

    heading: str
    known: bool


def column(roster: Roster, title: str | None, assignment: str) -> Column:
    """The column that grades go into, by its title with or without Canvas's number. Raises `RosterError`."""
    others = [name for name in roster.columns if re.fullmatch(r".+ \(\d+\)", name) and not TOTALS.match(name)]
    wanted = (title or assignment).casefold()
    found = [name for name in others if wanted in (name.casefold(), name.rpartition(" (")[0].casefold())]
    if len(found) > 1:
        raise RosterError(
            f"roster {roster.file}: {' and '.join(found)} have one title; name one with its number: --column"
        )
    if found:
        return Column(found[0], True)
    if title is None and others:
        raise RosterError(
            f"roster {roster.file}: no column is called {assignment!r}; name the assignment's with --column: "
            + ", ".join(others[:8])
        )
    return Column(title or assignment, False)


def canvas_csv(marks: Sequence[Mark], roster: Roster, into: Column) -> str:
    """A row for each person. Where there is no grade, what Canvas has already stays. Raises `RosterError`."""
    _demand_columns(roster)
    about = [name for name in ABOUT if name in roster.columns]
    out_of = _out_of(marks, roster, into)
    rows = [[*map(safe, about), safe(into.heading)], ["    Points Possible", *[""] * (len(about) - 1), out_of]]
    for mark in marks:
        if mark.match.person:
            person = mark.match.person
            rows.append([*(_cell(person, name, roster) for name in about), _grade(mark, person, into)])
    return csv_text(rows)


def excused(mark: Mark, into: Column) -> bool:
    """Whether somebody is excused in Canvas, so that no grade is written."""
    return bool(mark.match.person and mark.match.person.cells.get(into.heading, "").upper() == EXCUSED)


def _demand_columns(roster: Roster) -> None:
    named = "Student" in roster.columns or {"LastName", "FirstName"} <= {*roster.columns}
    missing = [name for name in (CANVAS_ID, "Section") if name not in roster.columns]
    if missing or not named:
        raise RosterError(
            f"roster {roster.file}: Canvas's import needs the columns Student, {CANVAS_ID} and Section, and "
            f"{', '.join(missing) or 'Student'} is missing; take the file that Canvas's gradebook exports"
        )


def _cell(person: Person, name: str, roster: Roster) -> str:
    value = person.cells.get(name, "")
    if name == CANVAS_ID and not value.isdecimal():
        raise RosterError(
            f"roster {roster.file}: {person.name}: {CANVAS_ID} is {value!r}, expected Canvas's number of the student; "
            "export the gradebook again"
        )
    return safe(value)


def _out_of(marks: Sequence[Mark], roster: Roster, into: Column) -> str:
    """The possible points of the column, which have to be those in Canvas. Raises `RosterError`."""
    ours = max((mark.out_of for mark in marks), default=0.0)
    told = roster.points.get(into.heading, "")
    try:
        theirs = float(told.replace(",", ".")) if told else ours
    except ValueError:
        raise RosterError(f"roster {roster.file}: {into.heading}: {POINTS} is {told!r}, expected a number") from None
    if abs(theirs - ours) > NEARLY:
        raise RosterError(
            f"{into.heading} is out of {points(theirs)} in Canvas, and these grades are out of {points(ours)}; "
            f"--out-of {points(theirs)} puts them on Canvas's scale"
        )
    return points(ours)


def _grade(mark: Mark, person: Person, into: Column) -> str:
    """A blank cell would wipe out what Canvas has, so that is repeated where there is no grade."""
    there = person.cells.get(into.heading, "")
    return safe(there) if mark.grade is None or excused(mark, into) else points(mark.grade)
