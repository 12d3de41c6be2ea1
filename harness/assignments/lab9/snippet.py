"""How a pasted program calls lab 9's functions."""

from __future__ import annotations

SUPPLIED = ""
NEEDS = {
    "rnn_forward": ("rnn_forward",),
    "rnn_backward": ("rnn_backward",),
    "mse_last_step": ("mse_last_step",),
}
_FORWARD = "y, h = rnn_forward(x, h0, U, W, V, b, c)"
_BACKWARD = "grads = rnn_backward(dy, x, h, h0, U, W, V, b, c)"
CALLS = {
    "rnn_forward": (_FORWARD,),
    "rnn_backward": (_BACKWARD,),
    "mse_last_step": (
        "target = y_true.item() if len(x) % 2 == 1 else y_true  # a number in some calls, of shape (1,) in others",
        "loss, grads = mse_last_step(x, target, h0, U, W, V, b, c)",
    ),
}
OWN = {"rnn_backward": (_FORWARD, _BACKWARD)}
OWN_NEEDS = {"rnn_backward": ("rnn_forward", "rnn_backward")}
"""Calls that take the states the submission's own forward returns, where the answer must not be shown."""


def arguments(literals: dict[str, str]) -> list[str]:
    """One assignment an input."""
    return [f"{name} = {value}" for name, value in literals.items()]


def result(entry_point: str, part: str) -> str:
    """The expression for one result: gradients stand in a dict."""
    return part if part in ("y", "h", "loss") else f'grads["{part}"]'
