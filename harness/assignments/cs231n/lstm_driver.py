"""How the LSTM functions are called; knows no answer."""

from __future__ import annotations

from typing import Any

from harness.worker.inside.driving import Code, Inputs, Operation, Outputs, of_caches, take

STEP_GRADIENTS = ("dx", "dprev_h", "dprev_c", "dWx", "dWh", "db")
SEQUENCE_GRADIENTS = ("dx", "dh0", "dWx", "dWh", "db")


def step_forward(code: Code, given: Inputs) -> Outputs:
    """Call `lstm_step_forward` and keep both states."""
    next_h, next_c, _ = _step(code, given["x"], given["prev_h"], given["prev_c"], given)
    return {"next_h": next_h, "next_c": next_c}


def step_backward(code: Code, given: Inputs) -> Outputs:
    """Call `lstm_step_backward` with the cache the student's own forward function made.

    Another forward comes in between, as in a sequence: a backward that reads what the latest one left behind, and not
    its cache, is found out.
    """
    cache = _step(code, given["x"], given["prev_h"], given["prev_c"], given)[2]
    x, prev_h, prev_c = (given[name] * 0.5 + 0.25 for name in ("x", "prev_h", "prev_c"))
    _step(code, x, prev_h, prev_c, given)
    return _step_gradients(code, given["dnext_h"], given["dnext_c"], cache)


def forward(code: Code, given: Inputs) -> Outputs:
    """Call `lstm_forward` and keep its states."""
    return {"h": _sequence(code, given)[0]}


def backward(code: Code, given: Inputs) -> Outputs:
    """Call `lstm_backward` with the cache the student's own forward function made."""
    return _sequence_gradients(code, given, _sequence(code, given)[1])


def forward_chained(code: Code, given: Inputs) -> Outputs:
    """The student's own `lstm_step_forward`, chained over time from a cell state of zeros."""
    states, _ = _steps(code, given)
    return {f"h[:, {t}]": state for t, state in enumerate(states)}


def backward_chained(code: Code, given: Inputs) -> Outputs:
    """The student's own step functions, chained forward and then back through time."""
    _, caches = _steps(code, given)
    dh, carry_h, carry_c = given["dh"], given["h0"] * 0.0, given["h0"] * 0.0
    sums: Outputs = {}
    outputs: Outputs = {}
    for t in reversed(range(len(caches))):
        step = _step_gradients(code, dh[:, t] + carry_h, carry_c, caches[t])
        carry_h, carry_c = step["dprev_h"], step["dprev_c"]
        outputs[f"dx[:, {t}]"] = step["dx"]
        for name in ("dWx", "dWh", "db"):
            sums[name] = sums[name] + step[name] if name in sums else step[name]
    return {**outputs, "dh0": carry_h, **sums}


def _steps(code: Code, given: Inputs) -> tuple[list[Any], list[Any]]:
    """Hidden states and caches of every step."""
    x, hidden, cell = given["x"], given["h0"], given["h0"] * 0.0
    states, caches = [], []
    for t in range(x.shape[1]):
        hidden, cell, cache = _step(code, x[:, t], hidden, cell, given)
        states.append(hidden)
        caches.append(cache)
    return states, caches


def _step(code: Code, x: Any, prev_h: Any, prev_c: Any, given: Inputs) -> tuple[Any, ...]:
    result = code.lstm_step_forward(x, prev_h, prev_c, given["Wx"], given["Wh"], given["b"])
    return take(result, "lstm_step_forward", "next_h", "next_c", "cache")


def _step_gradients(code: Code, dnext_h: Any, dnext_c: Any, cache: Any) -> Outputs:
    result = code.lstm_step_backward(dnext_h, dnext_c, cache)
    return dict(zip(STEP_GRADIENTS, take(result, "lstm_step_backward", *STEP_GRADIENTS), strict=True))


def _sequence(code: Code, given: Inputs) -> tuple[Any, ...]:
    result = code.lstm_forward(given["x"], given["h0"], given["Wx"], given["Wh"], given["b"])
    return take(result, "lstm_forward", "h", "cache")


def _sequence_gradients(code: Code, given: Inputs, cache: Any) -> Outputs:
    result = code.lstm_backward(given["dh"], cache)
    return dict(zip(SEQUENCE_GRADIENTS, take(result, "lstm_backward", *SEQUENCE_GRADIENTS), strict=True))


OPERATIONS: dict[str, Operation] = {
    "lstm_step_forward": step_forward,
    "lstm_step_backward": step_backward,
    "lstm_forward": forward,
    "lstm_backward": backward,
    "lstm_forward/chained": forward_chained,
    "lstm_backward/chained": backward_chained,
    **of_caches(
        "lstm_step_backward",
        lambda code, given: _step(code, given["x"], given["prev_h"], given["prev_c"], given)[2],
        lambda code, given, cache: _step_gradients(code, given["dnext_h"], given["dnext_c"], cache),
    ),
    **of_caches("lstm_backward", lambda code, given: _sequence(code, given)[1], _sequence_gradients),
}
