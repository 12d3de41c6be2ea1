"""A fingerprint of code: what was computed by other code is not taken for what this code would compute."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

SUFFIXES = (".py", ".toml")


@functools.cache
def fingerprint(*places: Path) -> str:
    """The SHA-256, in hexadecimal, of the names and contents of all Python and TOML files in some folders."""
    digest = hashlib.sha256()
    for place in places:
        for path in sorted(p for p in place.rglob("*") if p.suffix in SUFFIXES and p.is_file()):
            digest.update(f"{place.name}/{path.relative_to(place)}\0".encode() + path.read_bytes())
    return digest.hexdigest()
