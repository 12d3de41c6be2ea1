"""A driver for the tests of notebooks: hands back what was kept at a check."""

from __future__ import annotations

from harness.worker.inside.driving import Code, Inputs, Outputs


def _kept(code: Code, inputs: Inputs) -> Outputs:
    return dict(code.snapshot("by_hand"))


def _absent(code: Code, inputs: Inputs) -> Outputs:
    return {"o": code.snapshot("by_hand")["o"]}


OPERATIONS = {"kept": _kept, "absent": _absent}
