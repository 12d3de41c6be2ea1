"""The sentences about a report and its entry points; every format takes its words from here."""

from __future__ import annotations

from harness.report import PASSING, Check, EntryPointReport, Override, Report, Status
from harness.reporting.cleaning import plain
from harness.reporting.content import (
    Trouble,
    bad_checks,
    blamed,
    broken_relations,
    by_convention,
    lost_points,
    smallest_example,
    wrong_tensors,
)
from harness.reporting.words import (
    BLAMELESS,
    OTHERWISE,
    SYMBOLS,
    TITLES,
    WORDS,
    cases_text,
    dims_text,
    features_text,
    listed,
    number,
    points_short,
    points_text,
    points_tight,
    property_title,
)

__all__ = [
    "BLAMELESS",
    "SYMBOLS",
    "TITLES",
    "WORDS",
    "brief",
    "cases_text",
    "check_sentence",
    "dims_text",
    "entry_mark",
    "entry_sentence",
    "entry_words",
    "features_text",
    "headline",
    "how_rows",
    "listed",
    "number",
    "override_sentences",
    "place",
    "plain",
    "points_short",
    "points_text",
    "points_tight",
    "property_title",
    "reading_sentences",
    "relation_sentences",
    "tells_more",
]


def headline(report: Report) -> str:
    """The one sentence about a submission that its author needs."""
    if report.status == "grader_fault":
        return "The grader itself failed here, through no fault of the student; a person has to look at it."
    if report.status == "load_error":
        return _sentence(f"Could not be loaded: {plain(report.message, 300) or 'no reason is known'}{_where(report)}")
    if report.entry_points and all(e.status == "not_attempted" for e in report.entry_points):
        return "Nothing has been attempted yet: every entry point is still the handout's skeleton."
    guilty = blamed(report)
    if guilty:
        started = [e for e in guilty if e.status not in ("missing", "not_attempted")] or guilty
        return " ".join([entry_sentence(started[0]), _others(len(guilty) - 1)]).strip()
    return _without_mistake(report)


def brief(report: Report) -> str:
    """The headline in few words, for a table of many submissions."""
    if report.status != "graded":
        return "fault of the grader" if report.status == "grader_fault" else plain(report.message, 110)
    if report.entry_points and all(e.status == "not_attempted" for e in report.entry_points):
        return "nothing attempted"
    guilty = [] if report.passed else blamed(report)
    if guilty:
        started = [e for e in guilty if e.status not in ("missing", "not_attempted")] or guilty
        more = f" (+{len(guilty) - 1} more)" if len(guilty) > 1 else ""
        return plain(entry_sentence(started[0]).rstrip("."), 110) + more
    unsure = [e.name for e in report.entry_points if e.status in ("not_judged", "precision")]
    return f"nothing wrong; see {listed(unsure)}" if unsure else "nothing wrong"


def _without_mistake(report: Report) -> str:
    unjudged = [e.name for e in report.entry_points if e.status == "not_judged"]
    rough = [e.name for e in report.entry_points if e.status == "precision"]
    if not report.entry_points or len(unjudged) == len(report.entry_points):
        return "Nothing could be judged; a person has to look at it."
    if unjudged:
        return f"No mistake found, but {listed(unjudged)} could not be judged; a person has to look at it."
    if rough:
        return f"Right, though {listed(rough)} only to float32 accuracy; it costs no points."
    count = len(report.entry_points)
    what = f"all {count} entry points are" if count > 1 else "its entry point is"
    return f"No mistake found: {what} right on every case tried."


def _others(count: int) -> str:
    return "" if count < 1 else f"{count} other entry point{'s need' if count > 1 else ' needs'} work too."


def _where(report: Report) -> str:
    """The place of what went wrong, unless the message says it: that of a syntax error does."""
    last = report.traceback[-1] if report.traceback else None
    if last is None or (last.file in report.message and f"(line {last.line})" in report.message):
        return ""
    return f" ({plain(last.file, 80)}, line {last.line})"


