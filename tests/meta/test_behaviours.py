"""A submission that breaks one behaviour is warned about it by name, and keeps its points."""

from __future__ import annotations

from pathlib import Path

import pytest

from grading import Grade
from harness.assignments import registry
from harness.properties import behaviour
from harness.properties.behaviour import BEHAVIOURS
from harness.reporting.words import TITLES

REFERENCE = Path(__file__).parent.parent.parent / "reference_impls"
WRAPPED = "_forward, _backward, _step_back = rnn_forward, rnn_backward, rnn_step_backward\n"
CONTIGUOUS = "def rnn_forward(x, *rest):\n    assert x.base is None\n    return _forward(x, *rest)\n"
WRITES = "def rnn_forward(x, *rest):\n    x[...] = x\n    return _forward(x, *rest)\n"
DOUBLES = """
def rnn_backward(dh, cache):
    found = _backward(dh, cache)
    if dh.flags.writeable:
        dh *= 2
    return found
"""
LATEST = """
LATEST = []
def rnn_forward(*given):
    h, cache = _forward(*given)
    LATEST[:] = [cache]
    return h, None
def rnn_backward(dh, cache):
    return _backward(dh, LATEST[0])
"""
MIXES = """
CALLS, LATEST = [0], [None, 0]
def rnn_forward(*given):
    h, cache = _forward(*given)
    CALLS[0] += 1
    return h, (cache, CALLS[0])
def rnn_backward(dh, cache):
    made_before_the_latest_backward = cache[1] < LATEST[1] and LATEST[0] is not cache
    CALLS[0] += 1
    LATEST[:] = [cache, CALLS[0]]
    return _backward(dh * (2 if made_before_the_latest_backward else 1), cache[0])
"""
POPS = """
def rnn_forward(*given):
    h, cache = _forward(*given)
    return h, [cache]
def rnn_backward(dh, cache):
    return _backward(dh, cache.pop())
"""


def _in_step(statement: str) -> str:
    return f"def rnn_step_backward(*given):\n    {statement}\n    return _step_back(*given)\n"


BROKEN = {
    "changes the upstream gradient": ("cs231n", "rnn_backward", DOUBLES, {"inputs_untouched"}),
    "needs contiguous arrays": ("cs231n", "rnn_forward", CONTIGUOUS, {"accepts_strided"}),
    "writes to its input": ("cs231n", "rnn_forward", WRITES, {"accepts_read_only"}),
    "reads the latest cache": ("cs231n", "rnn_backward", LATEST, {"forward_between", "caches_interleaved"}),
    "mixes up open caches": ("cs231n", "rnn_backward", MIXES, {"caches_interleaved"}),
    "uses its cache up": ("cs231n", "rnn_backward", POPS, {"cache_again"}),
    "sets the error handling": (
        *("cs231n", "rnn_step_backward", _in_step("np.seterr(all='ignore')")),
        {"error_handling_left"},
    ),
    "seeds NumPy": ("cs231n", "rnn_step_backward", _in_step("np.random.seed(0)"), {"random_numbers_left"}),
    "seeds Python": ("cs231n", "rnn_step_backward", _in_step("__import__('random').seed(0)"), {"random_numbers_left"}),
    "seeds torch": ("quiz10", "rnn_step_backward", _in_step("torch.manual_seed(0)"), {"random_numbers_left"}),
    "stops recording": (
        *("quiz10", "rnn_step_backward", _in_step("torch.set_grad_enabled(False)")),
        {"torch_settings_left"},
    ),
    "takes more threads": (
        "quiz10",
        "rnn_step_backward",
        _in_step("torch.set_num_threads(2)"),
        {"torch_settings_left"},
    ),
    "sets the default dtype": (
        *("quiz10", "rnn_step_backward", _in_step("torch.set_default_dtype(torch.float64)")),
        {"torch_settings_left"},
    ),
}


@pytest.mark.parametrize(("assignment", "function", "extra", "broken"), BROKEN.values(), ids=BROKEN)
def test_what_breaks_one_behaviour_is_warned_about_it(
    grade_source: Grade, assignment: str, function: str, extra: str, broken: set[str]
) -> None:
    source = (REFERENCE / assignment / "model.py").read_text() + WRAPPED + extra
    report = grade_source(source, assignment, only=("rnn_*",))
    assert report.passed, [(e.name, e.status, [c.message for c in e.checks]) for e in report.entry_points]
    assert report.score.earned == report.score.possible
    assert {b.property for b in report.behaviour if b.entry_point == function} == broken
    assert all(b.message.startswith(b.entry_point) for b in report.behaviour)


MYTORCH = {
    "keeps what the first forward saw": ("if not hasattr(self, 'hid'): self.x, self.hid = x, hid", {"forward_before"}),
    "keeps it in the class": (
        "type(self).x, type(self).hid = x, hid",
        {"forward_between", "caches_interleaved"},
    ),
}


@pytest.mark.parametrize(("line", "broken"), MYTORCH.values(), ids=MYTORCH)
def test_what_a_class_should_keep_for_each_object(grade_source: Grade, line: str, broken: set[str]) -> None:
    source = (REFERENCE / "mytorch" / "model.py").read_text()
    assert source.count("self.x, self.hid = x, hid") == 1
    report = grade_source(source.replace("self.x, self.hid = x, hid", line), "mytorch", "rnn_classifier.py")
    assert report.passed
    assert {(b.entry_point, b.property) for b in report.behaviour} == {
        ("RNNPhonemeClassifier.backward", name) for name in broken
    }


def test_drawing_random_numbers_is_not_seeding_them(grade_source: Grade) -> None:
    source = (REFERENCE / "cs231n" / "model.py").read_text() + WRAPPED + _in_step("np.random.rand(3)")
    assert not grade_source(source, only=("rnn_step_*",)).behaviour


def test_every_behaviour_is_broken_by_one_of_these_and_has_its_words() -> None:
    broken = [names for *_, names in (*BROKEN.values(), *MYTORCH.values())]
    assert set().union(*broken) == {b.name for b in BEHAVIOURS}
    assert {b.name: b.title for b in BEHAVIOURS} == {b.name: TITLES[b.name][0] for b in BEHAVIOURS}


def test_whoever_has_a_cache_is_asked_about_it() -> None:
    """Every entry point whose driver makes something in a forward call and hands it to a backward call."""
    with_caches = {
        (a.id, e.name)
        for a in registry.every()
        for e in a.entry_points
        if e.forward not in ("", e.name) and not (e.given and not e.cache_uses)
    }
    asked = {(a.id, e.name) for a in registry.every() for e in a.entry_points if e.cache_uses}
    assert asked == with_caches - {("cs187", "dL_dU")}
    for assignment in registry.every():
        for entry in assignment.entry_points:
            names = {b.name for b in behaviour.wanted(assignment, entry)}
            assert set(entry.cache_uses) <= names
