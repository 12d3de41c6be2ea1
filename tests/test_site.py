"""The site's navigation has every page once, links lead where they should, and what it shows is what was measured."""

from __future__ import annotations

import importlib
import itertools
import math
from pathlib import Path

import pytest

from documenting import built, measuring, plots, site
from pages_of_the_docs import PAGES

THERE = {site.OUTSIDE.get(name, name.removeprefix("docs/")) for name in PAGES}


def leaves(navigation: object) -> list[str]:
    if isinstance(navigation, dict):
        navigation = list(navigation.values())
    return [navigation] if isinstance(navigation, str) else [leaf for part in navigation for leaf in leaves(part)]  # type: ignore[attr-defined]


def test_every_page_stands_in_the_navigation_once() -> None:
    new = {"anywhere.md", "tutorials/zz.md", "reference/contracts/zz.md"}
    found = leaves(site.arranged(THERE | new))
    assert sorted(found) == sorted(THERE | new)


def test_a_page_that_comes_later_finds_its_section() -> None:
    sections = {name: pages for part in site.arranged(THERE | {"tutorials/zz.md"}) for name, pages in part.items()}
    assert sections["Tutorials"][0] == "tutorials/student.md"
    assert sections["Tutorials"][-1] == "tutorials/zz.md"
    assert sections["Home"] == "index.md"


def test_the_navigation_names_no_page_that_was_renamed() -> None:
    coming = {"scaling.md"}
    named = {entry for entries in site.SECTIONS.values() for entry in entries if entry.endswith(".md")}
    assert named - coming <= THERE


@pytest.mark.parametrize(
    ("page", "text", "moved"),
    [
        ("README.md", "[a](docs/audit.md) [b](SECURITY.md)", "[a](audit.md) [b](security.md)"),
        ("audit.md", "[b](../SECURITY.md#bounds)", "[b](security.md#bounds)"),
        ("tutorials/ta.md", "[c](../../README.md#install)", "[c](../index.md#install)"),
        ("tutorials/ta.md", "[d](../audit.md)", "[d](../audit.md)"),
    ],
)
def test_links_lead_to_pages_as_the_site_calls_them(page: str, text: str, moved: str) -> None:
    assert site.moved(text, page) == moved


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ('<script src="https://cdn.example/x.js"></script>', "fetches https://cdn.example/x.js"),
        ('<link rel="stylesheet" href="//fonts.example/a.css">', "fetches //fonts.example/a.css"),
        ("<p>Three things:\n- one\n- two</p>", "shows Markdown: '- one\\n- two'"),
        ("<p>See [this](that.md).</p>", "shows Markdown: '](that.md).'"),
        ('<p><a href="https://example.org">a link</a> and <code>- code</code> - well</p>', ""),
    ],
)
def test_faults_of_a_built_page_are_found(html: str, fault: str, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(html)
    assert [line.partition(": ")[2] for line in built.faults(tmp_path)] == ([fault] if fault else [])


def test_a_site_without_pages_or_with_a_font_from_elsewhere_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "site.css").write_text("@font-face { src: url(https://fonts.example/a.woff) }")
    assert len(list(built.faults(tmp_path))) == 2


# What the explanations show


def test_right_programs_lie_below_the_line_and_wrong_ones_above() -> None:
    right, wrong = measuring.distances(8, {"lab9": ("rnn_backward",)})
    assert max(right) < 1 < 4 < 1e6 < min(wrong)
    assert len(right) > 8
    assert len(wrong) == 41
    text = plots.numbers(right, wrong, [[2, 2], [1, 2]])
    assert f"{len(right)} right programs" in text
    assert "alone with their numbers: [0, 1]" in text
    assert f"{sum(map(math.isinf, wrong))} raise" in text


def test_a_bound_grows_with_the_length_and_is_not_reached() -> None:
    ((short, near), (long, far)) = measuring.growth((2, 40), (1.0,))[1.0]
    assert 3 * short < long
    assert near < short
    assert far < long


def test_few_cases_tell_all_mistakes_apart() -> None:
    counts = measuring.narrowing(6)
    assert counts[0] == [41] * 41
    assert counts[-1] == [1] * 41
    assert all(one >= other for row, after in itertools.pairwise(counts) for one, other in zip(row, after, strict=True))


def test_plots_are_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("matplotlib")
    monkeypatch.setattr(measuring, "distances", lambda: ([0.1, 0.5], [1e7, math.inf]))
    monkeypatch.setattr(
        measuring, "growth", lambda: dict.fromkeys(measuring.RADII, [(1e-6, 1e-7)] * len(measuring.LENGTHS))
    )
    monkeypatch.setattr(measuring, "narrowing", lambda: [[2, 2], [1, 1]])
    importlib.reload(plots).main(tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["distances.svg", "growth.svg", "narrowing.svg"]
    for name in ("distances", "growth", "narrowing"):
        assert (plots.PICTURES / f"{name}.svg").stat().st_size < 60_000
