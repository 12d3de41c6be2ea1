"""How long a worker has been computing: CPU seconds where the system tells them, wall seconds besides."""

from __future__ import annotations

import os
import time
from pathlib import Path

from harness.assignments.contract import Limits


class Clock:
    """How long a call has been running: CPU seconds decide where they can be read, wall seconds bound the rest."""

    def __init__(self, pid: int, limits: Limits, submission_started: float, cpu_before: float = 0.0) -> None:
        """`submission_started` is when its wall time began; `cpu_before` what it used before this call."""
        self.pid, self.limits, self.submission_started = pid, limits, submission_started
        self.wall, self.cpu, self.cpu_before = time.monotonic(), cpu_seconds(pid), cpu_before

    def late(self) -> str:
        """Which bound is exceeded, in words; empty while none is.

        Which of two bounds comes first hangs on what else the machine does, so both are told.
        """
        now, limits = time.monotonic(), self.limits
        waited = now - self.wall
        cpu = cpu_seconds(self.pid)
        used = waited if cpu is None or self.cpu is None else cpu - self.cpu
        if used >= limits.cpu_call or waited >= limits.wall_call:
            return f"one call took more than {limits.cpu_call:g} s of CPU time, or {limits.wall_call:g} s in all"
        spent = used + self.cpu_before if cpu is not None else 0.0
        if spent >= limits.cpu_submission or now - self.submission_started >= limits.wall_submission:
            bounds = f"{limits.cpu_submission:g} s of CPU time, or {limits.wall_submission:g} s in all"
            return f"the submission used up its {bounds}"
        return ""


def cpu_seconds(pid: int) -> float | None:
    """CPU time a process has used, in seconds; None where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (OSError, ValueError):
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
