"""How lab 9's functions are called, and how their dicts of gradients are taken apart; knows no answer."""

from __future__ import annotations

from typing import Any

from harness.worker.inside.driving import Code, Inputs, Operation, Outputs, take, take_dict

PARAMETERS = ("U", "W", "V", "b", "c")
GRADIENTS = ("dU", "dW", "dV", "db", "dc")
FURTHER = ("dx", "dh0")


def forward(code: Code, given: Inputs) -> Outputs:
    """Call `rnn_forward`."""
    y, h = _states(code, given)
    return {"y": y, "h": h}


def backward(code: Code, given: Inputs) -> Outputs:
    """Call `rnn_backward` with states that really are those of these inputs."""
    return _gradients(code, given["dy"], given["h"], given)


def backward_own(code: Code, given: Inputs) -> Outputs:
    """Call `rnn_backward` with the states the student's own `rnn_forward` returned."""
    return _gradients(code, given["dy"], _states(code, given)[1], given)


def last_step(code: Code, given: Inputs) -> Outputs:
    """Call `mse_last_step`."""
    result = code.mse_last_step(given["x"], target(given), given["h0"], *_parameters(given))
    loss, gradients = take(result, "mse_last_step", "loss", "grads")
    found = take_dict(gradients, "mse_last_step's grads", GRADIENTS, FURTHER)
    return {"loss": one_number(loss), **found}


def last_step_chained(code: Code, given: Inputs) -> Outputs:
    """The square error of the last output, from the student's own `rnn_forward` and `rnn_backward`."""
    y, h = _states(code, given)
    error = y[-1] - given["y_true"]
    dy = 0.0 * y
    dy[-1] = 2 * error
    return {"loss": one_number(error**2), **_gradients(code, dy, h, given)}


def target(given: Inputs) -> Any:
    """The handout does not say what `y_true` is: a number where T is odd, an array of shape (1,) where it is even."""
    y_true = given["y_true"]
    if len(given["x"]) % 2 == 0:
        return y_true
    return y_true.item() if hasattr(y_true, "item") else y_true[0]


def one_number(loss: Any) -> Any:
    """A loss of shape (1,) is as good as a number."""
    return loss.reshape(()) if getattr(loss, "shape", ()) in ((1,), (1, 1)) else loss


def _parameters(given: Inputs) -> tuple[Any, ...]:
    return tuple(given[name] for name in PARAMETERS)


def _states(code: Code, given: Inputs) -> tuple[Any, ...]:
    return take(code.rnn_forward(given["x"], given["h0"], *_parameters(given)), "rnn_forward", "y", "h")


def _gradients(code: Code, dy: Any, h: Any, given: Inputs) -> Outputs:
    result = code.rnn_backward(dy, given["x"], h, given["h0"], *_parameters(given))
    return take_dict(result, "rnn_backward", (*GRADIENTS, *FURTHER))


OPERATIONS: dict[str, Operation] = {
    "rnn_forward": forward,
    "rnn_backward": backward,
    "rnn_backward/own": backward_own,
    "mse_last_step": last_step,
    "mse_last_step/chained": last_step_chained,
}
