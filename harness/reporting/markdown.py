"""A report as Markdown, GitHub flavour; whatever a student wrote is shown as it is and never acts as markup."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tabulate import tabulate

from harness.report import Counterexample, Diagnosis, Element, EntryPointReport, Frame, Report
from harness.reporting import content, wording
from harness.reporting.cleaning import block, plain

_SPECIAL = re.compile(r"[\\`*<>\[\]|~$&#]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|(?<=\w)://|(?<=www)\.|@")
_LINE_START = re.compile(r"^(?=[-+=]|\d+[.)])")


def escaped(text: str) -> str:
    """`text` on one line, with everything escaped that Markdown would take for markup, links and mentions included."""
    marked = _SPECIAL.sub(lambda m: f"\\{m[0]}", plain(text)).replace("\\://", "\\:\\/\\/").replace("\\@", "&#64;")
    return _LINE_START.sub(r"\\", marked) if not marked[:1].isdigit() else re.sub(r"^(\d+)([.)])", r"\1\\\2", marked)


def code(text: str) -> str:
    """`text` as a code span that can stand in a table."""
    clean = plain(text)
    ticks = _longer_than_any_in(clean, 1)
    pad = " " if clean.startswith("`") or clean.endswith("`") else ""
    return f"{ticks}{pad}{clean}{pad}{ticks}".replace("|", "\\|") if clean else ""


def fenced(text: str, language: str = "") -> str:
    """`text` as a code block; its fence is longer than any run of backticks inside."""
    clean = block(text)
    fence = _longer_than_any_in(clean, 3)
    return f"{fence}{language}\n{clean}\n{fence}"


def _longer_than_any_in(text: str, least: int) -> str:
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    return "`" * max(least, longest + 1)


def table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of cells that are already Markdown."""
    return tabulate(rows, headers=headers, tablefmt="github", disable_numparse=True)


def markdown(report: Report) -> str:
    """The report about one submission, most important things first."""
    return "\n\n".join(part for part in _parts(report) if part) + "\n"


def _parts(report: Report) -> Iterator[str]:
    yield f"# {escaped(wording.headline(report))}"
    assignment = report.assignment or "assignment not known"
    yield f"**{wording.points_text(report.score)}** · {escaped(assignment)} · {escaped(report.submission.id)}"
    yield _overview(report)
    yield "\n".join(f"- Set by hand: {escaped(line)}" for line in wording.override_sentences(report))
    if report.status != "graded":
        yield escaped(report.message) if report.status == "grader_fault" else ""
        yield traceback(report.traceback)
    yield from _right(report)
    for entry in content.wrong(report):
        yield from _wrong(entry)
    yield from _unjudged(report)
    yield from _warnings(report)
    yield from _how(report)


def _overview(report: Report) -> str:
    rows = [
        (code(e.name), f"{wording.entry_mark(e)} {wording.entry_words(e)}", wording.points_short(e.points))
        for e in report.entry_points
    ]
    return table(("entry point", "verdict", "points"), rows) if rows else ""


def _right(report: Report) -> Iterator[str]:
    entries = content.right(report)
    if entries:
        yield "## What is right"
        yield "\n".join(f"- {escaped(wording.entry_sentence(e))}" for e in entries)


def about_wrong(entry: EntryPointReport) -> str:
    """All that a report says about an entry point that does not pass, below its own heading."""
    return "\n\n".join([part for part in _wrong(entry) if part][1:])


def _wrong(entry: EntryPointReport) -> Iterator[str]:
    verdict = f"{wording.entry_words(entry)}, {wording.points_text(entry.points)}"
    yield f"## {wording.entry_mark(entry)} {code(entry.name)}: {verdict}"
    yield escaped(wording.entry_sentence(entry))
    yield f"It stands in {code(wording.place(entry))}." if wording.place(entry) else ""
    for diagnosis in entry.diagnoses:
        yield from _hint(diagnosis)
    yield escaped(entry.unnamed)
    yield "\n".join(f"- {escaped(line)}" for line in wording.reading_sentences(entry))
    if entry.pictures and entry.pictures.influence:
        yield "\n".join(f"- {escaped(line)}" for line in entry.pictures.influence.says)
    if entry.checks:
        yield _checks(entry)
    for trouble in content.troubles(entry):
        if wording.tells_more(entry, trouble):
            yield from _trouble(trouble)
    yield "\n".join(f"- {escaped(line)}" for line in wording.relation_sentences(entry))
    unjudged = ", ".join(map(code, content.unjudged_tensors(entry)))
    yield f"Not judged, because rounding decides it on too many cases: {unjudged}." if unjudged else ""


