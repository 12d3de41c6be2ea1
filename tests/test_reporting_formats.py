"""What people read: the right things first, nothing hidden shown, nothing hostile acting."""

from __future__ import annotations

import io
from collections.abc import Callable
from html.parser import HTMLParser

import msgspec
import pytest
from markdown_it import MarkdownIt
from rich.console import Console

from harness.report import Edge, Graph, Node, Report, encode
from harness.reporting import content, wording
from harness.reporting.cleaning import block, plain
from harness.reporting.drawing import HALF_WIDE, LETTER, drawing
from harness.reporting.gradebook import gradebook_csv
from harness.reporting.hide import hide_expected
from harness.reporting.html import report_html
from harness.reporting.markdown import code, escaped, fenced, markdown
from harness.reporting.summary import summary_html, summary_json
from harness.reporting.terminal import gradebook_table, print_report
from sample_reports import (
    ALLOWED,
    EXPECTED,
    RATIO,
    SNIPPET,
    all_right,
    averaging,
    every,
    failing,
    grader_fault,
    hostile,
    load_error,
    raising,
    rough,
    skeleton,
    wrong_tensor,
)


class Page(HTMLParser):
    """The text of a page, its tags and its attributes."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []
        self.skipping = False
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self.skipping = tag in ("script", "style", "title")

    def handle_endtag(self, tag: str) -> None:
        self.skipping = False

    def handle_data(self, data: str) -> None:
        if not self.skipping:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


def terminal(report: Report, width: int = 100, color: bool = False) -> str:
    file = io.StringIO()
    print_report(Console(file=file, width=width, force_terminal=color), report)
    return file.getvalue()


def table(reports: list[Report], width: int = 100) -> str:
    file = io.StringIO()
    Console(file=file, width=width).print(gradebook_table(reports))
    return file.getvalue()


FORMATS: dict[str, Callable[[Report], str]] = {
    "json": lambda r: encode(r).decode(),
    "markdown": markdown,
    "html": report_html,
    "terminal": terminal,
    "table": lambda r: table([r]),
    "gradebook": lambda r: gradebook_csv([r]),
    "summary page": lambda r: summary_html([r], {}),
    "summary": lambda r: summary_json([r]).decode(),
}
PER_SUBMISSION = {"markdown": markdown, "html": lambda r: Page(report_html(r)).text, "terminal": terminal}


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("make", [failing, rough, raising, hostile])
def test_hidden_values_are_nowhere_to_be_read(name: str, make: Callable[[], Report]) -> None:
    shown = FORMATS[name](hide_expected(make()))
    for secret in (EXPECTED, ALLOWED, f"{RATIO:.0f}", f"{RATIO:e}"[:6]):
        assert secret not in shown


@pytest.mark.parametrize("name", ["json", *PER_SUBMISSION])
def test_expected_values_are_shown_unless_hidden(name: str) -> None:
    shown = FORMATS[name](failing())
    assert EXPECTED in shown
    assert ALLOWED in shown or "\\u00b1" in shown


def test_hiding_keeps_what_came_and_the_program() -> None:
    hidden = hide_expected(failing())
    example = content.smallest_example(hidden.entry_points[3])
    assert example is not None
    assert example.worst is not None
    assert example.worst.actual == "-0.1767766953"
    assert [*example.snippet.splitlines()] == SNIPPET.splitlines()[:-1]


@pytest.mark.parametrize("name", PER_SUBMISSION)
def test_the_sentence_comes_first_then_score_then_right_then_wrong(name: str) -> None:
    report = failing()
    shown = " ".join(PER_SUBMISSION[name](report).split())
    order = [
        "fails: next",
        wording.points_text(report.score).split()[0],
        "agrees with the definition on all 44 cases",
        "differs from PyTorch's gradient on 31 of 44 cases",
        "seed 0" if name == "terminal" else "How it was judged",
    ]
    plain_text = shown.replace("next\\_h", "next_h").replace("\\", "")
    places = [plain_text.index(words) for words in order]
    assert places == sorted(places)


@pytest.mark.parametrize("name", PER_SUBMISSION)
@pytest.mark.parametrize(
    "words",
    [
        "dh is not carried back from one time step to the one before",
        "N=1, T=2, D=1, H=1",
        "-0.1767766953",
        "upstream gradient at the last step only",
        'print("yours:", dWh)',
        "only because of rnn_step_forward; it keeps its points",
    ],
)
def test_a_failure_is_told_in_full(name: str, words: str) -> None:
    assert words in " ".join(PER_SUBMISSION[name](failing()).split())


@pytest.mark.parametrize("name", PER_SUBMISSION)
@pytest.mark.parametrize(
    "words",
    [
        "rnn_backward follows another convention: dWx and dWh are averaged over the batch.",
        "another convention than the handout's",
        "The handout asks for the sum over the batch.",
        "It costs the points of dWx, once.",
    ],
)
def test_another_convention_is_told_apart_from_a_mistake(name: str, words: str) -> None:
    assert words in " ".join(PER_SUBMISSION[name](averaging()).replace("\\", "").split())


def test_a_mistake_besides_is_no_other_convention() -> None:
    found = averaging().entry_points[-1]
    besides = msgspec.structs.replace(found, checks=[*found.checks, wrong_tensor("dx", 31, "dx[0, 0, 0]", "1.0")])
    assert "follows" in wording.entry_sentence(found)
    assert "dx" in wording.entry_sentence(besides)
    assert wording.entry_words(besides) == wording.WORDS["fail"]


@pytest.mark.parametrize("name", PER_SUBMISSION)
def test_the_students_own_traceback_is_shown(name: str) -> None:
    shown = PER_SUBMISSION[name](raising())
    assert "rnn_layers.py, line 73, in rnn_backward" in shown
    assert "dprev_h = step(dh[:, t + 1], cache[t])" in shown
    assert "next_h = np.tanh(x.dot(Wx) + b" in PER_SUBMISSION[name](load_error())


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (all_right, "No mistake found: all 4 entry points are right on every case tried."),
        (failing, "rnn_step_forward fails: next_h is wrong. 1 other entry point needs work too."),
        (
            load_error,
            "Could not be loaded: rnn_layers.py could not be imported: SyntaxError: '(' was never closed "
            "(rnn_layers.py, line 42).",
        ),
        (grader_fault, "The grader itself failed here, through no fault of the student; a person has to look at it."),
        (skeleton, "Nothing has been attempted yet: every entry point is still the handout's skeleton."),
        (rough, "No mistake found, but rnn_backward could not be judged; a person has to look at it."),
        (
            raising,
            "rnn_forward did not finish: a call used more than 5 s of processor time. "
            "2 other entry points need work too.",
        ),
    ],
)
def test_headlines(make: Callable[[], Report], sentence: str) -> None:
    assert wording.headline(make()) == sentence


def test_the_place_of_a_syntax_error_is_told_once() -> None:
    said = load_error()
    told = msgspec.structs.replace(said, message=f"{said.message} (line 42)")
    assert wording.headline(told) == f"Could not be loaded: {said.message} (line 42)."
    elsewhere = msgspec.structs.replace(said, message=f"{said.message} (line 7)")
    assert wording.headline(elsewhere).endswith("(line 7) (rnn_layers.py, line 42).")


@pytest.mark.parametrize("names", [["h0"], ["dprev_h", "dWh"], ["dWh", "carried back", "dprev_h"]])
def test_what_stands_above_an_edge_has_room_between_its_nodes(names: list[str]) -> None:
    graph = Graph(
        [Node("prev_h", 0, 0), Node("h", 1, 0), Node("x", 1, 1)], [Edge("prev_h", "h", wrong=names), Edge("x", "h")]
    )
    drawn = drawing(graph)
    left, right, _ = (box.x for box in drawn.boxes)
    (label,) = (label for arrow in drawn.arrows for label in arrow.labels)
    half = LETTER * len(label.text) / 2
    assert left + HALF_WIDE < label.x - half < label.x + half < right - HALF_WIDE < drawn.width


def test_one_exception_is_told_once_for_all_tensors() -> None:
    (trouble,) = content.troubles(raising().entry_points[3])
    assert trouble.tensors == ("dx", "dh0", "dWx", "dWh", "db")


def test_the_own_forward_is_spoken_of_only_where_it_explains_something() -> None:
    wrong = failing().entry_points[3]
    assert all(c.property == "matches_autograd" for t in content.troubles(wrong) for c in (t.check, *t.others))
    right = [msgspec.structs.replace(c, status="pass", failed=0) if c.message[:3] == "not" else c for c in wrong.checks]
    told = content.troubles(msgspec.structs.replace(wrong, checks=right))
    assert [wording.property_title(c) for c in told[0].others] == ["is the derivative of your own forward function"]


def test_what_could_not_be_judged_earns_a_blank_not_a_zero() -> None:
    assert wording.points_text(grader_fault().score) == "no points: not judged"
    assert "Not judged" in report_html(grader_fault())
    assert "–" in table([grader_fault()])


@pytest.mark.parametrize("page", [report_html(hostile()), summary_html([hostile()], {})], ids=["report", "summary"])
def test_hostile_text_is_text_in_html(page: str) -> None:
    parsed = Page(page)
    assert parsed.tags.count("script") == 1  # ours
    assert not {"img", "iframe", "object", "link"} & set(parsed.tags)
    assert not [name for name, _ in parsed.attributes if name.startswith("on")]
    assert "<script>alert(1)</script> <img src=x onerror=alert(2)>" in parsed.text
    assert not [c for c in page if c in "\x1b\x07\x9b\u202e"]


@pytest.mark.parametrize("page", [report_html(hostile()), summary_html(every(), {})], ids=["report", "summary"])
def test_pages_need_no_network(page: str) -> None:
    loaded = [value or "" for name, value in Page(page).attributes if name in ("src", "href", "srcset", "action")]
    assert [value for value in loaded if not value.startswith("#")] == []
    assert "@import" not in page
    assert "url(" not in page.replace("url(#", "")


def test_hostile_text_is_text_in_markdown() -> None:
    rendered = Page(MarkdownIt("commonmark").enable("table").render(markdown(hostile())))
    assert not {"script", "img", "a"} & set(rendered.tags)
    assert rendered.tags.count("h1") == 1
    assert rendered.text.count("**bold**") > 5
    assert rendered.text.count("```fence```") > 5
    assert "# heading" in rendered.text  # stayed inside its fence
    assert not [c for c in markdown(hostile()) if c in "\x1b\x07\x9b\u202e"]


@pytest.mark.parametrize("text", ["`", "``", "a``b`c", "|", "a|b", "x`|`y", "*a*", "# h", "- l", "1. l", "+ p", "_e_"])
def test_any_text_stays_itself_in_markdown(text: str) -> None:
    renderer = MarkdownIt("commonmark").enable("table")
    cells = Page(renderer.render(f"| a | b |\n|---|---|\n| {code(text)} | {escaped(text)} |\n"))
    assert cells.tags.count("td") == 2
    assert cells.text == f"a b {text} {text}"
    assert Page(renderer.render(escaped(text))).tags == ["p"]
    assert Page(renderer.render(fenced(f"{text}\n```\n````"))).tags == ["pre", "code"]


@pytest.mark.parametrize("color", [False, True])
def test_hostile_text_neither_steers_the_terminal_nor_acts_as_markup(color: bool) -> None:
    shown = terminal(hostile(), color=color) + table([hostile("[red]id[/red]")])
    assert "[red]markup[/red]" in " ".join(shown.split())
    assert "[red]id[/red]" in shown
    assert not [c for c in shown if c in "\x07\x9b\u202e"]
    assert "\x1b]" not in shown
    assert "\x1b[2J" not in shown
    assert ("\x1b" in shown) is color


def test_a_passing_submission_takes_few_lines() -> None:
    assert len(terminal(all_right(), width=80).splitlines()) <= 14


@pytest.mark.parametrize("width", [80, 120])
def test_the_gradebook_fits_its_terminal(width: int) -> None:
    shown = table(every(), width)
    assert max(len(line) for line in shown.splitlines()) <= width
    assert "rnn_step_forward" in shown


def test_programs_are_printed_so_that_they_can_be_pasted() -> None:
    assert SNIPPET in terminal(failing(), width=40)


def test_statuses_are_told_apart_without_colour() -> None:
    assert len(set(wording.SYMBOLS.values())) == len(wording.SYMBOLS)
    assert set(wording.SYMBOLS) == set(wording.WORDS)
    page = Page(report_html(failing())).text
    assert "wrong, through no fault of its own" in page


def test_cleaning_removes_what_cannot_be_seen() -> None:
    assert plain("a\x1b[31mb\x1b]0;t\x07c\u202ed\x00e\nf\ud800") == "abcde f"
    assert plain("x" * 50, 10) == "x" * 9 + "…"
    assert block("a\tb\r\n\x1b[1mc\x00\n") == "a   b\nc"
