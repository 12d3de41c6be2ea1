"""Reports as the engine makes them, for tests of what people read, and texts that try to do harm."""

from __future__ import annotations

from harness.report import (
    SCHEMA,
    BehaviourFinding,
    Check,
    Counterexample,
    Diagnosis,
    Edge,
    Element,
    EntryPointReport,
    Frame,
    Graph,
    Influence,
    Node,
    Numbers,
    Override,
    Pictures,
    Points,
    Report,
    Seconds,
    Status,
    SubmissionInfo,
)

EXPECTED, ALLOWED, RATIO = "0.7310585786", "±6.7e-16", 918273.0
"""Hidden values: none of them may be read anywhere once they are hidden."""

SNIPPET = f"""\
# rnn_backward: dWh at N=1, T=2, D=1, H=1. Run it in the folder of your submission.
import numpy as np
import sys
sys.path.insert(0, ".")
from rnn_layers import rnn_forward, rnn_backward

x = np.array([[[0.3125], [-1.5]]])
h0 = np.array([[0.5]])
Wx = np.array([[0.25]])
Wh = np.array([[-0.75]])
b = np.array([0.125])
dh = np.array([[[1.0], [0.5]]])
h, cache = rnn_forward(x, h0, Wx, Wh, b)
dx, dh0, dWx, dWh, db = rnn_backward(dh, cache)

print("yours:", dWh)
print("expected:", np.array([[{EXPECTED}]]))
"""

HOSTILE = (
    "<script>alert(1)</script> <img src=x onerror=alert(2)> | pipe `tick` ```fence``` **bold** "
    "[link](http://evil.example) [red]markup[/red] \x1b[31mred\x1b[0m \x1b]0;title\x07 \x9b2J \u202egnp.exe\u202c "
    "@everyone https://evil.example/x $x$ &lt;"
)
HOSTILE_BLOCK = "```\n</pre></code><script>alert(3)</script>\n````\n\x1b[2J~~~\n# heading\n"

VERSIONS = {"harness": "0.1.0", "numpy": "2.4.0", "torch": "2.13.0", "hypothesis": "6.170.0"}


def entry(name: str, tensors: str, worth: float = 2.5, status: Status = "pass", **more: object) -> EntryPointReport:
    """An entry point whose tensors all have the same status."""
    checks = [Check("matches_autograd", t, status, 44, 0 if status == "pass" else 44) for t in tensors.split()]
    earned = {"pass": worth, "precision": worth, "not_judged": None}.get(status, 0.0)
    points = Points(earned, 0.0 if earned is None else worth)
    fields: dict[str, object] = {"checks": checks, "points": points, "file": "rnn_layers.py", "line": 12}
    return EntryPointReport(name=name, status=status, **{**fields, **more})  # type: ignore[arg-type]


def report(name: str, entries: list[EntryPointReport], **more: object) -> Report:
    """A graded report of these entry points."""
    judged = [e.points for e in entries if e.points.earned is not None]
    score = Points(sum(p.earned or 0.0 for p in judged) if judged else None, sum(p.possible for p in judged))
    fields: dict[str, object] = {
        "schema": SCHEMA,
        "submission": SubmissionInfo(
            name, f"inbox/{name}", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
        ),
        "assignment": "cs231n",
        "status": "graded",
        "score": score,
        "entry_points": entries,
        "behaviour": [],
        "seed": "0",
        "isolation": "process",
        "versions": VERSIONS,
        "seconds": Seconds(0.1, 0.9, 1.4),
    }
    return Report(**{**fields, **more})  # type: ignore[arg-type]


def all_right(name: str = "s01") -> Report:
    """Nothing is wrong; one warning."""
    warning = BehaviourFinding(
        "inputs_untouched", "rnn_backward", "fail", "rnn_backward changes its caller's dh in place"
    )
    return report(name, [STEP_FORWARD, STEP_BACKWARD, FORWARD, BACKWARD], behaviour=[warning])


