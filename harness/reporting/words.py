"""The words every format shares: statuses, properties, dimensions, points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.report import PASSING, BehaviourFinding, Check, Points, Status
from harness.reporting.cleaning import plain

SYMBOLS: dict[Status, str] = {
    "pass": "✓",
    "not_judged": "?",
    "precision": "≈",
    "fail": "✗",
    "nondeterministic": "~",
    "error": "!",
    "timeout": "…",
    "not_attempted": "○",
    "missing": "–",
}
"""One character a status, all different, so that nothing is told by colour alone."""

WORDS: dict[Status, str] = {
    "pass": "right",
    "not_judged": "not judged",
    "precision": "right to float32 only",
    "fail": "wrong",
    "nondeterministic": "changes from call to call",
    "error": "error",
    "timeout": "out of time",
    "not_attempted": "not attempted",
    "missing": "missing",
}
BLAMELESS = "wrong, through no fault of its own"
OTHERWISE = "another convention than the handout's"

TITLES: dict[str, tuple[str, str]] = {
    "matches_definition": ("agrees with the definition", "differs from the definition"),
    "matches_autograd": ("agrees with PyTorch's gradients", "differs from PyTorch's gradients"),
    "matches_finite_differences": (
        "is the derivative of your own forward function",
        "is not the derivative of your own forward function",
    ),
    "keeps_dtype": ("keeps the dtype of its inputs", "changes the dtype of its inputs"),
    "gradients_accumulate": ("adds to the gradients already there", "does not add to the gradients already there"),
    "zero_grad_resets": ("is zero after zero_grad()", "is not zero after zero_grad()"),
    "returns": ("has the right type and shape", "has the wrong type or shape"),
    "runs": ("raises nothing", "raises an exception"),
    "finishes": ("finishes within its time", "does not finish within its time"),
    "same_again": ("gives the same answer to the same call", "gives a right and a wrong answer to the same call"),
    "no_state_kept": ("keeps nothing from one call to the next", "keeps something from one call to the next"),
    "adds_up": ("is linear in the upstream gradient", "is not linear in the upstream gradient"),
    "scales": ("scales with the upstream gradient", "does not scale with the upstream gradient"),
    "zero_gives_zero": (
        "gives zero for an upstream gradient of zero",
        "gives something for an upstream gradient of zero",
    ),
    "order_of_samples": (
        "does not depend on the order of the samples in the batch",
        "depends on the order of the samples in the batch",
    ),
    "samples_one_by_one": ("treats every sample of the batch by itself", "mixes up the samples of the batch"),
    "batch_twice": (
        "sums or averages over the batch as asked",
        "does not sum or average over the batch as asked",
    ),
    "no_later_steps": (
        "keeps an upstream gradient away from later steps",
        "lets an upstream gradient reach later steps",
    ),
    "no_earlier_steps": ("does not look at later steps", "looks at later steps"),
    "two_halves": ("can be run in two halves of the sequence", "cannot be run in two halves of the sequence"),
    "roles_swapped": ("treats input and state alike", "does not treat input and state alike"),
    "products_agree": (
        "gives data and weights the same inner product with their gradients",
        "gives data and weights different inner products with their gradients",
    ),
    "outside_the_mask": ("ignores what is outside the mask", "depends on what is outside the mask"),
    "steps_chained": ("equals your own single step, chained", "differs from your own single step, chained"),
    "inputs_untouched": ("leaves its arguments as they were", "changes its arguments"),
    "accepts_strided": ("accepts arrays that are not contiguous", "goes wrong with arrays that are not contiguous"),
    "accepts_read_only": ("accepts read-only arrays", "goes wrong with read-only arrays"),
    "forward_before": (
        "starts afresh with every forward call",
        "depends on what forward was called with before",
    ),
    "forward_between": (
        "goes by its own cache when another forward call came in between",
        "goes wrong when another forward call comes in between",
    ),
    "caches_interleaved": ("keeps two caches apart", "mixes up two caches"),
    "cache_again": (
        "leaves its cache as it was, so that it can be used again",
        "uses its cache up",
    ),
    "error_handling_left": ("leaves NumPy's error handling as it was", "changes NumPy's error handling"),
    "torch_settings_left": ("leaves torch's settings as they were", "changes torch's settings"),
    "random_numbers_left": (
        "leaves the seeds of global random numbers alone",
        "sets global random numbers anew",
    ),
}
"""For every property, what to say where it holds and where it does not."""

FEATURES: dict[str, dict[str, str]] = {
    "scale": {"tiny": "tiny numbers", "saturating": "numbers so large that tanh saturates"},
    "state": {"zero": "initial state zero", "absent": "initial state left out"},
    "upstream": {
        "one_step": "upstream gradient at one step only",
        "last_step": "upstream gradient at the last step only",
    },
    "mask": {"none": "nothing in the mask", "all": "everything in the mask"},
    "kink": {"True": "zeros where a rectifier bends"},
    "markers": {"shuffled": "special words not first in the vocabulary"},
    "layout": {"F": "arrays in Fortran order", "strided": "arrays not contiguous", "read_only": "read-only arrays"},
}


def property_title(check: Check | BehaviourFinding, holds: bool | None = None) -> str:
    """The property in words: as it should be, or as it was found when it does not hold."""
    holds = check.status in PASSING if holds is None else holds
    name = check.property
    if name == "matches_autograd" and isinstance(check, Check) and not (check.tensor or "d").startswith("d"):
        name = "matches_definition"
    if name in TITLES:
        return TITLES[name][0 if holds else 1]
    words = plain(name.replace("_", " "))
    return words if holds else f"does not hold: {words}"


def dims_text(dims: Mapping[str, int]) -> str:
    """`N=1, T=2, D=1, H=1`"""
    return ", ".join(f"{plain(name)}={size}" for name, size in dims.items())


def features_text(features: Mapping[str, str]) -> list[str]:
    """What is special about a case, one phrase each."""
    return [_feature(name, value) for name, value in features.items()]


def _feature(name: str, value: str) -> str:
    if name == "upstream_exponent":
        return f"upstream gradient times 1e{plain(value)}"
    return FEATURES.get(name, {}).get(value) or f"{plain(name.replace('_', ' '))}: {plain(value)}"


def cases_text(check: Check) -> str:
    """How many cases went which way."""
    unsure = f", {check.not_judged} not judged" if check.not_judged else ""
    return f"{check.failed} of {check.cases} cases wrong{unsure}" if check.failed else f"{check.cases} cases{unsure}"


def listed(names: Sequence[str], most: int = 4) -> str:
    """`a, b and c`; from a certain length on, `a, b and 3 more`."""
    shown = [plain(name, 80) for name in names]
    if len(shown) > most:
        shown = [*shown[: most - 1], f"{len(shown) - most + 1} more"]
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)


def number(value: float, digits: int = 2) -> str:
    """Points without needless digits."""
    return f"{round(value, digits):g}"


def points_text(points: Points) -> str:
    """`7.5 of 10 points`, or that there are none to give."""
    return "no points: not judged" if points.earned is None else f"{points_short(points)} points"


def points_short(points: Points) -> str:
    """`7.5 of 10`, or a dash."""
    return "–" if points.earned is None else f"{number(points.earned)} of {number(points.possible)}"


def points_tight(points: Points) -> str:
    """`7.5/10`, or a dash."""
    return points_short(points).replace(" of ", "/")
