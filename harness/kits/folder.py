"""Writes a folder whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path


class Taken(Exception):
    """A place where there is something already, in a sentence."""


def write_folder(place: Path, files: Mapping[str, bytes]) -> None:
    """Make the folder beside its place and rename it. Raises `Taken`, `OSError`."""
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise Taken(f"{place} is there already, and nothing in it is replaced; remove it, or name another with --out")
    made = Path(tempfile.mkdtemp(prefix=f".{place.name}.", dir=place.parent))
    try:
        for name, data in files.items():
            (made / name).parent.mkdir(parents=True, exist_ok=True)
            (made / name).write_bytes(data)
        made.chmod(0o755)
        os.replace(made, place)
    finally:
        shutil.rmtree(made, ignore_errors=True)  # there only if something went wrong, or Ctrl-C came
