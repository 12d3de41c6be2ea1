"""How the lab's functions are called; knows no answer."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from harness.worker.inside.driving import Code, Inputs, Operation, Outputs, WrongResult, take


def forward(code: Code, given: Inputs) -> Outputs:
    """Call `forward` with a tensor, as its docstring says, or with a list of vectors, as the handout calls it."""
    xs = list(given["input"]) if given["as_list"] else given["input"]
    return {"logits": code.forward(xs, given["input"].shape[1], given["U"], given["V"], given["W"])}


def sequence_probability(code: Code, given: Inputs) -> Outputs:
    """Call `sequence_probability`."""
    return {"probability": _single(code.sequence_probability(given["seq"], given["T"]))}


def bigram_rnn(code: Code, given: Inputs) -> Outputs:
    """Build the RNN with `bigram_rnn` and run it: h_t = U x_t + V h_{t-1}, h_0 = 0, o_t = W h_t."""
    seq = given["seq"]
    made = take(code.bigram_rnn(given["T"]), "bigram_rnn", "U", "V", "W")
    U, V, W = (m.to(seq.dtype) if hasattr(m, "to") else m for m in made)
    h, outputs = 0 * (U @ seq[0]), 0 * seq
    for t in range(len(seq)):
        h = U @ seq[t] + V @ h
        o_t = W @ h
        if tuple(o_t.shape) != tuple(seq[t].shape):
            expected = f"expected {tuple(seq[t].shape)}: one probability a word"
            raise WrongResult(f"with these U, V and W an output has shape {tuple(o_t.shape)}; {expected}")
        outputs[t] = o_t
    return {"o": outputs}


def dL_dU(code: Code, given: Inputs) -> Outputs:
    """Call `dL_dU`, whose arguments have no form in the handout: the first form it can take counts."""
    failed: Exception | None = None
    for arguments in _forms(given):
        try:
            return {"dU": _single(code.dL_dU(*arguments))}
        except UNFIT as error:
            failed = failed or error
    assert failed is not None
    raise failed


UNFIT = (AttributeError, IndexError, RuntimeError, TypeError, ValueError)
"""What code raises that was written for another form of its arguments."""


def _forms(given: Inputs) -> Iterator[tuple[Any, ...]]:
    """Single numbers and a tensor of them; a list of them; tensors of one element, as the handout prints them."""
    U, V, W, xs, h0 = (given[name] for name in ("U", "V", "W", "xs", "h0"))
    yield U, V, W, xs, h0
    if hasattr(xs, "detach"):
        U, V, W, xs, h0 = (part.detach().clone() for part in (U, V, W, xs, h0))
        yield U, V, W, list(xs), h0
        U, V, W, xs, h0 = (part.detach().clone() for part in (U, V, W, xs, h0))
        yield U.reshape(1), V.reshape(1), W.reshape(1), [x.reshape(1) for x in xs], h0.reshape(1)


def _single(result: Any) -> Any:
    """A tensor of one element as the number it holds; anything else as it is."""
    shape = tuple(getattr(result, "shape", ()))
    return result.reshape(()) if shape and all(size == 1 for size in shape) else result


@contextmanager
def _default_dtype(dtype: Any) -> Iterator[None]:
    """What torch makes without being told a dtype gets that of the inputs, as in the notebook."""
    torch = sys.modules.get("torch")
    if torch is None or not isinstance(dtype, torch.dtype):
        yield
        return
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        yield
    finally:
        if torch.get_default_dtype() is dtype:  # else the student's code has set another one, which is to be seen
            torch.set_default_dtype(before)


def _in_dtype_of(name: str, operation: Operation) -> Operation:
    def called(code: Code, given: Inputs) -> Outputs:
        with _default_dtype(given[name].dtype):
            return operation(code, given)

    return called


_CALLS: dict[str, tuple[str, Callable[[Code, Inputs], Outputs]]] = {
    "forward": ("input", forward),
    "sequence_probability": ("T", sequence_probability),
    "bigram_rnn": ("T", bigram_rnn),
    "dL_dU": ("xs", dL_dU),
}


def _snapshot(check: str) -> Operation:
    """The notebook's variables as they were where it calls this check."""
    return lambda code, given: dict(code.snapshot(check))


OPERATIONS: dict[str, Operation] = {
    **{name: _in_dtype_of(of, call) for name, (of, call) in _CALLS.items()},
    **{check: _snapshot(check) for check in ("forward_by_hand", "tiny_bigram_RNN", "automatic_diff")},
}
