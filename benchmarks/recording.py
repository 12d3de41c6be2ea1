"""What a benchmark found: printed as a table, and kept in `benchmarks/results` for `plots.py`."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

from tabulate import tabulate

RESULTS = Path(__file__).resolve().parent / "results"


def keep(name: str, heads: Sequence[str], rows: Sequence[Sequence[object]], digits: int = 2) -> None:
    """Print the table, and write it to `results/NAME.json`."""
    print(tabulate(rows, heads, tablefmt="github", floatfmt=f".{digits}f"))
    RESULTS.mkdir(exist_ok=True)
    found = {"cores": len(os.sched_getaffinity(0)), "heads": list(heads), "rows": [list(row) for row in rows]}
    (RESULTS / f"{name}.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
