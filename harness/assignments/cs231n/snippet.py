"""How a pasted program calls the captioning assignment's functions."""

from __future__ import annotations

from harness.assignments import vanilla_snippet
from harness.assignments.vanilla_snippet import arguments

__all__ = ["CALLS", "NEEDS", "SUPPLIED", "arguments", "result"]

SUPPLIED = ""
"""The class needs `layers.py` of the earlier assignment, which the student has."""
_PAIRS = ("word_embedding", "lstm_step", "lstm", "temporal_affine")
_METHODS = tuple(f"CaptioningRNN.{method}[{cell}]" for method in ("loss", "sample") for cell in ("rnn", "lstm"))
NEEDS = {
    **vanilla_snippet.NEEDS,
    **{f"{name}_forward": (f"{name}_forward",) for name in _PAIRS},
    **{f"{name}_backward": (f"{name}_forward", f"{name}_backward") for name in _PAIRS},
    "temporal_softmax_loss": ("temporal_softmax_loss",),
    **dict.fromkeys(_METHODS, ("CaptioningRNN",)),
}
_FORWARD = {
    "word_embedding": "out, cache = word_embedding_forward(x, W)",
    "lstm_step": "next_h, next_c, cache = lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b)",
    "lstm": "h, cache = lstm_forward(x, h0, Wx, Wh, b)",
    "temporal_affine": "out, cache = temporal_affine_forward(x, w, b)",
}
_BACKWARD = {
    "word_embedding": "dW = word_embedding_backward(dout, cache)",
    "lstm_step": "dx, dprev_h, dprev_c, dWx, dWh, db = lstm_step_backward(dnext_h, dnext_c, cache)",
    "lstm": "dx, dh0, dWx, dWh, db = lstm_backward(dh, cache)",
    "temporal_affine": "dx, dw, db = temporal_affine_backward(dout, cache)",
}
_PARAMETERS = ("W_proj", "b_proj", "W_embed", "Wx", "Wh", "b", "W_vocab", "b_vocab")


def _model(cell: str) -> tuple[str, ...]:
    return (
        "null, start, end = markers.tolist()",
        "special = {null: '<NULL>', start: '<START>', end: '<END>'}",
        "word_to_idx = {special.get(i, f'word{i}'): i for i in range(W_embed.shape[0])}",
        "model = CaptioningRNN(word_to_idx, input_dim=W_proj.shape[0], wordvec_dim=W_embed.shape[1],",
        f"                      hidden_dim=W_proj.shape[1], cell_type={cell!r}, dtype=np.float64)",
        f"model.params.update({', '.join(f'{name}={name}' for name in _PARAMETERS)})",
    )


_SAMPLE = (
    "captions = np.array(model.sample(features, int(max_length)))",
    "for row in captions:  # what comes after the first <END> is not looked at",
    "    row[len(row) if end not in row else list(row).index(end):] = end",
)
CALLS = {
    **vanilla_snippet.CALLS,
    **{f"{name}_forward": (_FORWARD[name],) for name in _PAIRS},
    **{f"{name}_backward": (_FORWARD[name], _BACKWARD[name]) for name in _PAIRS},
    "temporal_softmax_loss": ("loss, dx = temporal_softmax_loss(x, y, mask)",),
    **{
        f"CaptioningRNN.loss[{cell}]": (*_model(cell), "loss, grads = model.loss(features, captions)")
        for cell in ("rnn", "lstm")
    },
    **{f"CaptioningRNN.sample[{cell}]": (*_model(cell), *_SAMPLE) for cell in ("rnn", "lstm")},
}


def result(entry_point: str, part: str) -> str:
    """The expression for one result: gradients of the model stand in a dictionary."""
    if entry_point.startswith("CaptioningRNN.loss") and part != "loss":
        return f"grads[{part[1:]!r}]"
    return part
