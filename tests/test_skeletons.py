"""What a handout prints and nobody has filled in is not attempted; what somebody has tried is judged."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grading import Grade, entry
from harness import source
from harness.assignments import registry

SOURCE = (Path(__file__).parent.parent / "reference_impls" / "cs231n" / "model.py").read_text()
CASES = 8

QUIZ10 = '''
import torch

def rnn_step_forward(x, prev_h, Wx, Wh, b):
    """Run the forward pass for a single timestep of a vanilla RNN."""
    next_h, cache = None, None
    # Replace "pass" statement with your code
    pass
    return next_h, cache

def rnn_step_backward(dnext_h, cache):
    dx, dprev_h, dWx, dWh, db = None, None, None, None, None
    pass
    return dx, dprev_h, dWx, dWh, db

def rnn_forward(x, h0, Wx, Wh, b):
    h, cache = None, None
    return h, cache

def rnn_backward(dh, cache):
    dx, dh0, dWx, dWh, db = None, None, None, None
    return dx, dh0, dWx, dWh, db
'''

LAYERS = """
import numpy as np

def word_embedding_forward(x, W):
    out, cache = None, None
    pass
    return out, cache

def word_embedding_backward(dout, cache):
    dW = None
    return dW

def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    next_h, next_c, cache = None, None, None
    return next_h, next_c, cache

def lstm_step_backward(dnext_h, dnext_c, cache):
    dx, dprev_h, dprev_c, dWx, dWh, db = None, None, None, None, None, None
    return dx, dprev_h, dprev_c, dWx, dWh, db

def lstm_forward(x, h0, Wx, Wh, b):
    h, cache = None, None
    return h, cache

def lstm_backward(dh, cache):
    dx, dh0, dWx, dWh, db = None, None, None, None, None
    return dx, dh0, dWx, dWh, db

def temporal_affine_forward(x, w, b):
    out, cache = None, None
    return out, cache

def temporal_affine_backward(dout, cache):
    raise NotImplementedError

def temporal_softmax_loss(x, y, mask, verbose=False):
    loss, dx = None, None
    return loss, dx
"""

CAPTIONING = '''
class CaptioningRNN(object):
    def __init__(self, word_to_idx, input_dim=512, wordvec_dim=128,
                 hidden_dim=128, cell_type='rnn', dtype=np.float32):
        self._null = word_to_idx['<NULL>']
        self.params = {}

    def loss(self, features, captions):
        """Compute training-time loss for the RNN."""
        # Cut captions into two pieces
        captions_in = captions[:, :-1]
        captions_out = captions[:, 1:]

        # You'll need this
        mask = (captions_out != self._null)

        W_proj, b_proj = self.params['W_proj'], self.params['b_proj']
        W_embed = self.params['W_embed']
        Wx, Wh, b = self.params['Wx'], self.params['Wh'], self.params['b']
        W_vocab, b_vocab = self.params['W_vocab'], self.params['b_vocab']

        loss, grads = 0.0, {}
        # *****START OF YOUR CODE (DO NOT DELETE/MODIFY THIS LINE)*****
        pass
        # *****END OF YOUR CODE (DO NOT DELETE/MODIFY THIS LINE)*****
        return loss, grads

    def sample(self, features, max_length=30):
        N = features.shape[0]
        captions = self._null * np.ones((N, max_length), dtype=np.int32)

        # Unpack parameters
        W_proj, b_proj = self.params['W_proj'], self.params['b_proj']
        W_embed = self.params['W_embed']
        Wx, Wh, b = self.params['Wx'], self.params['Wh'], self.params['b']
        W_vocab, b_vocab = self.params['W_vocab'], self.params['b_vocab']
        pass
        return captions
'''

CS187 = '''
import torch

def forward(input, dim, U, V, W):
    """Performs RNN forward computation of model defined by `U, V, W` on `input`, returning logits."""
    h0 = torch.zeros(dim, device=device)
    #TODO: your code below
    logits = ...
    return logits

def sequence_probability(seq, T):
    """Returns the probability of a sequence `seq` under a bigram table `T`."""
    ...
'''

LAB9 = """
import numpy as np

def rnn_forward(x, h0, U, W, V, b, c):
    raise NotImplementedError

def rnn_backward(dy, x, h, h0, U, W, V, b, c):
    return NotImplementedError

def mse_last_step(x, y_true, h0, U, W, V, b, c):
    # TODO
    return NotImplementedError()
