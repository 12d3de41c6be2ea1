"""Assignments of other packages: found by their entry points; a broken one is told and does not break the others."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from grading import grade_file
from harness.assignments import contradictions, registry
from harness.assignments.contract import Assignment
from harness.cli import app
from harness.worker import isolation
from reference_impls import catalogue

ROOT = Path(__file__).resolve().parent.parent
FINISHED = ("contract", "definition", "driver", "snippet")
BROKEN = {
    "raises": ("raise RuntimeError('not\\nyet\\x1b[2J')", "raises RuntimeError: not yet?[2J"),
    "ends": ("import sys; sys.exit(3)", "raises SystemExit: 3"),
    "imports": ("import nowhere_to_be_found", "ModuleNotFoundError: No module named 'nowhere_to_be_found'"),
    "empty": ("", "contract.ASSIGNMENT is not an Assignment"),
    "another": ("from harness.assignments.gru.contract import ASSIGNMENT", "calls itself 'gru'"),
    "driverless": (
        "import msgspec\nfrom harness.assignments.gru import contract\n"
        "ASSIGNMENT = msgspec.structs.replace(contract.ASSIGNMENT, id='driverless')",
        "there is no module course_driverless.driver",
    ),
    "contradicts": (
        "import msgspec\nfrom harness.assignments.gru import contract\n"
        "point = msgspec.structs.replace(contract.POINTS[0], group='grew')\n"
        "ASSIGNMENT = msgspec.structs.replace(contract.ASSIGNMENT, id='contradicts', entry_points=(point,), files={})",
        "gru_step_forward belongs to a group 'grew' that the contract does not have",
    ),
}
"""Contracts that cannot be used, and what is said of each."""


def installed(place: Path, names: dict[str, str], distribution: str, version: str = "1.0") -> None:
    """What pip leaves of a distribution that announces assignments."""
    about = place / f"{distribution.replace('-', '_')}-{version}.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n")
    lines = [f"{name} = {package}\n" for name, package in names.items()]
    (about / "entry_points.txt").write_text("".join(["[harness.assignments]\n", *lines]))


def package(place: Path, name: str, contract: str) -> None:
    (place / name).mkdir()
    (place / name / "__init__.py").write_text("")
    (place / name / "contract.py").write_text(contract + "\n")


def another_gru(place: Path, name: str) -> None:
    """A package with an assignment of its own: the GRU under another name, its model solution included."""
    (place / name).mkdir()
    (place / name / "__init__.py").write_text("")
    for module in FINISHED:
        text = (ROOT / "harness" / "assignments" / "gru" / f"{module}.py").read_text()
        text = text.replace('id="gru"', f'id="{name}"').replace("reference_impls.gru.model", f"{name}.model")
        (place / name / f"{module}.py").write_text(text)
    for file in ("model.py", "misconceptions.toml"):
        (place / name / file).write_text((ROOT / "reference_impls" / "gru" / file).read_text())


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of installed packages on the path; what is known of assignments is found out anew."""
    place = tmp_path / "site"
    place.mkdir()
    monkeypatch.syspath_prepend(str(place))
    before = set(sys.modules)
    forget()
    yield place
    forget()
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", None) or "").startswith(str(place)):
            del sys.modules[name]


def forget() -> None:
    importlib.invalidate_caches()
    for known in (registry.folders, registry.get, registry.unusable, registry._announced, catalogue.folder):
        known.cache_clear()
    catalogue.misconceptions.cache_clear()
    catalogue._read.cache_clear()


def listed() -> str:
    result = CliRunner().invoke(app, ["assignments"])
    assert result.exit_code == 0
    return result.output


def test_every_folder_of_this_package_is_an_assignment() -> None:
    assert registry.built_in() == ("cs187", "cs231n", "gru", "lab9", "mytorch", "quiz10")
    assert not registry.unusable()


@pytest.mark.parametrize("assignment", registry.every(), ids=lambda a: a.id)
def test_no_contract_of_this_package_contradicts_itself(assignment: Assignment) -> None:
    assert not list(contradictions.of(assignment))


def test_an_assignment_of_another_package_is_graded_and_its_mistakes_have_names(site: Path) -> None:
    another_gru(site, "my_gru")
    installed(site, {"my_gru": "my_gru"}, "my-course")
    assert "my_gru: Gated recurrent units by hand (numpy)" in listed()
    assert [a.id for a in registry.every()] == sorted([*registry.built_in(), "my_gru"])
    assert catalogue.folder("my_gru") == site / "my_gru"
    right, wrong = site.parent / "right.py", site.parent / "wrong.py"
    source = catalogue.source("my_gru")
    right.write_text(source)
    assert grade_file(right, "my_gru", cases=8).passed
    wrong.write_text(source.replace(" + dnext_h * z", ""))
    report = grade_file(wrong, "my_gru", cases=8, only=("gru_step_backward",))
    assert [d.id for d in report.entry_points[0].diagnoses] == ["gru.dprev_no_direct"]


