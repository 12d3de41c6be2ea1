"""What a pasted program prints beside a student's result: the answer or, where that is hidden, finite differences."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from harness.assignments.contract import EntryPoint, Group, Tensor, part_names
from harness.oracles.bank import Truth

STEP = {"float64": "1e-5", "float32": "1e-2"}
"""How far a number is moved to either side: about the cube root of the unit roundoff, where rounding and curvature
spoil a central difference equally little."""
INDENT = "    "


class Calls(msgspec.Struct, frozen=True):
    """How an assignment's functions are called: the lines, an expression for a result, one for an input."""

    forward: Sequence[str]
    result: Callable[[str, str], str]
    array: Callable[[str], str]
    library: str


def beside_answer(literal: str, comparable: bool) -> list[str]:
    """Prints the answer and, where both have one shape, the difference."""
    lines = [f"expected = {literal}", 'print("expected:", expected)']
    return [*lines, 'print("difference:", yours - expected)'] if comparable else lines


def why_not(entry: EntryPoint, tensor: Tensor, defined: bool) -> str:
    """Why there is nothing to set beside a result but the answer; empty where finite differences can be taken."""
    if not tensor.wrt:
        return f"{tensor.name} is no gradient, so there are no finite differences to check it by"
    if not entry.forward:
        return f"no function of yours computes what {tensor.name} is the derivative of"
    return "" if defined else f"{tensor.name} can be checked by finite differences once you have {entry.forward}"


def slopes(entry: EntryPoint, group: Group, tensor: Tensor, truth: Truth, part: str, calls: Calls) -> list[str]:
    """Prints finite differences of the student's own forward function along every element of one input."""
    names = part_names(tensor.name, tensor.per_layer, truth.case.dims)
    source = part_names(tensor.wrt, tensor.per_layer, truth.case.dims)[names.index(part)]
    moved, step = calls.array(source), STEP[truth.case.dtype]
    own = f"your own {entry.forward}" if entry.forward != entry.name else "the loss you return"
    mean = tensor.reduction == "mean"
    return [
        "",
        "# The answer is hidden, so this checks it: where yours is right, it differs in the last digits alone.",
        f"# {_is(part, source, own, mean)}:",
        f"# every number of {source} is moved a little up, then down.",
        *_absent(group, tensor, truth, moved, calls.library),
        "def value():",
        *(INDENT + line for lines in calls.forward for line in lines.splitlines()),
        f"{INDENT}return float({_objective(entry, group, calls)})",
        "",
        *_loop(moved, step, f" / {truth.case.dims['N']}" if mean and truth.case.dims["N"] > 1 else "", calls.library),
        f'print("by finite differences of {own}:", slopes)',
        'print("difference:", yours - slopes if yours.shape == slopes.shape else "the shapes differ")',
    ]


def _is(part: str, source: str, own: str, mean: bool) -> str:
    return f"{part} should be the slope of {own} along {source}{', averaged over the batch' if mean else ''}"


def _objective(entry: EntryPoint, group: Group, calls: Calls) -> str:
    """What is differentiated: the loss itself, or results weighted with their upstream gradients."""
    if not group.upstream:
        return calls.result(entry.forward, group.objective)
    return " + ".join(f"({calls.result(entry.forward, r)} * {u}).sum()" for u, r in group.upstream.items())


def _absent(group: Group, tensor: Tensor, truth: Truth, moved: str, library: str) -> list[str]:
    """A state that is left out stands for zeros, which can be moved."""
    if truth.case.state != "absent" or not any(i.name == tensor.wrt and i.optional for i in group.inputs):
        return []
    return [f"{moved} = {_module(library)}.zeros({truth.inputs[tensor.wrt].shape})  # what None stands for"]


def _loop(moved: str, step: str, divided: str, library: str) -> list[str]:
    """Central differences, one number at a time."""
    torch = library == "torch"
    return [
        *(["import itertools"] if torch else []),
        f"moved = {moved}",
        f"slopes = {'torch.zeros(moved.shape, dtype=torch.float64)' if torch else 'np.zeros(moved.shape)'}",
        f"for i in {'itertools.product(*map(range, moved.shape))' if torch else 'np.ndindex(moved.shape)'}:",
        f"{INDENT}number = float(moved[i])",
        f"{INDENT}moved[i] = number + {step}; above = value()",
        f"{INDENT}moved[i] = number - {step}; below = value()",
        f"{INDENT}moved[i] = number",
        f"{INDENT}slopes[i] = (above - below) / {2 * float(step):g}{divided}",
    ]


def _module(library: str) -> str:
    return "torch" if library == "torch" else "np"


def shown(expression: str, library: str) -> list[str]:
    """Prints the student's own result."""
    as_array = "torch.as_tensor" if library == "torch" else "np.asarray"
    return [f"yours = {as_array}({expression})", 'print("yours:", yours)']
