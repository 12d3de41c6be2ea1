"""The command that writes grades as a course's platform takes them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple, get_args

import typer

from harness.commands import completing
from harness.commands.asking import ALL_PASS, NOT_JUDGED, SOMETHING_FAILED, WRONG_USAGE, printable, stop
from harness.commands.kept import Out, SameHints, last_hints, some, stored
from harness.platforms.visibility import VISIBILITIES, Visibility
from harness.reporting.hinting import limited

if TYPE_CHECKING:
    from harness.platforms.marks import Mark
    from harness.platforms.matching import Matched
    from harness.platforms.roster import Roster
    from harness.report import Report

Form = Literal["gradescope", "canvas", "moodle", "nbgrader", "csv"]
FORMS = get_args(Form)
ONE_ASSIGNMENT: tuple[Form, ...] = ("canvas", "moodle")
"""Files that hold one assignment's grades."""
FILES: dict[Form, str] = {"gradescope": "gradescope", "csv": "grades.csv"}
"""What is written unless --out names something else; the others are called like their platform."""


class Asked(NamedTuple):
    """What was asked for."""

    form: Form
    column: str | None
    out_of: float | None
    visibility: Visibility


def export(
    form: Annotated[Form, typer.Argument(metavar="FORMAT", help="One of " + ", ".join(FORMS) + ".")],
    folder: Out = "reports",
    out: Annotated[
        str | None,
        typer.Option(metavar="PATH", help="The file to write, for gradescope a folder; in DIR unless named."),
    ] = None,
    roster: Annotated[
        str | None, typer.Option(metavar="FILE", help="CSV file that says who is who: yours, Canvas's or Moodle's.")
    ] = None,
    assignment: Annotated[
        str | None,
        typer.Option(
            *("--assignment", "-a"),
            metavar="ID",
            help="Where several were graded, this one.",
            autocompletion=completing.assignments,
        ),
    ] = None,
    column: Annotated[
        str | None, typer.Option(metavar="TITLE", help="Canvas: the assignment's column, as the gradebook calls it.")
    ] = None,
    out_of: Annotated[
        float | None, typer.Option(min=0, metavar="POINTS", help="Put grades on a scale that ends here.")
    ] = None,
    visibility: Annotated[
        Visibility, typer.Option(metavar="|".join(VISIBILITIES), help="Gradescope: when students see results.")
    ] = "visible",
    hints: SameHints = None,
) -> None:
    """Write grades as a platform takes them. It is Gradescope, Canvas, Moodle or nbgrader, or a spreadsheet.

    \b
    Examples:
      harness export canvas graded --roster gradebook.csv --column "RNN homework"
      harness export moodle graded --roster worksheet.csv --out-of 100
      harness export nbgrader graded --roster people.csv
      harness export gradescope graded --visibility after_published
      harness export csv graded --roster people.csv --out grades.csv

    What could not be judged stays blank, is never zero, and is listed; `harness override` sets it by hand.

    \b
    Exit code: 0 everybody's grade is in the file; 1 it is written, and somebody is listed who has no grade in it;
    2 wrong usage, or a roster that cannot be used; 3 the reports cannot be read, or the file not written.
    """
    from harness.platforms.matching import matched
    from harness.platforms.roster import RosterError, read

    _demand_sense(form, roster, column, out_of, visibility)
    with stored(Path(folder)) as store:
        from harness.batch import keeping

        every, waiting = list(keeping.rebuilt(store)), keeping.waiting(store)
        level = hints if hints is not None else last_hints(store)
    reports = [limited(report, level) for report in _about(every, assignment, form)]
    place = Path(out) if out else Path(folder) / FILES.get(form, f"{form}.csv")
    try:
        people = read(Path(roster)) if roster else None
        found = matched(reports, people)
        marks = _written(place, reports, found, people, Asked(form, column, out_of, visibility))
    except RosterError as error:
        stop(printable(str(error)), WRONG_USAGE)
    except OSError as error:
        stop(f"cannot write {place}: {error.strerror or error}; nothing else was changed", NOT_JUDGED)
    complete = _told(marks, found, waiting, place)
    raise typer.Exit(ALL_PASS if complete else SOMETHING_FAILED)


