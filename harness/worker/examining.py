"""What this machine offers to keep student code apart, in lines a person reads."""

from __future__ import annotations

import platform
from collections.abc import Iterator

from harness.assignments.contract import Limits
from harness.worker import cgroup, isolation
from harness.worker.isolation import LAYERS
from harness.worker.session import Session, StartFault

WORDS = {
    "landlock": "which files can be opened (Landlock)",
    "seccomp": "which system calls can be made (seccomp)",
    "namespaces": "file system, network and processes of its own (namespaces)",
}
MEANING = {
    "full": "files of its own, a small writable folder, no network, no other processes",
    "restricted": "reads its own files and the array library, writes nothing, no network, no other processes",
    "process": "a process of its own, bounded in time and memory; it can read files and use the network as you can",
}


def lines() -> Iterator[str]:
    """Layers, then levels, each with the reason where there is none; last what is used unless another is named."""
    yield f"{platform.system()} {platform.release()} on {platform.machine()}, Python {platform.python_version()}"
    for layer, words in WORDS.items():
        yield f"  {_mark(isolation.trial((layer,)))} {words}"
    yield f"  {_mark(cgroup.missing())} bounds on all processes of a submission together (cgroup v2; no level needs it)"
    for level in LAYERS:
        reason = isolation.missing(level)
        yield f"{_mark('' if not reason else 'not here')} level {level}: {MEANING[level]}"
        if reason:
            yield f"    {reason}; {isolation.ADVICE[level]}"
    level = isolation.strongest()
    for library in ("numpy", "torch"):
        yield f"  {_mark(_start(library, level))} a worker with {library} starts at level {level}"
    yield f"Used unless another level is named: {level}"


def _mark(reason: str) -> str:
    return f"[no: {reason}]" if reason else "[yes]"


def _start(library: str, level: isolation.Level) -> str:
    """Why a worker with this library does not start; empty when it does."""
    with Session({"empty.py": b""}, library, (), Limits(), level) as session:
        try:
            session.wait_until_ready()
        except StartFault as fault:
            return str(fault)
    return ""
