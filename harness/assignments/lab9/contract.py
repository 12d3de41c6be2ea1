"""What lab 9 asks for: a regression RNN on numpy arrays, one sequence at a time; the names are this project's own."""

from harness.assignments.contract import Assignment, EntryPoint, Group, Input, Recurrence, Tensor

_SEQUENCE = (Input("x", ("T", "D"), "data"), Input("h0", ("H",), "state"))
_PARAMETERS = (
    Input("U", ("H", "D"), "weight"),
    Input("W", ("H", "H"), "weight"),
    Input("V", ("O", "H"), "weight"),
    Input("b", ("H",), "bias"),
    Input("c", ("O",), "bias"),
)
_GRADIENTS = (
    Tensor("dU", ("H", "D"), wrt="U"),
    Tensor("dW", ("H", "H"), wrt="W"),
    Tensor("dV", ("O", "H"), wrt="V"),
    Tensor("db", ("H",), wrt="b"),
    Tensor("dc", ("O",), wrt="c"),
)

_RECURRENCE = Recurrence("x", ("h0",), ("U",), ("W",), ("b",), ("V", "c"))

OUTPUTS = Group(
    name="outputs",
    dims={"T": (1, 10), "D": (1, 7), "H": (1, 7), "O": (1, 6)},
    inputs=(*_SEQUENCE, *_PARAMETERS, Input("dy", ("T", "O"), "upstream")),
    upstream={"dy": "y"},
    recurrence=_RECURRENCE,
    pinned=(
        {"T": 1, "D": 1, "H": 1, "O": 1},
        {"T": 1, "D": 2, "H": 3, "O": 1},
        {"T": 2, "D": 1, "H": 1, "O": 2},
        {"T": 3, "D": 2, "H": 1, "O": 1},
        {"T": 2, "D": 2, "H": 2, "O": 2},
        {"T": 3, "D": 3, "H": 3, "O": 3},
        {"T": 4, "D": 5, "H": 3, "O": 2},
        {"T": 24, "D": 2, "H": 3, "O": 1},
    ),
)

LAST_STEP = Group(
    name="last_step",
    dims={"T": (1, 10), "D": (1, 7), "H": (1, 7), "O": (1, 1)},
    inputs=(*_SEQUENCE, Input("y_true", ("O",), "data"), *_PARAMETERS),
    upstream={},
    objective="loss",
    squared_error=True,
    recurrence=_RECURRENCE,
    pinned=(
        {"T": 1, "D": 1, "H": 1, "O": 1},
        {"T": 2, "D": 1, "H": 1, "O": 1},
        {"T": 1, "D": 3, "H": 2, "O": 1},
        {"T": 3, "D": 2, "H": 1, "O": 1},
        {"T": 2, "D": 2, "H": 2, "O": 1},
        {"T": 3, "D": 3, "H": 3, "O": 1},
        {"T": 4, "D": 5, "H": 3, "O": 1},
        {"T": 24, "D": 4, "H": 3, "O": 1},
    ),
)

ASSIGNMENT = Assignment(
    id="lab9",
    title="Lab 9: an RNN for regression, by hand (numpy)",
    library="numpy",
    groups=(OUTPUTS, LAST_STEP),
    entry_points=(
        EntryPoint(
            "rnn_forward",
            "rnn_forward(x (T,n_in), h0 (n_h,), U (n_h,n_in), W (n_h,n_h), V (n_out,n_h), b (n_h,), c (n_out,))"
            " -> y (T,n_out), h (T,n_h)",
            "outputs",
            (Tensor("y", ("T", "O")), Tensor("h", ("T", "H"))),
            points=2.0,
        ),
        EntryPoint(
            "rnn_backward",
            "rnn_backward(dy (T,n_out), x, h, h0, U, W, V, b, c)"
            " -> dict of dU, dW, dV, db, dc, dx (T,n_in), dh0 (n_h,)",
            "outputs",
            (*_GRADIENTS, Tensor("dx", ("T", "D"), wrt="x"), Tensor("dh0", ("H",), wrt="h0")),
            points=5.0,
            forward="rnn_forward",
            given=("h",),
        ),
        EntryPoint(
            "mse_last_step",
            "mse_last_step(x, y_true (a number, or (1,)), h0, U, W, V (1,n_h), b, c (1,))"
            " -> loss, dict of dU, dW, dV, db, dc",
            "last_step",
            (
                Tensor("loss", ()),
                *_GRADIENTS,
                Tensor("dx", ("T", "D"), wrt="x", optional=True),
                Tensor("dh0", ("H",), wrt="h0", optional=True),
            ),
            points=3.0,
            forward="mse_last_step",
            step="rnn_backward",
            built_on=("rnn_forward",),
        ),
    ),
    files=dict.fromkeys(("rnn_forward", "rnn_backward", "mse_last_step"), ("lab9.py", "rnn.py")),
    conventions=(
        "one sequence at a time: there is no batch",
        "h[t] = tanh(W h[t-1] + U x[t] + b), y[t] = V h[t] + c; h holds the states after each step, without h0",
        "gradients come in a dict, each in the shape of what it differentiates",
        "the loss is the square error of the last output, without a factor ½; its derivative is 2 (output - target)",
        "dx and dh0 of mse_last_step are judged when they are there",
    ),
    model="reference_impls.lab9.model",
)
