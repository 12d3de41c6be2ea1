"""Model solutions agree with PyTorch's own RNN modules, and every right formulation agrees with the model solutions."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from formulations.running import Arrays, arguments, defined, model, module_of, run
from harness.assignments import registry
from harness.assignments.contract import EntryPoint
from harness.audit.mutating import mutants
from harness.cases.case import Case
from harness.worker.inside.stand_ins import StandIns

IDS = tuple(a.id for a in registry.every())
FORMULATIONS = Path(__file__).resolve().parent / "formulations"
FILES = sorted(FORMULATIONS.glob("*/*.py"))
LEAST = 8
CLOSE = {"float64": 1e-12, "float32": 2e-5}
"""Agreement asked on ordinary cases, relative to a tensor's largest element (and to one)."""
SUPPORT = Path(registry.__file__).parent
PACKAGES = {"mytorch", "mytorch.nn", "nn"}
SIZES = ("NTDHOL", [(1, 1, 1, 1, 1, 1), (2, 1, 3, 1, 1, 2), (1, 5, 1, 3, 2, 1), (4, 3, 2, 5, 3, 3), (3, 4, 5, 2, 6, 5)])


def _close(one: Any, other: Any, dtype: str) -> bool:
    one, other = np.asarray(one), np.asarray(other)
    return one.shape == other.shape and bool(
        np.all(np.abs(one - other) <= CLOSE[dtype] * max(1.0, float(np.max(np.abs(other), initial=0.0))))
    )


# --- model solutions against torch.nn --------------------------------------------------------------------------------


def _leaf(rng: np.random.Generator, *shape: int) -> torch.Tensor:
    return torch.from_numpy(rng.standard_normal(shape)).requires_grad_()


def _module(kind: Any, weights: dict[str, torch.Tensor], *sizes: int, **options: Any) -> Any:
    """A module of torch.nn that computes with these leaves as its parameters."""
    built = kind(*sizes, dtype=torch.float64, **options)

    def call(*inputs: torch.Tensor) -> Any:
        return torch.func.functional_call(built, weights, inputs)

    return call


@pytest.mark.parametrize("sizes", SIZES[1])
@pytest.mark.parametrize("assignment", ["quiz10", "cs231n"])
def test_the_vanilla_model_is_torchs_rnn(assignment: str, sizes: tuple[int, ...]) -> None:
    N, T, D, H = sizes[:4]
    rng = np.random.default_rng(sum(sizes))
    x, h0, Wx, Wh, b = (_leaf(rng, *shape) for shape in ((N, T, D), (N, H), (D, H), (H, H), (H,)))
    dh = torch.from_numpy(rng.standard_normal((N, T, H)))
    weights = {"weight_ih_l0": Wx.T, "weight_hh_l0": Wh.T, "bias_ih_l0": b, "bias_hh_l0": torch.zeros_like(b)}
    h, _ = _module(torch.nn.RNN, weights, D, H, batch_first=True)(x, h0[None])
    wanted = [h, *torch.autograd.grad(h, (x, h0, Wx, Wh, b), dh)]
    code, given = model(assignment), [t.detach() for t in (x, h0, Wx, Wh, b, dh)]
    if assignment == "cs231n":
        given = [t.numpy() for t in given]
    states, cache = code.rnn_forward(*given[:5])
    found = [states, *code.rnn_backward(given[5], cache)]
    assert all(_close(f, w.detach().numpy(), "float64") for f, w in zip(found, wanted, strict=True))


@pytest.mark.parametrize("sizes", SIZES[1])
@pytest.mark.parametrize("assignment", ["quiz10", "cs231n"])
def test_the_vanilla_step_is_torchs_cell(assignment: str, sizes: tuple[int, ...]) -> None:
    N, _, D, H = sizes[:4]
    rng = np.random.default_rng(sum(sizes))
    x, h0, Wx, Wh, b = (_leaf(rng, *shape) for shape in ((N, D), (N, H), (D, H), (H, H), (H,)))
    dh = torch.from_numpy(rng.standard_normal((N, H)))
    weights = {"weight_ih": Wx.T, "weight_hh": Wh.T, "bias_ih": b, "bias_hh": torch.zeros_like(b)}
    h = _module(torch.nn.RNNCell, weights, D, H)(x, h0)
    wanted = [h, *torch.autograd.grad(h, (x, h0, Wx, Wh, b), dh)]
    code, given = model(assignment), [t.detach() for t in (x, h0, Wx, Wh, b, dh)]
    if assignment == "cs231n":
        given = [t.numpy() for t in given]
    state, cache = code.rnn_step_forward(*given[:5])
    found = [state, *code.rnn_step_backward(given[5], cache)]
    assert all(_close(f, w.detach().numpy(), "float64") for f, w in zip(found, wanted, strict=True))


