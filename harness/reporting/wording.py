"""The words every format shares: statuses, properties, and the sentences about a report and its entry points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.report import PASSING, BehaviourFinding, Check, EntryPointReport, Points, Report, Status
from harness.reporting.cleaning import plain
from harness.reporting.content import Trouble, bad_checks, blamed, lost_points, smallest_example, wrong_tensors

SYMBOLS: dict[Status, str] = {
    "pass": "✓",
    "not_judged": "?",
    "precision": "≈",
    "fail": "✗",
    "nondeterministic": "~",
    "error": "!",
    "timeout": "…",
    "not_attempted": "○",
    "missing": "–",
}
"""One character a status, all different, so that nothing is told by colour alone."""

WORDS: dict[Status, str] = {
    "pass": "right",
    "not_judged": "not judged",
    "precision": "right to float32 only",
    "fail": "wrong",
    "nondeterministic": "changes from call to call",
    "error": "error",
    "timeout": "out of time",
    "not_attempted": "not attempted",
    "missing": "missing",
}
BLAMELESS = "wrong, through no fault of its own"

TITLES: dict[str, tuple[str, str]] = {
    "matches_definition": ("agrees with the definition", "differs from the definition"),
    "matches_autograd": ("agrees with PyTorch's gradients", "differs from PyTorch's gradients"),
    "matches_finite_differences": (
        "is the derivative of your own forward function",
        "is not the derivative of your own forward function",
    ),
    "keeps_dtype": ("keeps the dtype of its inputs", "changes the dtype of its inputs"),
    "gradients_accumulate": ("adds to the gradients already there", "does not add to the gradients already there"),
    "zero_grad_resets": ("is zero after zero_grad()", "is not zero after zero_grad()"),
    "returns": ("has the right type and shape", "has the wrong type or shape"),
    "runs": ("raises nothing", "raises an exception"),
    "finishes": ("finishes within its time", "does not finish within its time"),
    "inputs_untouched": ("leaves its arguments as they were", "changes its arguments"),
    "accepts_strided": ("accepts arrays that are not contiguous", "goes wrong with arrays that are not contiguous"),
    "accepts_read_only": ("accepts read-only arrays", "goes wrong with read-only arrays"),
    "accepts_fortran_order": ("accepts arrays in Fortran order", "goes wrong with arrays in Fortran order"),
}
"""For every property, what to say where it holds and where it does not."""

FEATURES: dict[str, dict[str, str]] = {
    "scale": {"tiny": "tiny numbers", "saturating": "numbers so large that tanh saturates"},
    "state": {"zero": "initial state zero", "absent": "initial state left out"},
    "upstream": {
        "one_step": "upstream gradient at one step only",
        "last_step": "upstream gradient at the last step only",
    },
    "layout": {"F": "arrays in Fortran order", "strided": "arrays not contiguous", "read_only": "read-only arrays"},
}


def property_title(check: Check | BehaviourFinding, holds: bool | None = None) -> str:
    """The property in words: as it should be, or as it was found when it does not hold."""
    holds = check.status in PASSING if holds is None else holds
    name = check.property
    if name == "matches_autograd" and isinstance(check, Check) and not (check.tensor or "d").startswith("d"):
        name = "matches_definition"
    if name in TITLES:
        return TITLES[name][0 if holds else 1]
    words = plain(name.replace("_", " "))
    return words if holds else f"does not hold: {words}"


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
    return f"No mistake found: {f'all {count} entry points are' if count > 1 else 'its entry point is'} right on every case tried."


def _others(count: int) -> str:
    return "" if count < 1 else f"{count} other entry point{'s need' if count > 1 else ' needs'} work too."


def _where(report: Report) -> str:
    last = report.traceback[-1] if report.traceback else None
    return f" ({plain(last.file, 80)}, line {last.line})" if last else ""


def entry_sentence(entry: EntryPointReport) -> str:
    """One sentence about an entry point."""
    if entry.status == "fail" and entry.charged_to and not lost_points(entry):
        return f"{entry.name} is wrong only because of {plain(entry.charged_to)}; it keeps its points."
    if entry.diagnoses and entry.status == "fail":
        return _sentence(f"{_failure(entry)} {plain(entry.diagnoses[0].title, 200)}")
    if entry.status == "fail":
        return _failure(entry)
    if entry.status == "precision":
        return f"{entry.name} is right only to float32 accuracy; something in it leaves float64."
    if entry.status == "pass":
        return f"{entry.name} {_agreement(entry)}."
    return _sentence(_about(entry.name, _trouble(entry)))


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
    how_many = f"all {cases} cases" if not unsure else f"{cases - unsure} of {cases} cases (rounding hides the rest)"
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


def check_sentence(check: Check) -> str:
    """What a check found, as a sentence; tensors are named by the place where it stands."""
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
    """Where an entry point stands: `rnn_layers.py:61`."""
    return f"{plain(entry.file, 120)}:{entry.line}" if entry.file and entry.line else ""


def entry_words(entry: EntryPointReport) -> str:
    """An entry point's status in words."""
    return BLAMELESS if entry.charged_to and entry.status == "fail" and not lost_points(entry) else WORDS[entry.status]


def entry_mark(entry: EntryPointReport) -> str:
    """An entry point's status in a character; in parentheses where the mistake is another's."""
    mark = SYMBOLS[entry.status]
    return f"({mark})" if entry.charged_to and entry.status == "fail" and not lost_points(entry) else mark


def dims_text(dims: Mapping[str, int]) -> str:
    """`N=1, T=2, D=1, H=1`"""
    return ", ".join(f"{plain(name)}={size}" for name, size in dims.items())


def features_text(features: Mapping[str, str]) -> list[str]:
    """What is special about a case, one phrase each."""
    return [_feature(name, value) for name, value in features.items()]


def _feature(name: str, value: str) -> str:
    if name == "upstream_exponent":
        return f"upstream gradient times 1e{plain(value)}"
    return FEATURES.get(name, {}).get(value) or f"{plain(name.replace('_', ' '))}: {plain(value)}"


def cases_text(check: Check) -> str:
    """How many cases went which way."""
    unsure = f", {check.not_judged} not judged" if check.not_judged else ""
    return f"{check.failed} of {check.cases} cases wrong{unsure}" if check.failed else f"{check.cases} cases{unsure}"


def listed(names: Sequence[str], most: int = 4) -> str:
    """`a, b and c`; from a certain length on, `a, b and 3 more`."""
    shown = [plain(name, 80) for name in names]
    if len(shown) > most:
        shown = [*shown[: most - 1], f"{len(shown) - most + 1} more"]
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)


def number(value: float, digits: int = 2) -> str:
    """Points without needless digits."""
    return f"{round(value, digits):g}"


def points_text(points: Points) -> str:
    """`7.5 of 10 points`, or that there are none to give."""
    return "no points: not judged" if points.earned is None else f"{points_short(points)} points"


def points_short(points: Points) -> str:
    """`7.5 of 10`, or a dash."""
    return "–" if points.earned is None else f"{number(points.earned)} of {number(points.possible)}"


def points_tight(points: Points) -> str:
    """`7.5/10`, or a dash."""
    return points_short(points).replace(" of ", "/")


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
