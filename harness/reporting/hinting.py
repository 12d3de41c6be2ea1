"""How much a report gives away: nothing but the verdict, a hint with a question, or the whole explanation."""

from __future__ import annotations

from typing import Literal

from msgspec.structs import replace

from harness.report import Check, Diagnosis, EntryPointReport, Pictures, Report

Level = Literal["none", "steps", "full"]
LEVELS: tuple[Level, ...] = ("none", "steps", "full")
QUESTION = "question"
"""The id of a diagnosis of which only the question is left: its own would name the mistake."""


def limited(report: Report, level: Level) -> Report:
    """The report without what `level` keeps back.

    `none` leaves verdicts, the smallest case and the numbers; `steps` adds where to look, the graph, the influence map
    and the question that leads to a mistake; `full` adds its name and the explanation.
    """
    if level == "full":
        return report
    return replace(report, entry_points=[_entry(entry, level) for entry in report.entry_points])


def _entry(entry: EntryPointReport, level: Level) -> EntryPointReport:
    if level == "steps":
        asked = {d.question: d for d in entry.diagnoses if d.question}
        return replace(entry, diagnoses=[_question(d) for d in asked.values()])
    pictures = Pictures(numbers=entry.pictures.numbers) if entry.pictures else None
    return replace(entry, diagnoses=[], unnamed="", checks=[_silent(c) for c in entry.checks], pictures=pictures)


def _question(diagnosis: Diagnosis) -> Diagnosis:
    return Diagnosis(QUESTION, "", "", diagnosis.explains, diagnosis.agrees_on, diagnosis.question)


def _silent(check: Check) -> Check:
    example = replace(check.counterexample, reading=[]) if check.counterexample else None
    return replace(check, where=[], counterexample=example)
