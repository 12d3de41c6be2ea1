"""Reports that strain a page: an assignment of seventeen entry points, names without an end, everything wrong."""

from __future__ import annotations

from harness.audit.matrix import Audit, Row, audit
from harness.report import Diagnosis, EntryPointReport, Influence, Numbers, Pictures, Points, Report
from sample_reports import PICTURES, entry, report, wrong_tensor

ENTRY_POINTS = 17
TENSORS = ("dx", "dW_projection_of_the_features", "d" + "W" * 80)
LONG = "a_name_that_a_student_typed_with_the_cat_on_the_keyboard_" * 4


def crowded(name: str = LONG) -> Report:
    """Every tensor of every entry point is wrong, and every text is long."""
    return report(name, [_entry(i) for i in range(ENTRY_POINTS)], notes=[LONG], message=LONG)


def _entry(number: int) -> EntryPointReport:
    checks = [wrong_tensor(t, 44, f"{t}[0, 0, 0]", "-1.7976931348623157e+308") for t in TENSORS]
    diagnosis = Diagnosis("", LONG, LONG, list(TENSORS), "44 of 44 cases", LONG, LONG)
    return entry(
        f"CaptioningRecurrentNetwork.method_number_{number}[lstm]",
        "",
        checks=checks,
        status="fail",
        points=Points(0.0, 2.5),
        diagnoses=[diagnosis],
        file=f"{LONG}/{LONG}.py",
        pictures=[_wide(), PICTURES, None][min(number, 2)],
    )


def _wide() -> Pictures:
    steps = range(12)
    numbers = [[f"{0.1 * (t + s):.3g}" for s in steps] for t in steps]
    wrong = [[t < s for s in steps] for t in steps]
    reach = Influence([f"dh[{t}]" for t in steps], [f"dx[{t}]" for t in steps], numbers, wrong, [LONG], numbers)
    row = ["-1.797e+308"] * 24
    cells = Numbers("dWh", ["H", "4H"], [1, 24], {"N": 2, "H": 6}, 5, row, [True] * 24, 3, row)
    return Pictures(PICTURES.graph, reach, [cells])


def undiagnosed(name: str = "s10") -> Report:
    """Wrong in a way that nothing explains: a person should look at it."""
    check = wrong_tensor("dx", 3, "dx[0]", "1")
    return report(name, [entry("rnn_backward", "", checks=[check], status="fail", points=Points(0.5, 2.5))])


def audited() -> Audit:
    """What is caught once, twice and not at all; a right program that fails, and one that nothing tells apart."""
    caught = [("matches_autograd",), ("matches_autograd", "chunked"), ()]
    rows = [
        Row(f"seq.{LONG}_{i}", "misconception", LONG, "fail" if by else "pass", by, first_case=i)
        for i, by in enumerate(caught)
    ]
    rows += [
        Row("right.one", "right", "a right program", "pass"),
        Row("right.two", "right", "another", "fail", ("chunked",)),
        Row("mutant.1", "mutant", "plus and minus changed", "pass", equivalent=True),
    ]
    return audit("cs231n", rows, ["chunked", "inputs_untouched"])
