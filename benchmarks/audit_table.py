"""The rates of audits as a Markdown table, as in `docs/audit.md`.

Run as `python benchmarks/audit_table.py [FOLDER]` after `harness audit`; FOLDER is where it wrote, `reports/audit`
unless given.
"""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec
from tabulate import tabulate

sys.path.insert(0, str(Path(__file__).parent.parent))

from harness.audit.matrix import Audit, Rate

KINDS = ("right", "misconception", "pair", "mutant")
HEAD = ("assignment", "right programs pass", "misconceptions caught", "pairs caught", "mutants caught", "right still")


def _shown(rate: Rate | None) -> str:
    if rate is None or not rate.total:
        return ""
    return f"{rate.hits} of {rate.total} ({100 * rate.low:.1f} to {100 * rate.high:.1f}%)"


def main(arguments: list[str]) -> None:
    """Prints one line an assignment."""
    folder = Path(arguments[0] if arguments else "reports/audit")
    found = [msgspec.json.decode(p.read_bytes(), type=Audit) for p in sorted(folder.glob("*/audit.json"))]
    lines = [(f"`{a.assignment}`", *(_shown(a.rates.get(kind)) for kind in KINDS), len(a.harmless)) for a in found]
    print(tabulate(lines, headers=HEAD, tablefmt="github"))


if __name__ == "__main__":
    main(sys.argv[1:])
