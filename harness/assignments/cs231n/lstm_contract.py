"""The captioning assignment's LSTM: one step, and a sequence. Gates stand in the order i, f, o, g."""

from __future__ import annotations

from harness.assignments import vanilla
from harness.assignments.contract import EntryPoint, Group, Input, Recurrence, Tensor

_WEIGHTS = (
    Input("Wx", ("D", "4H"), "weight"),
    Input("Wh", ("H", "4H"), "weight"),
    Input("b", ("4H",), "bias"),
)
GATES: dict[str, tuple[str, ...]] = {"4H": ("i", "f", "o", "g")}
_WEIGHT_GRADIENTS = (
    Tensor("dWx", ("D", "4H"), wrt="Wx"),
    Tensor("dWh", ("H", "4H"), wrt="Wh"),
    Tensor("db", ("4H",), wrt="b"),
)

STEP = Group(
    name="lstm_step",
    dims=vanilla.STEP.dims,
    inputs=(
        Input("x", ("N", "D"), "data"),
        Input("prev_h", ("N", "H"), "state"),
        Input("prev_c", ("N", "H"), "data"),
        *_WEIGHTS,
        Input("dnext_h", ("N", "H"), "upstream"),
        Input("dnext_c", ("N", "H"), "upstream"),
    ),
    upstream={"dnext_h": "next_h", "dnext_c": "next_c"},
    pinned=vanilla.STEP.pinned,
    recurrence=Recurrence("x", ("prev_h", "prev_c"), ("Wx",), ("Wh",), ("b",)),
    blocks=GATES,
)

SEQUENCE = Group(
    name="lstm",
    dims=vanilla.SEQUENCE.dims,
    inputs=(
        Input("x", ("N", "T", "D"), "data"),
        Input("h0", ("N", "H"), "state"),
        *_WEIGHTS,
        Input("dh", ("N", "T", "H"), "upstream"),
    ),
    upstream={"dh": "h"},
    pinned=vanilla.SEQUENCE.pinned,
    recurrence=Recurrence("x", ("h0",), ("Wx",), ("Wh",), ("b",)),
    blocks=GATES,
)

POINTS = (
    EntryPoint(
        "lstm_step_forward",
        "lstm_step_forward(x (N,D), prev_h (N,H), prev_c (N,H), Wx (D,4H), Wh (H,4H), b (4H,))"
        " -> next_h (N,H), next_c (N,H), cache",
        "lstm_step",
        (Tensor("next_h", ("N", "H")), Tensor("next_c", ("N", "H"))),
        points=2.0,
    ),
    EntryPoint(
        "lstm_step_backward",
        "lstm_step_backward(dnext_h (N,H), dnext_c (N,H), cache) -> dx, dprev_h, dprev_c, dWx, dWh, db",
        "lstm_step",
        (
            Tensor("dx", ("N", "D"), wrt="x"),
            Tensor("dprev_h", ("N", "H"), wrt="prev_h"),
            Tensor("dprev_c", ("N", "H"), wrt="prev_c"),
            *_WEIGHT_GRADIENTS,
        ),
        points=3.0,
        forward="lstm_step_forward",
        cache_uses=("caches_interleaved", "cache_again"),
    ),
    EntryPoint(
        "lstm_forward",
        "lstm_forward(x (N,T,D), h0 (N,H), Wx, Wh, b) -> h (N,T,H), cache",
        "lstm",
        (Tensor("h", ("N", "T", "H")),),
        points=2.0,
        step="lstm_step_forward",
    ),
    EntryPoint(
        "lstm_backward",
        "lstm_backward(dh (N,T,H), cache) -> dx (N,T,D), dh0 (N,H), dWx, dWh, db",
        "lstm",
        (Tensor("dx", ("N", "T", "D"), wrt="x"), Tensor("dh0", ("N", "H"), wrt="h0"), *_WEIGHT_GRADIENTS),
        points=3.0,
        forward="lstm_forward",
        cache_uses=("forward_between", "caches_interleaved", "cache_again"),
        step="lstm_step_backward",
    ),
)