"""

MYTORCH = '''
import numpy as np

class RNNCell:
    def __init__(self, input_size, hidden_size):
        self.dW_ih = 0

    def zero_grad(self):
        pass

    def forward(self, x, h_prev_t):
        h_t = None  # TODO
        return h_t

    def backward(self, delta, h, h_prev_l, h_prev_t):
        dz = None # TODO

        # 1) Compute the averaged gradients of the weights and biases
        self.dW_ih += None # TODO
        self.dW_hh += None # TODO
        self.db_ih += None # TODO
        self.db_hh += None # TODO

        # 2) Compute dx, dh_prev_t
        dx = None # TODO
        dh_prev_t = None # TODO
        return dx, dh_prev_t

class RNNPhonemeClassifier(object):
    """RNN Phoneme Classifier class."""

    def __init__(self, input_size, hidden_size, output_size, num_layers=2):
        self.hiddens = []

    def forward(self, x, h_0=None):
        batch_size, seq_len = x.shape[0], x.shape[1]
        if h_0 is None:
            hidden = np.zeros((self.num_layers, batch_size, self.hidden_size), dtype=float)
        else:
            hidden = h_0

        self.x = x
        self.hiddens.append(hidden.copy())
        logits = None

        # TODO

        raise NotImplementedError

    def backward(self, delta):
        batch_size, seq_len = self.x.shape[0], self.x.shape[1]
        dh = np.zeros((self.num_layers, batch_size, self.hidden_size), dtype=float)
        dh[-1] = self.output_layer.backward(delta)

        # TODO

        # return dh / batch_size
        raise NotImplementedError
'''
PRINTED = {
    "quiz10": QUIZ10,
    "cs231n": QUIZ10.replace("import torch", "") + LAYERS + CAPTIONING,
    "cs187": CS187,
    "lab9": LAB9,
    "mytorch": MYTORCH,
}


@pytest.mark.parametrize("assignment", PRINTED)
def test_nothing_of_an_unfilled_handout_was_attempted(assignment: str, grade_source: Grade) -> None:
    report = grade_source(PRINTED[assignment], assignment, cases=CASES)
    assert {e.name: e.status for e in report.entry_points if e.status != "not_attempted"} == {}
    assert len(report.entry_points) == len([e for e in registry.get(assignment).entry_points if not e.optional])
    assert report.score.earned == 0


def _not_attempted(text: str, assignment: str, name: str) -> bool:
    meant = registry.get(assignment)
    return source.not_attempted(source.parse(text), name, meant.skeleton(meant.entry_point(name)))


def test_the_raise_taken_out_of_a_skeleton_is_no_attempt() -> None:
    text = MYTORCH.replace("        raise NotImplementedError", "        return logits", 1)
    assert _not_attempted(text, "mytorch", "RNNPhonemeClassifier.forward")
    text = re.sub("# return dh / batch_size\n +raise NotImplementedError", "return dh / batch_size", MYTORCH)
    assert _not_attempted(text, "mytorch", "RNNPhonemeClassifier.backward")


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ("loss, grads = 0.0, {}", "loss, grads = 0.0, {}\n        h0 = features @ W_proj + b_proj", "loss"),
        ("loss, grads = 0.0, {}", "loss, grads = 1.0, {}", "loss"),
        ("return captions", "captions[:, 0] = self._start\n        return captions", "sample"),
        ("return captions", "return captions + 1", "sample"),
    ],
)
def test_one_statement_of_the_students_own_is_an_attempt(old: str, new: str, name: str) -> None:
    entry_point = f"CaptioningRNN.{name}"
    meant = registry.get("cs231n")
    skeleton = meant.skeleton(meant.entry_point(f"{entry_point}[rnn]"))
    assert source.not_attempted(source.parse(CAPTIONING), entry_point, skeleton)
    assert not source.not_attempted(source.parse(CAPTIONING.replace(old, new)), entry_point, skeleton)


def test_a_computation_that_ends_in_the_handouts_raise_was_attempted() -> None:
    loop = "for t in range(seq_len):\n            hidden = self.rnn[0](x[:, t], hidden)\n        raise"
    text = MYTORCH.replace("# TODO\n\n        raise", loop, 1)
    assert not _not_attempted(text, "mytorch", "RNNPhonemeClassifier.forward")


def _without_lstm() -> str:
    """The model solution, its LSTM still the handout's skeleton."""
    start, end = SOURCE.index("def lstm_step_forward"), SOURCE.index("def temporal_affine_forward")
    unfilled = LAYERS[LAYERS.index("def lstm_step_forward") : LAYERS.index("def temporal_affine_forward")]
    return SOURCE[:start] + unfilled.lstrip() + SOURCE[end:]


def test_a_model_on_layers_that_nobody_has_written_says_which(grade_source: Grade) -> None:
    report = grade_source(_without_lstm(), cases=CASES)
    parts = {e.name: e.status for e in report.entry_points if e.status != "pass"}
    lstm = ("lstm_step_forward", "lstm_step_backward", "lstm_forward", "lstm_backward")
    model = ("CaptioningRNN.loss[lstm]", "CaptioningRNN.sample[lstm]")
    assert parts == {**dict.fromkeys(lstm, "not_attempted"), **dict.fromkeys(model, "not_judged")}
    for name, culprit in zip(model, ("lstm_forward", "lstm_step_forward"), strict=True):
        assert f"{culprit}, which it is built on, is still the handout's skeleton" in entry(report, name).message
        assert entry(report, name).charged_to == culprit
