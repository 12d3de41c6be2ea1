"""Starts a worker: a fresh interpreter with a clean environment, that can import only what it needs."""

from __future__ import annotations

import functools
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import msgspec

from harness.assignments.contract import Limits
from harness.worker.clock import CORES
from harness.worker.jail.places import SCRATCH
from harness.worker.view import view

HARNESS = Path(__file__).resolve().parent.parent
INSIDE = (
    "main",
    "importing",
    "bystanders",
    "stand_ins",
    "serving",
    "answers",
    "loading",
    "stepping",
    "cells",
    "snapshots",
    "arrays",
    "surroundings",
    "on_cpu",
    "failures",
    "refusals",
    "driving",
    "zygote",
)
JAIL = ("entering", "kernel", "landlock", "namespaces", "numbers", "places", "policy", "seccomp", "trial")
EMPTY_PACKAGES = ("harness", "harness.worker", "harness.worker.inside", "harness.worker.jail", "harness.assignments")
LIBRARIES = {
    "numpy": ("numpy", "msgspec"),
    "torch": (
        *("numpy", "msgspec", "torch", "torchgen", "functorch", "typing_extensions", "sympy", "mpmath"),
        *("networkx", "jinja2", "markupsafe", "filelock", "fsspec", "packaging"),
    ),
}
"""What each array library needs to be importable. msgspec carries the protocol."""

SINGLE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)


HOMES = ("HOME", "TMPDIR", "TORCHINDUCTOR_CACHE_DIR")
"""Where things of one's own go. torch.optim makes the last one on its first use unless it is there, be it closed."""


class Jail(msgspec.Struct, frozen=True):
    """Which layers hold a worker, and what more it may read."""

    layers: tuple[str, ...] = ()
    support: tuple[str, ...] = ()
    """Files that the assignment gives to this submission."""
    trial: str = ""
    """A file that must be out of reach: the worker tries its jail and ends."""


def start(
    given: Sequence[int], folder: Path, library: str, drivers: Sequence[str], limits: Limits, jail: Jail
) -> subprocess.Popen[bytes]:
    """A worker in a fresh interpreter, in `folder`; its output captured, its input empty.

    `given` are its channel, a file for its answers, and the door of a control group where there is one. The folder
    holds what was handed in, in `submission`; a working folder and a root for the jail are made beside it.
    """
    own = told(folder, library, drivers, limits, jail)
    setup = {**shared(library, drivers), **own, "answers": given[1], "group": given[2:]}
    return interpreter(given, setup, Path(own["work"]), own["homes"]["HOME"], subprocess.PIPE)


@contextmanager
def written(told: dict[str, Any]) -> Iterator[IO[bytes]]:
    """An open file without a name that says this in JSON."""
    with tempfile.TemporaryFile() as file:
        file.write(json.dumps(told).encode())
        file.seek(0)
        yield file


