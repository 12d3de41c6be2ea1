"""Notebooks as submissions: cells run in order, none hides the others, and checks keep the variables asked for."""

from __future__ import annotations

import numpy as np
import pytest

from harness import wire
from harness.assignments.contract import Limits
from harness.worker.session import Result, Session

DRIVER = "driver_of_checks"
WANTED = {"by_hand": ("h", "U"), "other": ("h",)}


def _loaded(files: dict[str, bytes], library: str = "numpy", **more: object) -> Session:
    session = Session(files, library, [DRIVER], Limits())
    session.wait_until_ready()
    entries = {"rnn": next(iter(files))}
    request = wire.Load(str(session.root), entries, DRIVER, library, snapshots=WANTED, **more)  # type: ignore[arg-type]
    session.loaded = session.load(request)  # type: ignore[attr-defined]
    return session


def _ask(session: Session, operation: str) -> object:
    return next(session.run([(wire.Call(0, operation, ()), [])]))


NUMPY = """
import numpy as np
{imports}
def rnn(): pass
h, U = 1.5, np.ones((2, 2))
grader.check("by_hand").anything[0]()
h = 2.5
grader.check("by_hand")
U += 1
h = 3
grader.check("unasked"); grader.check_all(); grader.export("x.zip")
"""


@pytest.mark.parametrize("imports", ["", "import otter\ngrader = otter.Notebook('lab.ipynb')"])
def test_a_check_keeps_copies_of_the_variables_asked_for_and_the_latest_call_counts(imports: str) -> None:
    with _loaded({"lab.py": NUMPY.format(imports=imports).encode()}) as session:
        assert session.loaded == wire.Loaded({}, ("rnn",), snapshots=("by_hand",))  # type: ignore[attr-defined]
        kept = _ask(session, "kept")
    assert isinstance(kept, Result)
    assert kept.arrays["h"] == 2.5
    assert np.array_equal(kept.arrays["U"], np.ones((2, 2)))


def test_tensors_are_kept_apart_from_their_graph() -> None:
    code = "U = torch.ones(2, requires_grad=True)\nh = U * 2\ngrader.check('by_hand')\nh += 1"
    with _loaded({"lab.py": f"import torch\ndef rnn(): pass\n{code}".encode()}, "torch") as session:
        kept = _ask(session, "kept")
    assert isinstance(kept, Result)
    assert kept.arrays["h"].tolist() == [2.0, 2.0]


def test_a_check_never_called_and_a_variable_that_is_not_there_are_told() -> None:
    with _loaded({"lab.py": b"def rnn(): pass"}) as session:
        never = _ask(session, "kept")
    assert isinstance(never, wire.Failure)
    assert never.message == "grader.check('by_hand') is needed here, and the submission never calls it"
    with _loaded({"lab.py": b"def rnn(): pass\ngrader.check('by_hand')"}) as session:
        absent = _ask(session, "absent")
    assert isinstance(absent, wire.Failure)
    assert absent.message == "o is not defined where grader.check('by_hand') is called"