def wrong_tensor(tensor: str, failed: int, index: str, actual: str) -> Check:
    """A tensor that differs, with everything that is known about it."""
    example = Counterexample(
        dims={"N": 1, "T": 2, "D": 1, "H": 1},
        seed=4711,
        features={"upstream": "last_step"} if tensor == "dx" else {},
        worst=Element(index, actual, EXPECTED, ALLOWED),
        mismatched="1 / 1 (100.0%)",
        snippet=SNIPPET,
    )
    text = f"{tensor} differs from PyTorch's gradient on {failed} of 44 cases"
    return Check("matches_autograd", tensor, "fail", 44, failed, text, example, worst_ratio=RATIO)


PICTURES = Pictures(
    Graph(
        [Node("x[0]", 1, 0), Node("h0", 0, 1), Node("h[0]", 1, 1), Node("h[1]", 2, 1)],
        [
            Edge("x[0]", "h[0]", ["db"], [], ["dx"]),
            Edge("h0", "h[0]", ["dh0"]),
            Edge("h[0]", "h[1]", [], ["carried back"]),
        ],
    ),
    Influence(
        ["dh[0]", "dh[1]"],
        ["dx[0]", "dx[1]"],
        [["0.5", "0"], ["0", "0.25"]],
        [[False, False], [True, False]],
        ["What arrives at a step of dh never reaches the steps before it."],
        [["0.5", "0"], [EXPECTED, "0.25"]],
    ),
    [Numbers("dWh", ["H", "H"], [1, 2], {"N": 1, "H": 2}, 5, ["0.25", "1"], [True, False], 0, [EXPECTED, "1"])],
)
"""What is drawn of a sequence that does not carry dh."""


def failing(name: str = "s02") -> Report:
    """A sequence that does not carry dh; one entry point wrong only because of another one."""
    diagnosis = Diagnosis(
        "seq.no_carry",
        "dh is not carried back from one time step to the one before.",
        "Each step's gradient is its own upstream gradient plus what flows back from the step after it.",
        ["dx", "dWh"],
        "44 of 44 cases",
        "Along which two paths does h influence the loss?",
        "Add what came back from the step after it.",
    )
    checks = [
        wrong_tensor("dx", 31, "dx[0, 0, 0]", "-0.1767766953"),
        Check("matches_autograd", "dh0", "pass", 44, 0),
        wrong_tensor("dWh", 38, "dWh[0, 0]", "0.25"),
        Check(
            "matches_autograd",
            "db",
            "not_judged",
            44,
            0,
            "rounding decides db on too many cases to judge it",
            not_judged=30,
        ),
        Check(
            "matches_finite_differences",
            "dx",
            "fail",
            6,
            6,
            "not the derivative of your own rnn_forward on 6 of 6 cases",
        ),
        Check("matches_finite_differences", "dh0", "pass", 6, 0),
    ]
    wrong = entry(
        "rnn_backward",
        "",
        checks=checks,
        status="fail",
        points=Points(0.625, 2.5),
        diagnoses=[diagnosis],
        line=61,
        pictures=PICTURES,
    )
    why = (
        "dx differs from PyTorch's gradient on 44 of 44 cases; "
        "it is the right derivative of your own rnn_step_forward, which is wrong"
    )
    step = [Check("matches_autograd", "next_h", "fail", 44, 44, "next_h differs from the definition on 44 of 44 cases")]
    return report(
        name,
        [
            entry("rnn_step_forward", "", checks=step, status="fail", points=Points(0.0, 2.5)),
            entry(
                "rnn_step_backward",
                "",
                checks=[Check("matches_autograd", "dx", "fail", 44, 44, why)],
                status="fail",
                points=Points(2.5, 2.5),
                charged_to="rnn_step_forward",
            ),
            FORWARD,
            wrong,
        ],
    )