def _hint(diagnosis: Diagnosis) -> Iterator[str]:
    about = f"({escaped(wording.listed(diagnosis.explains))}; {escaped(diagnosis.agrees_on)})"
    if diagnosis.title:
        yield f"**{escaped(diagnosis.title)}** {about} {escaped(diagnosis.explanation)}"
    yield escaped(diagnosis.charge)
    yield f"Ask yourself: {escaped(diagnosis.question)}" if diagnosis.question else ""
    yield f"To mend it: {escaped(diagnosis.fix)}" if diagnosis.fix else ""


def _checks(entry: EntryPointReport) -> str:
    rows = [
        (
            code(c.tensor or ""),
            escaped(wording.property_title(c, holds=True)),
            f"{wording.SYMBOLS[c.status]} {wording.WORDS[c.status]}",
            wording.cases_text(c),
        )
        for c in content.judged_alone(entry)
    ]
    return table(("result", "property", "verdict", "cases"), rows)


def _trouble(trouble: content.Trouble) -> Iterator[str]:
    check = trouble.check
    names = ", ".join(code(t) for t in trouble.tensors)
    yield f"### {names or escaped(wording.property_title(check))}"
    for each in (check, *trouble.others):
        yield escaped(wording.check_sentence(each))
    yield traceback(check.traceback)
    if check.counterexample:
        yield from _example(check.counterexample)


def _example(example: Counterexample) -> Iterator[str]:
    if example.worst:
        yield _element(example.worst)
    features = "".join(f"; {escaped(f)}" for f in wording.features_text(example.features))
    share = f"; {escaped(example.mismatched)} elements wrong" if example.mismatched else ""
    yield f"Smallest case found: **{escaped(wording.dims_text(example.dims))}** (seed {example.seed}{features}{share})"
    if example.snippet:
        yield "To see it, run this in the folder of the submission:"
        yield fenced(example.snippet, "python")


def _element(worst: Element) -> str:
    headers, row = ["worst element", "what came"], [code(worst.index), code(worst.actual)]
    if worst.expected is not None:
        headers.append("what was expected")
        row.append(code(worst.expected))
    if worst.allowed is not None:
        headers.append("what rounding allows")
        row.append(code(worst.allowed))
    return table(headers, [row])


def traceback(frames: Sequence[Frame]) -> str:
    """The frames of the student's own code as a code block; empty where there are none."""
    if not frames:
        return ""
    lines = [f"{plain(f.file)}, line {f.line}, in {plain(f.function)}\n    {plain(f.text)}" for f in frames]
    return "In your own code, the place it happened last:\n\n" + fenced("\n".join(lines), "text")


def _unjudged(report: Report) -> Iterator[str]:
    entries = content.unjudged(report)
    if entries:
        yield "## Not judged"
        yield "Neither right nor wrong: it costs no points, and a person will look at it."
        yield "\n".join(f"- {escaped(wording.entry_sentence(e))}" for e in entries)


def _warnings(report: Report) -> Iterator[str]:
    precision = [(e, t) for e in content.right(report) for t in content.troubles(e)]
    if not report.behaviour and not precision:
        return
    yield "## Worth knowing (costs no points)"
    lines = [
        f"- {code(e.name)}: {escaped(t.check.message) or escaped(wording.property_title(t.check))}"
        for e, t in precision
    ]
    lines += [
        f"- {escaped(f.message) or code(f.entry_point) + ' ' + escaped(wording.property_title(f))}"
        for f in report.behaviour
    ]
    yield "\n".join(lines)


def _how(report: Report) -> Iterator[str]:
    yield "## How it was judged"
    rows = [(name, code(value)) for name, value in wording.how_rows(report)]
    yield table(("what", "value"), rows)
    if report.notes:
        yield "\n".join(f"- {escaped(note)}" for note in report.notes)
