"""Mistakes of the catalogue, made in right formulations of other styles than the model solution's."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec

from reference_impls.catalogue import Edit

HERE = Path(__file__).parent


class Style(msgspec.Struct, frozen=True):
    """A misconception's id, the formulation it is made in, and the edits that make it there."""

    assignment: str
    formulation: str
    id: str
    edits: tuple[Edit, ...]


def every(assignment_id: str) -> list[Style]:
    """All that are written for an assignment."""
    table = tomllib.loads((HERE / "mistakes.toml").read_text(encoding="utf-8")).get(assignment_id, {})
    return [
        Style(assignment_id, formulation, mistake, msgspec.convert(edits, tuple[Edit, ...]))
        for formulation, rows in table.items()
        for mistake, edits in rows.items()
    ]


def source(style: Style) -> str:
    """The formulation with the mistake made in it, and the model solution's module of other homework supplied.

    Raises `ValueError` for an edit without a single place.
    """
    text = (HERE / style.assignment / f"{style.formulation}.py").read_text(encoding="utf-8")
    for edit in style.edits:
        if text.count(edit.old) != 1:
            raise ValueError(f"{style.formulation}, {style.id}: {edit.old!r} stands there {text.count(edit.old)} times")
        text = text.replace(edit.old, edit.new)
    return text.replace("from mytorch.nn.linear import", "from reference_impls.mytorch.model import")
