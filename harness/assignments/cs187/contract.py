"""What the lab on RNN calculations asks for: a ReLU RNN's forward pass, bigram models, and one gradient."""

from harness.assignments.contract import Assignment, EntryPoint, Group, Input, Limits, Tensor, Values

FILES = ("lab2-2.py", "lab2_2.py", "lab.py")

FORWARD = Group(
    name="forward",
    dims={"T": (1, 10), "D": (1, 8)},
    inputs=(
        Input("input", ("T", "D"), "data"),
        Input("U", ("D", "D"), "weight"),
        Input("V", ("D", "D"), "weight"),
        Input("W", ("D", "D"), "weight"),
        Input("as_list", (), "choice"),
    ),
    upstream={},
    pinned=(
        {"T": 1, "D": 1},
        {"T": 2, "D": 1},
        {"T": 1, "D": 2},
        {"T": 2, "D": 2},
        {"T": 2, "D": 2},
        {"T": 3, "D": 3},
        {"T": 3, "D": 5},
        {"T": 5, "D": 3},
        {"T": 24, "D": 4},
        {"T": 24, "D": 4},
    ),
)

BIGRAM = Group(
    name="bigram",
    dims={"T": (1, 10), "V": (1, 8)},
    inputs=(Input("seq", ("T", "V"), "one_hot"), Input("T", ("V", "V"), "stochastic")),
    upstream={},
    pinned=(
        {"T": 1, "V": 1},
        {"T": 1, "V": 2},
        {"T": 2, "V": 1},
        {"T": 2, "V": 2},
        {"T": 9, "V": 2},
        {"T": 10, "V": 2},
        {"T": 3, "V": 3},
        {"T": 4, "V": 7},
        {"T": 7, "V": 4},
    ),
)

SCALAR = Group(
    name="scalar",
    dims={"T": (1, 10)},
    inputs=(
        Input("U", (), "rectified"),
        Input("V", (), "weight"),
        Input("W", (), "weight"),
        Input("xs", ("T+1",), "rectified"),
        Input("h0", (), "state"),
    ),
    upstream={},
    objective="loss",
    squared_error=True,
    pinned=tuple({"T": steps} for steps in (1, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 5, 7, 24)),
)


def _values(check: str, inputs: tuple[Input, ...], variables: tuple[str, ...], tensors: tuple[Tensor, ...]) -> Values:
    signature = f"{', '.join(variables)} where grader.check({check!r}) is called"
    return Values(EntryPoint(check, signature, check, tensors, points=1.0, optional=True), inputs, variables)


def _matrix(name: str, size: str = "D") -> Input:
    return Input(name, (size, size), "weight")


def _vector(name: str) -> Input:
    return Input(name, ("D",), "data")


VALUES = (
    _values(
        "forward_by_hand",
        (*map(_matrix, ("U", "V", "W")), *map(_vector, ("x1", "x2", "h0"))),
        ("h1", "o1", "h2", "o2"),
        tuple(Tensor(name, ("D",)) for name in ("h1", "o1", "h2", "o2")),
    ),
    _values("tiny_bigram_RNN", (_matrix("T", "V"),), ("U", "V", "W"), (Tensor("o", ("S", "V")),)),
    _values(
        "automatic_diff",
        (*map(_matrix, ("U_", "V_")), *map(_vector, ("x1_", "h0_"))),
        ("U_grad",),
        (Tensor("U_grad", ("D", "D"), wrt="U_"),),
    ),
)

ASSIGNMENT = Assignment(
    id="cs187",
    title="Lab 2-2: recurrent neural networks by hand (PyTorch)",
    library="torch",
    groups=(FORWARD, BIGRAM, SCALAR),
    entry_points=(
        EntryPoint(
            "forward",
            "forward(input (T,D) or a list of T vectors, dim, U, V, W (D,D)) -> logits (T,D)",
            "forward",
            (Tensor("logits", ("T", "D")),),
            points=3.0,
        ),
        EntryPoint(
            "sequence_probability",
            "sequence_probability(seq (T,V) one-hot, T (V,V)) -> a single number",
            "bigram",
            (Tensor("probability", ()),),
            points=2.0,
        ),
        EntryPoint(
            "bigram_rnn",
            "bigram_rnn(T (V,V)) -> U, V, W of an RNN that outputs the current word's row of T",
            "bigram",
            (Tensor("o", ("T", "V")),),
            points=2.0,
            optional=True,
        ),
        EntryPoint(
            "dL_dU",
            "dL_dU(U, V, W, xs (T+1 numbers), h0) -> a single number",
            "scalar",
            (Tensor("dU", (), wrt="U"),),
            points=3.0,
            optional=True,
        ),
    ),
    files=dict.fromkeys(("forward", "sequence_probability", "bigram_rnn", "dL_dU"), FILES),
    conventions=(
        "h_t = relu(U x_t + V h_{t-1}) with h_0 = 0, o_t = W h_t; logits have no activation",
        "the first token of a sequence is not counted; one token alone has probability 1",
        "the loss is summed over the steps: the sum of (x_{t+1} - o_t)²",
        "where a pre-activation is exactly zero, either one-sided derivative is right",
    ),
    common_names=("forward",),
    prelude="prelude.py",
    retry_dtype="float32",
    model="reference_impls.cs187.in_numpy",
    limits=Limits(memory=8 << 30),
    snapshots={v.entry.name: v.names for v in VALUES},
    values=VALUES,
)
