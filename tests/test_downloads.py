"""Folders as they come out of Canvas's and Moodle's archives: everything from one person is one submission."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness import choosing, download_names
from harness.assignments import registry
from harness.batch.discover import discover, read_entry
from harness.submission import Submission, Unreadable

CANVAS = ["doejane_101_9001_rnn.py", "roe_LATE_102_9002_rnn-2.py", "roe_LATE_102_9003_helpers.py"]
MOODLE = ["Jane Doe_7001_assignsubmission_file_", "Jane Doe_7001_assignsubmission_onlinetext_"]


def laid_out(folder: Path, names: list[str]) -> Path:
    """A folder with files of these names, or folders where a name has no suffix; each file says what it is called."""
    for name in names:
        place = folder / name if "." in name else folder / name / "rnn.py"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(f"x = {name!r}\n")
    return folder


def ids(folder: Path) -> list[str]:
    return [entry.id for entry in discover(folder).entries]


def submitted(folder: Path, person: str) -> Submission:
    return read_entry(next(entry for entry in discover(folder).entries if entry.id == person))


def content(handed_in: Submission) -> dict[str, str]:
    return {file.name: file.data.decode() for file in handed_in.files}


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("doejane_12345_67890_rnn-1.py", ("canvas", "doejane_12345", "rnn.py", 1, False)),
        ("doejane_LATE_12345_67890_my_rnn.py", ("canvas", "doejane_12345", "my_rnn.py", 0, True)),
        ("müllerzoë_1_2_hw-12.tar.gz", ("canvas", "müllerzoë_1", "hw.tar.gz", 12, False)),
        ("Jane Doe_1234567_assignsubmission_file_", ("moodle", "Jane Doe_1234567", "", 0, False)),
        ("Jane Doe_1234567_assignsubmission_file", ("moodle", "Jane Doe_1234567", "", 0, False)),
        ("Jo_A_Doe_7_assignsubmission_file_rnn-1.py", ("moodle", "Jo_A_Doe_7", "rnn-1.py", 0, False)),
    ],
)
def test_a_platforms_name_says_whose_it_is(name: str, told: tuple[object, ...]) -> None:
    found = download_names.parsed(name)
    assert found is not None
    assert (found.platform, found.person, found.name, found.copy, found.late) == told


@pytest.mark.parametrize("name", ["s01.py", "rnn_layers.py", "doejane_12345_rnn.py", "1_2_3_x.py", "x_1_2_"])
def test_other_names_say_nothing(name: str) -> None:
    assert download_names.parsed(name) is None


def test_a_persons_files_are_one_submission_under_their_own_names(tmp_path: Path) -> None:
    found = discover(laid_out(tmp_path, CANVAS))
    assert (found.platform, ids(tmp_path), found.late) == ("canvas", ["doejane_101", "roe_102"], ("roe_102",))
    assert sorted(content(submitted(tmp_path, "roe_102"))) == ["helpers.py", "rnn.py"]
    assert content(submitted(tmp_path, "doejane_101")) == {"rnn.py": f"x = {CANVAS[0]!r}\n"}


def test_in_a_folder_of_assignments_each_may_be_a_download(tmp_path: Path) -> None:
    laid_out(tmp_path / "lab9", CANVAS)
    laid_out(tmp_path / "quiz10", ["s01.py", "notes.md"])
    found = discover(tmp_path, known=["lab9", "quiz10"])
    assert [(e.id, e.assignment) for e in found.entries] == [
        ("lab9/doejane_101", "lab9"),
        ("lab9/roe_102", "lab9"),
        ("quiz10/s01", "quiz10"),
    ]
    assert (found.skipped, found.late) == (("quiz10/notes.md",), ("lab9/roe_102",))


def test_what_was_handed_in_again_is_kept_with_its_number_so_that_the_latest_can_be_chosen(tmp_path: Path) -> None:
    again = ["roe_102_9009_rnn-1.py", "roe_102_9010_rnn-2.py", "roe_102_9011_rnn.py"]
    found = content(submitted(laid_out(tmp_path, ["doejane_101_9001_rnn.py", *again]), "roe_102"))
    assert found == {
        "rnn.py": f"x = {again[2]!r}\n",
        "rnn (1).py": f"x = {again[0]!r}\n",
        "rnn (2).py": f"x = {again[1]!r}\n",
    }


def test_no_file_is_lost_where_two_have_one_name(tmp_path: Path) -> None:
    twice = ["roe_102_9_rnn.py", "roe_102_10_rnn.py"]
    found = content(submitted(laid_out(tmp_path, ["doejane_101_9001_rnn.py", *twice]), "roe_102"))
    assert found == {"rnn.py": f"x = {twice[0]!r}\n", "rnn (1).py": f"x = {twice[1]!r}\n"}


def test_the_latest_attempt_in_a_download_is_the_one_chosen(tmp_path: Path) -> None:
    laid_out(tmp_path, ["doejane_101_9001_rnn.py"])
    for name in ("roe_102_9002_lab.py", "roe_102_9003_lab-1.py"):
        (tmp_path / name).write_text(f"def rnn_forward(x, h0, U, W, V, b, c):\n    return x @ U.T  # {name}\n")
    choice = choosing.choose(submitted(tmp_path, "roe_102"), registry.get("lab9"))
    assert "roe_102_9003" in content(choice.submission)["lab.py"]
    assert choice.notes == (
        "lab (1).py was taken, in the place of lab.py, the latest of the attempts lab.py, lab (1).py; "
        "--attempt chooses another",
    )


@pytest.mark.parametrize(
    "names",
    [
        ["hw_2024_01_ann.py", "hw_2025_02_bob.py"],  # one author
        ["ann_3_1_rnn.py", "ann_3_2_rnn.py", "bob_3_4_rnn.py"],  # two authors with one number
        ["ann_3_1_rnn.py", "bob_4_1_rnn.py"],  # one number of a file twice
        ["ann_3_1_rnn.py", "bob_4_2_rnn.py", "s03.py"],  # something else beside them
    ],
)
def test_names_that_only_look_like_a_platforms_are_a_submission_each(tmp_path: Path, names: list[str]) -> None:
    found = discover(laid_out(tmp_path, names))
    assert found.platform == ""
    assert ids(tmp_path) == [name.removesuffix(".py") for name in names]


def test_in_moodles_download_a_typed_text_is_no_submission_of_its_own(tmp_path: Path) -> None:
    found = discover(laid_out(tmp_path, [*MOODLE, "Ann Li_7002_assignsubmission_onlinetext_"]))
    assert [entry.id for entry in found.entries] == ["Ann Li_7002", "Jane Doe_7001"]
    assert found.skipped == (MOODLE[1],)
    assert sorted(content(submitted(tmp_path, "Jane Doe_7001"))) == ["rnn.py"]


def test_moodles_files_without_folders_are_put_together(tmp_path: Path) -> None:
    laid_out(tmp_path, [f"Jane Doe_7001_assignsubmission_file_{name}" for name in ("rnn.py", "rnn-1.py")])
    assert sorted(content(submitted(tmp_path, "Jane Doe_7001"))) == ["rnn-1.py", "rnn.py"]


def test_a_link_in_a_download_is_not_followed(tmp_path: Path) -> None:
    laid_out(tmp_path / "in", [CANVAS[0], "x_9_9_a.py"])
    (tmp_path / "secret.py").write_text("x = 1\n")
    (tmp_path / "in" / "roe_102_9002_rnn.py").symlink_to(tmp_path / "secret.py")
    entry = next(e for e in discover(tmp_path / "in").entries if e.id.startswith("roe"))
    with pytest.raises(Unreadable, match="links are not followed"):
        read_entry(entry)


FORGED = [
    "zed_9_99_.py",
    "zed_9_99_x_101_assignsubmission_file_rnn.py",
    "zed_9_99_doejane_101_9001_rnn.py",
    "zed_9_99_x_assignsubmission_file_",
]


@pytest.mark.parametrize("name", FORGED)
def test_what_one_person_calls_a_file_changes_nothing_for_the_others(name: str, tmp_path: Path) -> None:
    calm, struck = laid_out(tmp_path / "calm", CANVAS), laid_out(tmp_path / "struck", CANVAS)
    (struck / name).write_text("x = 0\n")
    assert {*ids(struck)} == {*ids(calm), "zed_9"}
    for person in ids(calm):
        assert content(submitted(struck, person)) == content(submitted(calm, person))


def test_nobody_calls_a_file_so_that_it_is_somebody_elses(tmp_path: Path) -> None:
    name = "Zed_9_assignsubmission_file_Jane Doe_7001_assignsubmission_file_rnn.py"
    found = download_names.parsed(name)
    assert found is not None
    assert (found.user, found.name) == ("9", "Jane Doe_7001_assignsubmission_file_rnn.py")
    names = ["Jane Doe_7001_assignsubmission_file_rnn.py", name]
    assert {*ids(laid_out(tmp_path, names))} == {"Jane Doe_7001", "Zed_9"}
