"""How the GRU functions are called; knows no answer."""

from __future__ import annotations

from typing import Any

from harness.worker.inside.driving import Code, Inputs, Operation, Outputs, of_caches, take

PARAMETERS = ("Wx", "Wh", "bx", "bh")
WEIGHT_GRADIENTS = ("dWx", "dWh", "dbx", "dbh")
STEP_GRADIENTS = ("dx", "dprev_h", *WEIGHT_GRADIENTS)
SEQUENCE_GRADIENTS = ("dx", "dh0", *WEIGHT_GRADIENTS)


def step_forward(code: Code, given: Inputs) -> Outputs:
    """Call `gru_step_forward` and keep its state."""
    return {"next_h": _step(code, given["x"], given["prev_h"], given)[0]}


def step_backward(code: Code, given: Inputs) -> Outputs:
    """Call `gru_step_backward` with the cache the student's own forward function made.

    Another forward comes in between, as in a sequence: a backward that reads what the latest one left behind, and not
    its cache, is found out.
    """
    cache = _step_cache(code, given)
    _step(code, given["x"] * 0.5 + 0.25, given["prev_h"] * 0.5 + 0.25, given)
    return _step_gradients(code, given["dnext_h"], cache)


def forward(code: Code, given: Inputs) -> Outputs:
    """Call `gru_forward` and keep its states."""
    return {"h": _sequence(code, given)[0]}


def backward(code: Code, given: Inputs) -> Outputs:
    """Call `gru_backward` with the cache the student's own forward function made."""
    return _sequence_gradients(code, given, _sequence(code, given)[1])


def forward_chained(code: Code, given: Inputs) -> Outputs:
    """The student's own `gru_step_forward`, chained over time."""
    states, _ = _steps(code, given)
    return {f"h[:, {t}]": state for t, state in enumerate(states)}


def backward_chained(code: Code, given: Inputs) -> Outputs:
    """The student's own step functions, chained forward and then back through time."""
    _, caches = _steps(code, given)
    carry: Any = given["h0"] * 0.0
    sums: Outputs = {}
    outputs: Outputs = {}
    for t in reversed(range(len(caches))):
        step = _step_gradients(code, given["dh"][:, t] + carry, caches[t])
        carry = step["dprev_h"]
        outputs[f"dx[:, {t}]"] = step["dx"]
        for name in WEIGHT_GRADIENTS:
            sums[name] = sums[name] + step[name] if name in sums else step[name]
    return {**outputs, "dh0": carry, **sums}


def _steps(code: Code, given: Inputs) -> tuple[list[Any], list[Any]]:
    """States and caches of every step."""
    x, hidden = given["x"], given["h0"]
    states, caches = [], []
    for t in range(x.shape[1]):
        hidden, cache = _step(code, x[:, t], hidden, given)
        states.append(hidden)
        caches.append(cache)
    return states, caches


def _step(code: Code, x: Any, prev_h: Any, given: Inputs) -> tuple[Any, ...]:
    result = code.gru_step_forward(x, prev_h, *(given[name] for name in PARAMETERS))
    return take(result, "gru_step_forward", "next_h", "cache")


def _step_cache(code: Code, given: Inputs) -> Any:
    return _step(code, given["x"], given["prev_h"], given)[1]


def _step_gradients(code: Code, dnext_h: Any, cache: Any) -> Outputs:
    result = code.gru_step_backward(dnext_h, cache)
    return dict(zip(STEP_GRADIENTS, take(result, "gru_step_backward", *STEP_GRADIENTS), strict=True))


def _sequence(code: Code, given: Inputs) -> tuple[Any, ...]:
    result = code.gru_forward(given["x"], given["h0"], *(given[name] for name in PARAMETERS))
    return take(result, "gru_forward", "h", "cache")


def _sequence_gradients(code: Code, given: Inputs, cache: Any) -> Outputs:
    result = code.gru_backward(given["dh"], cache)
    return dict(zip(SEQUENCE_GRADIENTS, take(result, "gru_backward", *SEQUENCE_GRADIENTS), strict=True))


OPERATIONS: dict[str, Operation] = {
    "gru_step_forward": step_forward,
    "gru_step_backward": step_backward,
    "gru_forward": forward,
    "gru_backward": backward,
    "gru_forward/chained": forward_chained,
    "gru_backward/chained": backward_chained,
    **of_caches(
        "gru_step_backward",
        _step_cache,
        lambda code, given, cache: _step_gradients(code, given["dnext_h"], cache),
    ),
    **of_caches("gru_backward", lambda code, given: _sequence(code, given)[1], _sequence_gradients),
}
