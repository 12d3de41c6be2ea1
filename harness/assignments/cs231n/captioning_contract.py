"""The captioning model: its training loss and its greedy sampling, with either kind of cell."""

from __future__ import annotations

import msgspec

from harness.assignments.contract import EntryPoint, Group, Input, Role, Tensor

PARAMETERS = ("W_proj", "b_proj", "W_embed", "Wx", "Wh", "b", "W_vocab", "b_vocab")
_CLASS = "CaptioningRNN(word_to_idx, input_dim, wordvec_dim, hidden_dim, cell_type='{cell}')"
_LAYERS = (
    "word_embedding_forward",
    "{cell}_forward",
    "temporal_affine_forward",
    "temporal_softmax_loss",
    "temporal_affine_backward",
    "{cell}_backward",
    "word_embedding_backward",
)
"""What a loss is made of, in the order of the computation."""


def _parameters(width: str) -> tuple[Input, ...]:
    """`width` is that of the recurrent layer's pre-activation: H, or 4H for the gates of an LSTM."""
    return (
        Input("W_proj", ("D", "H"), "weight"),
        Input("b_proj", ("H",), "bias"),
        Input("W_embed", ("V", "W"), "weight"),
        Input("Wx", ("W", width), "weight"),
        Input("Wh", ("H", width), "weight"),
        Input("b", (width,), "bias"),
        Input("W_vocab", ("H", "V"), "weight"),
        Input("b_vocab", ("V",), "bias"),
    )


def _loss_group(cell: str, width: str) -> Group:
    return Group(
        name=f"captioning_{cell}",
        dims={"N": (1, 4), "T": (2, 7), "V": (3, 8), "D": (1, 5), "W": (1, 5), "H": (1, 5)},
        inputs=(
            Input("features", ("N", "D"), "data"),
            Input("captions", ("N", "T"), "words", below="V"),
            Input("markers", ("3",), "markers"),
            *_parameters(width),
        ),
        upstream={},
        objective="loss",
        pinned=(
            {"N": 1, "T": 2, "V": 3, "D": 1, "W": 1, "H": 1},
            {"N": 1, "T": 3, "V": 4, "D": 2, "W": 1, "H": 1},
            {"N": 2, "T": 2, "V": 3, "D": 1, "W": 2, "H": 3},
            {"N": 3, "T": 4, "V": 3, "D": 3, "W": 3, "H": 3},
            {"N": 2, "T": 6, "V": 8, "D": 3, "W": 4, "H": 5},
        ),
    )


_ROLES: dict[str, Role] = {"weight": "data", "bias": "weight"}
"""Large weights and small biases: which word is the likeliest then depends on all that came before."""


def _sample_group(cell: str, width: str) -> Group:
    return Group(
        name=f"sampling_{cell}",
        dims={"N": (1, 4), "S": (1, 6), "V": (3, 8), "D": (1, 5), "W": (1, 5), "H": (1, 5)},
        inputs=(
            Input("features", ("N", "D"), "data"),
            Input("max_length", (), "count", below="S"),
            Input("markers", ("3",), "markers"),
            *(msgspec.structs.replace(p, role=_ROLES.get(p.role, p.role)) for p in _parameters(width)),
        ),
        upstream={},
        pinned=(
            {"N": 1, "S": 1, "V": 3, "D": 1, "W": 1, "H": 1},
            {"N": 1, "S": 3, "V": 4, "D": 2, "W": 1, "H": 1},
            {"N": 2, "S": 2, "V": 3, "D": 1, "W": 2, "H": 3},
            {"N": 2, "S": 6, "V": 8, "D": 3, "W": 4, "H": 5},
        ),
    )


def _loss(cell: str, width: str) -> EntryPoint:
    return EntryPoint(
        f"CaptioningRNN.loss[{cell}]",
        f"{_CLASS.format(cell=cell)}.loss(features (N,D), captions int (N,T)) -> loss, grads",
        f"captioning_{cell}",
        (Tensor("loss", ()), *(Tensor("d" + p.name, p.dims, wrt=p.name) for p in _parameters(width))),
        points=3.0,
        forward=f"CaptioningRNN.loss[{cell}]",
        built_on=tuple(name.format(cell=cell) for name in _LAYERS),
    )


def _sample(cell: str) -> EntryPoint:
    return EntryPoint(
        f"CaptioningRNN.sample[{cell}]",
        f"{_CLASS.format(cell=cell)}.sample(features (N,D), max_length) -> captions int (N,max_length)",
        f"sampling_{cell}",
        (Tensor("captions", ("N", "S")),),
        points=2.0,
        built_on=("word_embedding_forward", f"{cell}_step_forward", "temporal_affine_forward"),
    )


GROUPS = (
    _loss_group("rnn", "H"),
    _loss_group("lstm", "4H"),
    _sample_group("rnn", "H"),
    _sample_group("lstm", "4H"),
)
POINTS = (_loss("rnn", "H"), _loss("lstm", "4H"), _sample("rnn"), _sample("lstm"))

_UNPACKED = """
W_proj, b_proj = self.params["W_proj"], self.params["b_proj"]
W_embed = self.params["W_embed"]
Wx, Wh, b = self.params["Wx"], self.params["Wh"], self.params["b"]
W_vocab, b_vocab = self.params["W_vocab"], self.params["b_vocab"]
"""
SKELETONS = {
    "CaptioningRNN.loss": f"""
captions_in = captions[:, :-1]
captions_out = captions[:, 1:]
mask = captions_out != self._null
{_UNPACKED}
loss, grads = 0.0, {{}}
return loss, grads
""",
    "CaptioningRNN.sample": f"""
N = features.shape[0]
captions = self._null * np.ones((N, max_length), dtype=np.int32)
captions = self._null * np.ones((N, max_length), dtype=int)
captions = self._null * np.ones((N, max_length), dtype=np.int64)
captions = self._null * np.ones((N, max_length))
{_UNPACKED}
return captions
""",
}
