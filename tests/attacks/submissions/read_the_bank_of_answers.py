"""Must not read cases and their answers where the grader keeps them."""

import os
from pathlib import Path

from targets import BANKS, GRADER


def attack():
    places = [Path(BANKS), Path("~/.cache/harness").expanduser()]
    try:
        told = Path(f"/proc/{GRADER}/environ").read_bytes().split(b"\0")
        places += [Path(os.fsdecode(each.partition(b"=")[2])) for each in told if each.startswith(b"HARNESS_CACHE=")]
    except OSError:
        pass  # then by the places that everybody knows
    for place in places:
        for path in place.glob("*.bank"):
            return path.read_bytes()[:100]
    raise FileNotFoundError(f"no bank in {places}")
