"""Every version of Landlock, as far as this kernel goes: an older one handles less, and holds what it handles."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from harness.worker.jail import landlock

ROOT = Path(__file__).resolve().parent.parent
LOOKS = """
import errno, json, os, socket, sys
from pathlib import Path
from harness.worker.jail import kernel, landlock

version, folder = int(sys.argv[1]), Path(sys.argv[2])
listener = socket.create_server(("127.0.0.1", 0))
landlock.version = lambda: version
kernel.forbid_new_privileges()
landlock.restrict([str(folder / "seen")], [str(folder / "own"), "/dev/null"], [str(folder / "listed")])

def write(path, flags=os.O_WRONLY):
    os.write(os.open(path, flags, 0o600), b"x")

attempts = {
    "read": lambda: open(folder / "seen" / "file").read(),
    "write what is read": lambda: write(folder / "seen" / "file"),
    "make beside what is read": lambda: write(folder / "seen" / "new", os.O_WRONLY | os.O_CREAT),
    "make": lambda: write(folder / "own" / "new", os.O_WRONLY | os.O_CREAT),
    "rename": lambda: os.rename(folder / "own" / "new", folder / "own" / "newer"),
    "move out": lambda: os.rename(folder / "own" / "newer", folder / "outside" / "newer"),
    "remove": lambda: os.unlink(folder / "own" / "newer"),
    "throw away": lambda: write("/dev/null"),
    "list": lambda: os.listdir(folder / "listed"),
    "read what is listed": lambda: open(folder / "listed" / "file"),
    "read outside": lambda: open(folder / "outside" / "file"),
    "list outside": lambda: os.listdir(folder / "outside"),
    "write outside": lambda: write(folder / "outside" / "file"),
    "cut outside": lambda: os.truncate(folder / "outside" / "file", 0),
    "remove outside": lambda: os.unlink(folder / "outside" / "other"),
    "connect": lambda: socket.socket().connect(listener.getsockname()),
}

def met(attempt):
    try:
        attempt()
    except OSError as error:
        return errno.errorcode[error.errno]
    return ""

print(json.dumps({name: met(attempt) for name, attempt in attempts.items()}))
"""
ALLOWED = ("read", "make", "rename", "remove", "throw away", "list")


def _version() -> int:
    try:
        return landlock.version()
    except (OSError, AttributeError) as error:  # an older kernel, or another system
        pytest.skip(f"no Landlock here: {error}")


@pytest.mark.parametrize("version", [1, 2, 3, 4, 5, 6, 7])
def test_what_is_not_listed_is_out_of_reach_in_every_version(version: int, tmp_path: Path) -> None:
    if version > _version():
        pytest.skip(f"this kernel has version {_version()}")
    for name in ("seen", "own", "listed", "outside"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text("text")
    (tmp_path / "outside" / "other").write_text("text")
    done = subprocess.run(
        [sys.executable, "-c", LOOKS, str(version), str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found = json.loads(done.stdout)
    open_still = {"cut outside": version < 3, "connect": version < 4}  # seccomp refuses both
    assert {name for name, met in found.items() if not met} == {
        *ALLOWED,
        *(name for name, still in open_still.items() if still),
    }
    assert {met for met in found.values() if met} == {"EACCES"}
