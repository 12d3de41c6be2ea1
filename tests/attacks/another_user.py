"""Runs attacks as an ordinary user, started by root: `another_user.py LEVEL`.

Where what is installed lies below a folder that nobody else may enter, such as root's home, the way there is opened for
this process alone: in a mount namespace of its own that folder is empty, but for what is needed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from harness.worker.jail import kernel, namespaces

USER = 12345
ROOT = Path(__file__).resolve().parents[2]
ASIDE = "/mnt"
"""A folder that is there, to hold the closed one while another is mounted on it."""


def needed() -> list[Path]:
    """What has to be reached: the interpreter, what it imports, and this project."""
    named = [sys.executable, sys.prefix, sys.base_prefix, str(ROOT), *filter(None, sys.path)]
    found = {Path(os.path.realpath(name)) for name in named} | {Path(os.path.abspath(name)) for name in named}
    return sorted(path for path in found if path.exists())


def open_the_way(paths: Sequence[Path]) -> None:
    """Have every folder above these paths be entered by anybody, in this process's view."""
    kernel.unshare(namespaces.MOUNTS)
    kernel.mount("", "/", flags=namespaces.RECURSIVE | namespaces.PRIVATE)
    while closed := sorted(folder for path in paths for folder in path.parents if not folder.stat().st_mode & 1):
        top = closed[0]
        _replace(top, {Path(top, path.relative_to(top).parts[0]) for path in paths if top in path.parents})


def _replace(top: Path, kept: set[Path]) -> None:
    """Mount an open, empty folder on `top`, with nothing in it but `kept`."""
    bind = namespaces.BIND | namespaces.RECURSIVE
    links = {path: os.readlink(path) for path in kept if path.is_symlink()}
    files = {path for path in kept if path.is_file()}
    kernel.mount(str(top), ASIDE, flags=bind)
    kernel.mount("tmpfs", str(top), "tmpfs", 0, "mode=755,size=1m")
    for path in kept:
        if path in links:
            path.symlink_to(links[path])
            continue
        path.touch() if path in files else path.mkdir()
        kernel.mount(str(ASIDE / path.relative_to(top)), str(path), flags=bind)
    kernel.unmount(ASIDE, namespaces.DETACH)


def main(level: str) -> None:
    """Become that user, and go on as `attacking.py`."""
    open_the_way(needed())
    os.setgroups([])
    os.setresgid(USER, USER, USER)
    os.setresuid(USER, USER, USER)
    os.chdir("/")
    paths = os.pathsep.join([str(ROOT), str(ROOT / "tests"), *filter(None, sys.path)])
    program = [sys.executable, "-m", "attacks.attacking", level]
    os.execve(sys.executable, program, {"PYTHONPATH": paths, "PATH": os.environ["PATH"]})


if __name__ == "__main__":
    main(sys.argv[1])
