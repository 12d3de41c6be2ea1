"""The reference of what each assignment asks for: entry points, arrays, conventions, limits, from its contract."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from documenting.markdown import NOTE, block, code, sentence, table
from harness.assignments.contract import Assignment, EntryPoint, Group, Input, Tensor, Values
from harness.properties.offered import offered
from harness.reporting.words import TITLES

ROLES = {
    "data": "data",
    "rectified": "data behind a rectifier",
    "state": "a state",
    "weight": "a weight",
    "bias": "a bias",
    "upstream": "an upstream gradient",
    "scores": "scores",
    "one_hot": "one-hot rows",
    "stochastic": "probabilities, rows summing to one",
    "index": "whole numbers",
    "mask": "truth values",
    "words": "words, as whole numbers",
    "markers": "special words, as whole numbers",
    "choice": "a whole number",
    "count": "a size, as a whole number",
}


def page(assignment: Assignment) -> str:
    """The page about one assignment."""
    return "".join(
        [
            *_head(assignment),
            *(p for e in assignment.entry_points for p in _entry(assignment, e)),
            *_end(assignment),
            "\n",
            NOTE,
        ]
    )


def _head(assignment: Assignment) -> Iterator[str]:
    worth = sum(e.points for e in assignment.entry_points)
    yield f"# Contract of `{assignment.id}`\n\n"
    yield (
        f"{sentence(assignment.title)} {worth:g} points; arrays of {assignment.library}, "
        f"{' and '.join(assignment.dtypes)}. "
        f"The page for students is [{assignment.id}](../../assignments/{assignment.id}.md).\n\n"
    )
    if assignment.conventions:
        yield "## Conventions\n\n" + "".join(f"- {sentence(c)}\n" for c in assignment.conventions) + "\n"
    yield "## Cases\n\n"
    yield "Entry points of a group are judged on the same cases. Sizes are drawn between the bounds; "
    yield "small ones are always there.\n\n"
    for group in assignment.groups:
        yield from _group(group)


def _group(group: Group) -> Iterator[str]:
    sizes = ", ".join(f"{name} {low} to {high}" for name, (low, high) in group.dims.items())
    yield f"**Group {code(group.name)}**: {sizes}.\n\n"
    yield table(["input", "shape", "what it is"], [(code(i.name), _shape(i), ROLES[i.role]) for i in group.inputs])


def _shape(item: Input | Tensor) -> str:
    shape = f"({', '.join(item.dims)}{',' if len(item.dims) == 1 else ''})" if item.dims else "a number"
    return shape + (" for each layer" if item.per_layer else "")


def _entry(assignment: Assignment, entry: EntryPoint) -> Iterator[str]:
    yield f"## {entry.name}\n\n"
    yield block("text", entry.signature)
    yield f"{entry.points:g} points{', optional' if entry.optional else ''}, group {code(entry.group)}.\n\n"
    yield table(["result", "shape", "gradient of", "over the batch", ""], [_tensor(t) for t in entry.tensors])
    facts = list(_facts(entry))
    yield "".join(f"- {fact}\n" for fact in facts) + ("\n" if facts else "")
    if names := offered(assignment, entry):
        yield f"Besides agreement: {', '.join(_linked(name) for name in names)}.\n\n"


def _tensor(tensor: Tensor) -> tuple[str, ...]:
    reduced = {"sum": "summed", "mean": "averaged"}[tensor.reduction] if tensor.wrt else ""
    remark = "judged when it is there" if tensor.optional else ""
    return code(tensor.name), _shape(tensor), code(tensor.wrt), reduced, remark


def _facts(entry: EntryPoint) -> Iterator[str]:
    if entry.forward and entry.forward != entry.name:
        yield f"It is the backward pass of {code(entry.forward)}; a mistake there is charged there."
    if entry.given:
        yield f"It is given the right {_listed(entry.given)}, so a mistake in the forward pass costs nothing here."
    if entry.fixed_cache:
        yield "Its cache has the layout that the handout prints, and can be made without the submission's forward pass."
    if entry.step:
        yield f"It equals {code(entry.step)}, chained{f', with {_listed(entry.built_on)}' if entry.built_on else ''}."
    for demand in entry.demands:
        yield f"The handout demands of {_listed(demand.tensors)}: {TITLES[demand.property][0]}."


def _values(values: Values) -> tuple[str, str, str]:
    return code(values.entry.name), _listed([i.name for i in values.inputs]), f"{values.entry.points:g}"


def _linked(name: str) -> str:
    return f"[{code(name)}](../properties.md#{name})"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(code, names))


def _end(assignment: Assignment) -> Iterator[str]:
    if assignment.values:
        yield "## What a notebook computes\n\nVariables, read where the notebook calls the check of this name.\n\n"
        yield table(["check", "computed from", "points"], [_values(v) for v in assignment.values])
    yield "## Files\n\n"
    files = [(code(name), _listed(found)) for name, found in assignment.files.items()]
    yield "Other names will do; these are looked at first where several files define the same.\n\n"
    yield table(["name", "handout's files"], files)
    if assignment.forbidden:
        yield f"Forbidden: {_listed(assignment.forbidden)}. {sentence(assignment.forbidden_rule)}\n\n"
    limits = assignment.limits
    yield "## Limits\n\n"
    yield (
        f"A call may take {limits.cpu_call:g} s of CPU time, a submission {limits.cpu_submission:g} s and "
        f"{limits.memory >> 20} MiB. A rubric's `[limits]` changes these and others.\n"
    )
