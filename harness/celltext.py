"""A notebook's code cells as one text, and back: what crosses from the reader to static analysis and to the worker.

Before each cell stands a line `# %% cell 3`. Cells are counted as a person counts them on the page: code cells alone,
from the top, the first being 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

SUFFIX = ".ipynb"
_MARK = re.compile(r"^# %% cell (\d+)$", re.MULTILINE)
MAX_WRITTEN = 50
_WRITES = re.compile(
    r"(?:# ?\n)*# %%(?:writefile|file) +(?P<more>-a +)?(?:\./)?(?P<path>(?:\w[\w-]*/)*\w[\w.-]*\.py)[ \t]*\n"
)
"""The first line of a cell that writes a module, as the reader leaves it: made a comment, like the rest of the cell."""


class Cell(msgspec.Struct, frozen=True):
    """One code cell: its number, the line of the whole text that its first line stands on (from 1), and its code."""

    number: int
    line: int
    code: str


def is_notebook(name: str) -> bool:
    """Whether the file called `name` is a notebook."""
    return name.lower().endswith(SUFFIX)


def joined(cells: Iterable[tuple[int, str]]) -> str:
    """The text of numbered cells. A line of theirs that looks like a mark gets a second space."""
    escaped = ((number, _MARK.sub(r"#  %% cell \1", code)) for number, code in cells)
    return "".join(f"# %% cell {number}\n{code}\n" for number, code in escaped)


def is_text(text: str) -> bool:
    """Whether `text` was made by `joined`."""
    return _MARK.match(text) is not None


def cells(text: str) -> list[Cell]:
    """The cells of a text that `joined` made."""
    marks = list(_MARK.finditer(text))
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    found, line = [], 2
    for mark, end in zip(marks, ends, strict=True):
        code = text[mark.end() + 1 : end - 1]
        found.append(Cell(int(mark[1]), line, code))
        line += code.count("\n") + 2
    return found


def written(text: str) -> dict[str, str]:
    """Modules that cells of `text` write: path, relative to the notebook's folder -> code."""
    found: dict[str, str] = {}
    for cell in cells(text):
        match = _WRITES.match(cell.code)
        if match and len(found) < MAX_WRITTEN:
            code = "".join(line[2:] for line in cell.code[match.end() :].splitlines(keepends=True)) + "\n"
            found[match["path"]] = found.get(match["path"], "") + code if match["more"] else code
    return found


def place(file: str, number: int) -> str:
    """What a cell is called where a file's name would stand."""
    return f"{file}, cell {number}"


def placed(file: str, text: str, line: int) -> tuple[str, int]:
    """Where a person looks for a line of the whole text: the cell, and the line in it."""
    cell = next((c for c in reversed(cells(text)) if c.line <= line), None)
    return (place(file, cell.number), line - cell.line + 1) if cell else (file, line)


def trouble(kind: str, message: str) -> str:
    """What went wrong in a cell, as the rest of a sentence about it, from the name and the text of an exception."""
    if kind == "Abandoned":
        return f"did not end: {message}"
    if kind in ("SyntaxError", "IndentationError", "TabError"):
        return f"is not valid Python and was left out: {message}"
    return f"raised {kind}: {message}" if message else f"raised {kind}"
