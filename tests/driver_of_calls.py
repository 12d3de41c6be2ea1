"""A driver for the tests of answers: calls one function with one number."""

from __future__ import annotations

from harness.worker.inside.driving import Code, Inputs, Outputs


def _called(code: Code, inputs: Inputs) -> Outputs:
    return {"n": code.f(inputs["n"])}


OPERATIONS = {"called": _called}
