"""The worker's entry: narrows its imports, bounds itself, enters its jail, then answers calls until its socket closes.

Run as `python -P -s -S -B main.py DESCRIPTOR SETUP`, SETUP being the descriptor of a file with JSON: the modules of the
harness it may import, the files of the libraries it may import, its control group, its resource limits, and its jail.
Nothing else of the machine's Python is on its path. A zygote is told the first two; it comes back with the rest in
every worker that it forks.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def join(group: list[int]) -> None:
    """Come into a control group by its door, if there is one, before anything that it bounds."""
    for door in group:
        with contextlib.suppress(OSError):  # nothing depends on it
            os.write(door, b"0")
        os.close(door)


def set_limits(limits: dict[str, int]) -> None:
    """Bound CPU, memory, file size and open files, where the platform can."""
    try:
        import resource
    except ImportError:  # not a Unix: the grader's clock is the only bound
        return
    for name, value in limits.items():
        kind = getattr(resource, "RLIMIT_" + name, None)
        if kind is not None:
            resource.setrlimit(kind, (value, value))


def narrow_imports(modules: dict[str, str | None], libraries: dict[str, str]) -> None:
    """Let nothing be imported but the standard library, the listed libraries and the worker's own modules."""
    import importlib.util

    name = "harness.worker.inside.importing"
    spec = importlib.util.spec_from_file_location(name, modules[name])
    if spec is None or spec.loader is None:
        raise ImportError(f"{modules[name]} cannot be imported")
    importing = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(importing)
    importing.install(modules, libraries)


def confine(jail: dict[str, Any], descriptor: int) -> int:
    """Enter the jail, try it when asked to, and tell the number this process has for the grader."""
    from harness.worker.jail.entering import enter

    process = enter(jail, descriptor)
    if jail["trial"]:
        from harness.worker.jail.trial import troubles

        sys.exit("; ".join(troubles(jail)) or 0)
    if "namespaces" not in jail["layers"]:
        from harness.worker.inside import refusals

        refusals.watch()
    return process


def main() -> None:
    """Set up, then serve: in this process, or in each that a zygote makes."""
    descriptor = int(sys.argv[1])
    with open(int(sys.argv[2]), encoding="utf-8") as told:
        setup = json.load(told)
    sys.argv = [""]
    folder = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or ".") != folder]
    narrow_imports(setup["modules"], setup["libraries"])
    if "zygote" in setup:
        from harness.worker.inside import zygote

        descriptor, own = zygote.workers(descriptor, setup)
        setup |= own
    join(setup["group"])
    set_limits(setup["limits"])
    process = confine(setup["jail"], descriptor) if setup["jail"] else os.getpid()
    from harness.worker.inside.serving import serve

    serve(descriptor, setup["answers"], setup["library"], process)


if __name__ == "__main__":
    main()
