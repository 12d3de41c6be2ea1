"""How a pasted program calls the GRU functions."""

from __future__ import annotations

SUPPLIED = ""
NEEDS = {
    "gru_step_forward": ("gru_step_forward",),
    "gru_step_backward": ("gru_step_forward", "gru_step_backward"),
    "gru_forward": ("gru_forward",),
    "gru_backward": ("gru_forward", "gru_backward"),
}
_STEP = "next_h, cache = gru_step_forward(x, prev_h, Wx, Wh, bx, bh)"
_SEQUENCE = "h, cache = gru_forward(x, h0, Wx, Wh, bx, bh)"
CALLS = {
    "gru_step_forward": (_STEP,),
    "gru_step_backward": (_STEP, "dx, dprev_h, dWx, dWh, dbx, dbh = gru_step_backward(dnext_h, cache)"),
    "gru_forward": (_SEQUENCE,),
    "gru_backward": (_SEQUENCE, "dx, dh0, dWx, dWh, dbx, dbh = gru_backward(dh, cache)"),
}


def arguments(literals: dict[str, str]) -> list[str]:
    """One assignment an input."""
    return [f"{name} = {value}" for name, value in literals.items()]


def result(entry_point: str, part: str) -> str:
    """The expression for one result."""
    return part
