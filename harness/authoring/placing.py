"""Puts a new package where it belongs: all of it at once, or nothing; never over what is there."""

from __future__ import annotations

import importlib.util
import keyword
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from harness.assignments import registry
from harness.authoring.reading import NotUsable

LIBRARY = sys.stdlib_module_names


def wrong_name(name: str) -> str:
    """Why an assignment cannot have this name; empty where it can. It becomes a package's and a file's."""
    if not (name.isascii() and name.isidentifier() and name == name.lower()) or name.startswith("_"):
        return f"{name!r} is no name for a package; expected small letters, digits and '_', such as my_gru"
    if keyword.iskeyword(name) or name in LIBRARY:
        return f"{name!r} is a name of Python's own; choose another, such as my_{name}"
    if name in registry.folders():
        return f"there is an assignment {name!r} already ({registry.folders()[name]}); choose another name"
    found = importlib.util.find_spec(name)
    if found is not None and found.origin is not None:
        return f"there is an installed package {name!r} already; choose another name"
    return ""


def place(made: Mapping[str, str], folder: Path) -> None:
    """Write all files into a new folder. Raises `NotUsable` where something is there, `OSError` where it cannot be."""
    if folder.exists() or folder.is_symlink():
        raise NotUsable(f"{folder} is there already, and nothing is overwritten; name another folder with --out")
    beside = folder.parent
    beside.mkdir(parents=True, exist_ok=True)
    making = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=beside))
    try:
        for path, text in made.items():
            (making / path).parent.mkdir(parents=True, exist_ok=True)
            (making / path).write_text(text, encoding="utf-8")
        making.chmod(0o755)
        making.rename(folder)
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise
