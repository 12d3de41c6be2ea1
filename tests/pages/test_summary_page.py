"""The page about a class in a browser: sorting, filtering, and the way to each report."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from browsing import Open
from extreme_reports import ENTRY_POINTS

from harness.reporting.summary import MOST
from sample_reports import every, hostile

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page


def _matrix(page: Page) -> Locator:
    return page.locator("table.matrix")


def _names(page: Page) -> list[str]:
    return [text.strip() for text in _matrix(page).locator("tbody th").all_inner_texts()]


def test_a_heading_sorts_by_score_both_ways(open_page: Open) -> None:
    page = open_page("summary.html")
    heading = _matrix(page).get_by_role("columnheader", name="Score")
    heading.get_by_role("button").click()
    assert heading.get_attribute("aria-sort") == "ascending"
    rising = _scores(page)
    assert rising == sorted(rising)
    assert len(set(rising)) > 3
    heading.get_by_role("button").click()
    assert heading.get_attribute("aria-sort") == "descending"
    assert _scores(page) == sorted(rising, reverse=True)


def _scores(page: Page) -> list[float]:
    """What each row says, in the order of the page; what was not judged comes before nothing."""
    texts = _matrix(page).locator("tbody tr > :nth-child(2)").all_inner_texts()
    return [float(t.split()[0]) if t[:1].isdigit() else -1.0 for t in texts]


def test_a_heading_sorts_by_name_by_keyboard_too(open_page: Open) -> None:
    page = open_page("summary.html")
    before = _names(page)
    button = _matrix(page).get_by_role("columnheader", name="Submission").get_by_role("button")
    button.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert _names(page) == sorted(before, key=_as_people_count, reverse=True)
    score = _matrix(page).get_by_role("columnheader", name="Score").get_by_role("button")
    score.click()
    assert _matrix(page).locator("[aria-sort]").count() == 1


def _as_people_count(name: str) -> list[str | int]:
    """A key that puts s4b between s04 and s05: words and numbers in turn."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)]


def test_names_with_numbers_are_sorted_as_people_count(open_page: Open) -> None:
    page = open_page("summary.html")
    _matrix(page).get_by_role("columnheader", name="Submission").get_by_role("button").click()
    numbered = [name for name in _names(page) if name.startswith("s")]
    assert len(numbered) > 5
    assert numbered[numbered.index("s4b") - 1] == "s04"
    assert numbered[numbered.index("s4b") + 1] == "s05"


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("s02", ["s02"]),
        ("dh SyntaxError", []),
        ("SyntaxError", ["s03"]),
        ("rnn_backward CARRIED", ["s02"]),
        ("zzz", []),
    ],
)
def test_the_filter_leaves_rows_with_every_word(typed: str, left: list[str], open_page: Open) -> None:
    page = open_page("summary.html")
    everybody = _names(page)
    box = page.get_by_role("searchbox", name="Filter")
    box.type(typed)
    rows = _matrix(page).locator("tbody tr:visible th").all_inner_texts()
    assert rows == left
    assert page.get_by_role("status").inner_text() == f"{len(left)} shown"
    box.fill("")
    assert _matrix(page).locator("tbody tr:visible").count() == len(everybody)
    assert page.get_by_role("status").inner_text() == ""


def test_of_a_large_class_as_many_rows_are_shown_as_are_asked_for(open_page: Open) -> None:
    page = open_page("large.html")
    rows, told = _matrix(page).locator("tbody tr:visible"), page.get_by_role("status")
    more = page.get_by_role("button", name=f"Show {MOST} more")
    assert (rows.count(), told.inner_text()) == (MOST, f"{MOST} of {2 * MOST + 100} shown")
    more.click()
    assert (rows.count(), told.inner_text()) == (2 * MOST, f"{2 * MOST} of {2 * MOST + 100} shown")
    more.click()
    assert (rows.count(), told.inner_text(), more.is_visible()) == (2 * MOST + 100, "", False)
    box = page.get_by_role("searchbox", name="Filter")
    box.fill("s")
    assert (rows.count(), more.is_visible()) == (MOST, True)
    box.fill(f"s{2 * MOST + 7}")
    assert (rows.locator("th").all_inner_texts(), told.inner_text()) == ([f"s{2 * MOST + 7}"], "1 shown")
    box.fill("")
    name = _matrix(page).get_by_role("columnheader", name="Submission").get_by_role("button")
    name.click()
    name.click()
    assert rows.first.locator("th").inner_text() == f"s{2 * MOST + 99}"
    assert rows.count() == MOST


def test_without_scripts_a_large_class_is_shown_whole(open_page: Open) -> None:
    page = open_page("large.html", java_script_enabled=False)
    assert _matrix(page).locator("tbody tr:visible").count() == 2 * MOST + 100


def test_every_name_leads_to_its_report_and_back(open_page: Open) -> None:
    page = open_page("summary.html")
    names = _names(page)
    assert len(names) == len(every()) + 1
    for name in names:
        _matrix(page).get_by_role("link", name=name, exact=True).click()
        page.wait_for_url("**/report.html")
        assert name in page.locator(".eyebrow").inner_text()
        page.go_back()


def test_somebody_is_asked_to_look_at_what_nothing_explains(open_page: Open) -> None:
    page = open_page("summary.html")
    looks = page.get_by_role("region", name="For a person to look at").get_by_role("listitem").all_inner_texts()
    names = [look.split()[0] for look in looks]
    unexplained = ["wrong, not explained" in look for look in looks]
    assert {"!s4b", "!s04"} <= set(names)
    assert unexplained == sorted(unexplained, reverse=True)
    assert unexplained[names.index("!s4b")]


def test_a_matrix_of_many_entry_points_scrolls_in_its_own_box_by_keyboard(open_page: Open) -> None:
    page = open_page("long/summary.html", viewport={"width": 360, "height": 800})
    assert _matrix(page).get_by_role("columnheader").count() == ENTRY_POINTS + 3
    box = page.locator(".scroll:has(table.matrix)")
    assert box.evaluate("e => e.scrollWidth > e.clientWidth")
    box.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("e => e.scrollLeft > 0", arg=box.element_handle())


def test_a_hostile_name_stays_text(open_page: Open) -> None:
    assert hostile().submission.id in _names(open_page("summary.html"))
