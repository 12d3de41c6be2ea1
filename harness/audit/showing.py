"""An audit for people and programs: a table for the terminal, JSON, CSV, and a page with the kill matrix."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from harness.audit.matrix import Audit, Rate, Row
from harness.reporting.html import render

MOST = 30
"""Rows of one list in the terminal; the files have them all."""
UNARGUED = (
    "No difference from the model solution was found on many more cases. If there can be none, say why in "
    "reference_impls/<assignment>/equivalent.toml; else more telling cases are needed."
)
KINDS = {
    "right": ("right programs pass", "right program that failed"),
    "misconception": ("misconceptions caught", "misconception that passed"),
    "pair": ("pairs of misconceptions caught", "pair that passed"),
    "mutant": ("mutants caught", "mutant that passed"),
}
HEADS = {"misconception": "Misconceptions", "pair": "Pairs of misconceptions", "mutant": "Mutants"}


def write(audit: Audit, out: Path) -> None:
    """`audit.json`, `audit.csv` and `audit.html` in a folder. Raises `OSError`."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "audit.json").write_bytes(msgspec.json.format(msgspec.json.encode(audit), indent=1))
    (out / "audit.csv").write_text(as_csv(audit), encoding="utf-8")
    (out / "audit.html").write_text(as_html(audit), encoding="utf-8")


def as_csv(audit: Audit) -> str:
    """One line a program, one column a property."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    head = ("program", "kind", "what is wrong", "entry points", "status", "first case", "smallest case", "named")
    writer.writerow([*head, "equivalent", "argument", *audit.properties])
    for row in audit.rows:
        marks = ["x" if p in row.caught_by else "" for p in audit.properties]
        where, named, first = ("; ".join(row.entry_points), "; ".join(row.named), row.first_case or "")
        seen = [row.id, row.kind, row.title, where, row.status, first, row.smallest, named]
        writer.writerow([*seen, "x" if row.equivalent else "", row.argument, *marks])
    return file.getvalue()


def as_html(audit: Audit) -> str:
    """The page: rates, what is missed, what each property is good for, and the matrix."""
    return render(
        "audit.html.jinja",
        "audit.js",
        audit=audit,
        lines=list(rate_lines(audit)),
        words=_words,
        harmless=harmless(audit),
        worth=worth(audit),
        heads=HEADS,
        unargued=UNARGUED,
    )


def harmless(audit: Audit) -> dict[str, list[Row]]:
    """Changed programs that are right still, by the argument."""
    found: dict[str, list[Row]] = {}
    for row in audit.harmless:
        found.setdefault(row.argument, []).append(row)
    return found


def _words(name: str) -> str:
    return name.replace("_", " ")


def rate_lines(audit: Audit) -> Iterator[str]:
    """One sentence a kind of program."""
    for kind, rate in audit.rates.items():
        yield f"{rate.hits} of {rate.total} {KINDS[kind][0]} ({_percent(rate)})"
        if kind == "misconception" and rate.total:
            yield f"{len(audit.named)} of {rate.total} misconceptions called by a name"
    if audit.harmless:
        yield f"{len(audit.harmless)} changed programs besides are right still"


def _percent(rate: Rate) -> str:
    if not rate.total:
        return "none tried"
    return f"{100 * rate.hits / rate.total:.1f}%, 95% interval {100 * rate.low:.1f} to {100 * rate.high:.1f}%"


def show(audit: Audit, console: Console) -> None:
    """The rates, every property, and what is missed."""
    console.print(Text(f"\n{audit.assignment}", style="bold"))
    for line in rate_lines(audit):
        console.print(Text(line))
    console.print(_table(audit))
    for row in audit.false_failures:
        console.print(Text(f"{KINDS['right'][1]}: {row.id} ({', '.join(row.caught_by)})", style="red"))
    _listed(console, "Missed", audit.missed, "red")
    if any(r.equivalent for r in audit.missed):
        console.print(Text(UNARGUED, style="red"))
    for why, rows in harmless(audit).items():
        console.print(Text(f"{len(rows)} right still, as {why}", style="dim"))
    if audit.idle:
        console.print(Text(f"Catch nothing: {', '.join(map(_words, audit.idle))}", style="dim"))
    console.print(Text(audit.how, style="dim"))


def worth(audit: Audit) -> list[tuple[str, int, tuple[str, ...]]]:
    """Every property, how many programs it catches, and those that nothing else does; the best first."""
    wrong = [r for r in audit.rows if r.kind != "right"]
    found = [(p, sum(p in r.caught_by for r in wrong), audit.only_by.get(p, ())) for p in audit.properties]
    return sorted(found, key=lambda line: -line[1])


def _table(audit: Audit) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("property")
    table.add_column("catches", justify="right")
    table.add_column("nothing else does", justify="right")
    for name, catches, alone in worth(audit):
        table.add_row(_words(name), str(catches), str(len(alone)) if alone else "")
    return table


def _listed(console: Console, title: str, rows: list[Row], style: str) -> None:
    if not rows:
        return
    console.print(Text(f"{title}:", style=style))
    for row in rows[:MOST]:
        console.print(Text(f"  {row.id}: {row.title}", style=style))
    if len(rows) > MOST:
        console.print(Text(f"  and {len(rows) - MOST} more", style=style))
