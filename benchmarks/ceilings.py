"""What gives out first as a course grows: the store, the coordinator's memory, the gradebook or the summary page.

Run as `python benchmarks/ceilings.py [SUBMISSIONS...]`. Forty submissions are graded; copies of their verdicts under
other names, every wrong one a little different, stand for a course. Each size is measured in a process of its own.
Where `chromium` is installed, the summary is opened in it, and sorted.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace

from composing import ROOT, composed
from harness.batch import keeping
from harness.batch.store import NAME, Verdict, opened
from harness.report import PASSING, Report
from harness.reporting.condensing import condensed
from harness.reporting.write import write_report, write_summary
from recording import keep

SIZES = (1_000, 10_000, 100_000)
GRADED = 40
PAGES = 200
"""Reports written to time a report's pages by."""
MIB = 2**20
HEADS = (
    *("submissions", "store, MiB", "keeping one, ms", "opening the store, s", "a report's pages, ms"),
    *("gradebook and summary, s", "memory, MiB", "gradebook.csv, MiB", "summary.html, MiB", "opened in a browser, s"),
)


def copies(verdicts: list[Verdict], size: int) -> Iterator[Verdict]:
    """So many verdicts, no two wrong ones alike."""
    for number in range(size):
        verdict = verdicts[number % len(verdicts)]
        report = verdict.report
        entries = [e if e.status in PASSING else replace(e, line=number) for e in report.entry_points]
        about = replace(report.submission, id=f"s{number:06}")
        yield Verdict(verdict.inputs, replace(report, submission=about, entry_points=entries))


def measured(first: Path, folder: Path, size: int) -> list[object]:
    """A row of the table."""
    with opened(first) as store:
        verdicts = list(store.verdicts())
    with opened(folder) as store:
        store.start([f"s{number:06}" for number in range(size)], "full")
        began = time.perf_counter()
        for verdict in copies(verdicts, size):
            store.finish(verdict.inputs, verdict.report)
        keeping_one = (time.perf_counter() - began) / size
    pages = pages_of(verdicts, folder / "pages")
    began = time.perf_counter()
    with opened(folder) as store:
        opening = time.perf_counter() - began
        began = time.perf_counter()
        write_summary(list(condensed(keeping.rebuilt(store))), folder)
        summing_up = time.perf_counter() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sizes = [(folder / name).stat().st_size / MIB for name in (NAME, "gradebook.csv", "summary.html")]
    browser = in_a_browser(folder / "summary.html")
    return [size, sizes[0], 1000 * keeping_one, opening, 1000 * pages, summing_up, memory, *sizes[1:], browser]


def pages_of(verdicts: list[Verdict], folder: Path) -> float:
    """Seconds to write one submission's report in its three formats."""
    reports: list[Report] = [v.report for v in copies(verdicts, PAGES)]
    began = time.perf_counter()
    for report in reports:
        write_report(report, folder)
    return (time.perf_counter() - began) / len(reports)


SCRIPT = """
<script>addEventListener("load", () => requestAnimationFrame(() => {
  const loaded = performance.now();
  document.querySelector("table.matrix th[data-kind=number] button").click();
  document.body.offsetHeight;
  document.body.dataset.took = JSON.stringify([loaded, performance.now() - loaded]);
}));</script>
"""


def in_a_browser(page: Path) -> str:
    """Seconds until the page is shown, and then until it is sorted; empty where there is no browser."""
    browser = shutil.which("chromium")
    if not browser:
        return ""
    timed = page.with_name("timed.html")
    text = page.read_text(encoding="utf-8")
    timed.write_text(text.replace("Content-Security-Policy", "X-None", 1) + SCRIPT, encoding="utf-8")
    with tempfile.TemporaryDirectory() as profile:
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
        command = [browser, *options, f"--user-data-dir={profile}", "--timeout=600000", "--dump-dom", timed.as_uri()]
        said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    if 'data-took="' not in said:
        return "not in ten minutes"
    shown, sorting = json.loads(said.partition('data-took="')[2].partition('"')[0])
    return f"{shown / 1000:.1f}, sorted {sorting / 1000:.1f}"


def main() -> None:
    """Measure, print and keep."""
    if "--one" in sys.argv:
        first, folder, size = sys.argv[2:]
        print(json.dumps(measured(Path(first), Path(folder), int(size))))
        return
    rows = []
    with tempfile.TemporaryDirectory() as place:
        composed(Path(place) / "in", GRADED)
        first = Path(place) / "first"
        asked = [str(Path(place) / "in"), "-a", "cs231n", "--only", "rnn_*", "-q", "--out", str(first)]
        here = {**os.environ, "PYTHONPATH": str(ROOT)}
        subprocess.run([sys.executable, "-m", "harness", "grade", *asked], check=True, env=here, capture_output=True)
        for size in map(int, sys.argv[1:] or SIZES):
            folder = Path(place) / str(size)
            folder.mkdir()
            command = [sys.executable, __file__, "--one", str(first), str(folder), str(size)]
            rows.append(json.loads(subprocess.run(command, check=True, env=here, stdout=subprocess.PIPE).stdout))
            shutil.rmtree(folder)
    keep("ceilings", HEADS, rows)


if __name__ == "__main__":
    main()
