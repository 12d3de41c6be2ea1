"""Moodle: the grading worksheet of an assignment, with grades and feedback filled in."""

from __future__ import annotations

import html
from collections.abc import Sequence

from harness.platforms.marks import NEARLY, Mark
from harness.platforms.roster import MOODLE_ID, SUBMISSION, Roster, RosterError, number_in
from harness.platforms.table import csv_text, points, safe
from harness.report import Report
from harness.reporting import content, wording
from harness.reporting.cleaning import block, plain
from harness.reporting.gradebook import FORMULA

GRADE, MODIFIED, FEEDBACK, MAXIMUM = "Grade", "Last modified (grade)", "Feedback comments", "Maximum grade"
NEEDED = (MOODLE_ID, GRADE, MODIFIED)
ALL = (*NEEDED, FEEDBACK)


def moodle_csv(marks: Sequence[Mark], roster: Roster | None) -> str:
    """A row for each participant; the columns are the worksheet's, where there is one. Raises `RosterError`."""
    columns = _columns(roster)
    return csv_text([list(map(safe, columns)), *([_cell(mark, c, roster) for c in columns] for mark in marks)])


def _columns(roster: Roster | None) -> tuple[str, ...]:
    if roster is None or (SUBMISSION in roster.columns and GRADE not in roster.columns):
        return ALL
    missing = [name for name in NEEDED if name not in roster.columns]
    if missing:
        raise RosterError(
            f"roster {roster.file}: Moodle's import needs the columns {', '.join(NEEDED)}, and {', '.join(missing)} is "
            "missing; download the grading worksheet with Moodle set to English"
        )
    return tuple(name for name in roster.columns if name != SUBMISSION)


def _cell(mark: Mark, column: str, roster: Roster | None) -> str:
    there = mark.match.person.cells.get(column, "") if mark.match.person else ""
    if column == MOODLE_ID:
        return _identifier(mark, there, roster)
    if column == GRADE:
        _demand_scale(mark, roster)
        return safe(there) if mark.grade is None else points(mark.grade)
    if column == FEEDBACK:
        return _kept(there) if mark.grade is None and there else _feedback(mark)
    return safe(there)


def _identifier(mark: Mark, there: str, roster: Roster | None) -> str:
    """Moodle's name of a participant: as the worksheet has it, or made of the number in the download's name."""
    if number_in(there):
        return safe(there)
    download = mark.match.download
    if roster is None and download and download.platform == "moodle":
        return f"Participant {download.user}"
    if roster is None:
        raise RosterError(
            f"{mark.report.submission.id!r} is no name from Moodle's download, so that its participant is not known; "
            "give the grading worksheet with --roster"
        )
    who = mark.match.person.name if mark.match.person else ""
    raise RosterError(
        f"roster {roster.file}: {who}: {MOODLE_ID} is {there!r}, expected one like 'Participant 1234'; "
        "download the grading worksheet again"
    )


def _demand_scale(mark: Mark, roster: Roster | None) -> None:
    """Raises `RosterError` where Moodle's highest grade is another: it refuses higher grades without a word."""
    told = mark.match.person.cells.get(MAXIMUM, "") if mark.match.person else ""
    try:
        theirs = float(told.replace(",", ".")) if told else mark.out_of
    except ValueError:
        where = roster.file if roster else ""
        raise RosterError(
            f"roster {where}: {MAXIMUM} is {told!r}, expected a number; scales cannot be filled in"
        ) from None
    if mark.grade is not None and abs(theirs - mark.out_of) > NEARLY:
        raise RosterError(
            f"the assignment is out of {points(theirs)} in Moodle, and these grades are out of {points(mark.out_of)}; "
            f"--out-of {points(theirs)} puts them on Moodle's scale"
        )


def _kept(there: str) -> str:
    """Feedback that is there already, as it is; in HTML, which Moodle keeps, where a spreadsheet would compute it."""
    text = block(there, len(there))
    return f"<p>{text}</p>" if text.startswith(FORMULA) else text


def _feedback(mark: Mark) -> str:
    """What the student reads, as HTML, which is what Moodle keeps; whatever a student wrote is text in it."""
    sentences = [wording.headline(mark.report), *_sentences(mark.report), *_remarks(mark)]
    return "".join(f"<p>{html.escape(plain(text))}</p>" for text in dict.fromkeys(sentences))


def _sentences(report: Report) -> list[str]:
    lines = [f"{wording.entry_sentence(e)} {wording.points_text(e.points)}." for e in content.wrong(report)]
    return [*lines, *(wording.entry_sentence(e) for e in content.unjudged(report))]


def _remarks(mark: Mark) -> list[str]:
    late = ["Handed in late."] if mark.match.late else []
    person = ["A person will look at it: there is no grade yet."] if mark.grade is None else []
    return [*late, *person, *(f"Set by hand: {line}." for line in wording.override_sentences(mark.report))]
