"""The captioning assignment's layers without a state: word embedding, affine layer over time, loss over time."""

from __future__ import annotations

from harness.assignments.contract import EntryPoint, Group, Input, Tensor

EMBEDDING = Group(
    name="word_embedding",
    dims={"N": (1, 6), "T": (1, 8), "V": (1, 10), "D": (1, 8)},
    inputs=(
        Input("x", ("N", "T"), "index", below="V"),
        Input("W", ("V", "D"), "weight"),
        Input("dout", ("N", "T", "D"), "upstream"),
    ),
    upstream={"dout": "out"},
    pinned=(
        {"N": 1, "T": 1, "V": 1, "D": 1},
        {"N": 1, "T": 2, "V": 1, "D": 1},
        {"N": 2, "T": 1, "V": 2, "D": 2},
        {"N": 3, "T": 3, "V": 3, "D": 3},
        {"N": 2, "T": 8, "V": 3, "D": 5},
        {"N": 2, "T": 3, "V": 10, "D": 4},
    ),
)

AFFINE = Group(
    name="temporal_affine",
    dims={"N": (1, 6), "T": (1, 8), "D": (1, 8), "M": (1, 8)},
    inputs=(
        Input("x", ("N", "T", "D"), "data"),
        Input("w", ("D", "M"), "weight"),
        Input("b", ("M",), "bias"),
        Input("dout", ("N", "T", "M"), "upstream"),
    ),
    upstream={"dout": "out"},
    pinned=(
        {"N": 1, "T": 1, "D": 1, "M": 1},
        {"N": 2, "T": 1, "D": 2, "M": 2},
        {"N": 1, "T": 2, "D": 1, "M": 2},
        {"N": 3, "T": 3, "D": 3, "M": 3},
        {"N": 2, "T": 3, "D": 4, "M": 5},
    ),
)

SOFTMAX = Group(
    name="temporal_softmax",
    dims={"N": (1, 6), "T": (1, 8), "V": (1, 8)},
    inputs=(
        Input("x", ("N", "T", "V"), "scores"),
        Input("y", ("N", "T"), "index", below="V"),
        Input("mask", ("N", "T"), "mask"),
    ),
    upstream={},
    objective="loss",
    pinned=(
        {"N": 1, "T": 1, "V": 1},
        {"N": 1, "T": 1, "V": 2},
        {"N": 2, "T": 1, "V": 2},
        {"N": 1, "T": 3, "V": 2},
        {"N": 3, "T": 3, "V": 3},
        {"N": 2, "T": 4, "V": 7},
    ),
)

EMBEDDING_POINTS = (
    EntryPoint(
        "word_embedding_forward",
        "word_embedding_forward(x int (N,T), W (V,D)) -> out (N,T,D), cache",
        "word_embedding",
        (Tensor("out", ("N", "T", "D")),),
        points=1.0,
    ),
    EntryPoint(
        "word_embedding_backward",
        "word_embedding_backward(dout (N,T,D), cache) -> dW (V,D)",
        "word_embedding",
        (Tensor("dW", ("V", "D"), wrt="W"),),
        points=2.0,
        forward="word_embedding_forward",
        cache_uses=("forward_between", "caches_interleaved", "cache_again"),
    ),
)
AFFINE_POINTS = (
    EntryPoint(
        "temporal_affine_forward",
        "temporal_affine_forward(x (N,T,D), w (D,M), b (M,)) -> out (N,T,M), cache",
        "temporal_affine",
        (Tensor("out", ("N", "T", "M")),),
        points=1.0,
    ),
    EntryPoint(
        "temporal_affine_backward",
        "temporal_affine_backward(dout (N,T,M), cache) -> dx (N,T,D), dw (D,M), db (M,)",
        "temporal_affine",
        (
            Tensor("dx", ("N", "T", "D"), wrt="x"),
            Tensor("dw", ("D", "M"), wrt="w"),
            Tensor("db", ("M",), wrt="b"),
        ),
        points=2.0,
        forward="temporal_affine_forward",
        cache_uses=("forward_between", "caches_interleaved", "cache_again"),
    ),
)
SOFTMAX_POINTS = (
    EntryPoint(
        "temporal_softmax_loss",
        "temporal_softmax_loss(x (N,T,V), y int (N,T), mask bool (N,T)) -> loss, dx (N,T,V)",
        "temporal_softmax",
        (Tensor("loss", ()), Tensor("dx", ("N", "T", "V"), wrt="x")),
        points=3.0,
        forward="temporal_softmax_loss",
    ),
)
