"""What the MyTorch assignment asks for: RNNCell and RNNPhonemeClassifier on numpy arrays, batch-averaged."""

from harness.assignments.contract import Assignment, Demand, EntryPoint, Group, Input, Recurrence, Tensor

_CELL_WEIGHTS = (
    Input("W_ih", ("H", "D"), "weight"),
    Input("W_hh", ("H", "H"), "weight"),
    Input("b_ih", ("H",), "bias"),
    Input("b_hh", ("H",), "bias"),
)
_CELL_GRADIENTS = (
    Tensor("dW_ih", ("H", "D"), wrt="W_ih", reduction="mean"),
    Tensor("dW_hh", ("H", "H"), wrt="W_hh", reduction="mean"),
    Tensor("db_ih", ("H",), wrt="b_ih", reduction="mean"),
    Tensor("db_hh", ("H",), wrt="b_hh", reduction="mean"),
)
_LAYER_WEIGHTS = (
    Input("W_ih", ("H", "I"), "weight", per_layer=True),
    Input("W_hh", ("H", "H"), "weight", per_layer=True),
    Input("b_ih", ("H",), "bias", per_layer=True),
    Input("b_hh", ("H",), "bias", per_layer=True),
)
_LAYER_GRADIENTS = (
    Tensor("dW_ih", ("H", "I"), wrt="W_ih", reduction="mean", per_layer=True),
    Tensor("dW_hh", ("H", "H"), wrt="W_hh", reduction="mean", per_layer=True),
    Tensor("db_ih", ("H",), wrt="b_ih", reduction="mean", per_layer=True),
    Tensor("db_hh", ("H",), wrt="b_hh", reduction="mean", per_layer=True),
)
_PARAMETERS = ("dW_ih", "dW_hh", "db_ih", "db_hh")

CELL = Group(
    name="cell",
    dims={"N": (1, 8), "D": (1, 8), "H": (1, 8)},
    inputs=(
        Input("x", ("N", "D"), "data"),
        Input("h_prev_t", ("N", "H"), "state"),
        *_CELL_WEIGHTS,
        Input("delta", ("N", "H"), "upstream"),
    ),
    upstream={"delta": "h_t"},
    swapped=(("x", "h_prev_t"), ("W_ih", "W_hh"), ("b_ih", "b_hh")),
    products=(("x", "W_ih"), ("h_prev_t", "W_hh")),
    recurrence=Recurrence("x", ("h_prev_t",), ("W_ih",), ("W_hh",), ("b_ih", "b_hh")),
    pinned=(
        {"N": 1, "D": 1, "H": 1},
        {"N": 2, "D": 1, "H": 2},
        {"N": 2, "D": 2, "H": 1},
        {"N": 1, "D": 3, "H": 4},
        {"N": 3, "D": 3, "H": 3},
        {"N": 3, "D": 5, "H": 7},
    ),
)

CLASSIFIER = Group(
    name="classifier",
    dims={"N": (1, 5), "T": (1, 7), "D": (1, 6), "H": (1, 6), "O": (1, 6), "L": (1, 5)},
    inputs=(
        Input("x", ("N", "T", "D"), "data"),
        Input("h_0", ("L", "N", "H"), "state", optional=True),
        *_LAYER_WEIGHTS,
        Input("W", ("O", "H"), "weight"),
        Input("b", ("O",), "bias"),
        Input("delta", ("N", "O"), "upstream"),
    ),
    upstream={"delta": "logits"},
    recurrence=Recurrence("x", ("h_0",), ("W_ih",), ("W_hh",), ("b_ih", "b_hh"), ("W", "b")),
    pinned=(
        {"N": 1, "T": 1, "D": 1, "H": 1, "O": 1, "L": 1},
        {"N": 2, "T": 2, "D": 2, "H": 2, "O": 2, "L": 1},
        {"N": 2, "T": 2, "D": 1, "H": 2, "O": 1, "L": 2},
        {"N": 2, "T": 3, "D": 2, "H": 1, "O": 2, "L": 2},
        {"N": 1, "T": 3, "D": 3, "H": 2, "O": 4, "L": 3},
        {"N": 3, "T": 3, "D": 3, "H": 3, "O": 3, "L": 3},
        {"N": 4, "T": 7, "D": 5, "H": 6, "O": 1, "L": 3},
        {"N": 2, "T": 2, "D": 2, "H": 3, "O": 2, "L": 5},
        {"N": 1, "T": 24, "D": 1, "H": 2, "O": 1, "L": 1},
    ),
)

_SIZES = "batch_size, seq_len = {x}.shape[0], {x}.shape[1]"
SKELETONS = {
    "RNNPhonemeClassifier.forward": f"""
{_SIZES.format(x="x")}
if h_0 is None:
    hidden = np.zeros((self.num_layers, batch_size, self.hidden_size), dtype=float)
else:
    hidden = h_0
self.x = x
self.hiddens.append(hidden.copy())
logits = None
return logits
""",
    "RNNPhonemeClassifier.backward": f"""
{_SIZES.format(x="self.x")}
dh = np.zeros((self.num_layers, batch_size, self.hidden_size), dtype=float)
dh[-1] = self.output_layer.backward(delta)
return dh / batch_size
""",
}