def entry_sentence(entry: EntryPointReport) -> str:
    """One sentence about an entry point."""
    if entry.status == "fail" and entry.charged_to and not lost_points(entry):
        return f"{entry.name} is wrong only because of {plain(entry.charged_to)}; it keeps its points."
    if by_convention(entry):
        told = dict.fromkeys(plain(d.title, 200).removeprefix("another convention: ") for d in entry.diagnoses)
        return _sentence(f"{entry.name} follows another convention: {'; '.join(told)}")
    if _reasons(entry) and entry.status == "fail":
        return _sentence(f"{_failure(entry)} Why: {'; and '.join(_reasons(entry))}")
    if entry.status == "fail":
        return _failure(entry)
    if entry.status == "precision":
        return _sentence(f"{entry.name} is right only to float32 accuracy{_why_rough(entry)}")
    if entry.status == "pass":
        return f"{entry.name} {_agreement(entry)}."
    return _sentence(_about(entry.name, _trouble(entry)))


def _reasons(entry: EntryPointReport) -> list[str]:
    """The names of what is wrong, mistakes before other conventions."""
    named = sorted((d for d in entry.diagnoses if d.title), key=lambda d: d.convention is not None)
    return list(dict.fromkeys(plain(d.title, 200) for d in named))[:MOST_REASONS]


MOST_REASONS = 2


def _why_rough(entry: EntryPointReport) -> str:
    """What the checks say about the loss of precision, once."""
    rough = [c for c in entry.checks if c.status == "precision"]
    reasons = dict.fromkeys(plain(c.message, 300).partition("; ")[2] for c in rough)
    return "".join(f": {reason}" for reason in list(reasons)[:1] if reason)


def _failure(entry: EntryPointReport) -> str:
    example, wrong = smallest_example(entry), wrong_tensors(entry)
    first = next(iter(bad_checks(entry)), None)
    if first is not None and first.property != "matches_autograd":
        what = f"{listed(wrong)} {property_title(first)}" if wrong else property_title(first)
    elif wrong:
        what = f"{listed(wrong)} {'is' if len(wrong) == 1 else 'are'} wrong"
    else:
        what = plain(entry.message, 300)
    at = f" at {dims_text(example.dims)}" if example else ""
    return _sentence(f"{entry.name} fails{at}{': ' if what else ''}{what}")


def _agreement(entry: EntryPointReport) -> str:
    """What a right entry point was found to do."""
    checks = [c for c in entry.checks if c.status == "pass"]
    if not checks:
        return "is right"
    main, cases, unsure = checks[0], max(c.cases for c in checks), max(c.not_judged for c in checks)
    every = f"all {cases} cases" if cases > 1 else "the only case"
    how_many = every if not unsure else f"{cases - unsure} of {cases} cases (rounding hides the rest)"
    return f"{property_title(main)} on {how_many}"


DEFAULTS: dict[Status, str] = {
    "missing": "is not defined in what was handed in",
    "not_attempted": "is still the handout's skeleton",
    "timeout": "did not finish within its time",
    "nondeterministic": "gives other results when it is called again with the same arguments",
    "not_judged": "could not be judged",
    "error": "gave no result that could be judged",
}


def _trouble(entry: EntryPointReport) -> str:
    """Why an entry point has no right or wrong result."""
    check = next(iter(bad_checks(entry)), None)
    if check is not None and check.message and entry.status == "error":
        raised = "raises " if check.traceback else ""
        last = check.traceback[-1] if check.traceback else None
        where = f", at {plain(last.file, 80)} line {last.line}" if last else ""
        return f"{raised}{plain(check.message, 200)}{where}"
    first = next((c.message for c in entry.checks if c.status == entry.status and c.message), "")
    return plain(entry.message or first, 300) or DEFAULTS.get(entry.status, WORDS[entry.status])


def _about(name: str, text: str) -> str:
    """`text` as a sentence about `name`, which it may name already."""
    if name in text:
        return text
    verb = text.split(" ", 1)[0] in ("did", "is", "gives", "gave", "could", "raises", "does")
    return f"{name} {text}" if verb else f"{name}: {text}"


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?", "…")) else text + "."


def relation_sentences(entry: EntryPointReport) -> list[str]:
    """What else is known of a mistake: relations between several runs that it breaks."""
    return [
        f"Also seen in {listed(tensors)}: it {property_title(check, holds=False)}."
        for check, tensors in broken_relations(entry)
        if entry.status != "nondeterministic"  # an answer that changes breaks everything
    ]


