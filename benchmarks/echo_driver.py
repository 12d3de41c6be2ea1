"""A driver that gives back what it gets: a round trip, and nothing else."""

from __future__ import annotations

from harness.worker.inside.driving import Code, Inputs, Outputs


def _echo(code: Code, inputs: Inputs) -> Outputs:
    return dict(inputs)


OPERATIONS = {"echo": _echo}
