"""A course's file beside what students hand in: as it is in a commit that no pull request changes."""

from __future__ import annotations

import os
from pathlib import Path

from harness.batch.changed import Unknown, git


def text_in(commit: str, file: Path, folder: Path) -> str | None:
    """What `file` says in a commit of the work tree that `folder` is in; None of a file that is not of that tree.

    Links of the work tree are not followed: a pull request could have made them. Raises `Unknown`.
    """
    root = _root(folder)
    name = _name(file, root)
    if name is None:
        return None
    if git(root, "ls-tree", "-z", "--name-only", "--full-tree", "--end-of-options", commit, "--", name):
        return git(root, "cat-file", "blob", f"{commit}:{name}")
    if file.parent.is_dir() and _root(file.parent) != root:  # a checkout of the course's own within this one
        return None
    raise Unknown(
        f"{name} is not in {commit}, and what a pull request brings is not taken for the course's;"
        " commit it there first, or name a file outside the repository"
    )


def exposed(file: Path, folder: Path) -> bool:
    """Whether who changes what lies in `folder`, or in the work tree around it, can change the file too."""
    try:
        root = _root(folder)
        return _name(file, root) is not None and _root(file.parent) == root
    except Unknown:  # no work tree
        return _name(file, folder.resolve()) is not None


def _root(folder: Path) -> Path:
    """The work tree that `folder` is in; of a submodule, which a pull request chooses, the one around it."""
    around = git(folder, "rev-parse", "--show-superproject-working-tree").removesuffix("\n")
    return _root(Path(around)) if around else Path(git(folder, "rev-parse", "--show-toplevel").removesuffix("\n"))


def _name(file: Path, root: Path) -> str | None:
    """What the file is called in a tree that it is in, by its path or by where that leads."""
    places = (Path(os.path.abspath(file)), file.parent.resolve() / file.name, file.resolve())
    return next((p.relative_to(root).as_posix() for p in places if p.is_relative_to(root)), None)