def reading_sentences(entry: EntryPointReport) -> list[str]:
    """What the smallest cases that fail say by themselves; of a mistake that is another's they say nothing here."""
    found: dict[str, list[tuple[str, list[str]]]] = {}
    for check in bad_checks(entry) if entry_words(entry) != BLAMELESS else ():
        example = check.counterexample
        if example and example.reading and check.tensor:
            found.setdefault(dims_text(example.dims), []).append((check.tensor, list(map(plain, example.reading))))
    # Of tensors that fail at one size, what is said of the one that always fails holds of the entry point.
    told = {listed([n for n, _ in same]): min((r for _, r in same), key=_hedged) for same in found.values()}
    if len(told) < 2:
        return [line for said in told.values() for line in said]
    return [f"{names}: {' '.join(said)}" for names, said in told.items()]


def _hedged(reading: list[str]) -> bool:
    return not reading[0].startswith("Any ")


def check_sentence(check: Check) -> str:
    """What a check found, and where, in sentences; tensors are named by the place where it stands."""
    return f"{_finding(check)} Wrong {', '.join(check.where)}." if check.where else _finding(check)


def _finding(check: Check) -> str:
    if check.message:
        text = plain(check.message)
        return _sentence(f"It is {text}" if text.startswith("not ") else text)
    if check.status in PASSING or check.status == "fail":
        return f"It {property_title(check)} ({cases_text(check)})."
    return f"It {DEFAULTS[check.status]}."


def tells_more(entry: EntryPointReport, trouble: Trouble) -> bool:
    """Whether a trouble says anything that the sentence about its entry point has not said."""
    check = trouble.check
    said = check.status == "timeout" or (bool(check.message) and plain(check.message) in entry_sentence(entry))
    return bool(check.counterexample or check.traceback or trouble.others) or not said


def place(entry: EntryPointReport) -> str:
    """Where an entry point stands: `rnn_layers.py:61`, or `hw.ipynb, cell 3, line 2`."""
    if not entry.file or not entry.line:
        return ""
    before_line = ", line " if ", cell " in entry.file else ":"
    return f"{plain(entry.file, 120)}{before_line}{entry.line}"


def entry_words(entry: EntryPointReport) -> str:
    """An entry point's status in words."""
    if by_convention(entry):
        return OTHERWISE
    return BLAMELESS if entry.charged_to and entry.status == "fail" and not lost_points(entry) else WORDS[entry.status]


def entry_mark(entry: EntryPointReport) -> str:
    """An entry point's status in a character; in parentheses where the mistake is another's."""
    mark = SYMBOLS[entry.status]
    return f"({mark})" if entry.charged_to and entry.status == "fail" and not lost_points(entry) else mark


def override_sentences(report: Report) -> list[str]:
    """Which points a person has set, and why."""
    return [f"{_override(o)}{_doubt(o, report)}" for o in report.overrides]


def _doubt(override: Override, report: Report) -> str:
    """Why a person should look at a decision again."""
    if all(e.name != override.entry_point for e in report.entry_points):
        return "; they do not count, because this report has no such entry point"
    changed = override.of and override.of != report.submission.sha256
    return "; the submission has changed since" if changed else ""


def _override(override: Override) -> str:
    given = "not judged" if override.instead_of is None else f"{number(override.instead_of)} by the harness"
    why = f": {plain(override.comment, 300)}" if override.comment else ""
    name, who = plain(override.entry_point), plain(override.by, 80)
    return f"{name}: {number(override.points)} points set by {who} on {plain(override.at)} ({given}){why}"


def how_rows(report: Report) -> list[tuple[str, str]]:
    """What somebody needs who wants to see the same verdict again."""
    cases = max((c.cases for e in report.entry_points for c in e.checks), default=0)
    rows = [
        ("submission", report.submission.path),
        ("content (SHA-256)", report.submission.sha256),
        ("seed", report.seed),
        ("cases for each entry point", str(cases) if cases else ""),
        ("isolation", report.isolation),
        ("versions", ", ".join(f"{name} {value}" for name, value in report.versions.items())),
        ("seconds", f"{report.seconds.total:.1f}"),
    ]
    return [(name, plain(value)) for name, value in rows if value]
