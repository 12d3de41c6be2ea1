"""How a pasted program calls the lab's functions."""

from __future__ import annotations

SUPPLIED = ""
NEEDS = {name: (name,) for name in ("forward", "sequence_probability", "bigram_rnn", "dL_dU")}
CALLS: dict[str, tuple[str, ...]] = {
    "forward": ("logits = forward(input, U.shape[0], U, V, W)",),
    "sequence_probability": ("probability = sequence_probability(seq, T)",),
    "bigram_rnn": (
        "U, V, W = bigram_rnn(T)",
        "h, o = 0 * (U @ seq[0]), []",
        "for x in seq:",
        "    h = U @ x + V @ h",
        "    o.append(W @ h)",
    ),
    "dL_dU": ("dU = dL_dU(U, V, W, xs, h0)",),
}

VALUES = {
    "tiny_bigram_RNN": (
        "U, V, W = (m.to(torch.float64) for m in (U, V, W))",
        "words = torch.eye(len(T), dtype=torch.float64)",
        "h, o = 0 * (U @ words[0]), []",
        "for x in torch.cat([words, words.flip(0)]):  # every word, and once more in the other order",
        "    h = U @ x + V @ h",
        "    o.append(W @ h)",
    ),
}
"""What becomes of a notebook's variables, where it is not they that are judged."""


def arguments(literals: dict[str, str]) -> list[str]:
    """One assignment an input; the inputs of a sequence as a list of vectors where they were passed so."""
    as_list = "True" in literals.get("as_list", "")
    lines = ["torch.set_default_dtype(torch.float64)"]
    for name, value in literals.items():
        if name != "as_list":
            lines.append(f"{name} = {f'list({value})' if name == 'input' and as_list else value}")
    return lines


def result(entry_point: str, part: str) -> str:
    """The expression for one result."""
    return "torch.stack(o)" if part == "o" else part
