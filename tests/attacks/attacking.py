"""Runs attacks in a worker and says which of them achieved something. As a program: `attacking.py LEVEL`, as JSON."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import numpy as np

from attacks.targets import Targets
from harness import wire
from harness.assignments.contract import Limits
from harness.worker.isolation import Level
from harness.worker.session import Ended, Result, Session

HERE = Path(__file__).parent
ATTACKS = {path.stem: path.read_bytes() for path in sorted((HERE / "submissions").glob("*.py"))}
DRIVER = "attacks.driver_of_attacks"
LATER = 0.4
"""Seconds after which what was left behind has acted."""


class Attempt(msgspec.Struct, frozen=True):
    """What one attack gained, as far as it says so itself, what it met, and the harm that was seen."""

    name: str
    gained: str = ""
    met: str = ""
    harm: tuple[str, ...] = ()

    @property
    def escaped(self) -> bool:
        """Whether it achieved anything."""
        return bool(self.gained or self.harm)


def attempts(level: Level, names: Sequence[str], folder: Path) -> Iterator[Attempt]:
    """Every attack in `names`, many in one worker: a new one where an attack ended it."""
    left = list(names)
    with Targets(folder) as targets:
        while left:
            with _session(level, targets) as session:
                yield from _struck(session, targets, left)
        time.sleep(LATER)
        yield Attempt("afterwards", harm=tuple(targets.harm()))


def _session(level: Level, targets: Targets) -> Session:
    files = {f"{name}.py": source for name, source in ATTACKS.items()}
    session = Session({**files, "targets.py": targets.module()}, "numpy", [DRIVER], Limits(), level)
    session.wait_until_ready()
    loaded = session.load(wire.Load(session.root, {"MARK": "targets.py"}, DRIVER, "numpy"))
    assert isinstance(loaded, wire.Loaded)
    assert not loaded.failures
    return session


def _struck(session: Session, targets: Targets, left: list[str]) -> Iterator[Attempt]:
    """Attacks taken from `left` until there is none, or the worker has ended."""
    while left and session.alive:
        name = left.pop(0)
        array = np.frombuffer(name.encode(), np.uint8)
        call = wire.Call(len(left), "attack", (wire.describe("name", array),))
        outcome = next(session.run([(call, [array])]))
        harm = targets.harm()
        targets.before = targets._state() if harm else targets.before
        if isinstance(outcome, Result):
            texts = {key: bytes(value).decode("utf-8", "replace") for key, value in outcome.arrays.items()}
            yield Attempt(name, harm=tuple(harm), **texts)
        else:
            met = outcome.why if isinstance(outcome, Ended) else outcome.message
            yield Attempt(name, met=met, harm=tuple(harm))


def main(level: Level) -> None:
    """Every attack, as the user who runs this; those that escaped, and what they did, as JSON."""
    with tempfile.TemporaryDirectory() as name:
        done = list(attempts(level, list(ATTACKS), Path(name)))
    json.dump([msgspec.to_builtins(a) for a in done], sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])  # type: ignore[arg-type]
