"""One submission on its workbench: every entry point exercised, judged, explained, and put into a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

import msgspec

from harness import (
    celltext,
    checking,
    once,
    relating,
    repeating,
    rubric,
    scoring,
    selection,
    source,
    standing,
    values,
)
from harness.assignments.contract import Assignment, EntryPoint
from harness.behaving import behaved
from harness.collecting import collect
from harness.demanding import demanded
from harness.diagnosis import charging, hints, locating, naming, pictures, reading, smallest, snippet
from harness.diagnosis.charging import Credit
from harness.diagnosis.smallest import Found
from harness.evidence import Evidence
from harness.noting import notes
from harness.options import Options
from harness.oracles import bank
from harness.oracles.bank import Truth
from harness.report import (
    PASSING,
    BehaviourFinding,
    Check,
    Counterexample,
    Diagnosis,
    EntryPointReport,
    Pictures,
    Report,
    Status,
    SubmissionInfo,
    worst,
)
from harness.source import Source
from harness.submission import Submission, broken
from harness.ungraded import ungraded
from harness.wire import Failure, Loaded
from harness.worker.session import Ended, Result
from harness.worker.workbench import Workbench


class Grading:
    """One submission on its workbench, and what is known of its entry points so far."""

    def __init__(self, submission: Submission, bench: Workbench, options: Options) -> None:
        self.submission, self.bench, self.options = submission, bench, options
        self.assignment = bench.assignment
        self.sources: dict[str, Source] = {
            f.name: source.aliased(source.parse(f.data), bench.assignment.aliases)
            for f in submission.files
            if f.name in set(bench.entry_files.values())
        }
        self.known: dict[str, Evidence] = {}
        self.behaviour: list[BehaviourFinding] = []
        self.right: set[str] = set()
        self.charged: dict[str, str] = {}
        """Entry points that are wrong because of another one, which is nobody else's fault."""
        self.lost: dict[str, dict[str, float]] = {}
        """Points that tensors have lost by another convention than the handout's."""

    def report(self) -> Report:
        """Load, judge every entry point, put the report together."""
        loaded = self.bench.load()
        if isinstance(loaded, Ended):
            return self._not_loaded(loaded)
        needed = selection.needed(self.assignment, self.options.only)
        judged = [self._judge(e, self._truths(e.group), loaded) for e in self._wanted() if e.name in needed]
        judged += values.reports(self.bench, loaded, self.options)
        entries = [e for e in judged if selection.selected(self.options.only, e.name)]
        entries = once.charged(entries, self.lost, rubric.convention_cost(self.options.rubric))
        failures = {file: loaded.failures[file] for file in sorted(loaded.failures)}
        lost = bool(failures) and not loaded.defined and not loaded.snapshots
        first = next(iter(failures.values()), None)
        return msgspec.structs.replace(
            base(self.submission, self.assignment, self.options),
            status="load_error" if lost else "graded",
            score=scoring.total(entries),
            entry_points=entries,
            behaviour=[b for b in self.behaviour if selection.selected(self.options.only, b.entry_point)],
            message="; ".join(self._not_imported(file, failure) for file, failure in failures.items()),
            traceback=checking.frames(first),
            notes=notes(self.assignment, loaded, self.options.only),
        )

    def _wanted(self) -> list[EntryPoint]:
        """Entry points to report on: what is optional and not there is not missed."""
        every = self.assignment.entry_points
        return [e for e in every if not e.optional or e.defined_by in self.bench.entry_files]

    def _not_imported(self, file: str, failure: Failure) -> str:
        where = failure.frames[-1].file if failure.frames else file
        found = source.parse(self.bench.files.get(where, b""))
        if failure.kind == "SyntaxError" and (found.python2 or found.problem.endswith(source.SAVE_AS_UTF8)):
            return broken({where: found})[0]
        return f"{file} could not be imported: {failure.kind}: {failure.message}"

    def _truths(self, group: str) -> tuple[Truth, ...]:
        return bank.truths(self.assignment.id, group, self.options.seed, self.options.cases)

    def _not_loaded(self, ended: Ended) -> Report:
        """The worker died or hung while it imported the submission."""
        status: Status = "timeout" if ended.timeout else "error"
        message = f"it could not be imported: {ended.why}"
        entries = [
            self._entry_report(Evidence(e, unrun=status, message=message), [])
            for e in self._wanted()
            if selection.selected(self.options.only, e.name)
        ]
        return msgspec.structs.replace(
            base(self.submission, self.assignment, self.options),
            status="load_error",
            score=scoring.total(entries),
            entry_points=entries,
            message=message,
        )

    def _judge(self, entry: EntryPoint, truths: Sequence[Truth], loaded: Loaded) -> EntryPointReport:
        evidence = collect(self.bench, entry, truths, self.sources, loaded, self.known)
        self.known[entry.name] = evidence
        entry = evidence.entry
        if evidence.unrun or evidence.ended:
            return self._entry_report(evidence, checking.matches(evidence, {}, [], {}) if evidence.ended else [])
        if not self.assignment.has_answers:
            return self._judge_by_relations(evidence)
        checks = [*demanded(self.bench, evidence), *relating.related(self.bench, evidence, self.known)]
        unsteady, steady = repeating.repeated(self.bench, evidence)
        taken = self._slopes(evidence)
        if taken is not None:
            checks += checking.finite_differences(entry, evidence, self.known[entry.forward], taken)
        credits = charging.credits(self.bench, evidence, self.known, taken)
        seen = self._smallest(evidence)
        checks = checking.matches(evidence, self._examples(evidence, seen, loaded), credits, seen) + checks
        excused = {name for credit in credits if credit.culprit != entry.name for name in credit.tensors}
        diagnoses = naming.name(self.assignment, evidence, excused, self.right)
        if unsteady:
            more, kept = repeating.explained(self.bench, evidence, unsteady)
        else:
            more, kept = self._alone(evidence, {n for d in diagnoses for n in d.explains} | excused)
        checks = locating.placed(self.assignment.group(entry.group), evidence, checks)
        checks = repeating.without_programs(checks, [n for d in kept for n in d.explains])
        report = self._entry_report(evidence, [*checks, *more, *([] if unsteady else [steady])], credits)
        self.lost[entry.name] = standing.lost_by_convention(
            self.assignment, self.options, evidence, report.checks, credits, diagnoses
        )
        told = [*hints.with_questions(self.assignment.id, diagnoses, self.options.reveal), *kept]
        known = {n for d in told for n in d.explains} | excused
        report = msgspec.structs.replace(
            report,
            diagnoses=told,
            pictures=self._pictures(evidence, report),
            unnamed="" if unsteady else naming.unnamed(self.assignment, evidence, known, self.right),
        )
        if report.status in PASSING:
            self.right.add(entry.name)
        return self._watched(evidence, report, credits)

    def _slopes(self, evidence: Evidence) -> charging.Slopes | None:
        """Slopes of the own forward function: on one case where both agree with PyTorch, since they say it again."""
        forward = self.known.get(evidence.entry.forward)
        if forward is None:
            return None
        few = 1 if relating.right(evidence) and relating.right(forward) else charging.FEW
        return charging.take_slopes(self.bench, evidence.entry, evidence.truths, few)

    def _judge_by_relations(self, evidence: Evidence) -> EntryPointReport:
        """Without an answer key: what several runs, demanded behaviour and the own forward function's slopes say."""
        entry = evidence.entry
        sound = {name: known for name, known in self.known.items() if name in self.right}
        checks = [*demanded(self.bench, evidence), *relating.related(self.bench, evidence, sound)]
        unsteady, steady = repeating.repeated(self.bench, evidence)
        ran = [t for t, o in zip(evidence.truths, evidence.outcomes, strict=True) if isinstance(o, Result)]
        taken = charging.take_slopes(self.bench, entry, ran) if entry.forward in self.known and ran else None
        if taken is not None:
            checks += checking.finite_differences(entry, evidence, self.known[entry.forward], taken)
        more, kept = repeating.explained(self.bench, evidence, unsteady) if unsteady else ([steady], [])
        found = [c for c in checking.matches(evidence, {}, [], self._shown(evidence)) if c.status != "not_judged"]
        report = self._entry_report(evidence, [*found, *checks, *more])
        if report.status in PASSING:
            self.right.add(entry.name)
        return self._watched(evidence, msgspec.structs.replace(report, diagnoses=kept), ())

    def _pictures(self, evidence: Evidence, report: EntryPointReport) -> Pictures | None:
        """What can be drawn of an entry point that is wrong in a way that stays the same."""
        return pictures.pictures(self.bench, evidence, self.options.seed) if report.status == "fail" else None

    def _alone(self, evidence: Evidence, explained: Set[str]) -> tuple[list[Check], list[Diagnosis]]:
        """What nothing else explains is tried in a fresh process: a named mistake shows on every call alike."""
        wrong = [t.name for t in evidence.entry.tensors if evidence.tensor_status(t.name) in repeating.WRONG]
        return repeating.alone(self.bench, evidence, [name for name in wrong if name not in explained][:1])

    def _smallest(self, evidence: Evidence) -> dict[str, Found]:
        """For every tensor that is not right, a case that shows it; as small as can be where it fails."""
        seen = self._shown(evidence)
        failing = {name: found for name, found in seen.items() if found.verdict.status in smallest.BAD}
        small = smallest.smallest(self.bench, evidence.entry, failing, self.options.seed, evidence.variant)
        return seen | small

    def _shown(self, evidence: Evidence) -> dict[str, Found]:
        """For every tensor that is not right, the first case of the bank that shows it."""
        outcomes = {id(t): o for t, o in zip(evidence.truths, evidence.outcomes, strict=False)}
        seen = {}
        for name, verdicts in evidence.verdicts.items():
            ranked = [v for s in ("error", "fail", "precision") for v in verdicts if v.status == s]
            outcome = outcomes[id(ranked[0].truth)] if ranked else None
            if ranked and outcome is not None:
                seen[name] = Found(ranked[0], outcome)
        return seen

    def _examples(self, evidence: Evidence, seen: Mapping[str, Found], loaded: Loaded) -> dict[str, Counterexample]:
        entry = evidence.entry
        hide, tensors = self.options.hide_expected, {t.name: t for t in entry.tensors}
        file, forward = self.bench.entry_files[entry.defined_by], self.known.get(entry.forward)
        setting = snippet.Setting(file, loaded, hide, evidence.variant, forward is None or forward.returned)
        examples = {}
        for name, found in seen.items():
            program = snippet.program(self.assignment, entry, tensors[name], found.verdict, setting)
            truth, verdict, group = found.verdict.truth, found.verdict, self.assignment.group(entry.group)
            said = reading.reading(group, evidence, name, truth.case) if verdict.status in smallest.BAD else []
            examples[name] = checking.example(truth, verdict, found.outcome, program, hide, said)
        return examples

    def _watched(self, evidence: Evidence, report: EntryPointReport, credits: Sequence[Credit]) -> EntryPointReport:
        """Behaviour is looked at where the numbers are right, and wherever a rubric gives it points."""
        worth = standing.property_points(self.assignment, self.options, evidence.entry)
        if report.status not in PASSING and not worth:
            return report
        findings = behaved(self.bench, evidence, [] if report.status in PASSING else list(worth))
        self.behaviour += [standing.priced(f, worth) for f in findings if f.status == "fail"]
        earned = standing.points(self.assignment, self.options, evidence, report.checks, credits, findings)
        return msgspec.structs.replace(report, points=earned)

    def _entry_report(
        self, evidence: Evidence, checks: list[Check], credits: Sequence[Credit] = ()
    ) -> EntryPointReport:
        entry = evidence.entry
        statuses = standing.statuses(self.assignment, evidence, checks)
        kept = standing.statuses(self.assignment, evidence, checks, standing.excused(credits))
        status = evidence.unrun or worst([*statuses.values()])
        charged = evidence.charged_to or standing.culprit(statuses, kept, credits)
        if charged is not None:
            charged = self.charged[entry.name] = self.charged.get(charged, charged)
        file, line = self._place(entry)
        return EntryPointReport(
            name=entry.name,
            status=status,
            points=standing.points(self.assignment, self.options, evidence, checks, credits),
            checks=checks,
            charged_to=charged,
            message=evidence.message or (f"did not finish: {evidence.ended.why}" if evidence.ended else ""),
            file=file,
            line=line,
        )

    def _place(self, entry: EntryPoint) -> tuple[str | None, int | None]:
        """The file that defines `entry`, or the cell of a notebook, and the line there."""
        file = self.bench.entry_files.get(entry.defined_by)
        line = source.line_of(self.sources[file], entry.function) if file else None
        if file is None or line is None or not celltext.is_notebook(file):
            return file, line
        return celltext.placed(file, self.bench.files[file].decode("utf-8", "replace"), line)


def base(submission: Submission, assignment: Assignment, options: Options) -> Report:
    """The report before anything is known of the submission."""
    info = SubmissionInfo(submission.id, submission.path, submission.sha256)
    return ungraded(info, assignment.id, options.seed, "graded", isolation=options.isolation)
