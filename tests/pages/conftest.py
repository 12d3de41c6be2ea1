"""A real browser, and a folder of pages to look at: sample reports, extreme ones, and freshly graded submissions."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browsing import CHROMIUM, Open
from extreme_reports import audited, crowded, undiagnosed

from grading import grade_file
from harness.audit import showing
from harness.report import Report
from harness.reporting.summary import MOST, summary_html
from harness.reporting.write import write_report, write_summary
from sample_reports import all_right, every

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SUBMISSIONS = Path(__file__).parents[2] / "submissions"
GRADED = ("mytorch/s01", "quiz10/s01.py")
"""Examples with graphs of layers and of time, an influence map, and many wrong tensors."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium; none is ever downloaded."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not here: `tox run -e pages` installs it")
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None:
        pytest.skip(f"no browser is here: none of {', '.join(CHROMIUM)} is on the path")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def folder_of_pages(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as grading leaves it; made only where there is a browser to look at it."""
    folder = tmp_path_factory.mktemp("pages")
    _write([*every(), undiagnosed()], folder)
    _write([crowded()], folder / "long")
    large = [all_right(f"s{number:04}") for number in range(2 * MOST + 100)]
    (folder / "large.html").write_text(summary_html(large, {}))
    for name in GRADED:
        assignment = name.partition("/")[0]
        _write([grade_file(SUBMISSIONS / name, assignment)], folder / "graded" / assignment)
    showing.write(audited(), folder / "audit")
    return folder


def _write(reports: list[Report], folder: Path) -> None:
    for each in reports:
        write_report(each, folder)
    write_summary(reports, folder)


@pytest.fixture
def open_page(browser: Browser, folder_of_pages: Path) -> Iterator[Open]:
    """Opens a page of the folder. A test fails if the page complains, or asks for anything but files of the folder."""
    contexts, complaints, asked = [], [], []

    def opened(name: str, *, watched: bool = True, **options: object) -> Page:
        context = browser.new_context(**options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        if watched:
            page.on("console", lambda message: complaints.append(message.text))
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("request", lambda request: asked.append(request.url))
        page.goto((folder_of_pages / name).as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []
    assert [url for url in asked if not url.startswith(folder_of_pages.as_uri())] == []
