"""How a pasted program calls the vanilla RNN functions."""

from __future__ import annotations

SUPPLIED = ""
NEEDS = {
    "rnn_step_forward": ("rnn_step_forward",),
    "rnn_step_backward": ("rnn_step_forward", "rnn_step_backward"),
    "rnn_forward": ("rnn_forward",),
    "rnn_backward": ("rnn_forward", "rnn_backward"),
}
_STEP = "next_h, cache = rnn_step_forward(x, prev_h, Wx, Wh, b)"
_SEQUENCE = "h, cache = rnn_forward(x, h0, Wx, Wh, b)"
CALLS = {
    "rnn_step_forward": (_STEP,),
    "rnn_step_backward": (_STEP, "dx, dprev_h, dWx, dWh, db = rnn_step_backward(dnext_h, cache)"),
    "rnn_forward": (_SEQUENCE,),
    "rnn_backward": (_SEQUENCE, "dx, dh0, dWx, dWh, db = rnn_backward(dh, cache)"),
}
FIXED_CACHE = {
    "rnn_step_backward": ("cache = (x, prev_h, Wx, Wh, next_h)", CALLS["rnn_step_backward"][1]),
    "rnn_backward": (
        "states = [h0, *h.unbind(1)]  # of torch; the handout's cache holds one tuple a step",
        "cache = [(x[:, t], states[t], Wx, Wh, states[t + 1]) for t in range(x.shape[1])]",
        CALLS["rnn_backward"][1],
    ),
}
"""Calls with a cache as the handout prints it, for a submission without the forward functions."""


def arguments(literals: dict[str, str]) -> list[str]:
    """One assignment an input."""
    return [f"{name} = {value}" for name, value in literals.items()]


def result(entry_point: str, part: str) -> str:
    """The expression for one result."""
    return part
