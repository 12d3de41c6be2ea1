"""One entry point's failure at length, in the terminal: what is right, where it goes wrong, how far a gradient gets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from harness.report import PASSING, EntryPointReport, Graph, Influence, Numbers
from harness.reporting import content, drawing, terminal, wording
from harness.reporting.cleaning import block, plain

Line = Iterator[RenderableType]
MOST_NUMBERS = 3
"""Tensors whose elements are listed."""


def explain(console: Console, entry: EntryPointReport) -> None:
    """Print all that is known about one entry point."""
    for part in _parts(entry):
        console.print(part)
    snippets = [t.check.counterexample.snippet for t in content.troubles(entry) if t.check.counterexample]
    if snippets and snippets[0]:
        console.print(Text("\nSee it yourself\n", style="bold"))
        console.print(Text(block(snippets[0])), soft_wrap=True)


def _parts(entry: EntryPointReport) -> Line:
    yield from terminal.failure(entry)
    right = content.fine_tensors(entry)
    if right and entry.status not in PASSING:
        yield Text(f"\nRight in it: {wording.listed(right)}.")
    if entry.pictures is None:
        return
    if entry.pictures.graph:
        yield from _graph(entry.pictures.graph)
    if entry.pictures.influence:
        yield from _influence(entry.pictures.influence)
    for numbers in entry.pictures.numbers[:MOST_NUMBERS]:
        yield from _numbers(numbers)


def _graph(graph: Graph) -> Line:
    """The edges of the graph as lines, in the direction in which the gradient flows."""
    yield Text("\nThe unrolled graph, on the way back", style="bold")
    for edge in graph.edges:
        tone = "red" if edge.wrong else "yellow" if edge.follows else "green"
        mark = "✗" if edge.wrong else "·" if edge.follows else "✓"
        line = Text(f"  {mark} {plain(edge.target)} → {plain(edge.source)}", style=tone)
        told = edge.wrong or edge.follows
        yield line.append(f"  {plain(', '.join(told))}{'' if edge.wrong else ' (because of it)'}") if told else line


def _influence(influence: Influence) -> Line:
    yield Text("\nHow far a gradient reaches", style="bold")
    yield Text(plain(influence.about), style="dim")
    yield _map("yours", influence, drawing.influence_rows(influence, right=False))
    if influence.expected:
        yield _map("right", influence, drawing.influence_rows(influence, right=True))


def _map(title: str, influence: Influence, rows: Sequence[drawing.Row]) -> Table:
    return _table(title, influence.columns, rows)


def _numbers(numbers: Numbers) -> Line:
    yield Text(f"\n{plain(numbers.name)} at {wording.dims_text(numbers.dims)}", style="bold")
    legend = "red is wrong, expected in parentheses" if numbers.expected else "red is wrong"
    yield Text(f"{drawing.wrong_count(numbers.wrong)} elements are wrong; {legend}; ◆ the worst", style="dim")
    yield _table("", drawing.number_columns(numbers), list(drawing.number_rows(numbers)))


def _table(title: str, columns: Sequence[str], rows: Sequence[drawing.Row]) -> Table:
    table = Table(title=title or None, title_justify="left", box=None, padding=(0, 1))
    table.add_column("", style="dim", no_wrap=True)
    for column in columns:
        table.add_column(Text(plain(column)), justify="right", no_wrap=True)
    for row in rows:
        table.add_row(Text(plain(row.head)), *map(_cell, row.cells))
    return table


def _cell(cell: drawing.Cell) -> Text:
    expected = f"\n({plain(cell.expected)})" if cell.wrong and cell.expected else ""
    return Text(f"{'◆ ' if cell.worst else ''}{plain(cell.text)}{expected}", style="red" if cell.wrong else "")
