"""How a pasted program calls RNNCell and RNNPhonemeClassifier."""

from __future__ import annotations

SUPPLIED = """
import sys, types
class Linear:  # from an earlier homework
    def __init__(self, n_in, n_out, *options): self.W, self.b = np.zeros((n_out, n_in)), np.zeros((n_out, 1))
    def init_weights(self, W, b): self.W, self.b = W, b
    def forward(self, A): return A @ self.W.T + self.b.reshape(1, -1)
    def backward(self, dLdZ): return dLdZ @ self.W
    __call__ = forward
class Tanh:  # from an earlier homework
    def forward(self, Z): self.A = np.tanh(Z); return self.A
    def derivative(self, state=None): return 1 - (self.A if state is None else state) ** 2
    def backward(self, dLdA=None, state=None): return self.derivative(state) * (1 if dLdA is None else dLdA)
    __call__ = forward
for name in ("linear", "activation", "activations", "rnn_activation", "tanh"):
    for package in ("", "mytorch.", "mytorch.nn.", "nn."):
        module = sys.modules[package + name] = types.ModuleType(package + name)
        module.Linear, module.Tanh = Linear, Tanh
"""
NEEDS = {
    "RNNCell.forward": ("RNNCell",),
    "RNNCell.backward": ("RNNCell",),
    "RNNPhonemeClassifier.forward": ("RNNPhonemeClassifier",),
    "RNNPhonemeClassifier.backward": ("RNNPhonemeClassifier",),
}
_CELL = (
    "cell = RNNCell(W_ih.shape[1], W_ih.shape[0])",
    "cell.init_weights(W_ih, W_hh, b_ih, b_hh)",
    "cell.zero_grad()",
)
_WEIGHTS = ("W_ih", "W_hh", "b_ih", "b_hh")
_MODEL = (
    "D, H = rnn_weights[0][0].shape[::-1]",
    "model = RNNPhonemeClassifier(D, H, W.shape[0], len(rnn_weights))",
    "model.init_weights(rnn_weights, (W, b))",
    "for cell in model.rnn: cell.zero_grad()",
    "logits = model.forward(x, h_0)",
)
CALLS = {
    "RNNCell.forward": (*_CELL, "h_t = cell.forward(x, h_prev_t)"),
    "RNNCell.backward": (*_CELL, "dx, dh_prev_t = cell.backward(delta, h_t, x, h_prev_t)"),
    "RNNPhonemeClassifier.forward": _MODEL,
    "RNNPhonemeClassifier.backward": (*_MODEL, "dh_0 = model.backward(delta)"),
}
OWN = {
    "RNNCell.backward": (
        *_CELL,
        "h_t = cell.forward(x, h_prev_t)",
        "dx, dh_prev_t = cell.backward(delta, h_t, x, h_prev_t)",
    )
}
OWN_NEEDS = NEEDS
"""Calls that take what the submission's own forward returns, where the answer must not be shown."""

ADAPTED = {
    "RNNCell without device": ("W_ih.shape[0]", "W_ih.shape[0], device='cpu'"),
    "RNNCell without dtype": ("W_ih.shape[0]", "W_ih.shape[0], dtype='float64'"),
    "RNNCell.init_weights": (_CELL[1], "cell.W_ih, cell.W_hh, cell.b_ih, cell.b_hh = W_ih, W_hh, b_ih, b_hh"),
    "RNNCell.zero_grad": (
        "cell.zero_grad()",
        "cell.dW_ih, cell.dW_hh, cell.db_ih, cell.db_hh ="
        " [0 * weight for weight in (cell.W_ih, cell.W_hh, cell.b_ih, cell.b_hh)]",
    ),
    "RNNCell.forward": ("cell.forward(", "cell("),
    "RNNPhonemeClassifier without device": ("len(rnn_weights)", "len(rnn_weights), device='cpu'"),
    "RNNPhonemeClassifier without dtype": ("len(rnn_weights)", "len(rnn_weights), dtype='float64'"),
    "RNNPhonemeClassifier.init_weights": (
        _MODEL[2],
        "for cell, (cell.W_ih, cell.W_hh, cell.b_ih, cell.b_hh) in zip(model.rnn, rnn_weights): pass\n"
        "model.output_layer.W, model.output_layer.b = W, b.reshape(-1, 1)",
    ),
    "RNNPhonemeClassifier.forward": ("model.forward(", "model("),
}
"""For what a submission may leave out: the words of a call, and those in their place."""


def arguments(literals: dict[str, str]) -> list[str]:
    """One assignment an input; the weights of the layers as one list of tuples."""
    lines = [f"{name} = {value}" for name, value in literals.items() if "[" not in name]
    layers = sum(name.startswith("W_ih[") for name in literals)
    if not layers:
        return lines
    rows = [", ".join(literals[f"{name}[{i}]"] for name in _WEIGHTS) for i in range(layers)]
    lines += ["rnn_weights = [", *(f"    ({row})," for row in rows), "]"]
    return lines if "h_0" in literals else [*lines, "h_0 = None"]


def result(entry_point: str, part: str) -> str:
    """The expression for one result: parameter gradients are attributes of a cell."""
    if part in ("h_t", "dx", "dh_prev_t", "logits", "dh_0"):
        return part
    name, _, layer = part.partition("[")
    return f"model.rnn[{layer}.{name}" if layer else f"cell.{name}"


def array(name: str) -> str:
    """The expression for one input: the weights of the layers stand in one list of tuples."""
    kind, _, layer = name.partition("[")
    return f"rnn_weights[{layer}[{_WEIGHTS.index(kind)}]" if layer else name
