"""A kit for students: contract, drivers, answers at one seed and hints, and nothing a solution could be read from."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Mapping
from pathlib import PurePath

import msgspec

from harness import __version__
from harness.assignments import registry
from harness.assignments.contract import Assignment
from harness.kits import banking, mistakes, packing
from harness.kits.inside.start import FORMAT, PYTHON

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The same choices give the same bytes."""
CHECK = """import sys

from {package}.start import main

sys.exit(main())
"""
README = """# {title}: check yourself

You need Python {python} or newer and {libraries}; nothing else, and no network.

    python {command} PATH

PATH is your file, folder, archive or notebook. You are told, for every function and class that was asked for, whether
it is right, and where it is not: the smallest case at which it fails, and a program to paste that shows it.
`--only NAME` looks at one of them, `--help` tells the rest.

Your code runs on your own computer, with your own rights, in a process of its own. What is right here was tried on
{cases} cases; your course may try others.

Made by rnn-harness {version}, seed {seed!r}.
"""


class StudentKit(msgspec.Struct, frozen=True):
    """What a course has chosen."""

    assignment: str
    seed: str
    cases: int
    hints: str


def student_zip(kit: StudentKit) -> tuple[str, bytes]:
    """A file name, and a folder to unzip, with `check.py` in it. Raises `Unpackable`, `GraderFault`."""
    asked = registry.get(kit.assignment)
    top, package = f"rnn-kit-{kit.assignment}", package_of(asked)
    files = {f"{package}/{name}": data for name, data in contents(kit).items()}
    files["check.py"] = CHECK.format(package=package).encode()
    files["README.md"] = _readme(kit, asked, "check.py").encode()
    return f"{top}.zip", zipped({f"{top}/{name}": data for name, data in files.items()})


def student_wheel(kit: StudentKit) -> tuple[str, bytes]:
    """A wheel's file name and bytes: `pip install` it, then `rnn-check-ID`. Raises `Unpackable`, `GraderFault`."""
    asked = registry.get(kit.assignment)
    package = package_of(asked)
    info = f"{_release(asked)}.dist-info"
    files = {f"{package}/{name}": data for name, data in contents(kit).items()}
    files[f"{info}/METADATA"] = _metadata(kit, asked).encode()
    files[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: rnn-harness\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files[f"{info}/entry_points.txt"] = f"[console_scripts]\n{command_of(asked)} = {package}.start:main\n".encode()
    files[f"{info}/RECORD"] = _record(files, f"{info}/RECORD").encode()
    return _wheel_name(asked), zipped(files)


def misnamed(kit: StudentKit, form: str, out: str) -> str:
    """Why a file of this form cannot have this name; empty if it can."""
    name = _wheel_name(registry.get(kit.assignment))
    if form != "wheel" or not out or PurePath(out).name == name:
        return ""
    return f"pip takes a wheel by its name only: it has to be called {name}, and not {PurePath(out).name}"


def _wheel_name(asked: Assignment) -> str:
    return f"{_release(asked)}-py3-none-any.whl"


def _release(asked: Assignment) -> str:
    return f"{package_of(asked)}-{__version__}"


def contents(kit: StudentKit) -> dict[str, bytes]:
    """The files of the kit's package. Raises `Unpackable`, `GraderFault`."""
    asked = registry.get(kit.assignment)
    if not asked.has_answers:
        raise packing.Unpackable(f"{asked.id} has no model solution, so there are no answers for a kit to hold")
    files = {f"house/{name}": data for name, data in packing.modules(asked).items()}
    files |= {f"bank/{name}": data for name, data in banking.banks(asked, kit.seed, kit.cases).items()}
    if kit.hints != "none":
        files["mistakes.json"] = mistakes.mistakes(asked, kit.seed, kit.cases, kit.hints)
    files["start.py"] = packing.source("harness.kits.inside.start").encode()
    files["__init__.py"] = f'"""{asked.title}: check yourself."""\n'.encode()
    files["__main__.py"] = b'"""`python -m`."""\n\nimport sys\n\nfrom .start import main\n\nsys.exit(main())\n'
    said = {
        "format": FORMAT,
        "harness": __version__,
        "assignment": asked.id,
        "title": asked.title,
        "library": asked.library,
        "seed": kit.seed,
        "cases": kit.cases,
        "hints": kit.hints,
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())},
    }
    return {**files, "kit.json": json.dumps(said, indent=1).encode()}


def package_of(asked: Assignment) -> str:
    """The kit's package; two kits can be installed side by side."""
    return "rnn_kit_" + re.sub(r"\W", "_", asked.id)


def command_of(asked: Assignment) -> str:
    """What is typed once the wheel is installed."""
    return f"rnn-check-{asked.id}"


def _readme(kit: StudentKit, asked: Assignment, command: str) -> str:
    return README.format(
        title=asked.title,
        python=".".join(map(str, PYTHON)),
        libraries=" and ".join(dict.fromkeys(("numpy", asked.library))),
        command=command,
        cases=kit.cases,
        version=__version__,
        seed=kit.seed,
    )


def _metadata(kit: StudentKit, asked: Assignment) -> str:
    lines = [
        "Metadata-Version: 2.1",
        f"Name: {package_of(asked).replace('_', '-')}",
        f"Version: {__version__}",
        f"Summary: {asked.title}: check yourself",
        f"Requires-Python: >={'.'.join(map(str, PYTHON))}",
        *(f"Requires-Dist: {name}" for name in dict.fromkeys(("numpy>=1.26", asked.library)) if name != "numpy"),
        "Description-Content-Type: text/markdown",
    ]
    return "\n".join([*lines, "", _readme(kit, asked, f"-m {package_of(asked)}")])


def _record(files: Mapping[str, bytes], own: str) -> str:
    rows = []
    for name, data in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        rows.append(f"{name},sha256={digest},{len(data)}")
    return "\n".join([*rows, f"{own},,", ""])


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip of these files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files.items():
            member = zipfile.ZipInfo(name, EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o100644 << 16
            packed.writestr(member, data)
    return made.getvalue()