ASSIGNMENT = Assignment(
    id="mytorch",
    title="MyTorch: an Elman RNN cell and a phoneme classifier (numpy)",
    library="numpy",
    groups=(CELL, CLASSIFIER),
    entry_points=(
        EntryPoint(
            "RNNCell.forward",
            "RNNCell(input_size, hidden_size).forward(x (B,D), h_prev_t (B,H)) -> h_t (B,H)",
            "cell",
            (Tensor("h_t", ("N", "H")),),
            points=2.0,
        ),
        EntryPoint(
            "RNNCell.backward",
            "RNNCell.backward(delta (B,H), h_t, h_prev_l (B,D), h_prev_t (B,H)) -> dx (B,D), dh_prev_t (B,H)",
            "cell",
            (Tensor("dx", ("N", "D"), wrt="x"), Tensor("dh_prev_t", ("N", "H"), wrt="h_prev_t"), *_CELL_GRADIENTS),
            points=3.0,
            forward="RNNCell.forward",
            cache_uses=("caches_interleaved",),
            given=("h_t",),
            demands=(Demand("gradients_accumulate", _PARAMETERS), Demand("zero_grad_resets", _PARAMETERS)),
        ),
        EntryPoint(
            "RNNPhonemeClassifier.forward",
            "RNNPhonemeClassifier(input_size, hidden_size, output_size, num_layers=2)"
            ".forward(x (B,T,D), h_0 (L,B,H) or None) -> logits (B,output_size)",
            "classifier",
            (Tensor("logits", ("N", "O")),),
            points=2.0,
            step="RNNCell.forward",
        ),
        EntryPoint(
            "RNNPhonemeClassifier.backward",
            "RNNPhonemeClassifier.backward(delta (B,output_size)) -> dh_0 (L,B,H) / B",
            "classifier",
            (Tensor("dh_0", ("L", "N", "H"), wrt="h_0", reduction="mean"), *_LAYER_GRADIENTS),
            points=3.0,
            forward="RNNPhonemeClassifier.forward",
            cache_uses=("forward_before", "forward_between", "caches_interleaved"),
            step="RNNCell.backward",
        ),
    ),
    files={"RNNCell": ("rnn_cell.py",), "RNNPhonemeClassifier": ("rnn_classifier.py",)},
    conventions=(
        "parameter gradients and dh_0 are averaged over the batch; dx and dh_prev_t are not",
        "RNNCell.backward adds to the gradients that are there; zero_grad resets them",
        "automatic differentiation frameworks are forbidden",
    ),
    supplied={
        "linear": "linear.py",
        "activation": "activation.py",
        "activations": "activation.py",
        "rnn_activation": "activation.py",
        "tanh": "activation.py",
    },
    bystanders=(
        *("loss", "losses", "optim", "optimizer", "sgd", "adam", "adamW", "dropout", "dropout2d", "batchnorm"),
        *("batchnorm2d", "conv", "Conv1d", "Conv2d", "ConvTranspose", "pool", "resampling", "flatten", "ctc"),
        *("ctc_loss", "ctc_decoding", "CTC", "CTCDecoding", "search", "gru_cell", "lstm_cell", "embedding"),
    ),
    forbidden=("torch", "tensorflow", "keras", "jax", "autograd", "mxnet", "theano", "tinygrad", "paddle"),
    forbidden_rule="the use of automatic differentiation frameworks such as PyTorch, TensorFlow, or Keras"
    " is prohibited",
    skeletons=SKELETONS,
    model="reference_impls.mytorch.model",
    aliases={
        "RNNCell": ("RNN_Cell", "RnnCell", "RNNcell", "Rnn_Cell"),
        "RNNPhonemeClassifier": (
            "RNN_Phoneme_Classifier",
            "RNN_PhonemeClassifier",
            "RNNPhoneme_Classifier",
            "RnnPhonemeClassifier",
        ),
    },
    supplied_otherwise=dict.fromkeys(("activation", "activations", "rnn_activation", "tanh"), "activation_by_state.py"),
    adapted={
        "RNNCell without device": "it was made with device='cpu'",
        "RNNCell without dtype": "it was made with dtype='float64'",
        "RNNCell.init_weights": "the weights were set as attributes",
        "RNNCell.zero_grad": "the gradients were set to zero as attributes",
        "RNNCell.forward": "the object itself was called",
        "RNNPhonemeClassifier without device": "it was made with device='cpu'",
        "RNNPhonemeClassifier without dtype": "it was made with dtype='float64'",
        "RNNPhonemeClassifier.init_weights": "the weights were set as attributes of its cells and its output layer",
        "RNNPhonemeClassifier.forward": "the object itself was called",
    },
)
