"""The vanilla RNN's groups and entry points: two courses ask for the same four functions."""

from __future__ import annotations

from harness.assignments.contract import Demand, EntryPoint, Group, Input, Recurrence, Tensor

_WEIGHTS = (
    Input("Wx", ("D", "H"), "weight"),
    Input("Wh", ("H", "H"), "weight"),
    Input("b", ("H",), "bias"),
)
_WEIGHT_GRADIENTS = (
    Tensor("dWx", ("D", "H"), wrt="Wx"),
    Tensor("dWh", ("H", "H"), wrt="Wh"),
    Tensor("db", ("H",), wrt="b"),
)

STEP = Group(
    name="rnn_step",
    dims={"N": (1, 8), "D": (1, 8), "H": (1, 8)},
    inputs=(
        Input("x", ("N", "D"), "data"),
        Input("prev_h", ("N", "H"), "state"),
        *_WEIGHTS,
        Input("dnext_h", ("N", "H"), "upstream"),
    ),
    upstream={"dnext_h": "next_h"},
    swapped=(("x", "prev_h"), ("Wx", "Wh")),
    products=(("x", "Wx"), ("prev_h", "Wh")),
    recurrence=Recurrence("x", ("prev_h",), ("Wx",), ("Wh",), ("b",)),
    pinned=(
        {"N": 1, "D": 1, "H": 1},
        {"N": 2, "D": 1, "H": 2},
        {"N": 2, "D": 2, "H": 1},
        {"N": 1, "D": 3, "H": 4},
        {"N": 3, "D": 3, "H": 3},
        {"N": 3, "D": 5, "H": 7},
    ),
)

SEQUENCE = Group(
    name="rnn",
    dims={"N": (1, 6), "T": (1, 10), "D": (1, 8), "H": (1, 8)},
    inputs=(
        Input("x", ("N", "T", "D"), "data"),
        Input("h0", ("N", "H"), "state"),
        *_WEIGHTS,
        Input("dh", ("N", "T", "H"), "upstream"),
    ),
    upstream={"dh": "h"},
    carried=("h0", "h"),
    products=(("x", "Wx"),),
    recurrence=Recurrence("x", ("h0",), ("Wx",), ("Wh",), ("b",)),
    pinned=(
        {"N": 1, "T": 1, "D": 1, "H": 1},
        {"N": 2, "T": 1, "D": 2, "H": 2},
        {"N": 1, "T": 2, "D": 1, "H": 1},
        {"N": 2, "T": 3, "D": 1, "H": 2},
        {"N": 2, "T": 3, "D": 2, "H": 1},
        {"N": 1, "T": 4, "D": 3, "H": 2},
        {"N": 3, "T": 3, "D": 3, "H": 3},
        {"N": 3, "T": 4, "D": 5, "H": 7},
        {"N": 1, "T": 24, "D": 2, "H": 3},
    ),
)


def entry_points(fixed_cache: bool, keeps_dtype: bool) -> tuple[EntryPoint, ...]:
    """The four functions; `fixed_cache`: the handout prints the cache's layout, `keeps_dtype`: it demands the dtype."""

    def demands(*tensors: Tensor) -> tuple[Demand, ...]:
        return (Demand("keeps_dtype", tuple(t.name for t in tensors)),) if keeps_dtype else ()

    next_h, h = Tensor("next_h", ("N", "H")), Tensor("h", ("N", "T", "H"))
    step = (Tensor("dx", ("N", "D"), wrt="x"), Tensor("dprev_h", ("N", "H"), wrt="prev_h"), *_WEIGHT_GRADIENTS)
    sequence = (Tensor("dx", ("N", "T", "D"), wrt="x"), Tensor("dh0", ("N", "H"), wrt="h0"), *_WEIGHT_GRADIENTS)
    return (
        EntryPoint(
            "rnn_step_forward",
            "rnn_step_forward(x (N,D), prev_h (N,H), Wx (D,H), Wh (H,H), b (H,)) -> next_h (N,H), cache",
            "rnn_step",
            (next_h,),
            points=2.0,
            demands=demands(next_h),
        ),
        EntryPoint(
            "rnn_step_backward",
            "rnn_step_backward(dnext_h (N,H), cache) -> dx, dprev_h, dWx, dWh, db",
            "rnn_step",
            step,
            points=3.0,
            forward="rnn_step_forward",
            cache_uses=("caches_interleaved", "cache_again"),
            fixed_cache=("next_h",) if fixed_cache else (),
            demands=demands(*step),
        ),
        EntryPoint(
            "rnn_forward",
            "rnn_forward(x (N,T,D), h0 (N,H), Wx, Wh, b) -> h (N,T,H), cache",
            "rnn",
            (h,),
            points=2.0,
            step="rnn_step_forward",
            demands=demands(h),
        ),
        EntryPoint(
            "rnn_backward",
            "rnn_backward(dh (N,T,H), cache) -> dx (N,T,D), dh0 (N,H), dWx, dWh, db",
            "rnn",
            sequence,
            points=3.0,
            forward="rnn_forward",
            cache_uses=("forward_between", "caches_interleaved", "cache_again"),
            fixed_cache=("h",) if fixed_cache else (),
            step="rnn_step_backward",
            demands=demands(*sequence),
        ),
    )
