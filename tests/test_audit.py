"""An audit says which wrong programs are caught, by what, and which right ones fail."""

from __future__ import annotations

import csv
import html
import io
import re
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from harness.assignments import registry
from harness.audit import matrix, programs, showing
from harness.audit.mutating import mutants
from harness.audit.reaching import reached
from harness.audit.running import run
from harness.cli import app
from harness.options import Options
from reference_impls import catalogue

SMALL = """
def backward(x, prev_h, next_h):
    dWh = 0
    for t in reversed(range(3)):
        da = (1 - next_h ** 2) @ x.T
        dWh = dWh + prev_h[t] * da.sum(axis=0)
    return dWh
"""


def test_every_operator_finds_its_place() -> None:
    found = {m.what.partition(": ")[2] for m in mutants(SMALL)}
    assert {
        "a transpose is left out",
        "added up becomes overwritten",
        "operands swapped",
        "a power is left out",
        "a sum becomes a mean",
        "a loop runs forward instead of backward",
        "a loop ends one early",
        "one step too early",
        "next_h for prev_h",
        "the second term is dropped",
        "plus and minus changed",
    } <= found


def test_mutants_are_different_programs_that_compile() -> None:
    found = mutants(catalogue.source("cs231n"))
    assert len({m.source for m in found}) == len(found) > 40
    for mutant in found:
        compile(mutant.source, mutant.id, "exec")


@pytest.mark.parametrize("assignment", [a.id for a in registry.every()])
def test_wherever_a_misconception_shows_it_is_looked_for(assignment: str) -> None:
    contract, source = registry.get(assignment), catalogue.source(assignment)
    looked = [(m, reached(contract, source, catalogue.apply(source, m))) for m in catalogue.misconceptions(assignment)]
    assert [m.id for m, names in looked if names and not set(m.touches) <= set(names)] == []
    assert any(0 < len(names) < len(contract.entry_points) for _, names in looked)


def test_what_uses_a_changed_function_at_any_remove_is_looked_at() -> None:
    source, contract = catalogue.source("cs231n"), registry.get("cs231n")
    changed = source.replace("def sigmoid(", "def _logistic(").replace("sigmoid(", "_logistic(")
    lstm = {e.name for e in contract.entry_points if e.name.startswith("lstm")}
    assert lstm < set(reached(contract, source, changed)) < {e.name for e in contract.entry_points}
    assert reached(contract, source, source + "\n# only words\n") == ()
    assert set(reached(contract, source, source + "\nnp.tanh = np.sin\n")) == {e.name for e in contract.entry_points}


def test_pairs_hold_both_mistakes() -> None:
    found = programs.pairs("mytorch", 10)
    assert len(found) == 10
    assert programs.pairs("mytorch", 10) == found
    edits = {m.id: m.edits for m in catalogue.misconceptions("mytorch")}
    for pair in found:
        for name in pair.id.split("+"):
            assert all(edit.new in pair.source for edit in edits[name])


def test_caught_missed_and_right_are_told_apart() -> None:
    wrong = programs.misconceptions("lab9")[:2]
    model = programs.right("lab9", None)
    same = programs.Program("mutant.same", "mutant", model[0].source + "\nUNUSED = 1\n", "nothing changed")
    argued = msgspec.structs.replace(same, id="mutant.argued", harmless="a name that nothing reads")
    failing = msgspec.structs.replace(wrong[0], id="right.wrong", kind="right")
    found = run("lab9", [*model, *wrong, same, argued, failing], Options(cases=12), 2, lambda report: None)
    rows = {row.id: row for row in found.rows}
    assert rows["model"].status == "pass"
    assert rows["mutant.same"].equivalent
    assert rows["mutant.argued"].equivalent
    assert [row.id for row in found.missed] == ["mutant.same"]
    assert [row.id for row in found.harmless] == ["mutant.argued"]
    assert [row.id for row in found.false_failures] == ["right.wrong"]
    for program in wrong:
        assert "matches_autograd" in rows[program.id].caught_by
        assert rows[program.id].first_case == 1
        assert program.id in rows[program.id].named
    assert (found.rates["misconception"].hits, found.rates["misconception"].total) == (2, 2)
    assert (found.rates["mutant"].hits, found.rates["mutant"].total) == (0, 1)
    assert (found.rates["right"].hits, found.rates["right"].total) == (1, 2)
    assert set(found.idle) >= {"same_again"}
    lines = {line["program"]: line for line in csv.DictReader(io.StringIO(showing.as_csv(found)))}
    assert lines.keys() == rows.keys()
    assert {lines[p.id]["what is wrong"] for p in wrong} == {p.title for p in wrong}
    assert all(set(lines[p.id]["entry points"].split("; ")) <= set(p.touches) for p in wrong)
    assert "2 of 2 misconceptions called by a name" in showing.rate_lines(found)
    page = showing.as_html(found)
    for text in ("right.wrong", "a name that nothing reads", html.escape(showing.UNARGUED), "cases an entry point"):
        assert text in page


def test_a_right_program_may_hold_a_part_of_an_assignment() -> None:
    source = catalogue.source("lab9")
    part = programs.Program("right.part", "right", source[: source.index("def mse_last_step")])
    assert [row.status for row in run("lab9", [part], Options(cases=12), 1, lambda report: None).rows] == ["pass"]
    wrong = msgspec.structs.replace(part, id="mutant.part", kind="mutant")
    assert run("lab9", [wrong], Options(cases=12), 1, lambda report: None).rows[0].caught


@pytest.mark.parametrize("assignment", [a.id for a in registry.every()])
def test_what_is_called_harmless_is_a_mutant(assignment: str) -> None:
    """An argument about a line that is no mutant's any more speaks of nothing."""
    made = {m.line for m in mutants(catalogue.source(assignment))}
    assert set(catalogue.equivalents(assignment)) <= made


def test_an_interval_holds_the_rate_and_shrinks() -> None:
    few, many = matrix.rate(9, 10), matrix.rate(900, 1000)
    assert few.low < 0.9 < few.high
    assert many.high - many.low < few.high - few.low
    assert matrix.rate(10, 10).low < 0.99 < matrix.rate(10, 10).high <= 1.0


def test_the_command_writes_everything_and_tells_by_its_exit_code(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(programs, "misconceptions", lambda _: [])
    result = CliRunner().invoke(app, ["audit", "lab9", "--mutants", "2", "--cases", "12", "--out", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert re.search(r"(\d) of \1 mutants caught", result.output)
    for suffix in ("json", "csv", "html"):
        assert (tmp_path / "audit" / "lab9" / f"audit.{suffix}").stat().st_size > 100


def test_a_folder_without_programs_is_no_proof_that_right_ones_pass(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["audit", "lab9", "--right", str(tmp_path)])
    assert result.exit_code == 2
    assert "holds no .py file" in result.output


def test_right_programs_may_lie_in_a_folder_for_each_assignment(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "lab9").mkdir()
    (tmp_path / "lab9" / "one.py").write_text("x = 1\n")
    asked: list[Path | None] = []

    def listen(_: str, folder: Path | None, *__: object) -> None:
        asked.append(folder)
        raise KeyboardInterrupt

    monkeypatch.setattr("harness.audit.command.audited", listen)
    CliRunner().invoke(app, ["audit", "lab9", "--right", str(tmp_path)])
    assert asked == [tmp_path / "lab9"]
