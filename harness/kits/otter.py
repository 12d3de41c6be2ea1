"""Test files for Otter, in its exception-based format: each calls the student's functions on cases whose answers are
written out, and needs nothing of the harness where it runs."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import numpy as np

from harness import __version__
from harness.assignments import registry
from harness.assignments.contract import Assignment, EntryPoint, Group, Tensor, part_names
from harness.cases.case import Case, normal_form, number
from harness.cases.filling import sent
from harness.diagnosis.snippet import literal
from harness.kits.packing import Unpackable
from harness.oracles import bank
from harness.oracles.truth import Truth

Array = np.ndarray[Any, Any]

LARGEST = 200
"""Numbers that a case's inputs may have: a file of tests is read by people."""
SHOWN = 2
"""Cases, the simplest ones, that students are given; the autograder has them all."""
ROUGH = "float32"
"""Rounding in this dtype is allowed for: Otter knows no half a truth, so what is right to float32 passes."""
TABS = " " * 4
HEAD = '''"""{entry}, for Otter: {assignment}, seed {seed!r}, rnn-harness {version}. To change it, make it again."""

OK_FORMAT = False

{imports}

from otter.test_files import test_case

name = {name!r}
'''
COMPARE = '''

def compare(part, size, yours, expected, allowed):
    """Raise with the worst element where something is further off than rounding explains."""
    yours = np.asarray({plain})
    expected, allowed = np.array(expected), np.array(allowed)
    if yours.shape != expected.shape:
        raise AssertionError(f"{{part}} has shape {{yours.shape}}, expected {{expected.shape}} ({{size}})")
    off = np.abs(yours - expected)
    wrong = ~(off <= allowed)
    if wrong.any():
        place = np.unravel_index(np.argmax(np.where(wrong, np.nan_to_num(off, nan=np.inf), -1)), off.shape)
        index = f"[{{', '.join(map(str, place))}}]" if place else ""
        counted = f"{{wrong.sum()}} of {{wrong.size}} elements"
        raise AssertionError(
            f"{{part}}{{index}} is {{yours[place]}}, expected {{expected[place]}} ({{size}}; {{counted}} are wrong)"
        )


def needed(env, *names):
    """The student's own functions, by name."""
    missing = [each for each in names if each not in env]
    if missing:
        raise AssertionError(f"{{', '.join(missing)}} is not defined here")
    return [env[each] for each in names]


def check(env, tensor, cases):
    """Raise where a tensor is wrong, at the simplest of these cases."""
    for run, size, right in cases:
        results = run(env)
        for part, (expected, allowed) in right.items():
            if part.partition("[")[0] == tensor:
                compare(part, size, results[part], expected, allowed)
'''


class OtterKit(msgspec.Struct, frozen=True):
    """What a course has chosen."""

    assignment: str
    seed: str


def otter_files(kit: OtterKit) -> dict[str, bytes]:
    """Files by their paths, laid out as `otter assign` does: `autograder/` with all cases, hidden, and `student/` with
    the simplest ones. Raises `GraderFault`, `Unpackable`."""
    asked = registry.get(kit.assignment)
    if not asked.has_answers:
        raise Unpackable(f"{asked.id} has no model solution, so there are no answers for a test to hold")
    files = {}
    for entry in asked.entry_points:
        truths = list(_truths(asked, asked.group(entry.group), kit.seed))
        for folder, few in (("autograder", truths), ("student", truths[:SHOWN])):
            text = _file(asked, entry, few, kit.seed, hidden=folder == "autograder")
            files[f"{folder}/tests/{question(entry)}.py"] = text.encode()
    files["autograder/requirements.txt"] = (
        f"{asked.library}\nnumpy\n".encode() if asked.library != "numpy" else b"numpy\n"
    )
    return files


def question(entry: EntryPoint) -> str:
    """What Otter calls it, and its file: `RNNCell.forward` is `RNNCell_forward`."""
    return re.sub(r"\W+", "_", entry.name).strip("_")


def _truths(assignment: Assignment, group: Group, seed: str) -> Iterator[Truth]:
    """The contract's own corners, in short numbers, with their answers, the simplest first."""
    drawn = number(seed, assignment.id, group.name, "otter") % 2**16
    cases = [Case(dims=dict(dims), seed=drawn, tidy=True, dtype=assignment.dtypes[0]) for dims in group.pinned]
    for case in sorted((normal_form(c, group) for c in cases), key=Case.complexity):
        known = bank.truth(assignment, group.name, case)
        if sum(array.size for array in known.inputs.values()) <= LARGEST:
            yield known


