"""Draws what the benchmarks found, from `benchmarks/results`, into `docs/pictures`: `python benchmarks/plots.py`.

Whatever has not been measured is left out with a sentence. Needs matplotlib: `python -m pip install ".[examples]"`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from typing import Any

import matplotlib as mpl

import composing  # noqa: F401 - puts the clone that this stands in on the path
from documenting.plots import LINE, PICTURES, STYLE, save
from recording import RESULTS

OURS, OTHERS, SHADES = "#1b7f5c", "#8fb8de", ("#3f7fbf", "#b3362b")
Rows = list[list[Any]]


def rates(axes: Any, names: Sequence[str], speeds: Sequence[float], wanted: Sequence[str]) -> None:
    """Submissions a second, one bar for each program, the harness first."""
    places = range(len(names))[::-1]
    axes.barh(places, speeds, color=[OURS, *[OTHERS] * (len(names) - 1)])
    for place, speed, more in zip(places, speeds, wanted, strict=True):
        axes.annotate(f"{speed:.2g}{more}", (speed, place), (4, 0), "data", "offset points", va="center")
    axes.set_yticks(places, names)
    axes.set(xlabel="submissions per second", xlim=(0, 1.35 * max(speeds)))


def against(axes: Any, rows: Rows) -> None:
    """The harness, and what a course would write otherwise."""
    said = ["", *(f"  ({ratio:.1f} × slower, wanted {wanted:g} ×)" for _, _, ratio, wanted in rows[1:])]
    rates(axes, [row[0] for row in rows], [row[1] for row in rows], said)
    axes.set(xscale="log", xlim=(min(row[1] for row in rows) / 2, 30 * max(row[1] for row in rows)))


def two_cores(axes: Any, rows: Rows) -> None:
    """One core and two."""
    (_, _, slow, *_), (_, _, fast, _, times, wanted) = rows
    rates(axes, ["two cores", "one core"], [fast, slow], [f"  ({times:.2f} ×, wanted {wanted:g} ×)", ""])


def dask_cluster(axes: Any, rows: Rows) -> None:
    """Local processes and a cluster."""
    (_, _, local, *_), (_, _, remote, times, wanted) = rows
    rates(axes, ["Dask workers", "local processes"], [remote, local], [f"  ({times:.2f} ×, wanted {wanted:g} ×)", ""])


def long_batch(axes: Any, rows: Rows) -> None:
    """Every tenth of a long batch, as a share of the first."""
    first, tenths = rows[0], rows[:-1]
    for column, name, colour in ((2, "CPU time of a submission", OURS), (4, "the coordinator's memory", SHADES[1])):
        axes.plot(
            range(1, len(tenths) + 1), [row[column] / first[column] for row in tenths], "o-", color=colour, label=name
        )
    axes.axhspan(0.8, 1.2, color=OTHERS, alpha=0.3, linewidth=0)
    axes.set(xlabel="tenth of the batch", ylabel="share of the first tenth", ylim=(0.5, 1.5))
    axes.legend(frameon=False)


def ceilings(axes: Any, rows: Rows) -> None:
    """How the parts that a course shares grow with it."""
    sizes = [row[0] for row in rows]
    parts = ((1, "store, MiB"), (6, "memory of the coordinator, MiB"), (8, "summary.html, MiB"), (5, "summing up, s"))
    for (column, name), colour in zip(parts, (OURS, SHADES[1], SHADES[0], LINE), strict=True):
        axes.plot(sizes, [row[column] for row in rows], "o-", color=colour, label=name)
    axes.set(xscale="log", yscale="log", xlabel="submissions")
    axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))


def growth(axes: Any, rows: Rows) -> None:
    """Time a case, of the harness and of the student's calls alone."""
    sizes = [row[0] for row in rows]
    axes.plot(sizes, [row[4] for row in rows], "o-", color=OURS, label="the harness, the student's calls included")
    axes.plot(sizes, [row[5] for row in rows], "o-", color=SHADES[0], label="the student's calls alone")
    axes.set(xscale="log", yscale="log", xlabel="N·T·H", ylabel="times as long as the smallest")
    axes.legend(frameon=False)


def targets(axes: Any, rows: Rows) -> None:
    """What a person waits for, as a share of what it is compared with."""
    places = range(len(rows))[::-1]
    axes.barh(places, [row[3] for row in rows], color=OURS)
    for place, row in zip(places, rows, strict=True):
        axes.annotate(f"{row[3]:.2g} of it, {row[4]}", (row[3], place), (4, 0), "data", "offset points", va="center")
    axes.set_yticks(places, [row[0].replace("`", "") for row in rows])
    axes.set(xlabel="times as long", xscale="log")


def replay(axes: Any, rows: Rows) -> None:
    """What a further case costs, in its parts, beside the student's calls alone."""
    places = range(len(rows))[::-1]
    theirs, workers = [row[4] for row in rows], [row[3] for row in rows]
    axes.barh(places, theirs, color=OTHERS, label="the student's calls, as they take alone")
    axes.barh(
        places, [w - t for w, t in zip(workers, theirs, strict=True)], left=theirs, color=SHADES[0], label="worker"
    )
    axes.barh(places, [row[2] for row in rows], left=workers, color=OURS, label="grader")
    for place, row in zip(places, rows, strict=True):
        text = f"{row[5]:.2g} × the calls, wanted {row[6]:g}"
        axes.annotate(text, (row[2] + row[3], place), (4, 0), "data", "offset points", va="center")
    axes.set_yticks(places, [f"{row[0]}, {row[1]}" for row in rows])
    axes.set(xlabel="µs of CPU time a case", xlim=(0, 1.7 * max(row[2] + row[3] for row in rows)))
    axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(0, -0.2), ncols=3)


DRAWN: dict[Callable[[Any, Rows], None], str] = {
    **{draw: draw.__name__ for draw in (against, two_cores, dask_cluster, long_batch, ceilings, targets, replay)},
    growth: "time_per_case",
}
"""Each is called after the benchmark that it draws; and what its picture is called."""


def main() -> None:
    """Draw everything that has been measured."""
    mpl.use("svg")
    from matplotlib import pyplot

    for draw, picture in DRAWN.items():
        kept = RESULTS / f"{draw.__name__}.json"
        if not kept.exists():
            print(f"{kept.name} is not there: run `python benchmarks/{draw.__name__}.py` first", file=sys.stderr)
            continue
        rows = json.loads(kept.read_text(encoding="utf-8"))["rows"]
        bars = draw in (against, two_cores, dask_cluster, targets, replay)
        with mpl.rc_context(STYLE):
            figure, axes = pyplot.subplots(figsize=(6.4, 0.5 + 0.45 * len(rows) if bars else 3.2))
            draw(axes, rows)
            save(figure, PICTURES / f"{picture}.svg")
            pyplot.close(figure)


if __name__ == "__main__":
    main()
