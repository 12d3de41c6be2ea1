"""What contradicts itself in a contract: names that lead nowhere, dimensions nobody gives, points that are none."""

from __future__ import annotations

from collections.abc import Iterator

from harness.assignments.contract import Assignment, Dims, EntryPoint, Group


def of(assignment: Assignment) -> Iterator[str]:
    """A sentence for every contradiction."""
    names = [entry.name for entry in assignment.entry_points]
    if not names:
        yield "its contract has no entry points"
    for name in {name for name in names if names.count(name) > 1}:
        yield f"its contract has two entry points called {name}"
    for group in assignment.groups:
        yield from _of_group(group)
    for entry in assignment.entry_points:
        yield from _of_entry(assignment, entry)
    for name in set(assignment.files) - set(assignment.defined_names):
        yield f"its contract names files for {name}, which is no entry point"


def _of_group(group: Group) -> Iterator[str]:
    given = {i.name for i in group.inputs}
    for item in group.inputs:
        yield from _of_dims(group, f"input {item.name}", item.dims)
    for name in (*group.upstream, *(name for pair in (*group.swapped, *group.products) for name in pair)):
        if name not in given:
            yield f"group {group.name} speaks of {name}, which is no input of it; it has {', '.join(sorted(given))}"
    for pinned in group.pinned:
        if set(pinned) != set(group.dims):
            yield f"group {group.name}: the pinned case {pinned} does not give each of {', '.join(group.dims)}"


def _of_dims(group: Group, what: str, dims: Dims) -> Iterator[str]:
    for dim in dims:
        plain = dim.lstrip("0123456789").removesuffix("+1")
        if plain and plain not in group.dims and plain != "I":
            yield f"{what} of group {group.name} has the dimension {dim}; known are {', '.join(group.dims)}"


def _of_entry(assignment: Assignment, entry: EntryPoint) -> Iterator[str]:
    group = next((g for g in assignment.groups if g.name == entry.group), None)
    if group is None:
        yield f"{entry.name} belongs to a group {entry.group!r} that the contract does not have"
        return
    if not entry.tensors:
        yield f"{entry.name} returns nothing that could be judged: its contract names no tensors"
    if not entry.points > 0:
        yield f"{entry.name} is worth {entry.points:g} points; expected more than none"
    given = {i.name for i in group.inputs}
    for tensor in entry.tensors:
        yield from _of_dims(group, f"{tensor.name} of {entry.name}", tensor.dims)
        if tensor.wrt and tensor.wrt not in given:
            yield f"{tensor.name} of {entry.name} is the gradient of {tensor.wrt}, which is no input"
    names = {e.name for e in assignment.entry_points}
    for other in entry.needs:
        if other not in names:
            yield f"{entry.name} is built on {other}, which is no entry point"
