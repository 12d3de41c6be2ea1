"""Writes reports and summaries to disk, each file whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from harness.report import Report, encode
from harness.reporting.gradebook import gradebook_csv
from harness.reporting.hinting import Level, limited
from harness.reporting.html import report_html
from harness.reporting.markdown import markdown
from harness.reporting.paths import folder_of, link_to
from harness.reporting.summary import summary_html, summary_json

FILES = ("report.json", "report.md", "report.html")


def write_report(report: Report, folder: Path) -> None:
    """Write `report.json`, `report.md` and `report.html` into `folder/<submission id>/`. Raises `OSError`."""
    place = folder / folder_of(report.submission.id)
    place.mkdir(parents=True, exist_ok=True)
    write_file(place / "report.json", encode(report))
    write_file(place / "report.md", markdown(report).encode())
    write_file(place / "report.html", report_html(report).encode())


def is_written(submission_id: str, folder: Path) -> bool:
    """Whether a submission's report is there, all of it."""
    return all((folder / folder_of(submission_id) / name).is_file() for name in FILES)


def write_summary(reports: Sequence[Report], folder: Path, hints: Level = "full") -> None:
    """Write `gradebook.csv`, `summary.json` and `summary.html` into `folder`. Raises `OSError`.

    The gradebook's notes go to students, and give no more away than `hints` lets their reports do. The summary is for
    those who teach: it groups a class by its mistakes, and says on the page that reports keep their names back.
    """
    folder.mkdir(parents=True, exist_ok=True)
    links = {report.submission.id: link_to(report.submission.id) for report in reports}
    write_file(folder / "gradebook.csv", gradebook_csv([limited(r, hints) for r in reports]).encode())
    write_file(folder / "summary.json", summary_json(reports))
    write_file(folder / "summary.html", summary_html(reports, links, hints != "full").encode())


def write_file(path: Path, data: bytes) -> None:
    """Write beside the target and rename: whoever looks sees the old file or the new one. Raises `OSError`."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(data)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)  # there only if something went wrong, or Ctrl-C came
