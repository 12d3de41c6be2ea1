"""The part of the file system that a jailed worker may see: the interpreter, its array library, its own modules."""

from __future__ import annotations

import functools
import importlib.util
import os
import sys
import sysconfig
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

MACHINE = (
    *("/proc/cpuinfo", "/proc/meminfo", "/proc/version", "/proc/filesystems", "/proc/sys/vm/overcommit_memory"),
    *("/sys/devices/system", "/sys/kernel/mm/transparent_hugepage"),
    *("/etc/ld.so.cache", "/etc/localtime", "/etc/timezone", "/etc/alternatives"),
    *("/usr/share/zoneinfo", "/usr/lib/locale"),
)
"""What the C library, numpy and torch look up about the machine."""
LIBRARY_FOLDERS = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib")
BESIDE = {"torch": ("nvidia", "triton", "cusparselt")}
"""Folders beside an array library's own that its shared objects come from, where they are installed."""
SITE = frozenset({"site-packages", "dist-packages"})


class View(msgspec.Struct, frozen=True):
    """Paths to read, and folders below those that stay covered.

    `readable` names the same files without what is covered, for a layer that can allow and not take back; `listable`
    are folders whose names alone may be read.
    """

    folders: tuple[str, ...]
    hidden: tuple[str, ...]
    readable: tuple[str, ...]
    listable: tuple[str, ...]


def view(modules: Mapping[str, str | None], libraries: Mapping[str, str], support: Sequence[str] = ()) -> View:
    """The view of a worker with these modules of its own, and these top-level modules of libraries, by their files."""
    own = [path for file in modules.values() if file for path in (file, _compiled(file)) if path]
    folders = (*_interpreter(), *_libraries(tuple(sorted(libraries.items()))), *own, *support, *MACHINE)
    listable, hidden = _standard_library(), _covered()
    return View(folders, hidden, (*folders[len(listable) :], *_without(listable, hidden)), listable)


def _standard_library() -> tuple[str, ...]:
    """Folders of the standard library, given their true names too."""
    named = {sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"), os.path.dirname(os.__file__)}
    return tuple(sorted({*named, *map(os.path.realpath, named)}))


@functools.cache
def _covered() -> tuple[str, ...]:
    """Folders of installed packages inside those of the standard library."""
    inside = [os.path.join(folder, name) for folder in _standard_library() for name in SITE]
    return tuple(path for path in inside if os.path.isdir(path))


@functools.cache
def _interpreter() -> tuple[str, ...]:
    """The standard library first, then shared objects of the machine and of this Python."""
    places = [*LIBRARY_FOLDERS, *(os.path.join(prefix, "lib") for prefix in {sys.prefix, sys.base_prefix})]
    return (*_standard_library(), *_shared_objects(places))


def _shared_objects(places: Iterable[str]) -> list[str]:
    """In each folder: the shared objects themselves, and folders named for the machine's architecture."""
    found = []
    for place in places:
        try:
            entries = list(os.scandir(place))
        except OSError:  # not on this machine
            continue
        found += [e.path for e in entries if e.name.endswith(".so") or ".so." in e.name or "-linux-" in e.name]
    return found


@functools.cache
def _libraries(libraries: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """The folder or file of each library, and what its shared objects need beside it."""
    found: list[str] = []
    for name, file in libraries:
        package = os.path.basename(file).startswith("__init__.")
        own = os.path.dirname(file) if package else file
        around = os.path.dirname(own)
        beside = [os.path.join(around, other) for other in (f"{name}.libs", *BESIDE.get(name, ()))]
        found += [own, *filter(os.path.isdir, beside)]
    return tuple(found)


@functools.cache
def _without(folders: Sequence[str], hidden: Sequence[str]) -> tuple[str, ...]:
    """Everything in `folders`, but for what is hidden."""
    return tuple(e.path for folder in folders for e in os.scandir(folder) if e.path not in hidden)


def _compiled(file: str) -> str | None:
    """The file's bytecode, where there is any."""
    path = importlib.util.cache_from_source(file)
    return path if Path(path).is_file() else None
