"""Starts the kit: whole, of one version, on a Python and with a library that will do; then the checking itself.

Python 3.6 can read this file, so that whoever has an old one is told so.
"""

import hashlib
import importlib.util
import json
import os
import sys

FORMAT = 1
"""Of the kit's files; kit.json says which one it is."""
PYTHON = (3, 11)
NOT_JUDGED = 3
PLACE = os.path.dirname(os.path.abspath(__file__))
REMEDY = (
    "; unpack the kit again into an empty folder, or install it again, and if that does not help, ask your course for "
    "its present kit"
)


def main() -> int:
    """Check what is named on the command line; the exit code."""
    try:
        with open(os.path.join(PLACE, "kit.json"), encoding="utf-8") as file:
            kit = json.load(file)
        trouble = old_python() or damaged(kit["format"], kit["harness"], kit["files"]) or no_library(kit["library"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        trouble = f"kit.json cannot be read ({error!r}){REMEDY}"
    if trouble:
        sys.stderr.write(f"kit: {trouble}\n")
        return NOT_JUDGED
    sys.path.insert(0, os.path.join(PLACE, "house"))
    sys.dont_write_bytecode = True
    from harness.kits.inside import check

    return check.main(kit, sys.argv[1:])


def old_python() -> str:
    """Why this Python will not do, if so."""
    if sys.version_info >= PYTHON:
        return ""
    present = ".".join(map(str, sys.version_info[:2]))
    return f"it needs Python {'.'.join(map(str, PYTHON))} or newer, and this is {present} ({sys.executable})"


def damaged(form: int, version: str, files: "dict[str, str]") -> str:
    """Which file is not the one that belongs to this kit, if any: of several versions in one folder, none is meant."""
    if form != FORMAT:
        return f"its files are of two versions (format {FORMAT} and {form}){REMEDY}"
    for name, digest in sorted(files.items()):
        path = os.path.join(PLACE, *name.split("/"))
        if not os.path.isfile(path):
            return f"{name} of version {version} is missing{REMEDY}"
        with open(path, "rb") as file:
            if hashlib.sha256(file.read()).hexdigest() != digest:
                return f"{name} is damaged, or not of this kit's version {version}{REMEDY}"
    return ""


def no_library(library: str) -> str:
    """Which library is missing, if any."""
    missing = [name for name in dict.fromkeys(("numpy", library)) if importlib.util.find_spec(name) is None]
    if not missing:
        return ""
    named = " and ".join(missing)
    return f"it needs {named}, which {sys.executable} does not have: python -m pip install {' '.join(missing)}"


if __name__ == "__main__":
    sys.exit(main())