def load_error(name: str = "s03") -> Report:
    """A syntax error; nothing could run."""
    entries = [
        entry(n, "", checks=[], status="error", points=Points(0.0, 2.5), message="rnn_layers.py could not be imported")
        for n in ("rnn_step_forward", "rnn_step_backward", "rnn_forward", "rnn_backward")
    ]
    text = "rnn_layers.py could not be imported: SyntaxError: '(' was never closed"
    return report(
        name,
        entries,
        status="load_error",
        message=text,
        traceback=[Frame("rnn_layers.py", 42, "<module>", "next_h = np.tanh(x.dot(Wx) + b")],
    )


def grader_fault(name: str = "s04") -> Report:
    """The grader broke down."""
    text = "ZeroDivisionError: division by zero (oracles/bank.py, line 88, in truth)"
    return report(name, [], status="grader_fault", message=text, score=Points(None, 0.0))


def skeleton(name: str = "s05") -> Report:
    """The handout as it was handed out."""
    names = ("rnn_step_forward", "rnn_step_backward", "rnn_forward", "rnn_backward")
    text = "{} is still the handout's skeleton"
    return report(
        name,
        [
            entry(n, "", checks=[], status="not_attempted", points=Points(0.0, 2.5), message=text.format(n))
            for n in names
        ],
    )


def rough(name: str = "s06") -> Report:
    """Right to float32 only, and one entry point that could not be judged."""
    text = "h is right only to float32 accuracy on 44 of 44 cases"
    example = Counterexample(
        {"N": 1, "T": 1, "D": 1, "H": 1},
        7,
        {},
        Element("h[0, 0, 0]", "0.5", EXPECTED, ALLOWED),
        "1 / 1 (100.0%)",
        SNIPPET,
    )
    check = Check("matches_autograd", "h", "precision", 44, 44, text, example, worst_ratio=RATIO)
    unjudged = entry(
        "rnn_backward",
        "",
        checks=[
            Check(
                "matches_autograd",
                "dx",
                "not_judged",
                44,
                0,
                "rounding decides dx on too many cases to judge it",
                not_judged=44,
            )
        ],
        status="not_judged",
        points=Points(None, 0.0),
    )
    return report(
        name,
        [
            STEP_FORWARD,
            STEP_BACKWARD,
            entry("rnn_forward", "", checks=[check], status="precision", points=Points(2.5, 2.5)),
            unjudged,
        ],
    )


def raising(name: str = "s07") -> Report:
    """Raises in one entry point, never ends in another, and one is missing."""
    frames = [Frame("rnn_layers.py", 73, "rnn_backward", "dprev_h = step(dh[:, t + 1], cache[t])")]
    text = "IndexError: index 3 is out of bounds for axis 1 with size 3 (44 of 44 cases)"
    checks = [
        Check(
            "matches_autograd",
            t,
            "error",
            44,
            44,
            text,
            Counterexample({"N": 1, "T": 1, "D": 1, "H": 1}, 4711, snippet=SNIPPET),
            frames,
        )
        for t in ("dx", "dh0", "dWx", "dWh", "db")
    ]
    late = "did not finish: a call used more than 5 s of processor time"
    return report(
        name,
        [
            STEP_FORWARD,
            entry(
                "rnn_step_backward",
                "",
                checks=[],
                status="missing",
                points=Points(0.0, 2.5),
                message="rnn_step_backward is not defined in what was handed in",
            ),
            entry("rnn_forward", "h", status="timeout", message=late),
            entry("rnn_backward", "", checks=checks, status="error", points=Points(0.0, 2.5), line=66),
        ],
        notes=["layers.py was not handed in; the handout's was supplied"],
    )


