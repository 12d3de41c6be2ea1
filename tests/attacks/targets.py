"""What attacks are aimed at, all of it the test's own, and how the harm done to it is seen from outside."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import subprocess
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import numpy

from harness.assignments.contract import Limits

REFERENCE = Path(__file__).resolve().parents[2] / "reference_impls" / "cs231n" / "model.py"


GONE = "gone"


class Targets:
    """Files, sockets and a process that a submission must not reach. Use as a context manager."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.mark = folder, secrets.token_hex(12)
        self.precious, self.secret = folder / "precious", folder / "home" / "secret.txt"
        for place in (self.precious, self.secret.parent):
            place.mkdir(parents=True)
        self.banks = folder / "cache"
        self.banks.mkdir()
        for path in (
            self.banks / "f.bank",
            self.secret,
            self.secret.with_name(".settings"),
            self.precious / "other_submission.py",
        ):
            path.write_text(self.mark)
        self.bystander = subprocess.Popen(["sleep", "600"], env={"MARK": self.mark})
        self.sockets = dict(self._listeners())
        self.inherited = os.open(self.secret, os.O_RDONLY)
        os.set_inheritable(self.inherited, True)
        self.before = self._state()

    def __enter__(self) -> Targets:
        return self

    def __exit__(self, *exc: object) -> None:
        self.bystander.kill()
        self.bystander.wait()
        os.close(self.inherited)
        for listener in self.sockets.values():
            listener.close()

    def _listeners(self) -> Iterator[tuple[str, socket.socket]]:
        unix, datagram = str(self.folder / "s"), str(self.folder / "d")
        for name, family, kind, address in (
            ("TCP", socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
            ("UDP", socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
            ("UNIX", socket.AF_UNIX, socket.SOCK_STREAM, unix),
            ("UNIX_DATAGRAM", socket.AF_UNIX, socket.SOCK_DGRAM, datagram),
            ("ABSTRACT", socket.AF_UNIX, socket.SOCK_STREAM, "\0" + self.mark),
        ):
            listener = socket.socket(family, kind)
            listener.bind(address)
            listener.setblocking(False)
            if kind == socket.SOCK_STREAM:
                listener.listen()
            yield name, listener

    def module(self) -> bytes:
        """The source of a module `targets` for the attacks."""
        values = {
            "SECRET": str(self.secret),
            "PRECIOUS": str(self.precious),
            "BANKS": str(self.banks),
            "REFERENCE": str(REFERENCE),
            "MARK": self.mark,
            "BYSTANDER": self.bystander.pid,
            "GRADER": os.getpid(),
            "TCP": self.sockets["TCP"].getsockname()[1],
            "UDP": self.sockets["UDP"].getsockname()[1],
            "UNIX": str(self.folder / "s"),
            "UNIX_DATAGRAM": str(self.folder / "d"),
            "ABSTRACT": self.mark,
            "DISK": Limits().disk,
            "FILES": Limits().files,
        }
        return "".join(f"{name} = {value!r}\n" for name, value in values.items()).encode()

    def harm(self) -> list[str]:
        """What is no longer as it was, in words."""
        after = self._state()
        changed = [
            f"{what}: {after.get(what, GONE)}, was {was}"
            for what, was in self.before.items()
            if after.get(what, GONE) != was
        ]
        return changed + [f"something came by {name}" for name in self.sockets if self._came(name)]

    def _state(self) -> dict[str, object]:
        installed = [Path(numpy.__file__), Path(sysconfig.get_path("stdlib")) / "__pycache__"]
        found: dict[str, object] = {str(path): _facts(path) for path in (*self.folder.rglob("*"), *installed)}
        found["the files"] = sorted(path.name for path in self.folder.rglob("*"))
        found["the process"] = _process(self.bystander)
        return found

    def _came(self, name: str) -> bool:
        listener = self.sockets[name]
        with contextlib.suppress(BlockingIOError):
            if listener.type == socket.SOCK_STREAM:
                listener.accept()[0].close()
            else:
                listener.recv(100)
            return True
        return False


def _facts(path: Path) -> object:
    if not os.path.lexists(path):
        return GONE
    status = path.lstat()
    attributes = sorted(os.listxattr(path, follow_symlinks=False))
    size = status.st_size if path.is_file() else None
    return oct(status.st_mode), status.st_uid, size, status.st_mtime, attributes


def _process(process: subprocess.Popen[bytes]) -> object:
    if process.poll() is not None:
        return "ended"
    import resource

    stat = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    stopped = "stopped" if stat[0] in "Tt" else "running"
    limits = resource.prlimit(process.pid, resource.RLIMIT_NOFILE)
    return stopped, os.getpriority(os.PRIO_PROCESS, process.pid), os.sched_getaffinity(process.pid), limits
