"""Draws what the explanations show: `python -m documenting.plots` measures for half a minute, and writes the SVGs.

It prints the numbers that the pages name. Needs matplotlib: `python -m pip install ".[examples]"`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from documenting import measuring
from harness.oracles.allowances import THRESHOLD, UNDECIDABLE

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "pictures"
RIGHT, WRONG, LINE, SHADES = "#1b7f5c", "#b3362b", "#444444", ("#8fb8de", "#3f7fbf", "#1d3f66")
STYLE: Any = {
    "svg.hashsalt": "harness",  # the same names in every file that is drawn anew
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": LINE,
    "savefig.facecolor": "white",
}


def distances(axes: Any, right: Sequence[float], wrong: Sequence[float]) -> None:
    """How far programs are from the right answer, in multiples of the bound."""
    bins = [10.0 ** (n / 2) for n in range(-4, 37)]
    raised = sum(not math.isfinite(ratio) for ratio in wrong)
    finite = [ratio for ratio in wrong if math.isfinite(ratio)]
    axes.hist(right, bins, color=RIGHT, label=f"{len(right)} right programs")
    axes.hist(finite, bins, color=WRONG, label=f"{len(finite)} with a mistake ({raised} more raise)")
    axes.axvline(THRESHOLD, color=LINE, linestyle="--", linewidth=1)
    axes.annotate("passes up to 4", (THRESHOLD, 0.94), (6, 0), ("data", "axes fraction"), "offset points", color=LINE)
    axes.set(xscale="log", xlabel="distance from the right answer, in error bounds", ylabel="programs")
    axes.legend(frameon=False, loc="center")


def growth(axes: Any, rows: dict[float, list[tuple[float, float]]], lengths: Sequence[int]) -> None:
    """How the bound grows, and that errors do not reach it."""
    for (radius, pairs), colour in zip(rows.items(), SHADES, strict=True):
        axes.plot(
            lengths, [b for b, _ in pairs], color=colour, marker="o", markersize=3, label=f"bound, radius {radius:g}"
        )
    errors = [max(pairs[i][1] for pairs in rows.values()) for i in range(len(lengths))]
    axes.plot(lengths, errors, color=RIGHT, marker="s", markersize=3, label="worst right program")
    axes.axhline(UNDECIDABLE, color=LINE, linestyle="--", linewidth=1)
    axes.annotate("above: not judged", (lengths[0], UNDECIDABLE), (0, 4), "data", "offset points", color=LINE)
    axes.set(xscale="log", yscale="log", xlabel="steps of the sequence", ylabel="share of dW's largest element")
    axes.set_xticks(lengths, [str(length) for length in lengths])
    axes.minorticks_off()
    axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))


def narrowing(axes: Any, counts: Sequence[Sequence[int]]) -> None:
    """How many mistakes are left that would give the same numbers."""
    cases = range(len(counts))
    axes.plot(cases, [max(row) for row in counts], color=SHADES[0], marker="o", label="the hardest mistake to tell")
    axes.plot(cases, [sum(row) / len(row) for row in counts], color=SHADES[2], marker="o", label="mean of all mistakes")
    axes.set(yscale="log", xlabel="cases compared, the simplest first", ylabel="mistakes that fit")
    ticks = [1, 2, 5, 10, 20, len(counts[0])]
    axes.set_yticks(ticks, [str(tick) for tick in ticks])
    axes.minorticks_off()
    axes.legend(frameon=False)


def save(figure: Any, place: Path) -> None:
    """An SVG that is the same whenever it is drawn from the same numbers."""
    figure.savefig(place, bbox_inches="tight", metadata={"Date": None})


def numbers(right: Sequence[float], wrong: Sequence[float], counts: Sequence[Sequence[int]]) -> str:
    """What the pages name of it."""
    finite = [ratio for ratio in wrong if math.isfinite(ratio)]
    alone = [sum(left == 1 for left in row) for row in counts]
    return (
        f"{len(right)} right programs, at most {max(right):.2f} bounds away; {len(finite)} wrong ones, at least "
        f"{min(finite):.1e}; {len(wrong) - len(finite)} raise or return another shape\n"
        f"of {len(counts[0])} mistakes, after 0, 1, 2, … cases, alone with their numbers: {alone}"
    )


def main(folder: Path = PICTURES) -> None:
    """Measure and draw all."""
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot as plt

    (right, wrong), counts = measuring.distances(), measuring.narrowing()
    print(numbers(right, wrong, counts))
    with mpl.rc_context(STYLE):
        for name, draw, rows in (
            ("distances", distances, (right, wrong)),
            ("growth", growth, (measuring.growth(), measuring.LENGTHS)),
            ("narrowing", narrowing, (counts,)),
        ):
            figure, axes = plt.subplots(figsize=(7, 3.2))
            draw(axes, *rows)
            save(figure, folder / f"{name}.svg")
            plt.close(figure)


if __name__ == "__main__":
    main()
