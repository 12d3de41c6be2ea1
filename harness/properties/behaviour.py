"""What an entry point does besides returning numbers: warns, costs no points unless a rubric gives it some.

Each property is a function that says in words what is wrong, or nothing. Its docstring is the title a student reads.
None needs an answer key: results are compared with those of the plain call on the same case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

import msgspec
import numpy as np

from harness.assignments.contract import Assignment, EntryPoint, part_names
from harness.oracles.bank import Truth
from harness.properties.agreement import trouble_of
from harness.properties.comparison import compare
from harness.wire import Leftover
from harness.worker.inside.driving import OTHER
from harness.worker.session import Ended, Outcome, Result

Array = np.ndarray[Any, Any]
Arrays = Mapping[str, Array]
Allowed = Callable[[Truth], Arrays]


class How(msgspec.Struct, frozen=True):
    """A way to run an entry point: the driver's variant, the layout of the arrays, whether to watch what it leaves."""

    variant: str = ""
    layout: str = "C"
    watch: bool = False
    two: bool = False
    """Whether another case comes along."""


class Plain(msgspec.Struct, frozen=True):
    """A case, what the plain call returned on it, and how far another result may be from that."""

    truth: Truth
    result: Result
    allowed: Arrays


class Seen(msgspec.Struct, frozen=True):
    """What came of one run on a case, and of the plain call on the same case; `other` is the case that came along."""

    entry: EntryPoint
    plain: Plain
    other: Plain
    outcome: Outcome

    def differs(self) -> str:
        """What differs from the plain call; empty where nothing does."""
        return self._trouble() or _difference(self.entry, self.plain, self.outcome, "")

    def other_differs(self) -> str:
        """What differs in the other case's results."""
        return "" if self._trouble() else _difference(self.entry, self.other, self.outcome, OTHER)

    def _trouble(self) -> str:
        return "" if isinstance(self.outcome, Result) else trouble_of(self.outcome)

    def left(self, *names: Leftover) -> list[str]:
        """Which of these were not left as they were, in words."""
        found = self.outcome.left if isinstance(self.outcome, Result) else ()
        return [LEFTOVERS[name] for name in names if name in found]


LEFTOVERS: dict[Leftover, str] = {
    "numpy_errors": "how NumPy treats overflow and division by zero (np.seterr)",
    "torch_dtype": "torch's default dtype",
    "torch_gradients": "whether torch records gradients",
    "torch_threads": "torch's number of threads",
    "numpy_random": "NumPy's",
    "random": "Python's",
    "torch_random": "torch's",
}


def _difference(entry: EntryPoint, plain: Plain, outcome: Outcome, prefix: str) -> str:
    assert isinstance(outcome, Result)
    dims = plain.truth.case.dims
    for part in (n for t in entry.tensors for n in part_names(t.name, t.per_layer, dims)):
        before, after = plain.result.arrays.get(part), outcome.arrays.get(prefix + part)
        if before is None:
            continue
        if after is None or after.shape != before.shape:
            return f"{part} has another form"
        if not _close(after, before, plain.allowed[part]):
            return f"{part} is another one"
    return ""


def _close(after: Array, before: Array, allowed: Array) -> bool:
    """Equal within rounding; what is no number in both is equal too."""
    if not np.all(np.isfinite(before)):
        return bool(np.array_equal(np.isfinite(before), np.isfinite(after)))
    return compare(after, before.astype(np.float64), 2.0 * allowed).passes


def inputs_untouched(seen: Seen) -> str:
    """leaves its arguments as they were"""
    changed = seen.outcome.changed if isinstance(seen.outcome, Result) else ()
    return f"changes its caller's {', '.join(changed)} in place" if changed else ""


def accepts_strided(seen: Seen) -> str:
    """accepts arrays that are not contiguous"""
    problem = seen.differs()
    return f"does not give the same for arrays that are not contiguous in memory: {problem}" if problem else ""


def accepts_read_only(seen: Seen) -> str:
    """accepts read-only arrays"""
    problem = seen.differs()
    return f"does not give the same for read-only arrays: {problem}" if problem else ""