@pytest.mark.parametrize("sizes", SIZES[1])
def test_the_lstm_model_is_torchs_lstm(sizes: tuple[int, ...]) -> None:
    """PyTorch's gates stand in the order i, f, g, o."""
    N, T, D, H = sizes[:4]
    rng = np.random.default_rng(sum(sizes))
    x, h0, Wx, Wh, b = (_leaf(rng, *shape) for shape in ((N, T, D), (N, H), (D, 4 * H), (H, 4 * H), (4 * H,)))
    dh = torch.from_numpy(rng.standard_normal((N, T, H)))
    order = [k * H + j for k in (0, 1, 3, 2) for j in range(H)]
    weights = {"weight_ih_l0": Wx.T[order], "weight_hh_l0": Wh.T[order], "bias_ih_l0": b[order]}
    weights["bias_hh_l0"] = torch.zeros_like(b)
    lstm = torch.nn.LSTM(D, H, batch_first=True, dtype=torch.float64)
    h, _ = torch.func.functional_call(lstm, weights, (x, (h0[None], torch.zeros_like(h0)[None])))
    wanted = [h, *torch.autograd.grad(h, (x, h0, Wx, Wh, b), dh)]
    states, cache = model("cs231n").lstm_forward(*(t.detach().numpy() for t in (x, h0, Wx, Wh, b)))
    found = [states, *model("cs231n").lstm_backward(dh.numpy(), cache)]
    assert all(_close(f, w.detach().numpy(), "float64") for f, w in zip(found, wanted, strict=True))


@pytest.mark.parametrize("sizes", SIZES[1])
def test_the_gru_model_is_torchs_gru(sizes: tuple[int, ...]) -> None:
    N, T, D, H = sizes[:4]
    rng = np.random.default_rng(sum(sizes))
    leaves = [_leaf(rng, *shape) for shape in ((N, T, D), (N, H), (D, 3 * H), (H, 3 * H), (3 * H,), (3 * H,))]
    x, h0, Wx, Wh, bx, bh = leaves
    dh = torch.from_numpy(rng.standard_normal((N, T, H)))
    weights = {"weight_ih_l0": Wx.T, "weight_hh_l0": Wh.T, "bias_ih_l0": bx, "bias_hh_l0": bh}
    h, _ = _module(torch.nn.GRU, weights, D, H, batch_first=True)(x, h0[None])
    wanted = [h, *torch.autograd.grad(h, leaves, dh)]
    states, cache = model("gru").gru_forward(*map(_np, leaves))
    found = [states, *model("gru").gru_backward(dh.numpy(), cache)]
    assert all(_close(f, _np(w), "float64") for f, w in zip(found, wanted, strict=True))


@pytest.mark.parametrize("with_state", [True, False])
@pytest.mark.parametrize("sizes", SIZES[1])
def test_the_classifier_is_torchs_stacked_rnn(sizes: tuple[int, ...], with_state: bool) -> None:
    N, T, D, H, O, L = sizes
    rng = np.random.default_rng(sum(sizes))
    x, delta = _leaf(rng, N, T, D), rng.standard_normal((N, O))
    h_0 = _leaf(rng, L, N, H) if with_state else torch.zeros((L, N, H), dtype=torch.float64, requires_grad=True)
    layers = [tuple(_leaf(rng, *s) for s in ((H, H if i else D), (H, H), (H,), (H,))) for i in range(L)]
    W, b = _leaf(rng, O, H), _leaf(rng, O)
    names = ("weight_ih_l{}", "weight_hh_l{}", "bias_ih_l{}", "bias_hh_l{}")
    weights = {name.format(i): w for i, layer in enumerate(layers) for name, w in zip(names, layer, strict=True)}
    h, _ = _module(torch.nn.RNN, weights, D, H, L, batch_first=True)(x, h_0)
    logits = h[:, -1] @ W.T + b
    flat = [w for layer in layers for w in layer]
    wanted = [g / N for g in torch.autograd.grad(logits, (h_0, *flat), torch.from_numpy(delta))]

    network = model("mytorch").RNNPhonemeClassifier(D, H, O, L)
    network.init_weights([tuple(w.detach().numpy() for w in layer) for layer in layers], (_np(W), _np(b)))
    for cell in network.rnn:
        cell.zero_grad()
    assert _close(network(_np(x), _np(h_0) if with_state else None), _np(logits), "float64")
    dh_0 = network.backward(delta)
    gradients = [getattr(c, "d" + name) for c in network.rnn for name in ("W_ih", "W_hh", "b_ih", "b_hh")]
    assert all(_close(f, _np(w), "float64") for f, w in zip([dh_0, *gradients], wanted, strict=True))