SPY = """
def gru_forward(x, h0, Wx, Wh, bx, bh):
    import importlib, os
    seen = []
    for name in ("my_gru.model", "my_gru.contract", "my_gru.definition"):
        try:
            importlib.import_module(name)
            seen.append(name)
        except ImportError:
            pass
    for name in ("model.py", "misconceptions.toml", "contract.py", "definition.py"):
        try:
            open(os.path.join({place!r}, name)).close()
            seen.append(name)
        except OSError:
            pass
    raise ValueError(f"seen: {{seen}}")
"""


@pytest.mark.parametrize("zygotes", ["1", "0"])
def test_a_jailed_worker_has_the_driver_of_another_package_and_no_model_solution(
    site: Path, zygotes: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HARNESS_ZYGOTES", zygotes)
    level = isolation.strongest()
    another_gru(site, "my_gru")
    installed(site, {"my_gru": "my_gru"}, "my-course")
    path = site.parent / "spy.py"
    path.write_text(catalogue.source("my_gru") + SPY.format(place=str(site / "my_gru")))
    report = grade_file(path, "my_gru", cases=2, only=("gru_forward",), isolation=level)
    (said,) = {check.message for check in report.entry_points[0].checks if check.property == "runs"}
    assert "ValueError: seen: [" in said
    assert "my_gru." not in said
    if level != "process":  # without a jail files can be read, and only modules not be imported
        assert "ValueError: seen: []" in said


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_assignment_is_told_and_the_others_can_be_used(site: Path, name: str) -> None:
    contract, said = BROKEN[name]
    package(site, f"course_{name}", contract)
    installed(site, {name: f"course_{name}"}, "broken-course", "2.0")
    told = listed()
    assert f"{name} of broken-course 2.0 cannot be used: " in told
    assert said in told
    assert [a.id for a in registry.every()] == list(registry.built_in())
    with pytest.raises(LookupError, match=f"assignment '{name}' of broken-course 2.0 cannot be used"):
        registry.get(name)


def test_a_package_that_is_not_there_is_told(site: Path) -> None:
    installed(site, {"gone": "gone_for_good", "odd name": "x", "odd": "a:b"}, "ghost")
    told = listed()
    assert "gone of ghost 1.0 cannot be used: importing gone_for_good.contract raises ModuleNotFoundError" in told
    assert "'odd name' is no name for an assignment" in told
    assert "odd of ghost 1.0 cannot be used: it is announced with 'a:b'; expected a package" in told
    asked = CliRunner().invoke(app, ["check", str(ROOT / "reference_impls" / "gru" / "model.py"), "-a", "gone"])
    assert asked.exit_code == 2
    assert "'gone' of ghost 1.0 cannot be used" in " ".join(asked.output.split())


def test_of_two_with_one_name_neither_is_taken_and_both_are_named(site: Path) -> None:
    for name in ("one", "two"):
        another_gru(site, f"course_{name}")
        installed(site, {"shared": f"course_{name}"}, f"course-{name}")
    told = listed()
    assert "shared of course-one 1.0 cannot be used: course-two 1.0 brings one of that name too" in told
    assert "shared of course-two 1.0 cannot be used: course-one 1.0 brings one of that name too" in told
    with pytest.raises(LookupError, match="shared"):
        registry.get("shared")


def test_an_assignment_of_this_package_cannot_be_taken_away(site: Path) -> None:
    another_gru(site, "imposter")
    installed(site, {"gru": "imposter"}, "imposter-course")
    assert "gru of imposter-course 1.0 cannot be used: this package has an assignment of that name too" in listed()
    assert registry.folders()["gru"] == "harness.assignments.gru"
    assert registry.get("gru").model == "reference_impls.gru.model"


def test_a_package_that_pip_installed_is_found_by_the_command(site: Path) -> None:
    """A wheel made by hand, installed by the real pip."""
    import zipfile

    another_gru(site, "my_gru")
    installed(site, {"my_gru": "my_gru"}, "my_course")
    about = site / "my_course-1.0.dist-info"
    (about / "WHEEL").write_text("Wheel-Version: 1.0\nGenerator: by hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
    (about / "RECORD").write_text("")
    wheel = site.parent / "my_course-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as packed:
        for path in sorted(p for p in site.rglob("*") if p.is_file() and p.suffix != ".pyc"):
            packed.write(path, path.relative_to(site))
    target = site.parent / "installed"
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-index", "--no-deps", "--no-compile"]
    subprocess.run([*pip, "--target", target, wheel], check=True, capture_output=True)
    program = [sys.executable, "-m", "harness", "assignments"]
    environment = {**os.environ, "PYTHONPATH": str(target)}
    done = subprocess.run(program, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert "my_gru: Gated recurrent units by hand (numpy)" in done.stdout
