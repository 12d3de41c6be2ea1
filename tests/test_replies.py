"""Whatever a worker sends, the grader makes a verdict of it: mutated replies, and none of ours ever raises."""

from __future__ import annotations

import os
import random
import socket
import tracemalloc
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import msgspec
import numpy as np
import pytest

from grading import DEEP
from harness import wire
from harness.assignments.contract import Limits
from harness.worker import kept as kept_file
from harness.worker.session import Ended, Result, Session

FRAMES = 25_000 if DEEP else 3_000
LIMITS = Limits(reply=1 << 16)
ARRAYS = {"a": np.arange(6.0).reshape(2, 3), "b": np.ones((2, 2), np.int32), "c": np.zeros((0, 4))}
SPECS = tuple(wire.describe(name, array) for name, array in ARRAYS.items())
CALL = wire.Call(3, "anything", ())


class Channel:
    """Hands out what a worker would have sent, then is closed."""

    def __init__(self, sent: bytes) -> None:
        self.sent = sent

    def recv_into(self, room: memoryview) -> int:
        """The next bytes."""
        chunk, self.sent = self.sent[: len(room)], self.sent[len(room) :]
        room[: len(chunk)] = chunk
        return len(chunk)


KEPT = kept_file.new()
"""Where every worker here keeps what it has not sent."""


def _session(sent: bytes, kept: bytes = b"", end: int | None = None) -> Session:
    """A session whose worker has sent `sent`, kept `kept`, up to `end`, and ended; everything else of it is real."""
    session = Session.__new__(Session)
    session.group, session.kept = None, KEPT
    os.pwrite(KEPT, wire.COUNT.pack(wire.COUNT.size + len(kept) if end is None else end) + kept, 0)
    session.limits, session.level, session.alive, session.output = LIMITS, "full", True, bytearray()
    session.received, session.read, session.room = bytearray(), 0, memoryview(bytearray(1 << 10))
    session.channel = Channel(sent)  # type: ignore[assignment]
    session.process = SimpleNamespace(pid=2**22 + 1, wait=lambda timeout: 0, kill=lambda: None)  # type: ignore[assignment]
    session.number, session.cpu_started, session.cpu_before, session.started = 2**22 + 1, 0.0, 0.0, float("inf")

    def transfer(outbox: memoryview) -> memoryview:
        session._receive()
        return outbox

    session._transfer = transfer  # type: ignore[method-assign]
    return session


def _returned(**changes: object) -> bytes:
    header = msgspec.to_builtins(wire.Returned(CALL.id, SPECS)) | changes
    return _frame(msgspec.msgpack.encode(header), b"".join(a.tobytes() for a in ARRAYS.values()))


def _frame(header: bytes, payload: bytes) -> bytes:
    return wire.PREFIX.pack(len(header), len(payload)) + header + payload


RIGHT = _returned()
RAISED = wire.pack(wire.Raised(CALL.id, wire.Failure("E", "m", (wire.Frame("f", 1, "g"),))))
VALUES: tuple[object, ...] = (
    *(None, True, -1, 0, 1, 2**31, 2**63 - 1, 2**64 - 1, 1.5, float("nan"), float("inf"), "", "a" * 5000, b"\xff" * 9),
    *(
        [],
        {},
        [[]],
        [{}],
        {"a": {"a": {}}},
        "float64",
        "object",
        "V8",
        "<f8",
        "datetime64",
        [-1],
        [2**31, 2**31, 2**31],
    ),
    *(
        [0] * 9,
        [1] * 70,
        [2**62, 4],
        [0, 2**31, 2**31],
        [-1, -6],
        [-2, 3, -1],
        "\ud7ff\u202e\x1b",
        "Ready",
        "Loaded",
        "Raised",
    ),
)


def _random_tree(draw: random.Random, depth: int = 0) -> object:
    if depth < 3 and draw.random() < 0.4:
        items = [_random_tree(draw, depth + 1) for _ in range(draw.randrange(4))]
        return items if draw.random() < 0.5 else {f"k{i}": item for i, item in enumerate(items)}
    return draw.choice(VALUES)


def _bytes_changed(draw: random.Random) -> bytes:
    data = bytearray(draw.choice((RIGHT, RAISED)))
    for _ in range(draw.randrange(1, 6)):
        data[draw.randrange(len(data))] = draw.randrange(256)
    return bytes(data)


def _cut_and_spliced(draw: random.Random) -> bytes:
    one, two = draw.choice((RIGHT, RAISED)), draw.choice((RIGHT, RAISED))
    return one[: draw.randrange(len(one))] + two[draw.randrange(len(two)) :]


