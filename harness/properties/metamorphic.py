"""Claims about several runs of one entry point, which every right implementation satisfies without an answer key.

Each is a generator: it yields the runs it needs, is sent their results, and returns claims that two arrays are equal.
Its docstring is the title a student reads. What is allowed for comes from the bound of the case it starts from: the
runs are made of parts of that case's numbers, whose bounds are no larger.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import Any

import msgspec
import numpy as np

from harness.assignments.contract import EntryPoint, Group, Tensor, part_names

Array = np.ndarray[Any, Any]
Arrays = dict[str, Array]


class Claim(msgspec.Struct, frozen=True):
    """`left` equals `right` within `allowed`, which is about the tensor called `tensor`."""

    tensor: str
    left: Array
    right: Array
    allowed: Array


class Run(msgspec.Struct, frozen=True):
    """One more run of the entry point: its inputs, and the driver's variant (`""`, or `/chained`)."""

    arrays: Arrays
    variant: str = ""


Steps = Generator[list[Run], list[Arrays], list[Claim]]


class Start(msgspec.Struct, frozen=True):
    """The case a property starts from: its inputs, what came of it, what rounding allows, and the dimensions' names.

    `forward` holds what the submission's own forward function returned on these inputs.
    """

    entry: EntryPoint
    group: Group
    sizes: dict[str, int]
    inputs: Arrays
    results: Arrays
    allowed: Arrays
    axes: dict[str, tuple[str, ...]]
    forward: Arrays = {}

    @property
    def gradients(self) -> list[Tensor]:
        """Tensors that are gradients."""
        return [t for t in self.entry.tensors if t.wrt]

    @property
    def upstream(self) -> Arrays:
        """The upstream gradients."""
        return {name: self.inputs[name] for name in self.group.upstream}

    def parts(self, tensor: Tensor) -> tuple[str, ...]:
        """Names of the arrays that make up a tensor."""
        return part_names(tensor.name, tensor.per_layer, self.sizes)

    def axis(self, name: str, dim: str) -> int | None:
        """Which axis of an input or result is the dimension `dim`."""
        dims = self.axes[name.partition("[")[0]]
        return dims.index(dim) if dim in dims else None

    def along(self, dim: str, change: Callable[[Array, int], Array]) -> Arrays:
        """The inputs, those that have the dimension changed along it."""
        axes = {name: self.axis(name, dim) for name in self.inputs}
        return {n: a if axes[n] is None else change(a, axes[n] or 0) for n, a in self.inputs.items()}

    def claims(self, pairs: Callable[[Tensor, str], tuple[Array, Array, float] | None]) -> list[Claim]:
        """A claim for every part of every tensor for which `pairs` gives two arrays and a multiple of the bound."""
        found = []
        for tensor in self.entry.tensors:
            for part in self.parts(tensor):
                pair = pairs(tensor, part)
                if pair is not None:
                    found.append(Claim(tensor.name, pair[0], pair[1], pair[2] * self._bound(part, pair[0])))
        return found

    def _bound(self, part: str, like: Array) -> Array:
        """The bound of each element, or the largest one where the array has another shape."""
        allowed = self.allowed[part]
        return allowed if allowed.shape == like.shape else np.full(like.shape, float(np.max(allowed, initial=0.0)))


def adds_up(start: Start) -> Steps:
    """is linear in the upstream gradient: what two parts of it give adds up to what the whole gives"""
    split = {name: (a, np.arange(a.size).reshape(a.shape) % 2 == 0) for name, a in start.upstream.items()}
    even = {name: np.where(chosen, a, 0.0).astype(a.dtype) for name, (a, chosen) in split.items()}
    odd = {name: np.where(chosen, 0.0, a).astype(a.dtype) for name, (a, chosen) in split.items()}
    one, other = yield [Run({**start.inputs, **even}), Run({**start.inputs, **odd})]
    return start.claims(lambda t, p: (one[p] + other[p], start.results[p], 3.0) if t.wrt else None)


def scales(start: Start) -> Steps:
    """is linear in the upstream gradient: 1024 times the upstream gradient gives 1024 times the result"""
    factor = 1024.0
    (large,) = yield [Run({**start.inputs, **{n: a * a.dtype.type(factor) for n, a in start.upstream.items()}})]
    return start.claims(lambda t, p: (large[p] / factor, start.results[p], 2.0) if t.wrt else None)


def zero_gives_zero(start: Start) -> Steps:
    """gives zero for an upstream gradient of zero"""
    (none,) = yield [Run({**start.inputs, **{name: np.zeros_like(a) for name, a in start.upstream.items()}})]
    return start.claims(lambda t, p: (none[p], np.zeros(none[p].shape), 0.0) if t.wrt else None)


