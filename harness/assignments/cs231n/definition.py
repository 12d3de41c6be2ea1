"""What autograd differentiates: the captioning assignment's forward passes as the handout defines them, in torch."""

from __future__ import annotations

import functools

import torch

from harness.assignments import vanilla_definition

Tensors = dict[str, torch.Tensor]


def word_embedding(given: Tensors) -> Tensors:
    """The row of W for every word."""
    return {"out": torch.nn.functional.embedding(given["x"], given["W"])}


def lstm_step(given: Tensors) -> Tensors:
    """Gates i, f, o and candidate g, in this order; c = f c + i g, h = o tanh(c)."""
    i, f, o, g = (given["x"] @ given["Wx"] + given["prev_h"] @ given["Wh"] + given["b"]).chunk(4, dim=1)
    cell = torch.sigmoid(f) * given["prev_c"] + torch.sigmoid(i) * torch.tanh(g)
    return {"next_h": torch.sigmoid(o) * torch.tanh(cell), "next_c": cell}


def lstm(given: Tensors) -> Tensors:
    """Hidden states of every step, from a cell state of zeros."""
    hidden, cell, states = given["h0"], torch.zeros_like(given["h0"]), []
    for x_t in given["x"].unbind(dim=1):
        step = lstm_step({**given, "x": x_t, "prev_h": hidden, "prev_c": cell})
        hidden, cell = step["next_h"], step["next_c"]
        states.append(hidden)
    return {"h": torch.stack(states, dim=1)}


def temporal_affine(given: Tensors) -> Tensors:
    """x_t w + b at every step."""
    return {"out": torch.nn.functional.linear(given["x"], given["w"].T, given["b"])}


def temporal_softmax(given: Tensors) -> Tensors:
    """Cross-entropy where the mask is True, summed over time, averaged over the batch."""
    logs = torch.log_softmax(given["x"], dim=2).gather(2, given["y"][:, :, None])[:, :, 0]
    return {"loss": -torch.where(given["mask"], logs, torch.zeros_like(logs)).sum() / given["x"].shape[0]}


RECURRENT = {"rnn": vanilla_definition.sequence, "lstm": lstm}


def captioning(given: Tensors, cell: str) -> Tensors:
    """The loss of predicting every next word of the captions that is not <NULL>."""
    words, targets = given["captions"][:, :-1], given["captions"][:, 1:]
    first = given["features"] @ given["W_proj"] + given["b_proj"]
    states = RECURRENT[cell]({**given, "x": given["W_embed"][words], "h0": first})["h"]
    scores = states @ given["W_vocab"] + given["b_vocab"]
    return temporal_softmax({"x": scores, "y": targets, "mask": targets != given["markers"][0]})


def sampling(given: Tensors, cell: str) -> Tensors:
    """The likeliest word after every word, from <START> on; <END> repeats itself."""
    hidden = given["features"] @ given["W_proj"] + given["b_proj"]
    state = {"prev_h": hidden, "prev_c": torch.zeros_like(hidden)}
    words = given["markers"][1].expand(len(hidden))
    ended, captions = torch.zeros(len(hidden), dtype=torch.bool), []
    step = vanilla_definition.step if cell == "rnn" else lstm_step
    for _ in range(int(given["max_length"])):
        result = step({**given, **state, "x": given["W_embed"][words]})
        state = {"prev_h": result["next_h"], "prev_c": result.get("next_c", hidden)}
        likeliest = (result["next_h"] @ given["W_vocab"] + given["b_vocab"]).argmax(dim=1)
        words = torch.where(ended, given["markers"][2], likeliest)
        ended = ended | (words == given["markers"][2])
        captions.append(words)
    return {"captions": torch.stack(captions, dim=1)}


FORWARDS = {
    **vanilla_definition.FORWARDS,
    "word_embedding": word_embedding,
    "lstm_step": lstm_step,
    "lstm": lstm,
    "temporal_affine": temporal_affine,
    "temporal_softmax": temporal_softmax,
    **{f"captioning_{cell}": functools.partial(captioning, cell=cell) for cell in RECURRENT},
    **{f"sampling_{cell}": functools.partial(sampling, cell=cell) for cell in RECURRENT},
}