def interpreter(
    given: Sequence[int], setup: dict[str, Any], folder: Path, home: str, output: int
) -> subprocess.Popen[bytes]:
    """A fresh interpreter with some descriptors, the first of which is its channel, that sets itself up as it is told.

    That is in a file without a name: one argument of a program may hold 128 KiB, and there are systems with thousands
    of shared objects in one folder.
    """
    main = HARNESS / "worker" / "inside" / "main.py"
    with written(setup) as told:
        return subprocess.Popen(
            # as "-I", but for PYTHONHASHSEED, which it would ignore: the order of a set is part of a student's answer
            [sys.executable, "-P", "-s", "-S", "-B", "-X", "utf8", str(main), str(given[0]), str(told.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=_environment(home),
            pass_fds=[*given, told.fileno()],
            start_new_session=True,
        )


def shared(library: str, drivers: Sequence[str]) -> dict[str, Any]:
    """What every worker is told that has this array library and these drivers."""
    return {"library": library, "modules": worker_modules(drivers), "libraries": library_files(library)}


def told(folder: Path, library: str, drivers: Sequence[str], limits: Limits, jail: Jail) -> dict[str, Any]:
    """What one worker is told besides: its folders, its limits and its jail."""
    work = folder / "work"
    work.mkdir(exist_ok=True)
    home = SCRATCH if "namespaces" in jail.layers else str(work)
    modules, libraries = worker_modules(drivers), library_files(library)
    return {
        "work": str(work),
        "homes": dict.fromkeys(HOMES, home),
        "limits": _resources(limits),
        "jail": _jail(folder, modules, libraries, limits, jail) if jail.layers else None,
    }


def guardian() -> int:
    """The process whose end ends what is started; 0 in a thread, whose end would do that already."""
    return os.getpid() if threading.current_thread() is threading.main_thread() else 0


def _jail(
    folder: Path, modules: dict[str, str | None], libraries: dict[str, str], limits: Limits, jail: Jail
) -> dict[str, object]:
    """What a worker has to know to put itself into its jail."""
    root = folder / "root"
    root.mkdir(exist_ok=True)
    seen = view(modules, libraries, jail.support)
    small = "namespaces" in jail.layers
    return {
        "layers": jail.layers,
        "root": str(root),
        "submission": str(folder / "submission"),
        "folders": seen.folders if small else (),
        "hidden": seen.hidden if small else (),
        "readable": seen.folders if small else seen.readable,
        "listable": seen.listable,
        "disk": limits.disk,
        "files": limits.files,
        "processes": limits.processes,
        "trial": jail.trial,
        "parent": guardian(),
    }


def worker_modules(drivers: Sequence[str]) -> dict[str, str | None]:
    """Every module a worker can import besides libraries, and its file; None for packages left empty.

    `drivers` are the assignment's driver and the modules it builds on.
    """
    return dict(_worker_modules(tuple(drivers)))


@functools.cache
def _worker_modules(drivers: tuple[str, ...]) -> dict[str, str | None]:
    modules: dict[str, str | None] = dict.fromkeys(EMPTY_PACKAGES)
    for name in ("wire", "celltext"):
        modules[f"harness.{name}"] = str(HARNESS / f"{name}.py")
    for folder, names in (("inside", INSIDE), ("jail", JAIL)):
        for name in names:
            modules[f"harness.worker.{folder}.{name}"] = str(HARNESS / "worker" / folder / f"{name}.py")
    for name in drivers:
        modules[name] = _file(name)
        parent = name.rpartition(".")[0]
        while parent:
            modules.setdefault(parent, None)
            parent = parent.rpartition(".")[0]
    return modules


@functools.cache
def _file(module: str) -> str:
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"the driver {module!r} is not installed")
    return spec.origin


@functools.cache
def library_files(library: str) -> dict[str, str]:
    """For each top-level module of the array library, the file it is imported from."""
    specs = {name: importlib.util.find_spec(name) for name in LIBRARIES[library]}
    return {name: spec.origin for name, spec in specs.items() if spec is not None and spec.origin is not None}


def _resources(limits: Limits) -> dict[str, int]:
    """Limits for `setrlimit`. CPU seconds get room above the grader's own clock, which decides first.

    Threads that compute on every core while the grader does not look must not meet it: the system ends a process for
    that with SIGKILL, which in a jail is taken for somebody else's doing.
    """
    return {
        "CPU": CORES * (int(limits.cpu_submission) + 10),
        "AS": limits.memory,
        "FSIZE": limits.file_size,
        "NOFILE": limits.open_files,
        "CORE": 0,
    }


def _environment(home: str) -> dict[str, str]:
    """Nothing of the grader's environment but what an interpreter needs."""
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "LD_LIBRARY_PATH") if name in os.environ}
    return {
        **kept,
        **dict.fromkeys(HOMES, home),
        "MPLBACKEND": "Agg",
        **SINGLE_THREAD,
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "PYTHONHASHSEED": "0",
    }