def order_of_samples(start: Start) -> Steps:
    """does not depend on the order of the samples in the batch"""
    (turned,) = yield [Run(start.along("N", lambda a, axis: np.flip(a, axis)))]

    def pair(tensor: Tensor, part: str) -> tuple[Array, Array, float]:
        axis, result = start.axis(tensor.name, "N"), turned[part]
        return (result if axis is None else np.flip(result, axis)), start.results[part], 2.0

    return start.claims(pair)


def samples_one_by_one(start: Start) -> Steps:
    """treats every sample of the batch by itself: one sample a time gives the same"""
    count = start.sizes["N"]
    single = yield [Run(start.along("N", lambda a, axis, n=n: np.take(a, [n], axis))) for n in range(count)]  # type: ignore[misc]

    def pair(tensor: Tensor, part: str) -> tuple[Array, Array, float]:
        axis, results = start.axis(tensor.name, "N"), [run[part] for run in single]
        if axis is None:
            whole = sum(results[1:], results[0]) / (count if tensor.reduction == "mean" else 1)
            return whole, start.results[part], 2.0 * count
        # divided by the size of the batch, one sample's share is larger when it stands alone
        share = count if tensor.reduction == "mean" else 1
        return np.concatenate(results, axis) / share, start.results[part], 2.0 * count

    return start.claims(pair)


def batch_twice(start: Start) -> Steps:
    """sums or averages over the batch as the handout asks: every sample twice gives twice the sum, and the same mean"""
    (double,) = yield [Run(start.along("N", lambda a, axis: np.concatenate([a, a], axis)))]

    def pair(tensor: Tensor, part: str) -> tuple[Array, Array, float] | None:
        axis, result = start.axis(tensor.name, "N"), start.results[part]
        if axis is not None:
            halved = result / 2 if tensor.reduction == "mean" else result
            return double[part], np.concatenate([halved, halved], axis), 2.0
        return double[part], result * (1.0 if tensor.reduction == "mean" else 2.0), 8.0

    return start.claims(pair)


def no_later_steps(start: Start) -> Steps:
    """lets an upstream gradient reach no later step: inputs after it have no influence on it"""
    step = start.sizes["T"] // 2
    early = {}
    for name, a in start.upstream.items():
        axis = start.axis(name, "T")
        early[name] = a if axis is None else np.where(_steps(a, axis) <= step, a, 0.0).astype(a.dtype)
    (run,) = yield [Run({**start.inputs, **early})]

    def pair(tensor: Tensor, part: str) -> tuple[Array, Array, float] | None:
        axis = start.axis(tensor.name, "T")
        if axis is None or not tensor.wrt:
            return None
        late = np.take(run[part], range(step + 1, start.sizes["T"]), axis)
        return late, np.zeros(late.shape), 0.0

    return start.claims(pair)


def no_earlier_steps(start: Start) -> Steps:
    """looks at no later step: other inputs from some step on leave the steps before as they were"""
    step = start.sizes["T"] // 2
    moved = start.along("T", lambda a, axis: np.where(_steps(a, axis) >= step, a * 0.5 + 0.25, a).astype(a.dtype))
    (run,) = yield [Run(moved)]

    def pair(tensor: Tensor, part: str) -> tuple[Array, Array, float] | None:
        axis = start.axis(tensor.name, "T")
        if axis is None:
            return None
        early = [np.take(r, range(step), axis) for r in (run[part], start.results[part])]
        return early[0], early[1], 2.0

    return start.claims(pair)


def two_halves(start: Start) -> Steps:
    """can be run in two halves, the second from the state the first ends in, its gradient carried back to the first"""
    state, states = start.group.carried or ("", "")
    middle = start.sizes["T"] // 2
    (upstream,) = start.group.upstream
    first = start.along("T", lambda a, axis: np.take(a, range(middle), axis))
    second = start.along("T", lambda a, axis: np.take(a, range(middle, start.sizes["T"]), axis))
    between = start.forward[states][:, middle - 1].astype(start.inputs[state].dtype)
    (late,) = yield [Run({**second, state: between})]
    gradients = {t.wrt: t.name for t in start.gradients}
    carried = first[upstream].copy()
    carried[:, -1] += late[gradients[state]]
    (early,) = yield [Run({**first, upstream: carried})]

    def pair(tensor: Tensor, part: str) -> tuple[Array, Array, float]:
        axis = start.axis(tensor.name, "T")
        if tensor.wrt == state:
            return early[part], start.results[part], 4.0
        both = early[part] + late[part] if axis is None else np.concatenate([early[part], late[part]], axis)
        return both, start.results[part], 4.0

    return start.claims(pair)


def roles_swapped(start: Start) -> Steps:
    """treats input and state alike: with their roles exchanged their gradients are exchanged"""
    other = {**dict(start.group.swapped), **{b: a for a, b in start.group.swapped}}
    exchanged = {n: np.reshape(start.inputs[other.get(n, n)], a.shape) for n, a in start.inputs.items()}
    (run,) = yield [Run(exchanged)]
    gradients = {t.wrt: t.name for t in start.gradients}
    found = []
    for tensor in start.entry.tensors:
        twin = gradients.get(other.get(tensor.wrt, ""), tensor.name)
        shape = run[tensor.name].shape
        right, allowed = (a.reshape(shape) for a in (start.results[twin], start.allowed[twin]))
        found.append(Claim(tensor.name, run[tensor.name], right, 2.0 * allowed))
    return found


