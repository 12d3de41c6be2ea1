"""Which submissions of a git work tree a pull request changes."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from harness.batch.discover import Entry

SECONDS = 60.0
QUIET = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.quotePath=false")
"""Git runs no program of the work tree's choosing."""


class Unknown(Exception):
    """What changed cannot be found out; a sentence that says why, and what to do."""


def changed(folder: Path, base: str) -> list[Path]:
    """Files, deleted ones included, that differ between `base` (a commit or branch) and what is checked out, seen
    from where the two parted. Absolute paths. Raises `Unknown`."""
    root = git(folder, "rev-parse", "--show-toplevel").removesuffix("\n")
    names = git(
        folder, "diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", "--end-of-options", f"{base}...HEAD", "--"
    )
    return [Path(root, name) for name in names.split("\0") if name]


def touched(entries: Sequence[Entry], files: Sequence[Path]) -> list[Entry]:
    """The submissions that hold one of the files."""
    return [e for e in entries if any(file.is_relative_to(Path(e.path).resolve()) for file in files)]


def git(folder: Path, *arguments: str) -> str:
    """What git says of a work tree. Raises `Unknown`."""
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *QUIET, *arguments],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=SECONDS,
            check=False,
            env={**os.environ, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unknown(f"git could not be asked what changed ({error}); leave --base out to grade everything") from error
    if done.returncode:
        why = done.stderr.decode(errors="replace").strip().splitlines()
        raise Unknown(
            f"git cannot tell what changed ({why[0] if why else 'it said nothing'}); a checkout needs its whole "
            "history for that (fetch-depth: 0), or leave --base out to grade everything"
        )
    return os.fsdecode(done.stdout)
