"""Checks functions of a running notebook: `from harness.notebook import grader; grader.check("rnn_backward")`.

The kernel holds a student's code, so no answer may come there: what was run in it so far is sent to a `harness check`
of its own, and a report comes back.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

import msgspec

from harness import notebook_text
from harness.report import Report, decode
from harness.reporting import content, wording
from harness.reporting.html import report_html

FILE = "notebook.ipynb"
ROOT = Path(__file__).resolve().parents[1]
JUDGED = (0, 1, 3)
"""Exit codes with which a report is printed."""


class Checked:
    """What came of a check; a notebook shows it as a page, a terminal as a sentence."""

    def __init__(self, report: Report | None, message: str = "") -> None:
        """`message` is why there is no report."""
        self.report, self.message = report, message

    @property
    def passed(self) -> bool:
        """Whether everything asked for is right."""
        return self.report is not None and self.report.passed

    def __repr__(self) -> str:
        return self.message if self.report is None else _sentences(self.report)

    def _repr_html_(self) -> str:
        """The sentences, and where something is wrong the whole report in a frame that runs the page's own script."""
        told = f'<pre style="white-space: pre-wrap">{escape(repr(self))}</pre>'
        if self.report is None or self.passed:
            return told
        page = escape(report_html(self.report))
        look = "width: 100%; height: 36rem; resize: vertical; border: 1px solid #8888"
        return f'{told}<iframe title="The report" sandbox="allow-scripts" style="{look}" srcdoc="{page}"></iframe>'


class Grader:
    """Checks what the notebook has defined so far. The calls are those of Otter's `Notebook`."""

    def __init__(self, assignment: str | None = None, seed: str = "", cases: int = 0, hints: str = "full") -> None:
        """`assignment` is found out unless it is named; `seed`, `cases` and `hints` are those of `harness check`."""
        asked = {"--assignment": assignment, "--seed": seed, "--cases": cases, "--hints": hints}
        self.options = [str(part) for name, value in asked.items() if value for part in (name, value)]

    def check(self, name: str) -> Checked:
        """Check one entry point, such as `rnn_backward`, or several by a pattern, such as `rnn_*`."""
        return self._checked(["--only", name])

    def check_all(self) -> Checked:
        """Check everything the assignment asks for."""
        return self._checked([])

    def _checked(self, chosen: Sequence[str]) -> Checked:
        cells = _history()
        if cells is None:
            return Checked(None, "this works in a notebook; for a file there is: harness check FILE")
        with tempfile.TemporaryDirectory(prefix="harness-notebook-") as folder:
            path = Path(folder, FILE)
            path.write_bytes(msgspec.json.encode(_as_notebook(wanted(cells))))
            done = subprocess.run(
                # "-P": no file beside the notebook can stand in for a module of the grader's
                [sys.executable, "-P", "-m", "harness", "check", str(path), "--format", "json", *self.options, *chosen],
                env={**os.environ, "PYTHONPATH": os.pathsep.join(_import_path())},
                capture_output=True,
                stdin=subprocess.DEVNULL,
                check=False,
            )
        if done.returncode not in JUDGED or not done.stdout:
            return Checked(None, done.stderr.decode(errors="replace").replace(str(path), "the notebook").strip())
        return Checked(decode(done.stdout))


def _import_path() -> list[str]:
    """Where a process of ours finds this package. An empty part would be the notebook's own folder."""
    return [str(ROOT), *filter(os.path.isabs, os.environ.get("PYTHONPATH", "").split(os.pathsep))]


grader = Grader()


def wanted(cells: Sequence[str]) -> list[str]:
    """What was run, in its order, without what ran again later and functions that were written anew since."""
    kept: list[str] = []
    seen, defined = set[str](), set[str]()
    for cell in reversed([notebook_text.python(cell) if cell.strip() else "" for cell in cells]):
        functions = _functions(cell)
        if cell.strip() and cell not in seen and not (functions and functions <= defined):
            kept.append(cell)
        seen.add(cell)
        defined |= functions or set()
    return kept[::-1]


def _functions(cell: str) -> set[str] | None:
    """Names of the functions and classes that a cell defines, if it does nothing else."""
    try:
        body = ast.parse(cell).body
    except (SyntaxError, ValueError, RecursionError):  # it failed in the notebook too
        return None
    names = {n.name for n in body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)}
    return names if len(names) == len(body) else None


def _history() -> list[str] | None:
    """The source of every cell that was run in this kernel; None where there is none."""
    try:
        from IPython import get_ipython  # type: ignore[import-not-found,unused-ignore]
    except ImportError:  # no notebook is run without it
        return None
    shell: Any = get_ipython()
    return None if shell is None else [str(cell) for cell in shell.user_ns.get("In", [])]


def _as_notebook(cells: Sequence[str]) -> dict[str, Any]:
    blank: dict[str, Any] = {"metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    code: dict[str, Any] = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
    return {**blank, "cells": [{**code, "source": cell} for cell in cells]}


def _sentences(report: Report) -> str:
    wrong = content.wrong(report)
    lines = [f"{wording.headline(report)} ({wording.points_text(report.score)})"]
    lines += [f"{wording.entry_mark(e)} {wording.entry_sentence(e)}" for e in wrong if len(wrong) > 1]
    return "\n".join(lines)
