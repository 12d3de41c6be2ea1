"""What a call shares with everybody else in its process, and should leave as it was: settings, and random numbers.

The functions that read it are taken before any code of the student's runs. A student's code that lies to them hides a
warning, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from random import getstate
from types import ModuleType
from typing import Any

import numpy as np

from harness.wire import Leftover

Readers = dict[Leftover, Callable[[], Any]]


class Surroundings:
    """Watches the settings on every call, which costs a microsecond; random generators on the calls that ask for it.

    Drawing random numbers is fine, and so is a generator that another seed leads elsewhere. A generator that ends in
    the same state from different seeds was set anew in between: whoever draws from it afterwards gets numbers that
    repeat.
    """

    def __init__(self, torch: ModuleType | None) -> None:
        self.settings: Readers = {"numpy_errors": np.geterr}
        self.generators: Readers = {"numpy_random": _numpy_state(np.random.get_state), "random": getstate}
        if torch is not None:
            self.settings["torch_dtype"] = torch.get_default_dtype
            self.settings["torch_gradients"] = torch.is_grad_enabled
            self.settings["torch_threads"] = torch.get_num_threads
            self.generators["torch_random"] = _torch_state(torch.get_rng_state)
        self.ends: dict[tuple[str, str, Any], int] = {}
        self.known: dict[Leftover, Any] | None = None

    def before(self) -> dict[Leftover, Any]:
        """The settings a call begins with: those the call before it ended with, where it came to an end."""
        known, self.known = self.known, None
        return known or self._read()

    def left(self, before: dict[Leftover, Any], operation: str, seed: int, watch: bool) -> tuple[Leftover, ...]:
        """What is not as the call found it; `seed` is what the generators were set to before it."""
        now = self.known = self._read()
        changed = [name for name in now if now[name] != before[name]] if now != before else []
        if watch:
            changed += [n for n, read in self.generators.items() if self._ended_before(operation, n, read(), seed)]
        return tuple(changed)

    def _read(self) -> dict[Leftover, Any]:
        return {name: read() for name, read in self.settings.items()}

    def _ended_before(self, operation: str, generator: str, state: Any, seed: int) -> bool:
        """Whether the generator ended in this state before, after a call that began with another seed."""
        return self.ends.setdefault((operation, generator, state), seed) != seed


def _numpy_state(get_state: Callable[..., Any]) -> Callable[[], Any]:
    def read() -> Any:
        state = get_state(legacy=False)["state"]
        return state["key"].tobytes(), state["pos"]

    return read


def _torch_state(get_rng_state: Callable[[], Any]) -> Callable[[], Any]:
    return lambda: get_rng_state().numpy().tobytes()
