"""A report in a browser: by keyboard, on paper, copied, listened to, and without scripts."""

from __future__ import annotations

import pytest
from browsing import Open

from harness.reporting.paths import folder_of
from sample_reports import HOSTILE, HOSTILE_BLOCK, SNIPPET, hostile

FAILING = "s02/report.html"


def test_a_click_copies_the_whole_program(open_page: Open) -> None:
    page = open_page(FAILING, permissions=["clipboard-read", "clipboard-write"])
    button = page.get_by_role("button", name="Copy").first
    button.click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("() => navigator.clipboard.readText()").strip() == SNIPPET.strip()


def test_without_a_clipboard_the_program_is_selected(open_page: Open) -> None:
    page = open_page(FAILING)
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new DOMException('no')); }")
    page.get_by_role("button", name="Copy").first.click()
    page.get_by_role("button", name="Selected: press Ctrl-C").wait_for()
    assert page.evaluate("() => getSelection().toString()").strip() == SNIPPET.strip()


def test_the_first_tab_leads_past_the_head_of_the_page(open_page: Open) -> None:
    page = open_page(FAILING)
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    assert skip.evaluate("e => e === document.activeElement")
    assert skip.bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize("name", [FAILING, "graded/quiz10/s01/report.html", "summary.html"])
def test_tab_goes_through_everything_in_the_order_of_the_page_and_shows_where_it_is(name: str, open_page: Open) -> None:
    page = open_page(name)
    expected = page.evaluate(
        """() => [...document.querySelectorAll('a[href], button, summary, input, [tabindex="0"]')]
             .filter(e => e.checkVisibility({contentVisibilityAuto: true})).map(e => e.outerHTML.slice(0, 100))"""
    )
    assert len(expected) > 5
    for each in expected:
        page.keyboard.press("Tab")
        seen = page.evaluate(
            """() => { const e = document.activeElement, s = getComputedStyle(e);
                       return [e.outerHTML.slice(0, 100), s.outlineStyle, parseFloat(s.outlineWidth)]; }"""
        )
        assert seen == [each, "solid", 3]


def test_what_is_folded_opens_by_keyboard(open_page: Open) -> None:
    page = open_page(FAILING)
    folded = page.locator("details:not([open])").first
    summary = folded.locator("summary").element_handle()
    summary.focus()
    for is_open in (True, False):
        page.keyboard.press("Enter")
        assert summary.evaluate("e => e.parentElement.open") is is_open


def test_every_link_within_a_report_leads_to_its_entry_point(open_page: Open) -> None:
    page = open_page("graded/quiz10/s01/report.html")
    for link in page.locator("table a").all():
        place = page.locator(link.get_attribute("href")).locator("h3").first
        assert link.inner_text() in place.inner_text()


def test_pictures_are_told_to_those_who_cannot_see_them(open_page: Open) -> None:
    page = open_page(FAILING)
    name = "Unrolled computational graph. Wrong: from h[1] back to h[0]: carried back."
    assert page.get_by_role("img", name=name).count() == 1
    yours = page.get_by_role("table", name="Yours")
    assert yours.get_by_role("row", name="dh[1]").get_by_role("cell").all_inner_texts()[0].split() == ["0", "wrong"]


def test_on_paper_everything_is_unfolded_and_nothing_is_there_to_press(open_page: Open) -> None:
    page = open_page(FAILING)
    assert page.locator("details:not([open])").count() > 0
    page.emulate_media(media="print")
    assert page.get_by_role("button").count() == 0
    assert page.pdf().startswith(b"%PDF")
    assert page.locator("details:not([open])").count() == 0


def test_without_scripts_everything_can_be_read_and_nothing_pretends_to_work(open_page: Open) -> None:
    report = open_page(FAILING, java_script_enabled=False)
    assert report.get_by_role("button").count() == 0
    assert report.get_by_text('print("yours:", dWh)').first.is_visible()
    assert open_page("summary.html", java_script_enabled=False).get_by_role("searchbox").count() == 0


def test_what_a_student_wrote_is_text_and_nothing_else(open_page: Open) -> None:
    page = open_page(f"{folder_of(hostile().submission.id)}/report.html")
    assert page.locator("script, img, iframe, object, a[href^=http]").count() == 1  # the page's own script
    assert "<script>alert(1)</script>" in page.inner_text("main")
    assert "<script>alert(3)</script>" in page.inner_text("pre:has-text('alert(3)')")
    assert "<script>alert(3)</script>" in HOSTILE_BLOCK
    assert "<script>alert(1)</script>" in HOSTILE
