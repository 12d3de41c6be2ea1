"""What is expected of each small program in `submissions/`: right ones pass whatever their form, wrong ones fail."""

from __future__ import annotations

from dataclasses import dataclass, field

ALL_PASS = "pass"


@dataclass(frozen=True)
class Expected:
    """`statuses` of single entry points, by name; of all the others it is `others`. `says` stands in the report."""

    assignment: str
    others: str = ALL_PASS
    statuses: dict[str, str] = field(default_factory=dict)
    says: tuple[str, ...] = ()


def mytorch(*says: str, **statuses: str) -> Expected:
    """A MyTorch submission; statuses by `cell_forward`, `cell_backward`, `forward`, `backward`."""
    return Expected("mytorch", statuses={_MYTORCH[name]: status for name, status in statuses.items()}, says=says)


def cell(*says: str, **statuses: str) -> Expected:
    """The same of a submission with a cell alone."""
    return mytorch(*says, **{"forward": "missing", "backward": "missing", **statuses})


_MYTORCH = {
    "cell_forward": "RNNCell.forward",
    "cell_backward": "RNNCell.backward",
    "forward": "RNNPhonemeClassifier.forward",
    "backward": "RNNPhonemeClassifier.backward",
}

EXPECTED = {
    "mytorch_old_names": mytorch("RNNCell is called RNN_Cell here", "RNN_Phoneme_Classifier here"),
    "mytorch_no_init_weights": mytorch(
        "RNNCell.init_weights is not there: the weights were set as attributes",
        "RNNPhonemeClassifier.init_weights is not there",
    ),
    "mytorch_no_zero_grad": cell("RNNCell.zero_grad is not there", "there is no zero_grad()", cell_backward="fail"),
    "mytorch_device_dtype": cell("made with device='cpu'", "made with dtype='float64'"),
    "mytorch_called_not_forward": cell("RNNCell.forward is not there: the object itself was called"),
}
