"""Notebooks made to break the reader or to outlast the worker's patience."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grading import grade_file
from harness import notebook_text

MODEL = (Path(__file__).parent.parent / "reference_impls" / "cs231n" / "model.py").read_text()


def _notebook(*codes: str) -> bytes:
    cells = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": code} for code in codes]
    return json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells}).encode()


@pytest.mark.parametrize("sheet", [{"cells": 5}, {"cells": None}, {"cells": [5]}, 5])
def test_a_malformed_notebook_of_an_old_format_is_told(sheet: object) -> None:
    with pytest.raises(notebook_text.BadNotebook, match="old format that cannot be converted"):
        notebook_text.read(json.dumps({"nbformat": 3, "worksheets": [sheet]}).encode(), "hw.ipynb")


def test_many_cells_of_commands_are_not_each_looked_at_line_by_line(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = []
    look = notebook_text._broken_line
    monkeypatch.setattr(notebook_text, "_broken_line", lambda code: looks.append(code) or look(code))
    text = notebook_text.read(_notebook(*["!ls\nx = 1\n" * 20] * 1000), "hw.ipynb").decode()
    assert len(looks) <= 3000
    assert "\n!ls" not in text


def test_a_string_that_looks_like_a_command_is_kept_in_a_notebook_of_many_cells() -> None:
    text = notebook_text.read(_notebook(*['t = """\n%d\n"""'] * 4000), "hw.ipynb").decode()
    assert text.count("\n%d\n") == 4000


def test_a_cell_that_ignores_the_clocks_signals_does_not_free_the_next_ones(tmp_path: Path) -> None:
    ignoring = "import signal\nfor s in (signal.SIGPROF, signal.SIGALRM): signal.signal(s, signal.SIG_IGN)"
    path = tmp_path / "hw.ipynb"
    path.write_bytes(_notebook(ignoring, "while True: pass", MODEL))
    report = grade_file(path, "cs231n", cases=8)
    assert report.passed, report.message