def products_agree(start: Start) -> Steps:
    """gives the same inner product for an input with its gradient as for its weights with theirs"""
    yield []
    gradients = {t.wrt: t for t in start.gradients}
    found = []
    for data, weights in start.group.products:
        sums, sizes = [], 0.0
        for name in (data, weights):
            tensor = gradients[name]
            factor = start.sizes["N"] if tensor.reduction == "mean" else 1
            terms = start.inputs[name].astype(np.float64) * start.results[tensor.name] * factor
            sums.append(np.asarray(terms.sum()))
            sizes += factor * float(np.sum(np.abs(start.inputs[name]) * start.allowed[tensor.name]))
        found.append(Claim(gradients[weights].name, sums[0], sums[1], np.asarray(2.0 * sizes)))
    return found


def outside_the_mask(start: Start) -> Steps:
    """does not depend on what stands where the mask is False"""
    (mask,) = (start.inputs[i.name] for i in start.group.inputs if i.role == "mask")
    scores = {i.name for i in start.group.inputs if i.role == "scores"}
    changed = {n: np.where(mask[..., None], a, a * 0.5 + 1.0) for n, a in start.inputs.items() if n in scores}
    (run,) = yield [Run({**start.inputs, **changed})]
    return start.claims(lambda t, p: (run[p], start.results[p], 2.0))


def steps_chained(start: Start) -> Steps:
    """equals your own single step, chained"""
    (run,) = yield [Run(start.inputs, "/chained")]
    return start.claims(lambda t, p: (run[p], start.results[p], 2.0) if p in run else None)


def _steps(array: Array, axis: int) -> Array:
    """The number of the step at every place of an array."""
    shape = [1] * array.ndim
    shape[axis] = array.shape[axis]
    return np.broadcast_to(np.arange(array.shape[axis]).reshape(shape), array.shape)


class Metamorphic(msgspec.Struct, frozen=True):
    """A property's name, its generator, which entry points it is about, and which cases can show it."""

    name: str
    steps: Callable[[Start], Steps]
    about: Callable[[EntryPoint, Group], bool]
    shows: Callable[[dict[str, int]], bool] = lambda sizes: True

    @property
    def title(self) -> str:
        """What holds when it holds, in words that follow the entry point's name."""
        return (self.steps.__doc__ or self.name).strip()


def _backward(entry: EntryPoint, group: Group) -> bool:
    return bool(group.upstream) and any(t.wrt for t in entry.tensors)


def _in_time(entry: EntryPoint, group: Group) -> bool:
    return _backward(entry, group) and any("T" in i.dims for i in group.inputs if i.role == "upstream")


def _forward_in_time(entry: EntryPoint, group: Group) -> bool:
    results = any("T" in t.dims and not t.wrt for t in entry.tensors)
    return results and any("T" in i.dims and i.role == "data" for i in group.inputs)


def _batch(entry: EntryPoint, group: Group) -> bool:
    """Whether samples are independent of each other; a loss averages over them itself."""
    return "N" in group.dims and not group.objective


def _related(relation: str, of: Sequence[str] = ()) -> Callable[[EntryPoint, Group], bool]:
    def about(entry: EntryPoint, group: Group) -> bool:
        return bool(getattr(group, relation)) and _backward(entry, group)

    return about


METAMORPHIC = (
    Metamorphic("adds_up", adds_up, _backward),
    Metamorphic("scales", scales, _backward),
    Metamorphic("zero_gives_zero", zero_gives_zero, _backward),
    Metamorphic("order_of_samples", order_of_samples, _batch, lambda s: s["N"] > 1),
    Metamorphic("samples_one_by_one", samples_one_by_one, _batch, lambda s: 1 < s["N"] <= 3),  # a run a sample
    Metamorphic("batch_twice", batch_twice, _batch),
    Metamorphic("no_later_steps", no_later_steps, _in_time, lambda s: s["T"] > 1),
    Metamorphic("no_earlier_steps", no_earlier_steps, _forward_in_time, lambda s: s["T"] > 1),
    Metamorphic("two_halves", two_halves, _related("carried"), lambda s: s["T"] > 1),
    Metamorphic("roles_swapped", roles_swapped, _related("swapped"), lambda s: s["D"] == s["H"] and s.get("T", 1) == 1),
    Metamorphic("products_agree", products_agree, _related("products")),
    Metamorphic("outside_the_mask", outside_the_mask, lambda e, g: g.has("mask")),
    Metamorphic("steps_chained", steps_chained, lambda e, g: bool(e.step)),
)
"""Every property, in the order reports list them."""
