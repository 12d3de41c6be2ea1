"""Which report is about whom: by the names of submissions, or by the numbers in a platform's names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

import msgspec

from harness.download_names import Download, parsed
from harness.platforms.roster import CANVAS_ID, MOODLE_ID, SUBMISSION, Person, Roster, RosterError, number_in
from harness.report import Report

Key = tuple[str, str]
CALLED = ("student_id", "SIS Login ID", "SIS User ID", "Username", "ID number", "email", "Email address")
"""Columns of a roster by which a submission may be called, where it has no column for that."""


class Match(msgspec.Struct, frozen=True):
    """A report, the name that the platform gave what was handed in, and the person where one is known."""

    report: Report
    download: Download | None = None
    person: Person | None = None

    @property
    def late(self) -> bool:
        """Whether the platform says that it was handed in late."""
        told = self.person.cells.get("Status", "") if self.person else ""
        return bool(self.download and self.download.late) or " late" in f" {told}".casefold()


class Matched(msgspec.Struct, frozen=True):
    """Who is known, and the submissions that are left out: of nobody on the roster, or followed by a later attempt."""

    known: tuple[Match, ...]
    unknown: tuple[str, ...] = ()
    earlier: tuple[str, ...] = ()
    without: int = 0
    """How many people on the roster have handed in nothing."""


def matched(reports: Sequence[Report], roster: Roster | None) -> Matched:
    """Whose reports these are; without a roster nobody is left out. Raises `RosterError`."""
    found = [Match(report, parsed(_base(report))) for report in reports]
    if roster is None:
        return Matched(tuple(found))
    people = _by_key(roster)
    found = [msgspec.structs.replace(match, person=_whose(match, people, roster)) for match in found]
    if not any(match.person for match in found):
        raise RosterError(_nobody(reports, roster))
    latest = _latest([match for match in found if match.person], roster)
    kept = {match.report.submission.id for match in latest}
    unknown = tuple(match.report.submission.id for match in found if match.person is None)
    earlier = tuple(m.report.submission.id for m in found if m.person and m.report.submission.id not in kept)
    return Matched(
        tuple(latest), unknown, earlier, len(roster.people) - len({m.person.line for m in latest if m.person})
    )


def _base(report: Report) -> str:
    """The name of what was handed in, as it lay in its folder."""
    return PurePosixPath(report.submission.path).name


def _keys(match: Match) -> list[Key]:
    """How a person may be found, the surest first."""
    id = match.report.submission.id
    names = dict.fromkeys([id, id.rpartition("/")[2], _base(match.report), PurePosixPath(_base(match.report)).stem])
    number = [(match.download.platform, match.download.user)] if match.download else []
    return [*((SUBMISSION, name) for name in names), *number, *(("called", name) for name in names)]


def _by_key(roster: Roster) -> dict[Key, list[Person]]:
    found: dict[Key, list[Person]] = {}
    for person in roster.people:
        for key in dict.fromkeys(_keys_of(person)):
            found.setdefault(key, []).append(person)
    return found


def _keys_of(person: Person) -> Iterable[Key]:
    if named := person.cells.get(SUBMISSION):
        yield SUBMISSION, named.rstrip("/")
        yield SUBMISSION, PurePosixPath(named).name
        return
    if number := person.cells.get(CANVAS_ID):
        yield "canvas", number
    if number := number_in(person.cells.get(MOODLE_ID, "")):
        yield "moodle", number
    for column in CALLED:
        if name := person.cells.get(column):
            yield "called", name


def _whose(match: Match, people: dict[Key, list[Person]], roster: Roster) -> Person | None:
    for key in _keys(match):
        several = people.get(key, [])
        if len(several) > 1:
            names = " and ".join(person.name for person in several[:2])
            raise RosterError(
                f"roster {roster.file}: two people have the submission {match.report.submission.id!r}: {names}; "
                "give each a row and a submission of their own"
            )
        if several:
            return several[0]
    return None


def _nobody(reports: Sequence[Report], roster: Roster) -> str:
    asked = ", ".join(repr(person.first(SUBMISSION, CANVAS_ID, MOODLE_ID)) for person in roster.people[:3])
    there = ", ".join(repr(report.submission.id) for report in reports[:3])
    return (
        f"roster {roster.file}: matches no submission: it has {asked}, and the submissions are called {there}; "
        f"add a column {SUBMISSION!r} with these names"
    )


def _latest(found: Sequence[Match], roster: Roster) -> list[Match]:
    """One submission of each person and assignment: the latest, where names tell which it is. Raises `RosterError`."""
    by_person: dict[tuple[int, str | None], list[Match]] = {}
    for match in found:
        if match.person:
            by_person.setdefault((match.person.line, match.report.assignment), []).append(match)
    _demand_one_row_each(found, roster)
    return [_last(matches, roster) for matches in by_person.values()]


def _last(matches: Sequence[Match], roster: Roster) -> Match:
    named = {m.download.name for m in matches if m.download and m.download.platform == "canvas"}
    if len(matches) == 1:
        return matches[0]
    if len(named) != 1 or not all(m.download for m in matches):
        names = " and ".join(repr(match.report.submission.id) for match in matches[:2])
        who = matches[0].person.name if matches[0].person else ""
        raise RosterError(
            f"roster {roster.file}: {who} has two submissions, {names}, and nothing says which one counts; "
            "put both into one folder and grade it, or take one away"
        )
    return max(matches, key=lambda m: (m.download.copy, m.download.file) if m.download else (0, 0))


def _demand_one_row_each(found: Sequence[Match], roster: Roster) -> None:
    """Raises `RosterError` where one person has two rows, and with them two grades."""
    seen: dict[tuple[str, str, str | None], Person] = {}
    for match in found:
        for column in (CANVAS_ID, MOODLE_ID, "student_id"):
            person = match.person
            if person and (value := person.cells.get(column)):
                other = seen.setdefault((column, value, match.report.assignment), person)
                if other.line != person.line:
                    raise RosterError(
                        f"roster {roster.file}: {other.name} and {person.name} have the same {column}, {value!r}; "
                        "keep the row with the submission that counts"
                    )