def _file(assignment: Assignment, entry: EntryPoint, truths: Sequence[Truth], seed: str, hidden: bool) -> str:
    torch = assignment.library == "torch"
    tensors = [t for t in entry.tensors if not t.optional]
    head = HEAD.format(
        entry=entry.name,
        version=__version__,
        assignment=assignment.id,
        seed=seed,
        imports="import numpy as np\nimport torch" if torch else "import numpy as np",
        name=question(entry),
    )
    plain = "yours.detach().numpy() if hasattr(yours, 'detach') else yours" if torch else "yours"
    parts = [head, f"points = {entry.points!r}\n" if hidden else "", COMPARE.format(plain=plain)]
    parts += [_case(assignment, entry, truth, i) for i, truth in enumerate(truths)]
    parts.append(_cases(assignment, entry, truths))
    for tensor in tensors:
        shown = f"CASES[:{SHOWN}]" if hidden else "CASES"
        parts.append(_test(tensor, "simplest cases", shown, ", points=0" if hidden else ""))
        if hidden:
            parts.append(_test(tensor, "every case", "CASES", f", points={entry.points / len(tensors)!r}, hidden=True"))
    return "".join(parts)


def _case(assignment: Assignment, entry: EntryPoint, truth: Truth, place: int) -> str:
    """A function that calls the student's code on one case, and gives its results by name."""
    calls = importlib.import_module(registry.folders()[assignment.id] + ".snippet")
    group = assignment.group(entry.group)
    arrays = sent(truth.case, group, truth.inputs)
    if not entry.forward:
        arrays = {name: a for name, a in arrays.items() if name not in group.upstream}
    arrays |= {name: truth.expected[name] for name in entry.given}
    names = calls.NEEDS[entry.name]
    lines = [
        f"({', '.join(names)},) = needed(env, {', '.join(map(repr, names))})",
        *calls.arguments({name: literal(a, assignment.library) for name, a in arrays.items()}),
        *calls.CALLS[entry.name],
        "return {",
        *(f"{TABS}{part!r}: {calls.result(entry.name, part)}," for t in entry.tensors for part in _parts(t, truth)),
        "}",
    ]
    body = "\n".join(TABS + line for text in lines for line in text.splitlines())
    return f"\n\ndef run_{place}(env):\n{body}\n"


def _parts(tensor: Tensor, truth: Truth) -> tuple[str, ...]:
    return () if tensor.optional else part_names(tensor.name, tensor.per_layer, truth.case.dims)


def _cases(assignment: Assignment, entry: EntryPoint, truths: Sequence[Truth]) -> str:
    """The list of cases: what to run, its size, and what is right within what rounding allows."""
    lines = ["\n\nCASES = ["]
    for place, truth in enumerate(truths):
        size = ", ".join(f"{name}={value}" for name, value in truth.case.dims.items())
        allowed = bank.allowed_in(assignment, entry.group, truth, ROUGH)
        lines.append(f"{TABS}(run_{place}, {size!r}, {{")
        lines += [
            f"{TABS * 2}{part!r}: ({_numbers(truth.expected[part])}, {_numbers(_short(allowed[part]))}),"
            for part in (p for tensor in entry.tensors for p in _parts(tensor, truth))
        ]
        lines.append(f"{TABS}}}),")
    return "\n".join([*lines, "]", ""])


def _numbers(array: Array) -> str:
    """The numbers as source code, of which `inf` is a name."""
    return repr(np.asarray(array).tolist()).replace("inf", "np.inf")


def _short(allowed: Array) -> Array:
    """Two digits of each are enough, none of them less than it was."""
    return np.array([float(f"{1.05 * number:.1e}") for number in allowed.ravel()]).reshape(allowed.shape)


def _test(tensor: Tensor, which: str, cases: str, further: str) -> str:
    """One test of one tensor on some cases."""
    function = re.sub(r"\W", "_", f"test_{tensor.name}_{which}")
    return (
        f"\n\n@test_case(name={f'{tensor.name}: {which}'!r}{further})\n"
        f"def {function}(env):\n{TABS}check(env, {tensor.name!r}, {cases})\n"
    )
