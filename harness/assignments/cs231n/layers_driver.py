"""How the word embedding, the affine layer and the loss over time are called; knows no answer."""

from __future__ import annotations

from typing import Any

from harness.worker.inside.driving import Code, Inputs, Operation, Outputs, of_caches, take


def embedding_forward(code: Code, given: Inputs) -> Outputs:
    """Call `word_embedding_forward` and keep the vectors."""
    return {"out": _embedding(code, given)[0]}


def embedding_backward(code: Code, given: Inputs) -> Outputs:
    """Call `word_embedding_backward` with the cache the student's own forward function made."""
    return _embedding_gradient(code, given, _embedding(code, given)[1])


def affine_forward(code: Code, given: Inputs) -> Outputs:
    """Call `temporal_affine_forward` and keep its output."""
    return {"out": _affine(code, given)[0]}


def affine_backward(code: Code, given: Inputs) -> Outputs:
    """Call `temporal_affine_backward` with the cache the student's own forward function made."""
    return _affine_gradients(code, given, _affine(code, given)[1])


def softmax_loss(code: Code, given: Inputs) -> Outputs:
    """Call `temporal_softmax_loss`; `verbose` is left at its default."""
    result = code.temporal_softmax_loss(given["x"], given["y"], given["mask"])
    loss, dx = take(result, "temporal_softmax_loss", "loss", "dx")
    return {"loss": loss, "dx": dx}


def _embedding(code: Code, given: Inputs) -> tuple[Any, ...]:
    return take(code.word_embedding_forward(given["x"], given["W"]), "word_embedding_forward", "out", "cache")


def _embedding_gradient(code: Code, given: Inputs, cache: Any) -> Outputs:
    return {"dW": code.word_embedding_backward(given["dout"], cache)}


def _affine(code: Code, given: Inputs) -> tuple[Any, ...]:
    result = code.temporal_affine_forward(given["x"], given["w"], given["b"])
    return take(result, "temporal_affine_forward", "out", "cache")


def _affine_gradients(code: Code, given: Inputs, cache: Any) -> Outputs:
    result = code.temporal_affine_backward(given["dout"], cache)
    dx, dw, db = take(result, "temporal_affine_backward", "dx", "dw", "db")
    return {"dx": dx, "dw": dw, "db": db}


OPERATIONS: dict[str, Operation] = {
    "word_embedding_forward": embedding_forward,
    "word_embedding_backward": embedding_backward,
    "temporal_affine_forward": affine_forward,
    "temporal_affine_backward": affine_backward,
    "temporal_softmax_loss": softmax_loss,
    **of_caches("word_embedding_backward", lambda code, given: _embedding(code, given)[1], _embedding_gradient),
    **of_caches("temporal_affine_backward", lambda code, given: _affine(code, given)[1], _affine_gradients),
}