def forward_before(seen: Seen) -> str:
    """starts afresh with every forward call"""
    problem = seen.differs()
    return f"does not give the same when forward was called before, on other data: {problem}" if problem else ""


def forward_between(seen: Seen) -> str:
    """goes by its own cache when another forward call came in between"""
    problem = seen.differs()
    what = "does not give the same when another forward call comes between its own forward call and it"
    return f"{what}: {problem}" if problem else ""


def caches_interleaved(seen: Seen) -> str:
    """keeps two caches apart"""
    problem = seen.differs() or seen.other_differs()
    what = "does not give the same when two forward calls are followed by their two backward calls"
    return f"{what}: {problem}" if problem else ""


def cache_again(seen: Seen) -> str:
    """leaves its cache as it was, so that it can be used again"""
    problem = seen.differs()
    return f"does not give the same when it is called again with the same cache: {problem}" if problem else ""


def error_handling_left(seen: Seen) -> str:
    """leaves NumPy's error handling as it was"""
    left = seen.left("numpy_errors")
    return f"changes {left[0]} for everything that runs after it; np.errstate does so for a few lines" if left else ""


def torch_settings_left(seen: Seen) -> str:
    """leaves torch's settings as they were"""
    left = seen.left("torch_dtype", "torch_gradients", "torch_threads")
    return f"changes {' and '.join(left)} for everything that runs after it" if left else ""


def random_numbers_left(seen: Seen) -> str:
    """leaves the seeds of global random numbers alone"""
    left = seen.left("numpy_random", "random", "torch_random")
    return f"sets {' and '.join(left)} global random numbers anew, so that they repeat" if left else ""


class Behaviour(msgspec.Struct, frozen=True):
    """A property's function, how the entry point is run for it, and which entry points it is about."""

    problem: Callable[[Seen], str]
    how: How
    about: Callable[[Assignment, EntryPoint], bool]
    every_call: bool = False
    """Whether every other call shows it too."""

    @property
    def name(self) -> str:
        """The function's name: what reports and rubrics call it."""
        return self.problem.__name__

    @property
    def title(self) -> str:
        """What holds when it holds, in words that follow the entry point's name."""
        return (self.problem.__doc__ or self.name).strip()


def _always(assignment: Assignment, entry: EntryPoint) -> bool:
    return True


def _with(library: Literal["numpy", "torch"]) -> Callable[[Assignment, EntryPoint], bool]:
    return lambda assignment, entry: assignment.library == library


def _of_caches(problem: Callable[[Seen], str], two: bool) -> Behaviour:
    """A property of entry points whose driver has the variant of the same name."""
    name = problem.__name__
    return Behaviour(problem, How("/" + name, two=two), lambda assignment, entry: name in entry.cache_uses)


WATCHED = How(watch=True)
BEHAVIOURS = (
    Behaviour(inputs_untouched, WATCHED, _always),
    Behaviour(accepts_strided, How(layout="strided"), _always),
    Behaviour(accepts_read_only, How(layout="read_only"), _with("numpy")),  # torch has no read-only tensors
    _of_caches(forward_before, two=False),
    _of_caches(forward_between, two=True),
    _of_caches(caches_interleaved, two=True),
    _of_caches(cache_again, two=False),
    Behaviour(error_handling_left, WATCHED, _always, every_call=True),
    Behaviour(torch_settings_left, WATCHED, _with("torch"), every_call=True),
    Behaviour(random_numbers_left, WATCHED, _always),
)
"""Every behaviour, in the order reports list them."""


def wanted(assignment: Assignment, entry: EntryPoint) -> list[Behaviour]:
    """The behaviours that are about an entry point."""
    return [b for b in BEHAVIOURS if b.about(assignment, entry)]


def ways(chosen: Iterable[Behaviour]) -> list[How]:
    """Every way to run it that these need, once each."""
    return list(dict.fromkeys(b.how for b in chosen))


def problem(chosen: Behaviour, seen: Sequence[Seen]) -> str | None:
    """What is wrong on the first run that shows it; empty where nothing is, None where nothing could be seen."""
    judged = [s for s in seen if not isinstance(s.outcome, Ended)]
    if not judged:
        return None
    return next((p for p in map(chosen.problem, judged) if p), "")
