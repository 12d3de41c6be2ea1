"""What a person reads about one submission, as plain data: the types behind `report.json`."""

from __future__ import annotations

from typing import Literal

import msgspec

SCHEMA = "harness-report/1"
PUBLIC_SEED = "0"
"""The seed unless another is given; everybody may know it."""

Status = Literal[
    "pass",
    "not_judged",
    "precision",
    "fail",
    "nondeterministic",
    "error",
    "timeout",
    "not_attempted",
    "missing",
]
"""Statuses of a check and of an entry point, from the best to the worst."""

SEVERITY: dict[str, int] = {status: rank for rank, status in enumerate(Status.__args__)}  # type: ignore[attr-defined]
PASSING = frozenset({"pass", "precision"})
"""Statuses that keep the points."""


def worst(statuses: list[Status]) -> Status:
    """The most severe of `statuses`; of none at all, `not_judged`."""
    return max(statuses, key=SEVERITY.__getitem__, default="not_judged")


class Points(msgspec.Struct, frozen=True):
    """Points earned out of those that could be judged; `earned` is None where nothing could be."""

    earned: float | None
    possible: float


class SubmissionInfo(msgspec.Struct, frozen=True):
    """Which submission this is: its name in the batch, where it lay, and a hash of its content."""

    id: str
    path: str
    sha256: str


class Element(msgspec.Struct, frozen=True):
    """The worst element of a tensor: its index, what came, what was expected, what rounding allows.

    `expected` and `allowed` are None when expected values are hidden.
    """

    index: str
    actual: str
    expected: str | None = None
    allowed: str | None = None


class Counterexample(msgspec.Struct, frozen=True):
    """The smallest case found at which a check fails, with a program that reproduces it."""

    dims: dict[str, int]
    seed: int
    features: dict[str, str] = {}
    worst: Element | None = None
    mismatched: str = ""
    snippet: str = ""
    reading: list[str] = []
    """What this case says by itself: sizes that it takes, sizes that do not matter, and where that points."""


class Frame(msgspec.Struct, frozen=True):
    """One frame of the student's own traceback."""

    file: str
    line: int
    function: str
    text: str = ""


class Check(msgspec.Struct, frozen=True):
    """One property of one tensor, judged on every case."""

    property: str
    tensor: str | None
    status: Status
    cases: int
    failed: int
    message: str = ""
    counterexample: Counterexample | None = None
    traceback: list[Frame] = []
    not_judged: int = 0
    worst_ratio: float | None = None
    first_failed: int | None = None
    """How many cases, the simplest first, are needed until one fails."""
    relation: bool = False
    """Whether it relates several runs to each other, instead of one run to the right answer."""
    where: list[str] = []
    """On which cases and in which part of the tensor it fails, when that is a part only."""


class Numbers(msgspec.Struct, frozen=True):
    """A wrong array on one case, element by element, the last axis running fastest; `expected` is None when hidden."""

    name: str
    axes: list[str]
    shape: list[int]
    dims: dict[str, int]
    seed: int
    actual: list[str]
    wrong: list[bool]
    worst: int
    """The place of the element that is furthest off."""
    expected: list[str] | None = None


class Influence(msgspec.Struct, frozen=True):
    """How much of an upstream gradient gets where: a map of time steps by time steps, or of layers by time steps.

    Numbers are Euclidean norms. `about` says what rows and columns are, `says` are sentences that hold of all of it.
    """

    rows: list[str]
    columns: list[str]
    actual: list[list[str]]
    wrong: list[list[bool]]
    says: list[str] = []
    expected: list[list[str]] | None = None
    about: str = ""


class Node(msgspec.Struct, frozen=True):
    """A node of a computational graph: its name, and its place in columns from the left and rows from the bottom."""

    name: str
    column: int
    row: int


class Edge(msgspec.Struct, frozen=True):
    """An edge of a computational graph, and the gradients that are computed along it, right and wrong ones.

    `follows` are those that are wrong because of what is wrong on another edge, as far as can be seen.
    """

    source: str
    target: str
    right: list[str] = []
    wrong: list[str] = []
    follows: list[str] = []


class Graph(msgspec.Struct, frozen=True):
    """The unrolled computational graph of an entry point's forward function, with what is wrong on the way back."""

    nodes: list[Node]
    edges: list[Edge]


class Pictures(msgspec.Struct, frozen=True):
    """What can be drawn of a wrong entry point."""

    graph: Graph | None = None
    influence: Influence | None = None
    numbers: list[Numbers] = []


class Diagnosis(msgspec.Struct, frozen=True):
    """A named mistake that reproduces the student's numbers on every case it was compared on."""

    id: str
    title: str
    explanation: str
    explains: list[str]
    agrees_on: str
    question: str = ""
    """Leads to the mistake without giving the line away."""
    fix: str = ""
    """Gives it away; empty unless somebody asked for it."""
    convention: str | None = None
    """The kind of convention, where the numbers are right by another one than the handout's; None for a mistake."""
    charge: str = ""
    """For another convention: what it costs, and where; it is charged once a submission."""


class EntryPointReport(msgspec.Struct, frozen=True):
    """The verdict about one function or class of the submission."""

    name: str
    status: Status
    points: Points
    checks: list[Check] = []
    diagnoses: list[Diagnosis] = []
    charged_to: str | None = None
    message: str = ""
    file: str | None = None
    line: int | None = None
    pictures: Pictures | None = None
    unnamed: str = ""
    """What is wrong and has no name, and how far one was looked for."""


class BehaviourFinding(msgspec.Struct, frozen=True):
    """What an entry point does besides returning the right numbers; warns, costs no points."""

    property: str
    entry_point: str
    status: Status
    message: str


class Seconds(msgspec.Struct, frozen=True):
    """Where the time went, in seconds of wall time: the only part that differs from run to run.

    `load` and `run` are in the student's code; with the others they make up the total.
    """

    load: float = 0.0
    run: float = 0.0
    total: float = 0.0
    starting: float = 0.0
    oracle: float = 0.0
    judging: float = 0.0
    shrinking: float = 0.0
    diagnosis: float = 0.0


class Override(msgspec.Struct, frozen=True):
    """Points that a person gave an entry point by hand, out of `possible`: who, when (a date) and why."""

    entry_point: str
    points: float
    possible: float
    by: str
    at: str
    comment: str = ""
    instead_of: float | None = None
    """What the harness had given; None where it could not judge."""
    of: str = ""
    """Hash of the submission that it was decided about."""


class Report(msgspec.Struct, frozen=True):
    """Everything known about one submission."""

    schema: str
    submission: SubmissionInfo
    assignment: str | None
    status: Literal["graded", "load_error", "grader_fault"]
    score: Points
    entry_points: list[EntryPointReport]
    behaviour: list[BehaviourFinding]
    seed: str
    isolation: str
    versions: dict[str, str]
    seconds: Seconds
    message: str = ""
    traceback: list[Frame] = []
    notes: list[str] = []
    overrides: list[Override] = []

    @property
    def passed(self) -> bool:
        """Whether the submission was graded and every entry point passed."""
        return self.status == "graded" and all(e.status in PASSING for e in self.entry_points)


def encode(report: Report) -> bytes:
    """`report` as indented JSON with a final newline."""
    return msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n"


def decode(data: bytes) -> Report:
    """The report in `data`. Raises `msgspec.ValidationError` when it is not one."""
    return msgspec.json.decode(data, type=Report)
