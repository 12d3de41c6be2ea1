"""In a student's kit, variables of a notebook: what is right of them is computed from the notebook's own inputs, which
takes a model solution, and a kit has none."""

from __future__ import annotations

from harness import rubric, scoring
from harness.assignments.contract import Values
from harness.options import Options
from harness.report import EntryPointReport
from harness.wire import Loaded
from harness.worker.workbench import Workbench

WHY = "a kit cannot judge values that depend on the notebook's own inputs; the course's grader does"


def reports(bench: Workbench, loaded: Loaded, options: Options) -> list[EntryPointReport]:
    """Not judged, for every check that the submission called."""
    called = [v for v in bench.assignment.values if v.entry.name in loaded.snapshots]
    return [_unjudged(values, options) for values in called]


def _unjudged(values: Values, options: Options) -> EntryPointReport:
    entry = values.entry
    statuses = dict.fromkeys((t.name for t in entry.tensors), "not_judged")
    points = scoring.entry_points_earned(
        rubric.points(options.rubric, entry), rubric.weights(options.rubric, entry), statuses
    )
    return EntryPointReport(entry.name, "not_judged", points, message=WHY)
