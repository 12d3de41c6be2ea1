"""Where the parts of a report's pictures go: the graph's shapes, the cells of the influence map and of the numbers."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

import msgspec

from harness.report import Edge, Graph, Influence, Node, Numbers

WIDE, HIGH = 172, 92
"""Distance between columns, at least, and rows, in units of the drawing."""
HALF_WIDE, HALF_HIGH = 34, 15
"""Half a node's size."""
MARGIN = 14
LINE = 15
"""From one line of a label to the next."""
LETTER, GAP = 7.6, 9
"""Width of a letter of a label, and of the room between a label and a node."""
SHADES = 5


class Label(msgspec.Struct, frozen=True):
    """A line of text beside an edge; `tone` is `bad`, `warn` or `soft`."""

    x: float
    y: float
    anchor: str
    tone: str
    text: str


class Arrow(msgspec.Struct, frozen=True):
    """An edge, drawn the way the gradient flows; `tone` as in `Label`."""

    x1: float
    y1: float
    x2: float
    y2: float
    tone: str
    labels: tuple[Label, ...]


class Box(msgspec.Struct, frozen=True):
    """A node and its name."""

    x: float
    y: float
    name: str


class Drawing(msgspec.Struct, frozen=True):
    """A graph's shapes, its size, and in words what is wrong on which edge."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    wrong: tuple[str, ...]


def drawing(graph: Graph) -> Drawing:
    """The shapes of a graph whose nodes stand on a grid."""
    top = max(n.row for n in graph.nodes)
    wide = _between_columns(graph)
    places = {n.name: _place(n, top, wide) for n in graph.nodes}
    boxes = tuple(Box(x, y, name) for name, (x, y) in places.items())
    arrows = tuple(_arrow(e, *places[e.target], *places[e.source]) for e in graph.edges)
    ends = [x.x + LETTER * len(x.text) for a in arrows for x in a.labels if x.anchor == "start"]
    width = max([*ends, *(x + HALF_WIDE for x, _ in places.values())]) + MARGIN
    height = max(y for _, y in places.values()) + HALF_HIGH + MARGIN
    return Drawing(width, height, boxes, arrows, tuple(_sentence(e) for e in graph.edges if e.wrong))


def _between_columns(graph: Graph) -> float:
    """So far from one to the next that what stands above an edge has room between its nodes."""
    rows = {n.name: n.row for n in graph.nodes}
    level = [edge for edge in graph.edges if rows[edge.source] == rows[edge.target]]
    longest = max((len(text) for edge in level for _, text in _texts(edge)), default=0)
    return max(WIDE, 2 * (HALF_WIDE + GAP) + LETTER * longest)


def _place(node: Node, top: int, wide: float) -> tuple[float, float]:
    return MARGIN + HALF_WIDE + node.column * wide, MARGIN + HALF_HIGH + LINE + (top - node.row) * HIGH


def _arrow(edge: Edge, x1: float, y1: float, x2: float, y2: float) -> Arrow:
    tone = "bad" if edge.wrong else "warn" if edge.follows else "soft"
    if y1 == y2:
        start, end = (x1 - HALF_WIDE, y1), (x2 + HALF_WIDE + 5, y2)
        labels = _labels(edge, (x1 + x2) / 2, y1 - 8, "middle", upwards=True)
    else:
        start, end = (x1, y1 + HALF_HIGH), (x2, y2 - HALF_HIGH - 5)
        labels = _labels(edge, x1 + 8, (y1 + y2) / 2 - 6, "start", upwards=False)
    return Arrow(*start, *end, tone, tuple(labels))


def _labels(edge: Edge, x: float, y: float, anchor: str, *, upwards: bool) -> list[Label]:
    shown = _texts(edge)
    first = y - LINE * (len(shown) - 1) if upwards else y
    return [Label(x, first + i * LINE, anchor, tone, text) for i, (tone, text) in enumerate(shown)]


def _texts(edge: Edge) -> list[tuple[str, str]]:
    """The lines beside an edge, each with its tone."""
    lines = [("bad", "✗ ", edge.wrong), ("warn", "", edge.follows), ("soft", "", edge.right)]
    return [(tone, mark + ", ".join(names)) for tone, mark, names in lines if names]


def _sentence(edge: Edge) -> str:
    return f"from {edge.target} back to {edge.source}: {', '.join(edge.wrong)}"


class Cell(msgspec.Struct, frozen=True):
    """A number of a table: what came, what was expected where that may be shown, how dark its ground is."""

    text: str
    expected: str = ""
    wrong: bool = False
    worst: bool = False
    shade: int = 0


class Row(msgspec.Struct, frozen=True):
    """A row of a table."""

    head: str
    cells: tuple[Cell, ...]


def influence_rows(influence: Influence, *, right: bool) -> list[Row]:
    """The student's map, or the right one; darker is more, on one scale for both."""
    shown = (influence.expected or []) if right else influence.actual
    largest = max(map(_size, itertools.chain(*influence.actual, *(influence.expected or []))), default=0.0)
    return [
        Row(
            head,
            tuple(
                Cell(text, wrong=bad and not right, shade=_shade(text, largest))
                for text, bad in zip(texts, wrong, strict=True)
            ),
        )
        for head, texts, wrong in zip(influence.rows, shown, influence.wrong, strict=True)
    ]


def _size(text: str) -> float:
    value = abs(float(text))
    return value if math.isfinite(value) else 0.0


def _shade(text: str, largest: float) -> int:
    """From 0 for zero to `SHADES`; the square root, since what fades from step to step should still be seen."""
    share = math.sqrt(_size(text) / largest) if largest else 0.0
    return math.ceil(SHADES * share) if math.isfinite(float(text)) else SHADES


def number_columns(numbers: Numbers) -> list[str]:
    """What stands above the columns: the last axis and its indices."""
    return [f"{numbers.axes[-1]}={i}" for i in range(numbers.shape[-1])]


def number_rows(numbers: Numbers) -> Iterator[Row]:
    """The elements, a row for every index of all axes but the last."""
    cells = [_cell(numbers, i) for i in range(len(numbers.actual))]
    width = numbers.shape[-1]
    for place, index in enumerate(itertools.product(*map(range, numbers.shape[:-1]))):
        head = ", ".join(f"{axis}={i}" for axis, i in zip(numbers.axes, index, strict=False))
        yield Row(head, tuple(cells[place * width : (place + 1) * width]))


def _cell(numbers: Numbers, place: int) -> Cell:
    expected = numbers.expected[place] if numbers.expected else ""
    return Cell(numbers.actual[place], expected, numbers.wrong[place], place == numbers.worst)


def wrong_count(numbers: Sequence[bool]) -> str:
    """How many elements are wrong, of how many."""
    return f"{sum(numbers)} of {len(numbers)}"
