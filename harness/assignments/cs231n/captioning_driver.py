"""How CaptioningRNN is called, always on fresh objects with the case's parameters; knows no answer."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from harness.worker.inside.driving import Code, Inputs, Operation, Outputs, WrongResult, take

PARAMETERS = ("W_proj", "b_proj", "W_embed", "Wx", "Wh", "b", "W_vocab", "b_vocab")
MARKERS = ("<NULL>", "<START>", "<END>")


def loss(code: Code, given: Inputs, cell: str) -> Outputs:
    """Call `loss` of a fresh model: the loss, and as `dWx` and so on those gradients that are there."""
    result = _model(code, given, cell).loss(given["features"], given["captions"])
    value, grads = take(result, "CaptioningRNN.loss", "loss", "grads")
    if not isinstance(grads, dict):
        raise WrongResult(f"CaptioningRNN.loss returned grads of type {type(grads).__name__}; expected a dictionary")
    return {"loss": value, **{f"d{name}": grads[name] for name in PARAMETERS if name in grads}}


def loss_chained(code: Code, given: Inputs, cell: str) -> Outputs:
    """The student's own layer functions, put together as the handout says."""
    layer = functools.partial(_call, code)
    captions, null = given["captions"], int(given["markers"][0])
    words, targets = captions[:, :-1], captions[:, 1:]
    first = given["features"] @ given["W_proj"] + given["b_proj"]
    weights = given["Wx"], given["Wh"], given["b"]
    vectors, embedded = layer("word_embedding_forward", words, given["W_embed"], names=("out", "cache"))
    states, recurrent = layer(f"{cell}_forward", vectors, first, *weights, names=("h", "cache"))
    affine_weights = given["W_vocab"], given["b_vocab"]
    scores, affine = layer("temporal_affine_forward", states, *affine_weights, names=("out", "cache"))
    value, dscores = layer("temporal_softmax_loss", scores, targets, targets != null, names=("loss", "dx"))
    outputs: Outputs = {"loss": value}
    dstates, outputs["dW_vocab"], outputs["db_vocab"] = layer(
        "temporal_affine_backward", dscores, affine, names=("dx", "dw", "db")
    )
    dvectors, dfirst, outputs["dWx"], outputs["dWh"], outputs["db"] = layer(
        f"{cell}_backward", dstates, recurrent, names=("dx", "dh0", "dWx", "dWh", "db")
    )
    dW_embed = code.word_embedding_backward(dvectors, embedded)
    dW_proj, db_proj = given["features"].T @ dfirst, dfirst.sum(axis=0)
    return {**outputs, "dW_embed": dW_embed, "dW_proj": dW_proj, "db_proj": db_proj}


def sample(code: Code, given: Inputs, cell: str) -> Outputs:
    """Call `sample` of a fresh model; after the first <END> of a row nothing is looked at."""
    captions = _model(code, given, cell).sample(given["features"], int(given["max_length"]))
    return {"captions": _ended(captions, int(given["markers"][2]))}


def sample_chained(code: Code, given: Inputs, cell: str) -> Outputs:
    """The student's own layer functions, one word after the other."""
    hidden: Any = given["features"] @ given["W_proj"] + given["b_proj"]
    state: tuple[Any, ...] = (hidden,) if cell == "rnn" else (hidden, hidden * 0.0)
    names = ("next_h", "cache") if cell == "rnn" else ("next_h", "next_c", "cache")
    words = np.full(given["features"].shape[0], int(given["markers"][1]))
    captions = []
    for _ in range(int(given["max_length"])):
        vectors, _ = _call(code, "word_embedding_forward", words[:, None], given["W_embed"], names=("out", "cache"))
        weights = given["Wx"], given["Wh"], given["b"]
        *state_, _ = _call(code, f"{cell}_step_forward", vectors[:, 0], *state, *weights, names=names)
        state = tuple(state_)
        affine = given["W_vocab"], given["b_vocab"]
        scores, _ = _call(code, "temporal_affine_forward", state[0][:, None], *affine, names=("out", "cache"))
        words = np.argmax(scores[:, 0], axis=1)
        captions.append(words)
    return {"captions": _ended(np.stack(captions, axis=1), int(given["markers"][2]))}


def _model(code: Code, given: Inputs, cell: str) -> Any:
    """A fresh model of the case's sizes and vocabulary, holding the case's parameters."""
    size, wordvec_dim = given["W_embed"].shape
    input_dim, hidden_dim = given["W_proj"].shape
    special = dict(zip((int(place) for place in given["markers"]), MARKERS, strict=True))
    word_to_idx = {special.get(number, f"word{number}"): number for number in range(size)}
    model = code.CaptioningRNN(
        word_to_idx,
        input_dim=input_dim,
        wordvec_dim=wordvec_dim,
        hidden_dim=hidden_dim,
        cell_type=cell,
        dtype=np.dtype(given["features"].dtype).type,
    )
    for name in PARAMETERS:
        model.params[name] = given[name]
    return model


def _ended(captions: Any, end: int) -> Any:
    """The captions with everything after a row's first <END> replaced by that element: all of it is right there."""
    if len(getattr(captions, "shape", ())) != 2:
        return captions
    captions = captions.copy()
    for row in range(captions.shape[0]):
        for step in range(captions.shape[1]):
            if float(captions[row, step]) == end:
                captions[row, step + 1 :] = captions[row, step]
                break
    return captions


def _call(code: Code, function: str, *arguments: Any, names: tuple[str, ...]) -> tuple[Any, ...]:
    return take(getattr(code, function)(*arguments), function, *names)


def _operations(cell: str) -> dict[str, Operation]:
    return {
        f"CaptioningRNN.loss[{cell}]": functools.partial(loss, cell=cell),
        f"CaptioningRNN.loss[{cell}]/chained": functools.partial(loss_chained, cell=cell),
        f"CaptioningRNN.sample[{cell}]": functools.partial(sample, cell=cell),
        f"CaptioningRNN.sample[{cell}]/chained": functools.partial(sample_chained, cell=cell),
    }


OPERATIONS: dict[str, Operation] = {**_operations("rnn"), **_operations("lstm")}
