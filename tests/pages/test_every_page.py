"""What holds of every page: everybody can read it, on any screen, and it asks nobody for anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from browsing import Open, unfold
from extreme_reports import LONG

from harness.reporting.paths import folder_of
from sample_reports import hostile

if TYPE_CHECKING:
    from playwright.sync_api import Page

REPORTS = [f"{name}/report.html" for name in ("s01", "s02", "s03", "s04", "s06", "s07")]
HOSTILE = f"{folder_of(hostile().submission.id)}/report.html"
CROWDED = f"long/{folder_of(LONG)}/report.html"
GRADED = ["graded/mytorch/s01/report.html", "graded/quiz10/s01/report.html", "graded/quiz10/summary.html"]
PAGES = [*REPORTS, HOSTILE, CROWDED, *GRADED, "summary.html", "long/summary.html", "audit/audit.html"]
WIDTHS = (1200, 700, 360, 320)
each_page = pytest.mark.parametrize("name", PAGES, ids=["hostile" if p == HOSTILE else p[:40] for p in PAGES])

WIDER = """() => [...document.querySelectorAll('body *')]
  .filter(e => !e.parentElement.closest('.scroll, pre, svg, .hush') && !e.matches('.skip, .hush'))
  .filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .map(e => e.outerHTML.slice(0, 150))"""
"""What sticks out of the page, except inside boxes that scroll by themselves."""


@each_page
def test_no_page_scrolls_sideways(name: str, open_page: Open) -> None:
    page = open_page(name)
    unfold(page)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        sizes = page.evaluate("() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert (width, sizes[0]) == (width, sizes[1]), page.evaluate(WIDER)
        assert page.evaluate(WIDER) == [], width


@each_page
def test_axe_finds_nothing_to_object_to(name: str, open_page: Open) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = open_page(name)
    unfold(page)
    for scheme, options in (("light", {}), ("dark", {"runOnly": ["color-contrast"]})):
        page.emulate_media(color_scheme=scheme)
        found = axe.run(page, options=options)
        assert not found.violations_count, f"{scheme}: {found.generate_report()}"


@each_page
def test_light_and_dark_are_what_they_are_called_and_paper_is_white(name: str, open_page: Open) -> None:
    page = open_page(name)
    assert _brightness(page, "light", "screen") > 230
    assert _brightness(page, "dark", "screen") < 50
    assert _brightness(page, "dark", "print") == 255


def _brightness(page: Page, scheme: str, media: str) -> float:
    """Of the page's ground, from 0 to 255."""
    page.emulate_media(color_scheme=scheme, media=media)
    colour = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    parts = [float(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]
    return sum(parts) / len(parts)


@each_page
def test_no_page_runs_what_is_not_its_own_or_asks_for_anything(name: str, open_page: Open) -> None:
    """What a hostile text would try, had it got past the escaping: the page's policy holds it back."""
    page = open_page(name, watched=False)  # the console tells of every attempt
    assert page.evaluate("() => document.querySelectorAll('script').length") == 1
    page.evaluate(
        """() => {
          window.held = [];
          addEventListener('securitypolicyviolation', e => { window.held.push(e.effectiveDirective); });
          const script = document.createElement('script');
          script.textContent = 'window.ran = true;';
          const image = document.createElement('img');
          image.src = 'https://picture.invalid/x.png';
          image.setAttribute('onerror', 'window.ran = true;');
          document.body.append(script, image);
        }"""
    )
    page.wait_for_function("() => window.held.length >= 3")
    assert set(page.evaluate("() => window.held")) == {"script-src-elem", "script-src-attr", "img-src"}
    assert page.evaluate("() => window.ran") is None
