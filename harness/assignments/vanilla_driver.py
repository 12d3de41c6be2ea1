"""How the vanilla RNN functions are called; the same for numpy arrays and torch tensors."""

from __future__ import annotations

from typing import Any

from harness.worker.inside.driving import Code, Inputs, Operation, Outputs, of_caches, take

STEP_GRADIENTS = ("dx", "dprev_h", "dWx", "dWh", "db")
SEQUENCE_GRADIENTS = ("dx", "dh0", "dWx", "dWh", "db")


def step_forward(code: Code, given: Inputs) -> Outputs:
    """Call `rnn_step_forward` and keep its state."""
    return {"next_h": _step(code, given)[0]}


def step_backward(code: Code, given: Inputs) -> Outputs:
    """Call `rnn_step_backward` with the cache the student's own forward function made."""
    _, cache = _step(code, given)
    _step(code, _moved(given, "x", "prev_h"))
    return _step_gradients(code, given["dnext_h"], cache)


def step_backward_from_cache(code: Code, given: Inputs) -> Outputs:
    """Call `rnn_step_backward` with a cache in the layout the handout prints."""
    cache = (given["x"], given["prev_h"], given["Wx"], given["Wh"], given["next_h"])
    return _step_gradients(code, given["dnext_h"], cache)


def forward(code: Code, given: Inputs) -> Outputs:
    """Call `rnn_forward` and keep its states."""
    return {"h": _sequence(code, given)[0]}


def backward(code: Code, given: Inputs) -> Outputs:
    """Call `rnn_backward` with the cache the student's own forward function made."""
    _, cache = _sequence(code, given)
    return _sequence_gradients(code, given["dh"], cache)


def _moved(given: Inputs, *names: str) -> Inputs:
    """The inputs with some of them changed: what a forward function sees between a forward and its backward, so that
    a backward function that reads what the latest forward left behind, and not its cache, is found out."""
    return {**given, **{name: given[name] * 0.5 + 0.25 for name in names}}


def backward_from_cache(code: Code, given: Inputs) -> Outputs:
    """Call `rnn_backward` with a list of step caches in the layout the handout prints."""
    x, h, previous, caches = given["x"], given["h"], given["h0"], []
    for t in range(x.shape[1]):
        caches.append((x[:, t], previous, given["Wx"], given["Wh"], h[:, t]))
        previous = h[:, t]
    return _sequence_gradients(code, given["dh"], caches)


def forward_chained(code: Code, given: Inputs) -> Outputs:
    """The student's own `rnn_step_forward`, chained over time."""
    x, state, outputs = given["x"], given["h0"], {}
    for t in range(x.shape[1]):
        state, _ = take(code.rnn_step_forward(x[:, t], state, *_weights(given)), "rnn_step_forward", "next_h", "cache")
        outputs[f"h[:, {t}]"] = state
    return outputs


def backward_chained(code: Code, given: Inputs) -> Outputs:
    """The student's own step functions, chained forward and then back through time."""
    x, dh, state, caches = given["x"], given["dh"], given["h0"], []
    for t in range(x.shape[1]):
        state, cache = take(
            code.rnn_step_forward(x[:, t], state, *_weights(given)), "rnn_step_forward", "next_h", "cache"
        )
        caches.append(cache)
    carry: Any = 0
    sums: Outputs = {}
    outputs: Outputs = {}
    for t in reversed(range(x.shape[1])):
        step = _step_gradients(code, dh[:, t] + carry, caches[t])
        carry = step["dprev_h"]
        outputs[f"dx[:, {t}]"] = step["dx"]
        for name in ("dWx", "dWh", "db"):
            sums[name] = sums[name] + step[name] if name in sums else step[name]
    return {**outputs, "dh0": carry, **sums}


def _weights(given: Inputs) -> tuple[Any, ...]:
    return given["Wx"], given["Wh"], given["b"]


def _step(code: Code, given: Inputs) -> tuple[Any, ...]:
    result = code.rnn_step_forward(given["x"], given["prev_h"], *_weights(given))
    return take(result, "rnn_step_forward", "next_h", "cache")


def _step_gradients(code: Code, dnext_h: object, cache: object) -> Outputs:
    result = code.rnn_step_backward(dnext_h, cache)
    return dict(zip(STEP_GRADIENTS, take(result, "rnn_step_backward", *STEP_GRADIENTS), strict=True))


def _sequence(code: Code, given: Inputs) -> tuple[Any, ...]:
    return take(code.rnn_forward(given["x"], given["h0"], *_weights(given)), "rnn_forward", "h", "cache")


def _sequence_gradients(code: Code, dh: object, cache: object) -> Outputs:
    result = code.rnn_backward(dh, cache)
    return dict(zip(SEQUENCE_GRADIENTS, take(result, "rnn_backward", *SEQUENCE_GRADIENTS), strict=True))


def _step_cache(code: Code, given: Inputs) -> Any:
    return _step(code, given)[1]


def _sequence_cache(code: Code, given: Inputs) -> Any:
    return _sequence(code, given)[1]


OPERATIONS: dict[str, Operation] = {
    "rnn_step_forward": step_forward,
    "rnn_step_backward": step_backward,
    "rnn_forward": forward,
    "rnn_backward": backward,
    "rnn_forward/chained": forward_chained,
    "rnn_backward/chained": backward_chained,
    **of_caches("rnn_step_backward", _step_cache, lambda code, given, c: _step_gradients(code, given["dnext_h"], c)),
    **of_caches("rnn_backward", _sequence_cache, lambda code, given, c: _sequence_gradients(code, given["dh"], c)),
}
FROM_CACHE: dict[str, Operation] = {
    "rnn_step_backward/fixed_cache": step_backward_from_cache,
    "rnn_backward/fixed_cache": backward_from_cache,
}
