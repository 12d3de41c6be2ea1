"""How RNNCell and RNNPhonemeClassifier are called, always on fresh objects; knows no answer."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

from harness.worker.inside.driving import Code, Inputs, Operation, Outputs, of_caches, take

PARAMETERS = ("W_ih", "W_hh", "b_ih", "b_hh")
OPTIONS = {"device": "cpu", "dtype": "float64"}
"""What a constructor gets that cannot do without."""


def cell_forward(code: Code, given: Inputs) -> Outputs:
    """Call `forward` of a fresh cell."""
    return {"h_t": _forward(_cell(code, given))(given["x"], given["h_prev_t"])}


def cell_backward(code: Code, given: Inputs) -> Outputs:
    """Call `backward` of a fresh cell with a state that really is the one of these inputs."""
    return _cell_gradients(_cell_after_forward(code, given), given, given["h_t"])


def _cell_after_forward(code: Code, given: Inputs) -> Any:
    cell = _cell(code, given)
    _forward_if_it_can(cell, given)
    return cell


def cell_backward_own(code: Code, given: Inputs) -> Outputs:
    """Call `backward` of a fresh cell with the state its own `forward` returned."""
    cell = _cell(code, given)
    return _cell_gradients(cell, given, _forward(cell)(given["x"], given["h_prev_t"]))


def cell_accumulates(code: Code, given: Inputs) -> Outputs:
    """Call `backward` twice, then `zero_grad`: the gradients after each (`twice/…`, `reset/…`).

    There is nothing after the second where there is no `zero_grad`.
    """
    cell = _cell_after_forward(code, given)
    _cell_gradients(cell, given, given["h_t"])
    _cell_gradients(cell, given, given["h_t"])
    outputs = {f"twice/d{name}": _copy(getattr(cell, "d" + name)) for name in PARAMETERS}
    if not hasattr(cell, "zero_grad"):
        return outputs
    cell.zero_grad()
    return {**outputs, **{f"reset/d{name}": getattr(cell, "d" + name) for name in PARAMETERS}}


def classifier_forward(code: Code, given: Inputs) -> Outputs:
    """Call `forward` of a fresh classifier."""
    return {"logits": _forward(_classifier(code, given))(given["x"], given.get("h_0"))}


def classifier_backward(code: Code, given: Inputs) -> Outputs:
    """Call `forward`, then `backward` of a fresh classifier; keep every cell's gradients."""
    return _classifier_gradients(code, given, _classifier_after_forward(code, given))


def classifier_backward_after_forwards(code: Code, given: Inputs) -> Outputs:
    """Call `forward` on other data first, as in every training step but the first, then as ever."""
    model = _classifier(code, given)
    _forward(model)(given["x"] * 0.5 + 0.25, given.get("h_0"))
    _forward(model)(given["x"], given.get("h_0"))
    return _classifier_gradients(code, given, model)


def _classifier_after_forward(code: Code, given: Inputs) -> Any:
    model = _classifier(code, given)
    _forward(model)(given["x"], given.get("h_0"))
    return model


def _classifier_gradients(code: Code, given: Inputs, model: Any) -> Outputs:
    outputs: Outputs = {"dh_0": model.backward(given["delta"])}
    for layer, cell in enumerate(model.rnn):
        outputs |= {f"d{name}[{layer}]": getattr(cell, "d" + name) for name in PARAMETERS}
    return outputs


def classifier_forward_chained(code: Code, given: Inputs) -> Outputs:
    """A plain loop over the student's own cells."""
    states = _run_cells(_cells(code, given), given)
    return {"logits": states[-1][-1] @ given["W"].T + given["b"]}


def classifier_backward_chained(code: Code, given: Inputs) -> Outputs:
    """A plain loop over the student's own cells, forward and back."""
    cells, x = _cells(code, given), given["x"]
    states = _run_cells(cells, given)
    batch, layers = x.shape[0], len(cells)
    down: list[Any] = [0.0 * state for state in states[0]]
    down[-1] = given["delta"] @ given["W"]
    for t in reversed(range(x.shape[1])):
        for layer in reversed(range(layers)):
            below = x[:, t] if layer == 0 else states[t + 1][layer - 1]
            result = cells[layer].backward(down[layer], states[t + 1][layer], below, states[t][layer])
            dx, down[layer] = take(result, "RNNCell.backward", "dx", "dh_prev_t")
            if layer > 0:
                down[layer - 1] = down[layer - 1] + dx
    outputs: Outputs = {f"dh_0[{layer}]": down[layer] / batch for layer in range(layers)}
    for layer, cell in enumerate(cells):
        outputs |= {f"d{name}[{layer}]": getattr(cell, "d" + name) for name in PARAMETERS}
    return outputs


def _cell(code: Code, given: Inputs) -> Any:
    return _cell_with(code, [given[name] for name in PARAMETERS])


