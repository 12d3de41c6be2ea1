"""What an assignment asks for, as plain data: entry points, tensors with named dimensions, conventions."""

from __future__ import annotations

import functools
from typing import Literal

import msgspec

Dims = tuple[str, ...]
Role = Literal[
    "data",
    "rectified",
    "state",
    "weight",
    "bias",
    "upstream",
    "scores",
    "one_hot",
    "stochastic",
    "index",
    "mask",
    "words",
    "markers",
    "choice",
    "count",
]
"""What the numbers of an input are like; `harness.cases.filling` says how each is drawn."""
WHOLE = frozenset({"index", "mask", "words", "markers", "choice", "count"})
"""Roles of integers and truth values: nothing is differentiated by them, and no dtype is asked of them."""


class Input(msgspec.Struct, frozen=True):
    """One array an entry point receives.

    `dims` are dimension names, e.g. `("N", "T", "D")`. With `per_layer` there is one array a layer, named
    `name[0]`, `name[1]` and so on, and the dimension `"I"` stands for `D` in layer 0 and for `H` above it. A dimension
    such as `"4H"` is a multiple of another one, `"3"` a plain number, `"T+1"` is one more. Integers are smaller than
    the dimension `below`; a count is that dimension.
    """

    name: str
    dims: Dims
    role: Role
    per_layer: bool = False
    optional: bool = False
    """May be left out by a case (it then means zeros)."""
    below: str = ""


class Tensor(msgspec.Struct, frozen=True):
    """One array an entry point produces.

    `wrt` names the input it is the gradient of ("" for a result of a forward function). `reduction` says how a
    gradient is reduced over the batch: `"sum"` is the plain derivative of the objective, `"mean"` divides it by N.
    """

    name: str
    dims: Dims
    wrt: str = ""
    reduction: Literal["sum", "mean"] = "sum"
    per_layer: bool = False
    optional: bool = False
    """Judged when it is there; a submission that never returns it is not missing anything."""


class Demand(msgspec.Struct, frozen=True):
    """A behaviour the handout itself demands of some tensors, so that it fails and does not only warn."""

    property: Literal["keeps_dtype", "gradients_accumulate", "zero_grad_resets"]
    tensors: tuple[str, ...]


CacheUse = Literal["forward_before", "forward_between", "caches_interleaved", "cache_again"]


class EntryPoint(msgspec.Struct, frozen=True, dict=True):
    """One function or method a student implements."""

    name: str
    signature: str
    group: str
    tensors: tuple[Tensor, ...]
    points: float
    forward: str = ""
    """For a backward function: the entry point whose derivative it is."""
    given: tuple[str, ...] = ()
    """Results of the forward function that are passed in, as arguments."""
    fixed_cache: tuple[str, ...] = ()
    """Where the handout fixes the cache's layout: the results of the forward function such a cache is built from."""
    step: str = ""
    """The entry point that, chained over time (and layers), must equal this one."""
    built_on: tuple[str, ...] = ()
    """Further entry points that the chain uses."""
    demands: tuple[Demand, ...] = ()
    cache_uses: tuple[CacheUse, ...] = ()
    """Other ways to use what forward leaves behind (a cache, an object): the driver's variants of these names."""
    optional: bool = False
    """Not asked for by name: a submission that does not define it is not missing anything."""

    @property
    def needs(self) -> tuple[str, ...]:
        """Other entry points that this one's mistakes may come from, the likeliest first."""
        return tuple(n for n in (self.step, *self.built_on, self.forward) if n and n != self.name)

    @functools.cached_property
    def function(self) -> str:
        """The function, or `Class.method`: the name without the variant in brackets (`CaptioningRNN.loss[lstm]`)."""
        return self.name.partition("[")[0]

    @property
    def parameters(self) -> int:
        """How many parameters the signature gives a function; for a method, how many its class takes."""
        depth, count = 0, 1
        for sign in self.signature[self.signature.find("(") :]:
            depth += (sign == "(") - (sign == ")")
            count += depth == 1 and sign == ","
            if depth == 0:
                break
        return count

    @functools.cached_property
    def defined_by(self) -> str:
        """The top-level name a submission has to define: the function, or the class of a method."""
        return self.function.split(".")[0]


