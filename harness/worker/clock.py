"""How long a worker has been computing: CPU seconds where the system tells them, wall seconds besides."""

from __future__ import annotations

import os
import time

from harness.assignments.contract import Limits

LONGEST = 4096
"""Bytes of what the system tells of a process."""
TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
CORES = os.cpu_count() or 1
"""No process can use CPU time faster than that."""


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
        within = CORES * waited < limits.cpu_call and waited < limits.wall_call
        if within and not self._used_up(now, CORES * waited):
            return ""  # whatever it did
        cpu = cpu_seconds(self.pid)
        used = waited if cpu is None or self.cpu is None else cpu - self.cpu
        if used >= limits.cpu_call or waited >= limits.wall_call:
            return f"one call took more than {limits.cpu_call:g} s of CPU time, or {limits.wall_call:g} s in all"
        if self._used_up(now, used if cpu is not None else -self.cpu_before):
            bounds = f"{limits.cpu_submission:g} s of CPU time, or {limits.wall_submission:g} s in all"
            return f"the submission used up its {bounds}"
        return ""

    def _used_up(self, now: float, used: float) -> bool:
        """Whether a call that has used so much CPU time is too much for the submission."""
        over = used + self.cpu_before >= self.limits.cpu_submission
        return over or now - self.submission_started >= self.limits.wall_submission


def cpu_seconds(pid: int) -> float | None:
    """CPU time a process has used, in seconds; None where the system does not tell."""
    try:  # without a file object around it: this is asked for with nearly every call
        file = os.open(f"/proc/{pid}/stat", os.O_RDONLY)
    except OSError:
        return None
    try:
        fields = os.read(file, LONGEST).rpartition(b")")[2].split()
    except OSError:  # it has just ended
        return None
    finally:
        os.close(file)
    return (int(fields[11]) + int(fields[12])) / TICKS
