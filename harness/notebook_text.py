"""Reads a Jupyter notebook: its code cells as one text, with what only IPython understands made inert. Runs nothing."""

from __future__ import annotations

import ast
import json
import re
import warnings
from typing import Any

from harness import celltext
from harness.source import PARSE_LIMIT

MAX_NOTEBOOK = 64 << 20
"""Bytes of a whole file. Most of a large one are outputs, which are not carried."""
MAX_CODE = 2 << 20
MAX_CELLS = 5000
MAX_LINES = 50
"""Lines of one cell that are looked at one by one, where each may be a command of IPython's."""
MAX_CAREFUL = 32 << 10
MAX_LOOKS = 1000
"""Looks of that kind at a whole notebook, besides one a cell: each parses a cell, and no clock bounds that."""

PYTHON_MAGICS = frozenset({"time", "timeit", "capture", "prun", "memit", "python", "python3", "pypy", "debug"})
"""Cell magics around Python code: the code counts, the magic does not."""
FOREIGN_MAGICS = frozenset(
    {
        "bash",
        "sh",
        "script",
        "system",
        "sx",
        "!",
        "cmd",
        "powershell",
        "writefile",
        "file",
        "html",
        "HTML",
        "svg",
        "SVG",
    }
    | {"javascript", "js", "latex", "markdown", "perl", "ruby", "python2", "R", "julia", "cython", "sql", "bigquery"}
)
"""Cell magics around something else: the whole cell is left out."""
_TIMED = re.compile(r"^(\s*)%(?:time|prun|memit)\s+(?=\w)(.*)$")
_PYLAB = re.compile(r"^(\s*)%pylab\b")
"""The one magic that names come from: numpy's and those of a plotting library."""
_ASSIGNED = re.compile(r"^(\s*[\w, ]+=\s*)([!%].*)$")
_COMMAND = re.compile(r"^\s*(?:[!%?]|(?:pip3?|conda|cd|ls|pwd|mkdir|rm|cp|mv|cat|wget|unzip)\s+(?:[\w~/]|\.\.?/|-\w))")
_HELP = re.compile(r"^\s*[\w.*]+\?{1,2}\s*$")


class BadNotebook(Exception):
    """A file that cannot be read as a notebook, in a sentence that says what it is instead."""


