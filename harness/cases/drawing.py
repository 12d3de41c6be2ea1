"""Hypothesis draws cases; pinned corners always come along. Nothing is asserted here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from harness.assignments.contract import Assignment, Group
from harness.cases.case import Case, has_time, normal_form, number
from harness.cases.steady import steady

FEATURES: tuple[dict[str, Any], ...] = (
    {"upstream": "last_step"},
    {"upstream": "one_step"},
    {"state": "zero"},
    {"state": "absent"},
    {"layout": "F"},
    {"scale": "tiny"},
    {"scale": "saturating"},
    {"upstream_exponent": 6},
    {"upstream_exponent": -6},
    {"mask": "none"},
    {"mask": "all"},
    {"markers": "shuffled"},
    {"kink": True, "state": "zero"},
)
"""Each is tried once on a shape with different dimensions, whatever Hypothesis draws."""
MORE: dict[str, Any] = {"markers": "shuffled", "scale": "saturating"}
MORE_SHUFFLED = 6
"""Special words at other places show a wrong one by chance only, as a word may be the likeliest after either; large
weights make that rarer."""


def cases(assignment: Assignment, group: Group, seed_text: str, count: int) -> list[Case]:
    """`count` cases (more when the pinned corners alone are more), simplest first, fixed by the seed."""
    pinned = _pinned(assignment, group, seed_text)
    wanted = max(0, count - len(pinned))
    drawn = _draw(assignment, group, seed_text, wanted) if wanted else []
    return sorted([*pinned, *drawn], key=Case.complexity)


def strategy(assignment: Assignment, group: Group) -> st.SearchStrategy[Case]:
    """Cases of one group; shrinks towards dimensions of 1 and plain features."""
    states = ["random", "zero"] + ["absent"] * any(i.optional for i in group.inputs)
    upstreams = ["dense", "last_step", "one_step"] if has_time(group) else ["dense"]
    drawn = st.builds(
        Case,
        dims=st.fixed_dictionaries({name: st.integers(low, high) for name, (low, high) in group.dims.items()}),
        scale=st.sampled_from(["ordinary"] * 6 + ["tiny", "saturating"]),
        state=st.sampled_from(states),
        upstream=st.sampled_from(upstreams),
        upstream_exponent=st.sampled_from([0, 0, 0, 0, 1, -1, 3, -3, 6, -6]),
        kink=st.sampled_from([False] * 7 + [True] if group.has("rectified") else [False]),
        mask=st.sampled_from(["random", "random", "all", "none"] if group.has("mask") else ["random"]),
        markers=st.sampled_from(["first", "first", "shuffled"] if group.has("markers") else ["first"]),
        layout=st.sampled_from(["C", "C", "F"]),
        dtype=st.sampled_from(list(assignment.dtypes)),
        seed=st.integers(0, 2**16),
    )
    return drawn.map(lambda case: normal_form(case, group))


def _draw(assignment: Assignment, group: Group, seed_text: str, count: int) -> list[Case]:
    found: dict[bytes, Case] = {}

    @seed(number(seed_text, assignment.id, group.name))
    @settings(
        max_examples=2 * count + 10,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy(assignment, group))
    def collect(case: Case) -> None:
        found.setdefault(repr(case).encode(), case)

    with steady():
        collect()
    return list(found.values())[1 : count + 1]  # the first is always the simplest, which is pinned already


def _pinned(assignment: Assignment, group: Group, seed_text: str) -> list[Case]:
    numbers = _numbers(seed_text, assignment.id, group.name)
    corners = [Case(dims=dict(dims), seed=next(numbers), dtype=assignment.dtypes[0]) for dims in group.pinned]
    ordinary = {
        name: min(high, max(low, size))
        for (name, (low, high)), size in zip(group.dims.items(), (2, 3, 4, 3, 2, 2, 3), strict=False)
    }
    marked = group.has("markers")
    special = [Case(dims=ordinary, seed=next(numbers), **feature) for feature in FEATURES]
    special += [Case(dims=ordinary, seed=next(numbers), dtype=dtype) for dtype in assignment.dtypes[1:]]
    special += [Case(dims=ordinary, seed=next(numbers), **MORE) for _ in range(MORE_SHUFFLED) if marked]
    return list({repr(c): c for c in (normal_form(c, group) for c in [*corners, *special])}.values())


def _numbers(*texts: str) -> Iterator[int]:
    index = 0
    while True:
        yield number(*texts, str(index)) % 2**16
        index += 1
