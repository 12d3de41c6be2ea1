"""Banks on disk: found again by everything they depend on, written whole or not at all, never in the way.

A course's seed is a secret, and so is what a bank holds: files are their owner's alone, and their names tell nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import platformdirs

from harness.cases.case import Case
from harness.oracles import bank_file
from harness.oracles.bank_file import Damaged, Part

VARIABLE = "HARNESS_CACHE"
"""The environment variable that names another folder; set and empty, nothing is kept."""
SUFFIX = ".bank"
PAUSE, LOOKS = 0.05, 1200
"""Seconds between looks whether another process has built a bank, and how many looks: a minute of them."""
KEPT = 90 * 86400.0
"""Seconds a bank stays after it was last written."""

Rows = list[tuple[Case, tuple[Part, ...]]]
_log = logging.getLogger("harness")
_told: set[str] = set()


def folder() -> Path | None:
    """Where banks are kept; None where they are not."""
    named = os.environ.get(VARIABLE)
    if named is not None:
        return Path(named) if named else None
    return platformdirs.user_cache_path("harness", appauthor=False)


def found(about: Mapping[str, str]) -> Rows | None:
    """The bank about exactly this, or None. One that is damaged is told of, and made anew by who asked."""
    place = _path(about)
    if place is None:
        return None
    try:
        if os.name == "posix" and place.stat().st_uid != os.geteuid():
            raise Damaged("it is somebody else's")
        return bank_file.read(place, about)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (Damaged, OSError) as error:
        _tell(f"the bank of cases in {place} is not used and made anew: {error}")
        return None


def keep(about: Mapping[str, str], rows: Sequence[tuple[Case, Sequence[Part]]]) -> None:
    """Write a bank beside its place and rename it. Where that cannot be, it is told once, and nothing is kept."""
    place = _path(about)
    if place is None:
        return
    temporary = place.with_name(f".{place.name}.{os.getpid()}")
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):  # nothing was left by an earlier process of this number
            temporary.unlink()
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.writelines(bank_file.encode(about, rows))
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, place)
        _remove_old(place.parent)
    except OSError as error:
        _tell(f"banks of cases cannot be kept in {place.parent}, so they are computed every time: {error}")
        with contextlib.suppress(OSError):  # it was never made, or cannot be removed either
            temporary.unlink()


@contextlib.contextmanager
def building(about: Mapping[str, str]) -> Iterator[None]:
    """Let one process at a time build this bank, where files can be locked: the others find it made."""
    place = _path(about)
    try:
        import fcntl

        if place is None:
            raise OSError("nothing is kept")
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(place.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    except (ImportError, OSError):  # no locks here, or no folder: everybody builds
        yield
        return
    try:
        for _ in range(LOOKS):  # whoever holds it may be stopped: then this one builds too
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                time.sleep(PAUSE)
            except OSError:  # a file system without locks
                break
        yield
    finally:
        os.close(lock)


def _path(about: Mapping[str, str]) -> Path | None:
    """The file's place, by a digest of all it depends on."""
    within = folder()
    text = "\0".join(f"{name}\0{value}" for name, value in sorted(about.items()))
    return None if within is None else within / (hashlib.sha256(text.encode()).hexdigest()[:40] + SUFFIX)


def _remove_old(within: Path) -> None:
    """Remove what nobody has made anew for long."""
    for path in within.iterdir():
        if SUFFIX in path.name or path.suffix == ".lock":
            with contextlib.suppress(OSError):  # another process was first
                if time.time() - path.stat().st_mtime > KEPT:
                    path.unlink()


def _tell(message: str) -> None:
    """A line on stderr, once."""
    if message not in _told:
        _told.add(message)
        _log.warning("harness: %s", message)
