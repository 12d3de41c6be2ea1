"""A zip that grades on Gradescope: the harness itself, what the course has chosen, and the two scripts run there."""

from __future__ import annotations

import importlib.metadata
import io
import re
import shlex
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

HOUSE = Path(__file__).resolve().parents[2]
FILES = Path(__file__).resolve().parent / "kit_files"
SCRIPTS = ("setup.sh", "run_autograder")
PACKAGES = ("harness", "reference_impls")
DISTRIBUTION = "rnn-harness"
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The same choices give the same zip."""


class KitError(Exception):
    """A kit that cannot be made, in a sentence."""


class Kit(msgspec.Struct, frozen=True):
    """What a course has chosen; `rubric` is the text of its file, and no level named means whichever jail there is."""

    assignment: str
    seed: str
    cases: int
    hints: str
    rubric: str | None = None
    isolation: str = ""


def gradescope_zip(kit: Kit) -> bytes:
    """The zip's content. Raises `KitError`."""
    if not (HOUSE / "reference_impls" / kit.assignment / "model.py").is_file():
        raise KitError(
            f"{kit.assignment} comes from another package, and a kit carries only the assignments of this one"
        )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in SCRIPTS:
            _add(packed, name, _script(name, kit).encode(), executable=True)
        _add(packed, "requirements.txt", "".join(f"{line}\n" for line in requirements()).encode())
        if kit.rubric is not None:
            _add(packed, "rubric.toml", kit.rubric.encode())
        for path in _package_files():
            _add(packed, f"package/{path.relative_to(HOUSE).as_posix()}", path.read_bytes())
    return made.getvalue()


def _add(packed: zipfile.ZipFile, name: str, data: bytes, executable: bool = False) -> None:
    member = zipfile.ZipInfo(name, EPOCH)
    member.compress_type = zipfile.ZIP_DEFLATED
    member.external_attr = (0o100755 if executable else 0o100644) << 16
    packed.writestr(member, data)


def _script(name: str, kit: Kit) -> str:
    """A script with the course's choices in it, as the shell's own words."""
    arguments = shlex.join(["--assignment", kit.assignment, f"--seed={kit.seed}", "--cases", str(kit.cases)])
    rubric = ' --rubric "$SOURCE/rubric.toml"' if kit.rubric is not None else ""
    chosen = {
        "@ASSIGNMENT@": kit.assignment,
        "@ARGUMENTS@": arguments + rubric.replace("$SOURCE", "$source" if name == "setup.sh" else "$root/source"),
        "@HINTS@": kit.hints,
        "@LEVELS@": kit.isolation or "full restricted",
    }
    text = (FILES / name).read_text(encoding="utf-8")
    return re.sub("|".join(chosen), lambda mark: chosen[mark[0]], text)


def _package_files() -> Iterator[Path]:
    for package in PACKAGES:
        for path in sorted((HOUSE / package).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith("."):
                yield path


def requirements() -> list[str]:
    """What the harness needs, in the versions that are in use here, so that verdicts are the same there."""
    names = [re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in _declared() if "extra ==" not in line]
    try:
        return [f"{name}=={importlib.metadata.version(name).partition('+')[0]}" for name in names]
    except importlib.metadata.PackageNotFoundError as error:
        raise KitError(
            f"{error.name} is not installed here, so that its version is not known; install the harness"
        ) from error


def _declared() -> list[str]:
    """The requirements of the package as it is installed, or of the clone that it runs from."""
    project = HOUSE / "pyproject.toml"
    if project.is_file():
        return list(tomllib.loads(project.read_text(encoding="utf-8"))["project"]["dependencies"])
    try:
        return importlib.metadata.requires(DISTRIBUTION) or []
    except importlib.metadata.PackageNotFoundError as error:
        raise KitError(
            f"{DISTRIBUTION} is not installed here; run this from a clone, or install it with pip"
        ) from error
