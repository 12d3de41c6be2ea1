"""pytest's side of `pytest --submission PATH`: options, markers and collection; the rest is imported when it is asked
for."""

from __future__ import annotations

from pathlib import Path

import pytest

ANCHOR = Path(__file__)
"""The file pytest is told to collect in place of tests."""
CHOSEN = pytest.StashKey[list[str]]()
"""Ids of single tests that were named on the command line, such as `rnn.py::rnn_backward::matches_autograd[dWh]`."""
MARKERS = {
    "forward": "a function that computes results",
    "backward": "a function that computes gradients of another one, or of its own result",
    "agreement": "agrees with PyTorch, on whatever Hypothesis draws",
    "demanded": "a behaviour that the handout demands",
    "slopes": "is the derivative of the submission's own forward function",
}
PROFILES = {"student": 100, "ci": 300, "thorough": 2000}
"""Hypothesis profiles, and how many cases each draws for one tensor; `student` unless another is loaded."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--submission`, `--assignment`, `--submission-seed` and `--submission-isolation`."""
    group = parser.getgroup("harness", "grading a submission")
    group.addoption("--submission", metavar="PATH", help="a file or folder to grade, instead of running tests")
    group.addoption("--assignment", metavar="ID", help="the assignment; recognised from the submission by default")
    group.addoption("--submission-seed", metavar="TEXT", default="0", help="fixes every case (default: 0)")
    levels = "full, restricted or process (default: the strongest there is)"
    group.addoption("--submission-isolation", metavar="LEVEL", default="", help=levels)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """The anchor may lie in a clone, whose own conftest is none of this run's."""
    known = early_config.known_args_namespace
    if getattr(known, "submission", None):
        known.confcutdir = str(ANCHOR.parent)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """With `--submission`, the anchor is what pytest collects. Before Hypothesis loads the profile that it is told."""
    path = config.getoption("submission")
    if not path:
        return
    from harness.worker import isolation

    try:
        isolation.chosen(config.getoption("submission_isolation"), other_peoples_code=False)
    except isolation.Unavailable as error:
        raise pytest.UsageError(f"--submission-isolation: {error}") from None
    if not Path(str(path)).exists():
        raise pytest.UsageError(f"--submission {path}: there is no such file or folder")
    for name, meaning in MARKERS.items():
        config.addinivalue_line("markers", f"{name}: {meaning}")
    _offer_profiles()
    config.stash[CHOSEN] = [argument for argument in config.args if "::" in argument]
    config.args[:] = [str(ANCHOR)]


def _offer_profiles() -> None:
    """Profiles for Hypothesis's own option `--hypothesis-profile`; the same in CI, where its own defaults differ."""
    from hypothesis import settings

    plain = settings.get_profile("default")
    for name, examples in PROFILES.items():
        settings.register_profile(name, plain, max_examples=examples, deadline=None, database=None)
    settings.load_profile("student")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """The tests of the submission."""
    if file_path != ANCHOR or not parent.config.getoption("submission"):
        return None
    from harness.pytest_support import SubmissionFile

    name = Path(str(parent.config.getoption("submission"))).name
    return SubmissionFile.from_parent(parent, path=file_path, nodeid=name)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where tests were named by their ids, those alone, and all below an entry point that was."""
    chosen = config.stash.get(CHOSEN, [])
    if not chosen:
        return
    unknown = [c for c in chosen if not any(_is_in(item.nodeid, c) for item in items)]
    if unknown:
        raise pytest.UsageError(f"{unknown[0]}: there is no such test; `--collect-only -q` lists them")
    left = [item for item in items if not any(_is_in(item.nodeid, c) for c in chosen)]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in left]


def _is_in(nodeid: str, chosen: str) -> bool:
    return nodeid == chosen or nodeid.startswith(f"{chosen}::")
