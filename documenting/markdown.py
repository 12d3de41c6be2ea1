"""Pieces of Markdown."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

NOTE = "<!-- made from the code by `python -m documenting`: change it there -->\n"
"""Stands at the end of every generated page."""


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; empty where there are no rows."""
    lines = [_row(heads), _row(["---"] * len(heads)), *map(_row, rows)]
    return "\n".join(lines) + "\n\n" if len(lines) > 2 else ""


def _row(cells: Sequence[object]) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"


def code(text: str) -> str:
    """`text` as code, or nothing."""
    if "|" in text:  # in a table, Markdowns differ in what a bar within backticks is
        return f"<code>{html.escape(text).replace('|', '&#124;')}</code>"
    return f"`{text}`" if text else ""


def block(language: str, text: str) -> str:
    """A block of code."""
    return f"```{language}\n{text.strip()}\n```\n\n"


def sentence(text: str) -> str:
    """With a capital and a full stop."""
    return f"{text[:1].upper()}{text[1:]}".rstrip(".") + "."