def _cell_with(code: Code, weights: Sequence[Any]) -> Any:
    """A fresh cell with these weights, whose gradients are zero."""
    hidden, size = weights[0].shape
    cell = code.RNNCell(size, hidden, **_options(code.RNNCell))
    _give_weights(cell, weights)
    _zero_gradients(cell)
    return cell


def _options(made: Any) -> dict[str, str]:
    """Further arguments that the constructor `made` cannot do without, of those it may have."""
    parameters = inspect.signature(made).parameters
    return {n: v for n, v in OPTIONS.items() if n in parameters and parameters[n].default is inspect.Parameter.empty}


def _give_weights(cell: Any, weights: Sequence[Any]) -> None:
    if hasattr(cell, "init_weights"):
        cell.init_weights(*weights)
        return
    for name, weight in zip(PARAMETERS, weights, strict=True):
        setattr(cell, name, weight)


def _zero_gradients(cell: Any) -> None:
    """By `zero_grad`; where there is none, as attributes: that it is not there is told once, where it is demanded."""
    if hasattr(cell, "zero_grad"):
        cell.zero_grad()
        return
    for name in PARAMETERS:
        setattr(cell, "d" + name, 0.0 * getattr(cell, name))


def _forward(model: Any) -> Any:
    return getattr(model, "forward", model)


def _forward_if_it_can(cell: Any, given: Inputs) -> None:
    """Some cells remember what `forward` saw. One whose `forward` raises can still have a right `backward`.

    In a classifier many forwards come before the first backward, so the last one here is on other data: `backward` is
    told everything by its arguments.
    """
    try:
        _forward(cell)(_copy(given["x"]), _copy(given["h_prev_t"]))
        _forward(cell)(given["x"] * 0.5 + 0.25, given["h_prev_t"] * 0.5 + 0.25)
    except Exception:  # noqa: BLE001 - student code may raise anything; `forward` has a verdict of its own
        return


def _cell_gradients(cell: Any, given: Inputs, h_t: Any) -> Outputs:
    result = cell.backward(given["delta"], h_t, given["x"], given["h_prev_t"])
    dx, dh_prev_t = take(result, "RNNCell.backward", "dx", "dh_prev_t")
    return {"dx": dx, "dh_prev_t": dh_prev_t, **{f"d{name}": getattr(cell, "d" + name) for name in PARAMETERS}}


def _classifier(code: Code, given: Inputs) -> Any:
    weights = _layer_weights(given)
    hidden, size = weights[0][0].shape
    options = _options(code.RNNPhonemeClassifier)
    model = code.RNNPhonemeClassifier(size, hidden, given["W"].shape[0], len(weights), **options)
    if hasattr(model, "init_weights"):
        model.init_weights(weights, (given["W"], given["b"]))
    else:
        for cell, of_layer in zip(model.rnn, weights, strict=True):
            _give_weights(cell, of_layer)
        model.output_layer.W, model.output_layer.b = given["W"], given["b"].reshape(-1, 1)
    for cell in model.rnn:
        _zero_gradients(cell)
    return model


def _cells(code: Code, given: Inputs) -> list[Any]:
    return [_cell_with(code, weights) for weights in _layer_weights(given)]


def _run_cells(cells: list[Any], given: Inputs) -> list[list[Any]]:
    """States after every step, from the initial one on; `[t][layer]` of shape (N, H)."""
    x, h_0 = given["x"], given.get("h_0")
    first = [h_0[layer] if h_0 is not None else 0.0 * (x[:, 0] @ given["W_ih[0]"].T) for layer in range(len(cells))]
    states = [first]
    for t in range(x.shape[1]):
        below, now = x[:, t], []
        for layer, cell in enumerate(cells):
            below = _forward(cell)(below, states[-1][layer])
            now.append(below)
        states.append(now)
    return states


def _layer_weights(given: Inputs) -> list[tuple[Any, ...]]:
    layers = sum(name.startswith("W_ih[") for name in given)
    return [tuple(given[f"{name}[{layer}]"] for name in PARAMETERS) for layer in range(layers)]


def _copy(value: Any) -> Any:
    return value.copy() if hasattr(value, "copy") else value


OPERATIONS: dict[str, Operation] = {
    "RNNCell.forward": cell_forward,
    "RNNCell.backward": cell_backward,
    "RNNCell.backward/own": cell_backward_own,
    "RNNCell.backward/accumulates": cell_accumulates,
    "RNNPhonemeClassifier.forward": classifier_forward,
    "RNNPhonemeClassifier.backward": classifier_backward,
    "RNNPhonemeClassifier.forward/chained": classifier_forward_chained,
    "RNNPhonemeClassifier.backward/chained": classifier_backward_chained,
    "RNNPhonemeClassifier.backward/forward_before": classifier_backward_after_forwards,
    **of_caches(
        "RNNCell.backward",
        _cell_after_forward,
        lambda code, given, cell: _cell_gradients(cell, given, given["h_t"]),
    ),
    **of_caches("RNNPhonemeClassifier.backward", _classifier_after_forward, _classifier_gradients),
}