class Recurrence(msgspec.Struct, frozen=True):
    """How a group's computational graph is drawn: the inputs that enter a step, and those that lead from step to step.

    `data` and `state` are inputs, `inward` the weights between data and a step's result, `along` those between one
    step's result and the next one's, `bias` what is added, `outward` the parameters between a result and an output.
    """

    data: str
    state: tuple[str, ...]
    inward: tuple[str, ...]
    along: tuple[str, ...]
    bias: tuple[str, ...]
    outward: tuple[str, ...] = ()


class Group(msgspec.Struct, frozen=True):
    """Entry points that are exercised on the same cases: their dimensions, inputs and pinned corners.

    `upstream` pairs each upstream gradient with the forward result it is the gradient of. Where there is none,
    `objective` names the result that is differentiated.
    """

    name: str
    dims: dict[str, tuple[int, int]]
    inputs: tuple[Input, ...]
    upstream: dict[str, str]
    pinned: tuple[dict[str, int], ...]
    objective: str = ""
    squared_error: bool = False
    """Whether the objective is a squared error, which other books take half of."""
    carried: tuple[str, str] | tuple[()] = ()
    """A state, and the forward result whose last step it would be in a sequence that goes on."""
    swapped: tuple[tuple[str, str], ...] = ()
    """Inputs that play the same part, so that exchanging all pairs exchanges their gradients."""
    products: tuple[tuple[str, str], ...] = ()
    """Data and the weights they are multiplied by: both have the same inner product with their gradients."""
    recurrence: Recurrence | None = None
    blocks: dict[str, tuple[str, ...]] = {}
    """Names of the equal parts of a dimension such as `"4H"`, in order."""

    def has(self, role: Role) -> bool:
        """Whether any input has this role."""
        return any(i.role == role for i in self.inputs)

    @property
    def whole(self) -> frozenset[str]:
        """Names of the inputs that are integers or truth values."""
        return frozenset(i.name for i in self.inputs if i.role in WHOLE)


