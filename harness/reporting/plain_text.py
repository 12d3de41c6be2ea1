"""A report as plain text, without colours or tables: where nothing but Python is installed."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from harness.report import Check, Counterexample, EntryPointReport, Report
from harness.reporting import content, wording
from harness.reporting.cleaning import block, plain

WIDTH = 96
MOST_FRAMES = 3
UNTOLD = ("missing", "not_attempted")


def text(report: Report, made_by: str) -> str:
    """The whole report; `made_by` says what checked it, and ends it."""
    return "\n".join([*_lines(report), "", made_by])


def _lines(report: Report) -> Iterator[str]:
    yield from _wrapped(f"{plain(report.submission.id)}: {wording.headline(report)}", "")
    if report.status == "load_error" and report.traceback:
        yield from (f"    {plain(f.file)}, line {f.line}: {plain(f.text)}" for f in report.traceback[-MOST_FRAMES:])
    yield ""
    width = max((len(entry.name) for entry in report.entry_points), default=0)
    mark = max((len(wording.entry_mark(entry)) for entry in report.entry_points), default=0)
    for entry in report.entry_points:
        yield f"  {wording.entry_mark(entry):{mark}} {plain(entry.name):{width}}  {wording.entry_words(entry)}"
    wrong = [e for e in content.wrong(report) if e.status not in UNTOLD] if report.status == "graded" else []
    for entry in wrong:
        yield from ("", *entry_lines(entry))
    aside = [wording.entry_sentence(e) for e in content.unjudged(report)]
    aside += [plain(f.message) for f in report.behaviour if f.message] + [plain(n) for n in report.notes]
    if aside:
        yield from ("", "Worth knowing:", *(line for each in aside for line in _wrapped(each, "  • ")))
    program = next((p for entry in wrong for p in programs(entry)), "")
    if program:
        yield from ("", "Paste this to see the first failure:", "", block(program))


def entry_lines(entry: EntryPointReport) -> Iterator[str]:
    """What is wrong with one entry point: the sentence, the hints, every wrong tensor with its smallest case."""
    yield f"{wording.entry_mark(entry)} {plain(entry.name)}  {wording.place(entry)}".rstrip()
    yield from _wrapped(wording.entry_sentence(entry), "  ")
    if wording.entry_words(entry) == wording.BLAMELESS:
        return
    for diagnosis in entry.diagnoses:
        yield from _wrapped(plain(diagnosis.explanation), "  ")
        yield from _wrapped(f"Ask yourself: {plain(diagnosis.question)}" if diagnosis.question else "", "  ")
    for line in wording.reading_sentences(entry):
        yield from _wrapped(line, "  • ")
    for trouble in content.troubles(entry):
        if wording.tells_more(entry, trouble):
            yield from _trouble(trouble)


def _trouble(trouble: content.Trouble) -> Iterator[str]:
    names = wording.listed(trouble.tensors)
    yield from _wrapped(f"{names}: {wording.check_sentence(trouble.check)}" if names else "", "  • ")
    yield from check_lines(trouble.check)


def check_lines(check: Check) -> Iterator[str]:
    """The frames of a traceback, and the smallest case with its worst element."""
    for frame in check.traceback[-MOST_FRAMES:]:
        yield f"      {plain(frame.file)}, line {frame.line}, in {plain(frame.function)}: {plain(frame.text)}"
    if check.counterexample:
        yield from _example(check.counterexample)


def _example(example: Counterexample) -> Iterator[str]:
    if example.worst:
        worst = example.worst
        told = [f"{plain(worst.index)} came {plain(worst.actual)}"]
        told += [f"expected {plain(worst.expected)}"] if worst.expected is not None else []
        yield f"      {', '.join(told)} {plain(worst.allowed or '')}".rstrip()
    features = "".join(f"; {feature}" for feature in wording.features_text(example.features))
    yield f"      at {wording.dims_text(example.dims)} (seed {example.seed}{features})"


def programs(entry: EntryPointReport) -> list[str]:
    """Programs that show what is wrong with an entry point."""
    found = [t.check.counterexample for t in content.troubles(entry) if t.check.counterexample]
    return [e.snippet for e in found if e.snippet]


def _wrapped(sentence: str, before: str) -> list[str]:
    after = " " * len(before)
    return textwrap.wrap(sentence, WIDTH, initial_indent=before, subsequent_indent=after) if sentence else []
