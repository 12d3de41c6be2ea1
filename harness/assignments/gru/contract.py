"""What the GRU assignment asks for: one step and a sequence, on numpy arrays, with caches of any form.

There are two GRUs in use, which differ in where the reset gate stands, and two ways to write the update gate. Asked for
is PyTorch's: the reset gate is applied after the matrix product, and an open update gate keeps the state.
"""

from harness.assignments import vanilla
from harness.assignments.contract import Assignment, EntryPoint, Group, Input, Recurrence, Tensor

_WEIGHTS = (
    Input("Wx", ("D", "3H"), "weight"),
    Input("Wh", ("H", "3H"), "weight"),
    Input("bx", ("3H",), "bias"),
    Input("bh", ("3H",), "bias"),
)
_WEIGHT_GRADIENTS = (
    Tensor("dWx", ("D", "3H"), wrt="Wx"),
    Tensor("dWh", ("H", "3H"), wrt="Wh"),
    Tensor("dbx", ("3H",), wrt="bx"),
    Tensor("dbh", ("3H",), wrt="bh"),
)
GATES: dict[str, tuple[str, ...]] = {"3H": ("r", "z", "n")}

STEP = Group(
    name="gru_step",
    dims=vanilla.STEP.dims,
    inputs=(
        Input("x", ("N", "D"), "data"),
        Input("prev_h", ("N", "H"), "state"),
        *_WEIGHTS,
        Input("dnext_h", ("N", "H"), "upstream"),
    ),
    upstream={"dnext_h": "next_h"},
    products=(("x", "Wx"),),
    recurrence=Recurrence("x", ("prev_h",), ("Wx",), ("Wh",), ("bx", "bh")),
    blocks=GATES,
    pinned=vanilla.STEP.pinned,
)

SEQUENCE = Group(
    name="gru",
    dims=vanilla.SEQUENCE.dims,
    inputs=(
        Input("x", ("N", "T", "D"), "data"),
        Input("h0", ("N", "H"), "state"),
        *_WEIGHTS,
        Input("dh", ("N", "T", "H"), "upstream"),
    ),
    upstream={"dh": "h"},
    carried=("h0", "h"),
    products=(("x", "Wx"),),
    recurrence=Recurrence("x", ("h0",), ("Wx",), ("Wh",), ("bx", "bh")),
    blocks=GATES,
    pinned=vanilla.SEQUENCE.pinned,
)

POINTS = (
    EntryPoint(
        "gru_step_forward",
        "gru_step_forward(x (N,D), prev_h (N,H), Wx (D,3H), Wh (H,3H), bx (3H,), bh (3H,)) -> next_h (N,H), cache",
        "gru_step",
        (Tensor("next_h", ("N", "H")),),
        points=2.0,
    ),
    EntryPoint(
        "gru_step_backward",
        "gru_step_backward(dnext_h (N,H), cache) -> dx, dprev_h, dWx, dWh, dbx, dbh",
        "gru_step",
        (Tensor("dx", ("N", "D"), wrt="x"), Tensor("dprev_h", ("N", "H"), wrt="prev_h"), *_WEIGHT_GRADIENTS),
        points=3.0,
        forward="gru_step_forward",
        cache_uses=("caches_interleaved", "cache_again"),
    ),
    EntryPoint(
        "gru_forward",
        "gru_forward(x (N,T,D), h0 (N,H), Wx, Wh, bx, bh) -> h (N,T,H), cache",
        "gru",
        (Tensor("h", ("N", "T", "H")),),
        points=2.0,
        step="gru_step_forward",
    ),
    EntryPoint(
        "gru_backward",
        "gru_backward(dh (N,T,H), cache) -> dx (N,T,D), dh0 (N,H), dWx, dWh, dbx, dbh",
        "gru",
        (Tensor("dx", ("N", "T", "D"), wrt="x"), Tensor("dh0", ("N", "H"), wrt="h0"), *_WEIGHT_GRADIENTS),
        points=3.0,
        forward="gru_forward",
        cache_uses=("forward_between", "caches_interleaved", "cache_again"),
        step="gru_step_backward",
    ),
)

ASSIGNMENT = Assignment(
    id="gru",
    title="Gated recurrent units by hand (numpy)",
    library="numpy",
    groups=(STEP, SEQUENCE),
    entry_points=POINTS,
    files=dict.fromkeys((point.name for point in POINTS), ("gru.py", "gru_layers.py")),
    conventions=(
        "gates stand in the order r, z, n: r and z are sigmoids of x Wx + bx + prev_h Wh + bh, each of its own columns",
        "the reset gate comes after the product, as in PyTorch: n = tanh(x Wx_n + bx_n + r (prev_h Wh_n + bh_n))",
        "next_h = (1 - z) n + z prev_h: an update gate of 1 keeps the state",
        "parameter gradients are summed over the batch",
        "caches have any form: the submission's own forward function makes them",
        "dh holds each step's own upstream gradient, not what flows between steps",
    ),
    model="reference_impls.gru.model",
)