def _demand_sense(
    form: Form, roster: str | None, column: str | None, out_of: float | None, visibility: Visibility
) -> None:
    """Ends the program where an option says nothing about this format, or one is missing."""
    if form == "canvas" and roster is None:
        stop(
            "Canvas's import needs to know the students: export the gradebook from Canvas, and name that file with "
            "--roster",
            WRONG_USAGE,
        )
    if form == "gradescope" and (roster or out_of is not None):
        stop("Gradescope knows who handed in what, and its own points; leave --roster and --out-of out", WRONG_USAGE)
    if out_of == 0:
        stop("--out-of 0 would make every grade zero; expected the points that the platform gives", WRONG_USAGE)
    if column and form != "canvas":
        stop(f"--column is about Canvas; leave it out for {form}", WRONG_USAGE)
    if visibility != "visible" and form != "gradescope":
        stop(f"--visibility is about Gradescope; leave it out for {form}", WRONG_USAGE)


def _about(reports: Sequence[Report], assignment: str | None, form: Form) -> list[Report]:
    """The reports about one assignment, or all. Ends the program where it is not clear which."""
    there = list(dict.fromkeys(report.assignment for report in reports if report.assignment))
    if not reports:
        stop("there is no report to export; `harness grade` makes them", WRONG_USAGE)
    if assignment and assignment not in there:
        stop(f"no report is about {assignment!r}; there are {some(there) or 'none of a known assignment'}", WRONG_USAGE)
    if assignment is None and form in ONE_ASSIGNMENT and len(there) > 1:
        stop(
            f"{form} takes one assignment at a time; name it: --assignment {there[0]} (or {', '.join(there[1:])})",
            WRONG_USAGE,
        )
    alone = len(there) < 2  # what could not be recognised belongs to the only assignment there is
    return [r for r in reports if not assignment or r.assignment == assignment or (alone and r.assignment is None)]


def _written(place: Path, reports: Sequence[Report], found: Matched, roster: Roster | None, asked: Asked) -> list[Mark]:
    """Write the file, or Gradescope's files, and say what the marks are. Raises `RosterError` and `OSError`."""
    from harness.platforms.marks import marks
    from harness.reporting.write import write_file

    made = marks(found.known, reports, asked.out_of)
    if asked.form == "gradescope":
        _write_results(place, made, asked.visibility)
    else:
        text = _table(made, roster, asked)
        place.parent.mkdir(parents=True, exist_ok=True)
        write_file(place, text.encode())
    return made


def _table(made: Sequence[Mark], roster: Roster | None, asked: Asked) -> str:
    from harness.platforms import canvas, moodle, nbgrader, plain

    if asked.form == "canvas" and roster:
        assignment = next((mark.report.assignment for mark in made if mark.report.assignment), "")
        into = canvas.column(roster, asked.column, assignment or "")
        if not into.known:
            typer.echo(
                f"{printable(into.heading)} is no column of {roster.file}: Canvas will offer to make a new assignment."
            )
        if left := [mark.report.submission.id for mark in made if canvas.excused(mark, into)]:
            typer.echo(f"Excused in Canvas, and left so: {some(left, 20)}")
        return canvas.canvas_csv(made, roster, into)
    if asked.form == "moodle":
        return moodle.moodle_csv(made, roster)
    return nbgrader.nbgrader_csv(made) if asked.form == "nbgrader" else plain.plain_csv(made, roster)


def _write_results(place: Path, made: Sequence[Mark], visibility: Visibility) -> None:
    """A results.json for each submission; one from before is taken away where there is no score now."""
    from harness.platforms.gradescope import results_json
    from harness.reporting.paths import folder_of
    from harness.reporting.write import write_file

    for mark in made:
        file = place / folder_of(mark.report.submission.id) / "results.json"
        results = results_json(mark.report, mark.worth, visibility)
        if results is None:
            file.unlink(missing_ok=True)
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            write_file(file, results)


def _told(made: Sequence[Mark], found: Matched, waiting: Sequence[str], place: Path) -> bool:
    """Say what was written and who is without a grade; whether nobody is."""
    graded = [mark for mark in made if mark.grade is not None]
    typer.echo(f"{len(graded)} of {len(made)} grades are in {place}")
    for mark in made:
        if mark.grade is None:
            typer.echo(f"No grade: {printable(mark.report.submission.id)}: {printable(mark.why)}")
    late = [mark.report.submission.id for mark in made if mark.match.late]
    for words, names in (
        ("Handed in late", late),
        ("Earlier attempts, left out", found.earlier),
        ("Not on the roster, left out", found.unknown),
        ("Not graded yet, left out", waiting),
    ):
        if names:
            typer.echo(f"{words}: {some(names, 20)}")
    if found.without:
        typer.echo(f"On the roster without a submission: {found.without}")
    return len(graded) == len(made) and not found.unknown and not waiting
