"""A report and a gradebook in the terminal. Nothing a student wrote can steer it or act as markup."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from harness.report import Check, Counterexample, Diagnosis, Element, EntryPointReport, Frame, Report
from harness.reporting import content, wording
from harness.reporting.cleaning import block, plain

STYLES = {
    "pass": "green",
    "precision": "yellow",
    "not_judged": "cyan",
    "missing": "magenta",
    "not_attempted": "magenta",
}
"""Colours of statuses; what is not here is wrong and red."""
MOST_FRAMES = 3
MOST_RELATIONS = 3
MOST_ROWS = 500
"""Of a class; nobody reads more of them in a terminal."""
Line = Iterator[RenderableType]


def print_report(console: Console, report: Report) -> None:
    """Print what the author of a submission needs: the sentence, the score, what is right, what is wrong and where."""
    for part in (*_head(report), *_stopped(report), *_entries(report)):
        console.print(part)
    # Where nothing could be loaded, or nothing was written, one line each has said it all.
    wrong = content.wrong(report) if report.status == "graded" else []
    told = [e for e in wrong if e.status not in ("missing", "not_attempted")]
    for part in (part for entry in told for part in _told(entry)):
        console.print(part)
    for part in (*_warnings(report), *_notes(report)):
        console.print(part)
    _print_snippet(console, [s for entry in told for s in _snippets(entry)])
    console.print(Text(f"\n{_how(report)}", style="dim"))


def _notes(report: Report) -> Line:
    for line in wording.override_sentences(report):
        yield Text(f"Set by hand: {line}", style="bold")
    if report.notes:
        yield Text()
    for note in report.notes:
        yield Text(f"Note: {plain(note, 300)}")


def _print_snippet(console: Console, snippets: Sequence[str]) -> None:
    if not snippets:
        return
    console.print(Text("\nPaste this to see the first failure:\n", style="bold"))
    # Unwrapped and unindented, or it could not be pasted.
    console.print(Text(block(snippets[0])), soft_wrap=True)
    if len(snippets) > 1:
        console.print(Text(f"\n--out DIR writes a page with all {len(snippets)} such programs.", style="dim"))


def gradebook_table(reports: Sequence[Report]) -> RenderableType:
    """The class at a glance, a table for each assignment: marks of the entry points, score, one sentence."""
    groups = content.by_assignment(reports)
    parts = [part for name, found in groups.items() for part in _assignment(name, found)]
    return Group(*parts, _legend(reports))


def _head(report: Report) -> Line:
    line = Text(wording.points_text(report.score), style="bold")
    assignment = plain(report.assignment or "assignment not known")
    line.append(f"  {assignment} · {plain(report.submission.id)}", style="dim not bold")
    yield Text(wording.headline(report), style=f"bold {_tone(report)}")
    yield line


def _tone(report: Report) -> str:
    if report.status == "grader_fault":
        return "cyan"
    return "green" if report.passed else "red" if content.wrong(report) or report.status == "load_error" else "cyan"


def _stopped(report: Report) -> Line:
    if report.status == "grader_fault":
        yield Text(plain(report.message))
    if report.status != "graded":
        yield from _frames(report.traceback)


def _entries(report: Report) -> Line:
    """One line an entry point."""
    if not report.entry_points:
        return
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, overflow="ellipsis")
    table.add_column(no_wrap=True, justify="right")
    table.add_column(overflow="fold")
    for entry in report.entry_points:
        right = entry.status in ("pass", "precision")
        about = wording.entry_sentence(entry).removeprefix(f"{entry.name} ") if right else wording.entry_words(entry)
        table.add_row(
            _mark(entry), Text(plain(entry.name)), Text(wording.points_tight(entry.points), "dim"), Text(about)
        )
    yield Padding(table, (1, 0, 0, 0), expand=False)


def _mark(entry: EntryPointReport) -> Text:
    blameless = wording.entry_words(entry) == wording.BLAMELESS
    return Text(wording.entry_mark(entry), "yellow" if blameless else STYLES.get(entry.status, "red"))


def _told(entry: EntryPointReport) -> Line:
    """What its author should do about an entry point: where the mistake is another's, nothing."""
    blameless = wording.entry_words(entry) == wording.BLAMELESS
    yield from _title(entry) if blameless else failure(entry)


def _title(entry: EntryPointReport) -> Line:
    title = Text("\n")
    title.append(_mark(entry)).append(f" {plain(entry.name)}", style="bold")
    title.append(f"  {wording.place(entry)}", style="dim")
    yield title
    yield _indented(Text(wording.entry_sentence(entry)))


def failure(entry: EntryPointReport) -> Line:
    """What is wrong with one entry point: the sentence, the explanation, every tensor."""
    yield from _title(entry)
    for diagnosis in entry.diagnoses:
        if diagnosis.title and len(entry.diagnoses) > 1:
            about = f"{plain(diagnosis.title)} ({wording.listed(diagnosis.explains)})"
            yield _indented(Text(about, style="bold"))
        yield from _hint(diagnosis)
    if entry.unnamed:
        yield _indented(Text(plain(entry.unnamed)))
    for line in wording.reading_sentences(entry):
        yield _indented(Text(f"• {line}"))
    for line in entry.pictures.influence.says if entry.pictures and entry.pictures.influence else ():
        yield _indented(Text(f"• {plain(line)}"))
    for trouble in content.troubles(entry):
        if wording.tells_more(entry, trouble):
            yield from _trouble(entry, trouble)
    for line in wording.relation_sentences(entry)[:MOST_RELATIONS]:
        yield _indented(Text(f"• {line}", style="dim"))