def read(data: bytes, name: str) -> bytes:
    """The code cells of the notebook `data`, as `harness.celltext` joins them. Raises `BadNotebook`."""
    if len(data) > MAX_NOTEBOOK:
        raise BadNotebook(f"{name}: is larger than {MAX_NOTEBOOK >> 20} MiB; clear the outputs and save it again")
    codes = _codes(_content(data, name), name)
    if not any(code.strip() for code in codes):
        raise BadNotebook(f"{name}: holds no code")
    if len(codes) > MAX_CELLS or sum(map(len, codes)) > MAX_CODE:
        raise BadNotebook(
            f"{name}: holds more than {MAX_CELLS} code cells or {MAX_CODE >> 20} MiB of code; hand in the code alone"
        )
    looks = max(1, min(MAX_LINES, MAX_LOOKS // len(codes)))
    numbered = [(number, python(code, looks)) for number, code in enumerate(codes, 1) if code.strip()]
    return celltext.joined(numbered).encode("utf-8", "replace")


def _content(data: bytes, name: str) -> dict[str, Any]:
    """The notebook as JSON has it. Raises `BadNotebook` for JSON that is none, and for another language."""
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise BadNotebook(f"{name}: is not a notebook: it is not valid JSON ({_short(error)})") from error
    if not isinstance(content, dict) or not isinstance(content.get("cells", content.get("worksheets")), list):
        raise BadNotebook(f"{name}: is not a notebook: its JSON holds no list of cells")
    language = _language(content)
    if not language.lower().startswith(("python", "ipython", "sage")):
        raise BadNotebook(f"{name}: is a notebook in {language[:40]}; expected one in Python")
    return content


def _language(content: dict[str, Any]) -> str:
    """The language its kernel speaks; Python where nothing is said."""
    metadata = _dict(content.get("metadata"))
    kernel = _dict(metadata.get("kernelspec"))
    said = [kernel.get("language"), _dict(metadata.get("language_info")).get("name")]
    known = {"ir": "R"}.get(str(kernel.get("name")))
    return next((text for text in said if isinstance(text, str) and text), known or "python")


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _codes(content: dict[str, Any], name: str) -> list[str]:
    """The source of every code cell, in order."""
    if not isinstance(content.get("cells"), list):
        content = _upgraded(content, name)
    cells = [cell for cell in content["cells"] if isinstance(cell, dict) and cell.get("cell_type") == "code"]
    return [_text(cell.get("source")) for cell in cells]


def _upgraded(content: dict[str, Any], name: str) -> dict[str, Any]:
    """A notebook of an older format as one of format 4."""
    try:
        import nbformat  # slow to import, and only an old notebook needs it

        for sheet in content["worksheets"]:
            for cell in _dict(sheet).get("cells", ()):
                _dict(cell)["outputs"] = []  # they need no conversion
        old = nbformat.from_dict({"metadata": {}, "nbformat": 3, **content})  # type: ignore[no-untyped-call]
        return dict(nbformat.convert(old, 4))  # type: ignore[no-untyped-call]
    except Exception as error:
        raise BadNotebook(
            f"{name}: is a notebook of an old format that cannot be converted ({_short(error)})"
        ) from error


def _short(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:120]


def _text(source: Any) -> str:
    lines = source if isinstance(source, list) else [source]
    text = "".join(line for line in lines if isinstance(line, str))
    return text.replace("\r\n", "\n").replace("\r", "\n")


def python(code: str, looks: int = MAX_LINES) -> str:
    """A cell's code with the same lines, in which IPython's commands do nothing."""
    lines = code.split("\n")
    first = next(i for i, line in enumerate(lines) if line.strip())
    magic = re.match(r"%%(!|\w*)", lines[first])
    if magic:
        rest = "\n".join(["", *lines[first + 1 :]])
        foreign = magic[1] in FOREIGN_MAGICS or (
            magic[1] not in PYTHON_MAGICS and _broken_line(_inert(rest, looks)) is not None
        )
        if foreign:
            return "\n".join(f"# {line}" for line in lines)
        lines[first] = f"# {lines[first]}"
    return _inert("\n".join(lines), looks)


def _inert(code: str, looks: int) -> str:
    """`code` without commands. Only where Python stumbles over a line is it taken for one: `%` may continue a line."""
    lines = code.split("\n")
    for _ in range(looks if len(code) <= MAX_CAREFUL else 0):
        broken = _broken_line("\n".join(lines))
        if broken is None:
            return "\n".join(lines)
        if not 1 <= broken <= len(lines) or not _is_command(lines[broken - 1]):
            break
        _silence(lines, broken - 1)
    for number in range(len(lines)):
        if _is_command(lines[number]):
            _silence(lines, number)
    return "\n".join(lines)


def _broken_line(code: str) -> int | None:
    """The line on which Python gives up on `code`, 0 where none can be named; None when it is valid."""
    if len(code) > PARSE_LIMIT:
        return 0
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(code)
    except SyntaxError as error:
        return error.lineno or 0
    except (ValueError, RecursionError, MemoryError):
        return 0
    return None


def _is_command(line: str) -> bool:
    return any(pattern.match(line) for pattern in (_COMMAND, _HELP, _ASSIGNED))


def _silence(lines: list[str], number: int) -> None:
    """Make the command on a line do nothing, with the lines it goes on over after a backslash."""
    line = lines[number]
    timed, assigned, pylab = _TIMED.match(line), _ASSIGNED.match(line), _PYLAB.match(line)
    if pylab:
        lines[number] = f"{pylab[1]}from pylab import *  # {line.strip()}"
        return
    if timed:
        lines[number] = timed[1] + timed[2]
        return
    indent = line[: len(line) - len(line.lstrip())]
    lines[number] = f"{assigned[1]}[]  # {assigned[2]}" if assigned else f"{indent}pass  # {line.strip()}"
    while line.endswith("\\") and number + 1 < len(lines):
        number += 1
        line = lines[number]
        lines[number] = f"# {line}"