@pytest.mark.parametrize("sizes", SIZES[1])
def test_the_cell_is_torchs_cell(sizes: tuple[int, ...]) -> None:
    N, _, D, H = sizes[:4]
    rng = np.random.default_rng(sum(sizes))
    x, before, delta = _leaf(rng, N, D), _leaf(rng, N, H), rng.standard_normal((N, H))
    weights = [_leaf(rng, *s) for s in ((H, D), (H, H), (H,), (H,))]
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    h = _module(torch.nn.RNNCell, dict(zip(names, weights, strict=True)), D, H)(x, before)
    gradients = torch.autograd.grad(h, (x, before, *weights), torch.from_numpy(delta))
    wanted = [*gradients[:2], *(g / N for g in gradients[2:])]

    cell = model("mytorch").RNNCell(D, H)
    cell.init_weights(*map(_np, weights))
    cell.zero_grad()
    h_t = cell.forward(_np(x), _np(before))
    assert _close(h_t, _np(h), "float64")
    found = [*cell.backward(delta, h_t, _np(x), _np(before)), cell.dW_ih, cell.dW_hh, cell.db_ih, cell.db_hh]
    assert all(_close(f, _np(w), "float64") for f, w in zip(found, wanted, strict=True))


@pytest.mark.parametrize("sizes", SIZES[1])
def test_the_regression_rnn_is_torchs_rnn_with_a_linear_layer(sizes: tuple[int, ...]) -> None:
    _, T, D, H, O, _ = sizes
    rng = np.random.default_rng(sum(sizes))
    shapes = ((T, D), (H,), (H, D), (H, H), (O, H), (H,), (O,))
    leaves = x, h0, U, W, V, b, c = [_leaf(rng, *shape) for shape in shapes]
    dy, y_true = rng.standard_normal((T, O)), rng.standard_normal(1)
    weights = {"weight_ih_l0": U, "weight_hh_l0": W, "bias_ih_l0": b, "bias_hh_l0": torch.zeros_like(b)}
    h, _ = _module(torch.nn.RNN, weights, D, H)(x, h0[None])
    y, names = torch.nn.functional.linear(h, V, c), ("dx", "dh0", "dU", "dW", "dV", "db", "dc")
    code, given = model("lab9"), [_np(leaf) for leaf in leaves]
    assert all(_close(f, _np(w), "float64") for f, w in zip(code.rnn_forward(*given), (y, h), strict=True))

    wanted = torch.autograd.grad(y, leaves, torch.from_numpy(dy), retain_graph=True)
    found = code.rnn_backward(dy, given[0], _np(h), *given[1:])
    assert all(_close(found[name], _np(w), "float64") for name, w in zip(names, wanted, strict=True))

    loss = torch.nn.functional.mse_loss(y[-1, :1], torch.from_numpy(y_true))  # a network with the first output only
    gradients = dict(zip(names, map(_np, torch.autograd.grad(loss, leaves)), strict=True))
    gradients |= {name: gradients[name][:1] for name in ("dV", "dc")}
    x_, h0_, U_, W_, V_, b_, c_ = given
    mine, found = code.mse_last_step(x_, y_true, h0_, U_, W_, V_[:1], b_, c_[:1])
    assert _close(mine, _np(loss), "float64")
    assert all(_close(found[name], gradients[name], "float64") for name in names)


def _np(tensor: torch.Tensor) -> Any:
    return tensor.detach().numpy()


# --- right formulations against the model solutions ------------------------------------------------------------------