def _hint(diagnosis: Diagnosis) -> Line:
    if diagnosis.explanation:
        yield _indented(Text(plain(diagnosis.explanation), style="italic"))
    if diagnosis.charge:
        yield _indented(Text(plain(diagnosis.charge)))
    if diagnosis.question:
        yield _indented(Text("Ask yourself: ", style="bold").append(plain(diagnosis.question), style="not bold"))
    if diagnosis.fix:
        yield _indented(Text("To mend it: ", style="bold").append(plain(diagnosis.fix), style="not bold"))


def _trouble(entry: EntryPointReport, trouble: content.Trouble) -> Line:
    check = trouble.check
    for each in (check, *trouble.others):
        if plain(each.message) not in wording.entry_sentence(entry) or not each.message:
            yield _indented(_saying(trouble, each))
    yield from _frames(check.traceback)
    if check.counterexample:
        yield from _example(check.counterexample)


def _saying(trouble: content.Trouble, check: Check) -> Text:
    sentence, names = wording.check_sentence(check), wording.listed(trouble.tensors)
    if names and sentence.startswith("It "):
        return Text(f"• {names} {sentence.removeprefix('It ')}")
    named = any(re.search(rf"\b{re.escape(plain(t))}\b", sentence) for t in trouble.tensors)
    return Text(f"• {sentence}" if named or not names else f"• {names}: {sentence}")


def _example(example: Counterexample) -> Line:
    if example.worst:
        yield _indented(_element(example.worst), 4)
    features = "".join(f"; {feature}" for feature in wording.features_text(example.features))
    yield _indented(Text(f"at {wording.dims_text(example.dims)} (seed {example.seed}{features})", style="dim"), 4)


def _element(worst: Element) -> Text:
    text = Text(plain(worst.index, 60), style="bold").append(f" came {plain(worst.actual, 60)}", style="not bold")
    if worst.expected is not None:
        text.append(f", expected {plain(worst.expected, 60)}", style="not bold")
    if worst.allowed is not None:
        text.append(f" {plain(worst.allowed, 60)}", style="not bold")
    return text


def _frames(frames: Sequence[Frame]) -> Line:
    for frame in frames[-MOST_FRAMES:]:
        place = f"{plain(frame.file, 120)}, line {frame.line}, in {plain(frame.function, 80)}"
        yield _indented(Text(place, style="dim"), 4)
        if frame.text:
            yield _indented(Text(plain(frame.text, 200)), 6)


def _snippets(entry: EntryPointReport) -> list[str]:
    examples = [t.check.counterexample for t in content.troubles(entry) if t.check.counterexample]
    return [e.snippet for e in examples if e.snippet]


def _warnings(report: Report) -> Line:
    lines = [wording.entry_sentence(e) for e in content.unjudged(report)]
    lines += [plain(f.message) or f"{plain(f.entry_point)} {wording.property_title(f)}" for f in report.behaviour]
    if lines:
        yield Text("\nWorth knowing (costs no points):", style="bold")
    for line in lines:
        yield _indented(Text("• ").append(line))


def _how(report: Report) -> str:
    versions = ", ".join(f"{name} {value}" for name, value in report.versions.items())
    return plain(f"seed {report.seed} · isolation: {report.isolation} · {versions} · {report.seconds.total:.1f} s")


def _indented(text: Text, by: int = 2) -> Padding:
    return Padding(text, (0, 0, 0, by), expand=False)


def _assignment(name: str, reports: Sequence[Report]) -> Line:
    names = content.entry_names(reports)
    title = Text(f"\n{plain(name) or 'assignment not known'}", style="bold")
    numbers = [f"{i} {plain(entry)}" for i, entry in enumerate(names, 1)]
    yield title
    if numbers:
        yield Text("   ".join(numbers), style="dim")
    yield _matrix(reports, names)
    if len(reports) > MOST_ROWS:
        yield Text(f"… and {len(reports) - MOST_ROWS} more, in summary.html and gradebook.csv", style="dim")


def _matrix(reports: Sequence[Report], names: Sequence[str]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), expand=True)
    table.add_column("submission", overflow="fold", max_width=24)
    for i in range(len(names)):
        table.add_column(str(i + 1), no_wrap=True, justify="center")
    table.add_column("score", no_wrap=True, justify="right")
    table.add_column("why", overflow="fold", ratio=1)
    for report in reports[:MOST_ROWS]:
        entries = {entry.name: entry for entry in report.entry_points}
        marks = [_mark(entries[n]) if n in entries else Text("") for n in names]
        short = report.submission.id.removeprefix(f"{report.assignment}/")
        table.add_row(Text(plain(short)), *marks, Text(wording.points_tight(report.score)), Text(wording.brief(report)))
    return table


def _legend(reports: Sequence[Report]) -> Text:
    """What the marks mean that are to be seen."""
    entries = [entry for report in reports for entry in report.entry_points]
    marks = dict.fromkeys((wording.entry_mark(e), wording.entry_words(e)) for e in entries)
    return Text("   ".join(f"{mark} {words}" for mark, words in marks), style="dim")