def hostile(name: str = '=cmd|" /C calc"!A1') -> Report:
    """Every text a student can have a hand in tries to do harm."""
    frame = Frame(HOSTILE, 1, HOSTILE, HOSTILE)
    example = Counterexample(
        {"N": 1}, 1, {"layout": HOSTILE}, Element(HOSTILE, HOSTILE, EXPECTED, ALLOWED), HOSTILE, HOSTILE_BLOCK
    )
    check = Check("matches_autograd", "dx", "error", 44, 44, HOSTILE, example, [frame])
    bad = entry(
        "rnn_backward", "", checks=[check], status="error", points=Points(0.0, 2.5), message=HOSTILE, file=HOSTILE
    )
    decision = Override("rnn_forward", 1.0, 2.5, HOSTILE, HOSTILE, HOSTILE_BLOCK + HOSTILE, of=HOSTILE)
    return report(
        name,
        [STEP_FORWARD, bad, _hostile_failure()],
        behaviour=[BehaviourFinding("inputs_untouched", "rnn_forward", "fail", HOSTILE)],
        message=HOSTILE,
        traceback=[frame],
        notes=[HOSTILE],
        seed=HOSTILE,
        overrides=[decision, Override(HOSTILE, 1.0, 2.5, HOSTILE, HOSTILE, HOSTILE)],
    )


def _hostile_failure() -> EntryPointReport:
    """A wrong entry point in which every name and phrase is hostile; numbers are written by the grader."""
    cells = [["nan", "-inf"]]
    drawn = Pictures(
        Graph([Node(HOSTILE, 0, 0), Node("h", 1, 0)], [Edge(HOSTILE, "h", [HOSTILE], [HOSTILE], [HOSTILE])]),
        Influence([HOSTILE], [HOSTILE, HOSTILE], cells, [[True, False]], [HOSTILE], cells, HOSTILE),
        [Numbers(HOSTILE, [HOSTILE], [2], {HOSTILE: 1}, 1, cells[0], [True, False], 0, cells[0])],
    )
    found = Diagnosis(HOSTILE, HOSTILE, HOSTILE, [HOSTILE], HOSTILE, HOSTILE, HOSTILE)
    example = Counterexample({HOSTILE: 1}, 1, {HOSTILE: HOSTILE}, None, HOSTILE, HOSTILE_BLOCK, [HOSTILE])
    checks = [
        Check("matches_autograd", HOSTILE, "fail", 44, 44, HOSTILE, example, where=[HOSTILE, HOSTILE_BLOCK]),
        Check(HOSTILE, HOSTILE, "fail", 44, 44, relation=True),
    ]
    told: dict[str, object] = {"diagnoses": [found], "charged_to": HOSTILE, "pictures": drawn}
    return entry("rnn_forward", "", checks=checks, status="fail", points=Points(0.0, 2.5), **told, unnamed=HOSTILE)


STEP_FORWARD = entry("rnn_step_forward", "next_h")
STEP_BACKWARD = entry("rnn_step_backward", "dx dprev_h dWx dWh db")
FORWARD = entry("rnn_forward", "h")
BACKWARD = entry("rnn_backward", "dx dh0 dWx dWh db")


def averaging(name: str = "s09") -> Report:
    """Averages where sums were asked for: another convention, charged to one tensor."""
    diagnosis = Diagnosis(
        "convention.mean",
        "another convention: dWx and dWh are averaged over the batch",
        "The handout asks for the sum over the batch.",
        ["dWx", "dWh"],
        "44 of 44 cases",
        convention="mean",
        charge="It costs the points of dWx, once. Whatever else follows it keeps its points.",
    )
    checks = [wrong_tensor("dWx", 31, "dWx[0, 0]", "0.25"), wrong_tensor("dWh", 31, "dWh[0, 0]", "0.5")]
    points = Points(2.0, 2.5)
    backward = entry("rnn_backward", "", status="fail", points=points, checks=checks, diagnoses=[diagnosis])
    return report(name, [STEP_FORWARD, STEP_BACKWARD, FORWARD, backward])


def every() -> list[Report]:
    """One of each kind."""
    return [
        *(all_right(), failing(), load_error(), grader_fault(), skeleton(), rough(), raising(), averaging()),
        hostile(),
    ]