@pytest.fixture
def supplied() -> Iterator[None]:
    """Linear and the activations of earlier homework can be imported, by any of their names, as in a worker."""
    assignment = registry.get("mytorch")
    files = {name: str(SUPPORT / "mytorch" / "support" / file) for name, file in assignment.supplied.items()}
    finder, before = StandIns({}, files, PACKAGES, (), ""), set(sys.modules)
    sys.meta_path.append(finder)
    yield
    sys.meta_path.remove(finder)
    for name in set(sys.modules) - before:
        if name.split(".")[0] in ("mytorch", "nn", *files):
            del sys.modules[name]


def _cases(entry: EntryPoint, assignment: str, dtype: str) -> list[Case]:
    """Ten cases: the smallest shapes, and random ones."""
    group = registry.get(assignment).group(entry.group)
    rng = np.random.default_rng(11)
    dims = [dict(p) for p in group.pinned[:3]]
    dims += [{d: int(rng.integers(low, high + 1)) for d, (low, high) in group.dims.items()} for _ in range(7)]
    optional = any(i.optional for i in group.inputs)
    states = ["random", "absent" if optional else "zero"] * 5
    return [Case(dims=d, state=s, seed=n, dtype=dtype) for n, (d, s) in enumerate(zip(dims, states, strict=True))]


def _loaded(path: Path) -> ModuleType:
    prelude = registry.get(path.parent.name).prelude
    around = (SUPPORT / path.parent.name / "support" / prelude).read_text(encoding="utf-8") if prelude else ""
    return module_of(f"{around}\n{path.read_text(encoding='utf-8')}", path.stem)


def _disagreements(path: Path, code: ModuleType, dtype: str) -> list[tuple[str, Any]]:
    assignment, found = path.parent.name, []
    for entry in defined(path, registry.get(assignment)):
        for case in _cases(entry, assignment, dtype):
            right, mine = run(assignment, model(assignment), entry, case), run(assignment, code, entry, case)
            assert right is not None
            optional = {f"{entry.name}: {t.name}" for t in entry.tensors if t.optional} - (mine or {}).keys()
            right = {name: array for name, array in right.items() if name not in optional}
            if not _agree(right, mine, dtype, keeps_dtype=dtype in registry.get(assignment).dtypes):
                found.append((entry.name, case))
    return found


def _agree(right: Arrays, mine: Arrays | None, dtype: str, keeps_dtype: bool) -> bool:
    return (
        mine is not None
        and mine.keys() == right.keys()
        and all(_close(mine[name], right[name], dtype) for name in right)
        and (not keeps_dtype or all(mine[name].dtype == dtype or right[name].dtype.kind == "i" for name in right))
    )


@pytest.mark.usefixtures("supplied")
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_a_formulation_agrees_with_the_model(path: Path, dtype: str) -> None:
    assert _disagreements(path, _loaded(path), dtype) == []


@pytest.mark.usefixtures("supplied")
@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_a_formulation_leaves_its_inputs_alone(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, assignment = _loaded(path), path.parent.name
    handed_out: list[Arrays] = []
    monkeypatch.setattr(
        "formulations.running.arguments", lambda *given: handed_out.append(arguments(*given)) or handed_out[-1]
    )
    for entry in defined(path, registry.get(assignment)):
        for case in _cases(entry, assignment, "float64")[3:6]:
            handed_out.clear()
            assert run(assignment, code, entry, case) is not None
            fresh = arguments(assignment, entry, case)
            assert handed_out
            for arrays in handed_out:
                assert all(np.array_equal(arrays[name], fresh[name]) for name in fresh), (entry.name, case)


@pytest.mark.parametrize("assignment", IDS)
def test_a_wrong_formulation_is_seen(assignment: str) -> None:
    path = sorted((FORMULATIONS / assignment).glob("*.py"))[0]
    source = path.read_text(encoding="utf-8").replace("mytorch.nn.linear", "harness.assignments.mytorch.support.linear")
    assert not _disagreements(path, module_of(source, "right"), "float64")
    tried = (module_of(mutant.source, mutant.id) for mutant in mutants(source)[:8])
    assert any(_disagreements(path, code, "float64") for code in tried)


@pytest.mark.parametrize("assignment", IDS)
def test_there_are_enough_formulations(assignment: str) -> None:
    assert len([path for path in FILES if path.parent.name == assignment]) >= LEAST
