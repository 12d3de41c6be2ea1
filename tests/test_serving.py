"""A worker's calls: random numbers are fixed for code that may draw them, and settings are looked at once a call."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from harness import wire
from harness.worker.inside import loading
from harness.worker.inside.arrays import Numpy
from harness.worker.inside.serving import _Server


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """What the calls here change, this process gets back."""
    numpys, pythons = np.random.get_state(), random.getstate()
    with np.errstate():
        yield
    np.random.set_state(numpys)
    random.setstate(pythons)


def _server(**operations: Callable[[], Any]) -> _Server:
    server = _Server(None, None, Numpy())  # type: ignore[arg-type]
    found = {name: lambda code, given, run=run: {"out": run()} for name, run in operations.items()}
    server.driver = SimpleNamespace(OPERATIONS=found)  # type: ignore[assignment]
    return server


def _called(server: _Server, operation: str, seed: int = 1, watch: bool = False) -> tuple[wire.Reply, list[float]]:
    reply, arrays = server._call(wire.Call(0, operation, (), seed, watch=watch), {})
    return reply, [float(a) for a in arrays]


@pytest.mark.parametrize(
    ("text", "draws"),
    [
        ("import numpy as np\ndef f(x):\n    return x + 1\n", (False, False)),
        ("import numpy as np\nnp.random.seed(231)\n", (True, False)),
        ("import numpy\nx = numpy.random.rand(3)\n", (True, False)),
        ("from numpy import random\n", (True, True)),
        ("import random as chance\n", (True, True)),
        ("from statistics import NormalDist\n", (False, True)),
    ],
)
def test_what_may_draw_random_numbers_is_read_from_the_text(
    text: str, draws: tuple[bool, bool], tmp_path: Path
) -> None:
    (tmp_path / "one.py").write_text(text)
    assert loading.draws(wire.Load(str(tmp_path), {"f": "one.py"}, "", "numpy")) == draws


def test_what_is_supplied_may_draw_too(tmp_path: Path) -> None:
    (tmp_path / "handed_in").mkdir()
    (tmp_path / "supplied.py").write_text("import random\n")
    supplied = {"base": str(tmp_path / "supplied.py")}
    request = wire.Load(str(tmp_path / "handed_in"), {}, "", "numpy", supplied=supplied)
    assert loading.draws(request) == (True, True)


def test_the_same_seed_gives_the_same_numbers_whatever_was_drawn_before() -> None:
    server = _server(pythons=random.random, numpys=np.random.rand)
    for operation in ("pythons", "numpys"):
        first = _called(server, operation, seed=5)[1]
        assert _called(server, operation, seed=6)[1] != first
        assert _called(server, operation, seed=5)[1] == first


def test_generators_nothing_draws_from_are_left_alone_unless_they_are_watched() -> None:
    server = _server(nothing=lambda: 1.0)
    server.draws = False, False
    before = random.getstate()
    _called(server, "nothing", seed=7)
    assert random.getstate() == before
    _called(server, "nothing", seed=7, watch=True)
    assert random.getstate() != before


def test_settings_are_blamed_on_the_call_that_changed_them() -> None:
    def raises() -> None:
        np.seterr(divide="ignore")
        raise ValueError

    server = _server(changes=lambda: np.seterr(over="raise")["over"] and 1.0, nothing=lambda: 1.0, raises=raises)
    blamed = [_called(server, name)[0] for name in ("nothing", "changes", "nothing", "raises", "nothing")]
    assert [getattr(reply, "left", None) for reply in blamed] == [(), ("numpy_errors",), (), None, ()]