def _field_replaced(draw: random.Random) -> bytes:
    name = draw.choice(("type", "id", "outputs", "changed", "failure", "process", "unknown"))
    return _returned(**{name: _random_tree(draw)})


def _spec_replaced(draw: random.Random) -> bytes:
    specs = [msgspec.to_builtins(spec) for spec in SPECS]
    spec, place = draw.choice(specs), draw.randrange(5)
    spec[place:] = [_random_tree(draw), *spec[place + 1 :]]
    return _returned(outputs=specs * draw.choice((1, 1, 2, 300)))


def _lengths_replaced(draw: random.Random) -> bytes:
    sizes = (0, 1, len(RIGHT), 2**16, 2**31, 2**32 - 1)
    return wire.PREFIX.pack(draw.choice(sizes), draw.choice((*sizes, 2**63, 2**64 - 1))) + RIGHT[wire.PREFIX.size :]


def _noise(draw: random.Random) -> bytes:
    return draw.randbytes(draw.randrange(200))


MUTATIONS: tuple[Callable[[random.Random], bytes], ...] = (
    *(_bytes_changed, _cut_and_spliced, _field_replaced, _spec_replaced, _lengths_replaced, _noise),
)


def _mutated() -> Iterator[bytes]:
    draw = random.Random(20)
    for number in range(FRAMES):
        yield MUTATIONS[number % len(MUTATIONS)](draw)


def test_replies_that_are_right_are_understood() -> None:
    outcome = next(_session(RIGHT).run([(CALL, [])]))
    assert isinstance(outcome, Result)
    assert {name: a.tolist() for name, a in outcome.arrays.items()} == {n: a.tolist() for n, a in ARRAYS.items()}


CALLS = [(msgspec.structs.replace(CALL, id=number), ()) for number in (3, 4, 5)]


def test_what_was_kept_is_heard_once_however_much_of_it_was_sent() -> None:
    """The worker may have ended while it was sending."""
    three = b"".join(_returned(id=number) for number in (3, 4, 5))
    for size in range(0, len(three) + 1, 7):
        assert [type(o) for o in _session(three[:size], three).run(CALLS)] == [Result] * 3
    *found, last = _session(three[:-1], three[: len(RIGHT) + 1]).run(CALLS)
    assert [type(o) for o in (*found, last)] == [Result, Result, Ended]


@pytest.mark.parametrize("end", [0, 1, 7, 8, wire.KEPT + 1, 2**32, 2**64 - 1])
def test_a_lie_about_how_much_was_kept_is_harmless(end: int) -> None:
    first, *others = _session(b"", RIGHT * 3, end).run(CALLS)
    assert isinstance(first, Ended | Result)
    assert all(isinstance(o, Ended) for o in others)


def test_every_mutated_reply_is_an_outcome_and_takes_little_memory() -> None:
    outcomes: dict[str, int] = {}
    tracemalloc.start()
    try:
        for number, frame in enumerate(_mutated()):
            sent, kept = (b"", frame) if number % 2 else (frame, b"")
            outcome = next(_session(sent, kept).run([(CALL, [])]))
            outcomes[type(outcome).__name__] = outcomes.get(type(outcome).__name__, 0) + 1
            if isinstance(outcome, Result):
                assert all(a.nbytes <= len(frame) and not a.flags.writeable for a in outcome.arrays.values())
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert outcomes["Ended"] > FRAMES / 2
    assert outcomes["Result"] > 0
    assert outcomes["Failure"] > 0
    assert most < 16 << 20


@pytest.mark.parametrize("kind", ["Ready", "Loaded"])
def test_mutated_first_messages_are_told_from_a_start(kind: str) -> None:
    right = wire.pack(wire.Ready(7) if kind == "Ready" else wire.Loaded({}, ("f",)))
    draw = random.Random(7)
    for _ in range(FRAMES // 10):
        data = bytearray(right)
        data[draw.randrange(len(data))] = draw.randrange(256)
        found = _session(bytes(data)).load(wire.Load("", {}, "", "numpy"))
        assert isinstance(found, Ended | wire.Loaded)


def test_a_channel_of_the_real_kind_closes_like_the_one_here() -> None:
    ours, theirs = socket.socketpair()
    theirs.close()
    with ours:
        assert ours.recv_into(memoryview(bytearray(1))) == Channel(b"").recv_into(memoryview(bytearray(1))) == 0