class Values(msgspec.Struct, frozen=True):
    """Variables a notebook is asked for, computed from other variables of its own; both as they are where it calls a
    check.

    `entry.name` is the check's name, `inputs` are the variables that they are computed from, `variables` those asked
    for. `entry.tensors` are what is judged: the variables themselves, or what an assignment's definition makes of them.
    """

    entry: EntryPoint
    inputs: tuple[Input, ...]
    variables: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Every variable that is read."""
        return (*(i.name for i in self.inputs), *self.variables)


class Limits(msgspec.Struct, frozen=True):
    """Bounds on student code. Times in seconds, sizes in bytes."""

    cpu_call: float = 5.0
    wall_call: float = 15.0
    """For a call that sleeps instead of computing; generous, because a loaded machine makes calls slow."""
    cpu_submission: float = 60.0
    wall_submission: float = 120.0
    memory: int = 1 << 30
    file_size: int = 16 << 20
    open_files: int = 64
    output: int = 64 << 10
    reply: int = 64 << 20
    disk: int = 16 << 20
    """Of the writable folder, where there is one."""
    files: int = 1000
    """In the writable folder."""
    processes: int = 64
    """Threads, at the isolation level where they can be counted for one submission alone."""


class Assignment(msgspec.Struct, frozen=True):
    """What a course handed out."""

    id: str
    title: str
    library: Literal["numpy", "torch"]
    groups: tuple[Group, ...]
    entry_points: tuple[EntryPoint, ...]
    files: dict[str, tuple[str, ...]]
    """For each top-level name, the handout's file names for it, the likeliest first."""
    conventions: tuple[str, ...] = ()
    dtypes: tuple[str, ...] = ("float64",)
    supplied: dict[str, str] = {}
    """Handout modules that belong to other homework: the last part of a module's name -> the file in `support/`."""
    supplied_alone: dict[str, tuple[str, str, tuple[str, ...]]] = {}
    """Handout modules supplied only to a submission that defines one name and none of some others: module -> the file
    in `support/`, the name, the others."""
    common_names: tuple[str, ...] = ()
    """Names so common that one of them alone is no sign of this assignment."""
    prelude: str = ""
    """The file in `support/` that runs in a student module's namespace before the student's own code: what a notebook
    has set up around the code that was asked for."""
    retry_dtype: str = ""
    """A case that raises is tried again in this dtype before it fails: right there is right only to that precision."""
    driver_modules: tuple[str, ...] = ()
    """Modules the driver builds on; a worker can import them too. They know no answer."""
    forbidden: tuple[str, ...] = ()
    forbidden_rule: str = ""
    model: str = ""
    """The module whose numpy code carries the error bound. Without one an assignment has no answer key: `contract` and
    `driver` are then all it needs, and relations between several runs decide (`harness.unanswered`)."""
    limits: Limits = Limits()
    snapshots: dict[str, tuple[str, ...]] = {}
    """Variables a notebook is asked for, by the name of the check in whose place they count: the driver gets them as
    `code.snapshot(check)`, as they were where the submission calls `grader.check(check)`."""
    values: tuple[Values, ...] = ()
    """What is judged of those variables."""
    aliases: dict[str, tuple[str, ...]] = {}
    """Other names that handouts of other years have for a top-level name, the likeliest first."""
    supplied_otherwise: dict[str, str] = {}
    """Supplied modules whose interface was another one in some years: the file in `support/` for those years. It is
    tried when something fails, and the better report counts."""
    bystanders: tuple[str, ...] = ()
    """Handout modules that graded functions never need, by the last part of their names: inert where not handed in."""
    skeletons: dict[str, str] = {}
    """For a function that handouts print with statements around the place for the student's own: those statements, of
    every year's handout. One that has no other is still the skeleton."""
    adapted: dict[str, str] = {}
    """Methods (`Class.method`) that a submission may leave out: what the driver does in the place of each."""

    def entry_point(self, name: str) -> EntryPoint:
        """The entry point called `name`. Raises `KeyError` when there is none."""
        return next((e for e in self.entry_points if e.name == name), None) or _unknown(self.id, name)

    def skeleton(self, entry: EntryPoint) -> str:
        """What handouts print in the body of `entry`."""
        return self.skeletons.get(entry.function, "")

    def group(self, name: str) -> Group:
        """The group called `name`. Raises `StopIteration` when there is none."""
        return next(g for g in self.groups if g.name == name)

    @property
    def has_answers(self) -> bool:
        """Whether there is an answer key: a model solution, and a definition for autograd."""
        return bool(self.model)

    @property
    def defined_names(self) -> tuple[str, ...]:
        """The top-level names a submission may define, in order."""
        return tuple(dict.fromkeys(e.defined_by for e in self.entry_points))

    @property
    def required_names(self) -> tuple[str, ...]:
        """The top-level names a submission is asked to define: those of entry points that are not optional."""
        return tuple(dict.fromkeys(e.defined_by for e in self.entry_points if not e.optional))


def _unknown(assignment: str, name: str) -> EntryPoint:
    raise KeyError(f"assignment {assignment!r} has no entry point {name!r}")


def part_names(name: str, per_layer: bool, dims: dict[str, int]) -> tuple[str, ...]:
    """The arrays that make up one tensor or input: itself, or one a layer (`dW_ih[0]`, `dW_ih[1]`, …)."""
    if not per_layer:
        return (name,)
    return tuple(f"{name}[{layer}]" for layer in range(dims["L"]))


def part_shapes(item: Input | Tensor, dims: dict[str, int]) -> dict[str, tuple[int, ...]]:
    """Shape of every array that makes up `item` on a case with these dimensions."""

    def size(dim: str, layer: int) -> int:
        if dim == "I":
            return dims["D"] if layer == 0 else dims["H"]
        if dim[0].isdigit():
            return int(dim[0]) * (size(dim[1:], layer) if dim[1:] else 1)
        if dim.endswith("+1"):
            return size(dim[:-2], layer) + 1
        return dims[dim]

    names = part_names(item.name, item.per_layer, dims)
    return {name: tuple(size(d, layer) for d in item.dims) for layer, name in enumerate(names)}
