"""Answers come several at a time, and none is lost: the call that never came back is the one that is blamed."""

from __future__ import annotations

import os

import numpy as np
import pytest

from harness import wire
from harness.assignments.contract import Limits
from harness.wire import Call
from harness.worker import isolation
from harness.worker.isolation import Level
from harness.worker.session import Ended, Message, Outcome, Result, Session

DRIVER = "driver_of_calls"
LIMITS = Limits(cpu_call=0.5, wall_call=60.0)
ENDS = {
    "exits": ("os._exit(3)", "ended its own process (exit code 3)", False),
    "crashes": ("os.abort()", "ended by SIGABRT", False),
    "never ends": ("while True: pass", "one call took more than 0.5 s", True),
    "closes every descriptor and goes": ("os.closerange(3, 64); os._exit(0)", "exit code 0", False),
}
HEAD = "import os, time\nimport numpy as np\n"


def messages(count: int) -> list[Message]:
    """Calls with the numbers from 0 on, each its own argument too."""
    array = np.arange(count, dtype=np.float64)
    return [(Call(n, "called", (wire.describe("n", array[n : n + 1]),)), [array[n : n + 1]]) for n in range(count)]


def outcomes(source: str, count: int, level: Level = "process", limits: Limits = LIMITS) -> list[Outcome]:
    """What so many calls of a submission's `f` came to."""
    if reason := isolation.missing(level):
        pytest.skip(f"level {level}: {reason}")
    with Session({"a.py": (HEAD + source).encode()}, "numpy", [DRIVER], limits, level) as session:
        session.wait_until_ready()
        loaded = session.load(wire.Load(session.root, {"f": "a.py"}, DRIVER, "numpy"))
        assert isinstance(loaded, wire.Loaded)
        assert not loaded.failures
        return list(session.run(messages(count)))


def numbers(found: list[Outcome]) -> list[float]:
    return [float(o.arrays["n"][0]) for o in found if isinstance(o, Result)]


@pytest.mark.parametrize("level", ["process", "restricted", "full"])
@pytest.mark.parametrize("end", ENDS)
def test_what_came_before_the_end_is_heard(end: str, level: Level) -> None:
    code, why, timeout = ENDS[end]
    *before, last = outcomes(f"def f(n):\n    if n[0] == 7:\n        {code}\n    return n\n", 12, level)
    assert numbers(before) == [0, 1, 2, 3, 4, 5, 6]
    assert isinstance(last, Ended)
    assert (last.timeout, why in last.why) == (timeout, True), last.why


def test_it_is_heard_of_a_fresh_interpreter_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARNESS_ZYGOTES", "0")
    test_what_came_before_the_end_is_heard("exits", "full")


@pytest.mark.parametrize("trouble", [AttributeError, PermissionError])
def test_it_is_heard_where_files_in_memory_are_not_to_be_had(
    trouble: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Conda's Python and portable ones know none, as they are built for older systems; hardened systems forbid them."""

    def refused(name: str) -> int:
        raise trouble

    monkeypatch.setattr(os, "memfd_create", refused, raising=False)
    test_what_came_before_the_end_is_heard("exits", "full")


def test_answers_too_long_to_be_kept_come_in_their_order() -> None:
    size = wire.KEPT // 8
    found = outcomes(f"def f(n):\n    return np.full({size} if n[0] % 3 else 4, n[0])\n", 9)
    assert numbers(found) == [0, 1, 2, 3, 4, 5, 6, 7, 8]
    assert {o.arrays["n"].size for o in found if isinstance(o, Result)} == {size, 4}


def test_a_result_too_large_to_be_sent_is_too_much_memory() -> None:
    """It takes no room itself: every element is the same one."""
    *before, last = outcomes("def f(n):\n    return n if n[0] < 3 else np.broadcast_to(n, (2**20, 2**20))\n", 6)
    assert numbers(before) == [0, 1, 2]
    assert isinstance(last, Ended)
    assert "ran out of memory" in last.why


def test_more_answers_than_there_is_room_for_come_in_their_order() -> None:
    found = outcomes(f"def f(n):\n    return np.full({wire.KEPT // 80}, n[0])\n", 64)
    assert numbers(found) == list(range(64))


def test_a_call_is_bounded_by_its_own_time_and_not_by_those_before_it() -> None:
    source = (
        "def f(n):\n    began = time.process_time()\n    while time.process_time() - began < 0.15: pass\n    return n\n"
    )
    assert numbers(outcomes(source, 8)) == list(range(8))


@pytest.mark.parametrize("level", ["process", "full"])
def test_who_overwrites_what_is_kept_spoils_no_more_than_it_could_have_sent(level: Level) -> None:
    source = """
import gc, mmap
def f(n):
    room = next(o for o in gc.get_objects() if hasattr(o, "room") and isinstance(o.room, mmap.mmap)).room
    if n[0] == 3:
        room[:] = os.urandom(len(room))
        os._exit(1)
    return n
"""
    found = outcomes(source, 6, level)
    assert isinstance(found[-1], Ended)
    assert set(numbers(found)) <= {0, 1, 2}


def test_the_grader_keeps_no_descriptor_of_it() -> None:
    outcomes("def f(n):\n    return n\n", 1)
    before = len(os.listdir("/proc/self/fd"))
    outcomes("def f(n):\n    return n\n", 1)
    assert len(os.listdir("/proc/self/fd")) == before
