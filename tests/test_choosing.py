"""Which file, and which attempt, is graded, and what is said about it."""

import json

import pytest

from harness import submission
from harness.assignments import registry
from harness.choosing import choose
from harness.submission import Unreadable, read

CS231N, MYTORCH = registry.get("cs231n"), registry.get("mytorch")
SKELETON = "def rnn_forward(x):\n    pass\n"


def forward(mark="1", *more):
    return "".join(f"def {name}(x): return x @ {mark}\n" for name in ("rnn_forward", *more))


@pytest.fixture
def chosen(tmp_path):
    def make(files, attempt=None, assignment=CS231N):
        for name, content in files.items():
            path = tmp_path / "student" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return choose(read(tmp_path / "student"), assignment, attempt)

    return make


def carried(choice):
    return {file.name for file in choice.submission.files}


# several files


@pytest.mark.parametrize(
    ("files", "note"),
    [
        (
            {"solution/rnn_layers.py": forward(), "old/rnn_layers.py": SKELETON},
            "rnn_forward: taken from solution/rnn_layers.py, not from old/rnn_layers.py, "
            "which is still the handout's skeleton",
        ),
        (
            {"rnn_layers.py": forward(), "mine.py": forward("2")},
            "rnn_forward: taken from rnn_layers.py, not from mine.py, because the handout calls the file rnn_layers.py",
        ),
        (
            {"a.py": forward("1", "rnn_backward"), "b.py": forward("2")},
            "rnn_forward: taken from a.py, not from b.py, which defines fewer of the names asked for",
        ),
        (
            {"a.py": forward(), "old/a.py": forward("2")},
            "rnn_forward: taken from a.py, not from old/a.py, which lies deeper",
        ),
        (
            {"a.py": forward(), "b.py": forward("2") + "("},
            "rnn_forward: taken from a.py, not from b.py, which is not valid Python",
        ),
    ],
)
def test_a_choice_is_told_with_its_reason(chosen, files, note):
    assert chosen(files).notes == (note,)


def notebook(*cells):
    return json.dumps({"nbformat": 4, "cells": [{"cell_type": "code", "source": cell} for cell in cells]})


EXPORTED = "# coding: utf-8\n\n# In[1]:\nget_ipython().system('ls')\n# In[2]:\n" + forward("1  # own") + "h = 1\n"
SAME = {"hw.py": EXPORTED, "hw.ipynb": notebook("!ls", forward(), "h = 1")}


@pytest.mark.parametrize(
    ("assignment", "taken", "other"), [("cs231n", "hw.py", "hw.ipynb"), ("cs187", "hw.ipynb", "hw.py")]
)
def test_of_a_notebook_and_its_export_one_is_taken(chosen, assignment, taken, other):
    name = {"cs231n": "rnn_forward", "cs187": "forward"}[assignment]
    files = {file: text.replace("rnn_forward", name) for file, text in SAME.items()}
    choice = chosen(files, assignment=registry.get(assignment))
    assert choice.files == {name: taken}
    assert choice.notes == (
        f"{name}: taken from {taken}, not from {other}, which is the same notebook's code in another file",
    )


@pytest.mark.parametrize("cell", [forward("2"), forward() + "def helper(): return 2\n"], ids=["itself", "a helper"])
def test_a_notebook_that_says_something_else_than_the_file_beside_it_is_not_chosen_from(chosen, cell):
    text = forward() + "def helper(): return 1\n"
    with pytest.raises(Unreadable, match=r"rnn_forward is defined in hw.ipynb and in hw.py; hand in one of them"):
        chosen({"hw.py": text, "hw.ipynb": notebook(cell)})


def test_names_chosen_alike_share_a_sentence(chosen):
    both = forward("1", "rnn_backward")
    (note,) = chosen({"a.py": both, "old/a.py": both + "y = 2"}).notes
    assert note.startswith("rnn_forward, rnn_backward: taken from a.py, not from old/a.py")


@pytest.mark.parametrize(
    "files",
    [
        {"a.py": forward()},
        {"a.py": forward(), "copy of a.py": forward(), "old/a.py": forward()},
        {
            "rnn_layers.py": forward(),
            "utils.py": "def helper(): pass\n",
            "test_rnn.py": "from rnn_layers import rnn_forward\n",
            "main.py": "if __name__ == '__main__':\n    def rnn_forward(x): return x\n",
        },
        {"a.py": forward(), "weights.npy": b"\0"},
    ],
    ids=["one file", "copies", "bystanders", "a file nobody opens"],
)
def test_nothing_is_said_where_there_was_no_choice(chosen, files):
    assert chosen(files).notes == ()


def test_a_file_that_does_not_come_along_is_told_where_it_is_wanted(chosen):
    files = {
        "rnn.py": "import fast\nW = np.load('data/weights.npy')\n" + forward(),
        "data/weights.npy": b"\0",
        "other.bin": b"\0",
        "fast.cpython-311-x86_64-linux-gnu.so": b"\0",
    }
    notes = chosen(files).notes
    assert [note.split(",")[0] for note in sorted(notes)] == [
        "rnn.py names data/weights.npy",
        "rnn.py names fast.cpython-311-x86_64-linux-gnu.so",
    ]


def test_a_git_work_tree_is_read_without_its_history(chosen):
    files = {
        ".git/hooks/rnn_layers.py": forward("0"),
        "my solution-1/r\u00e9seau rnn-1.py": forward(),
        "sub/.git": "gitdir: ../.git/modules/sub",
        "sub/x.py": "x = 1",
    }
    choice = chosen(files)
    assert choice.files == {"rnn_forward": "my solution-1/r\u00e9seau rnn-1.py"}
    assert carried(choice) == {"my solution-1/r\u00e9seau rnn-1.py", "sub/x.py"}


# several attempts

ATTEMPTS = {
    "numbers": ["attempt1", "attempt2", "attempt10"],
    "versions": ["v1", "v2", "v3"],
    "versions in a name": ["rnn_v1_final", "rnn_v2_final"],
    "submissions": ["submission_12", "submission_121"],
    "days": ["submission_2024-01-02", "submission_2024-01-12", "submission_2024-02-01"],
    "times": ["hw 2024-01-02 09.05.00", "hw 2024-01-02 10.04.00"],
    "times without dots": ["20240102_235900", "20240103_000100"],
    "times as in a zone": ["hw-2024-01-02T10:00:00", "hw-2024-01-02T10:00:01"],
    "Canvas": ["leeann_123_998_hw", "leeann_123_456_hw-1", "leeann_123_457_hw-2"],
}


@pytest.mark.parametrize("form", ATTEMPTS)
@pytest.mark.parametrize("as_files", [False, True])
def test_the_latest_attempt_counts(form, as_files, chosen):
    names = ATTEMPTS[form]
    paths = [f"{name}.py" if as_files else f"{name}/rnn_layers.py" for name in names]
    choice = chosen({path: forward(str(i)) for i, path in enumerate(reversed(paths))})
    assert choice.files == {"rnn_forward": paths[-1]}
    assert carried(choice) == {paths[-1]}
    shown = [f"{name}.py" if as_files else name for name in names]
    assert choice.notes == (
        f"{shown[-1]} was taken, the latest of the attempts {', '.join(shown)}; --attempt chooses another",
    )


@pytest.mark.parametrize("latest", ["hw(2).py", "hw (2).py"])
def test_a_file_downloaded_again_takes_the_place_of_the_first(latest, chosen):
    files = {"hw.py": forward(), "hw(1).py": forward("2"), latest: forward("3"), "main.py": "import hw\n"}
    choice = chosen(files)
    assert {f.name: f.data.decode() for f in choice.submission.files} == {
        "hw.py": forward("3"),
        "main.py": "import hw\n",
    }
    assert choice.notes[0].startswith(f"{latest} was taken, in the place of hw.py, the latest of")


@pytest.mark.parametrize(
    ("wanted", "taken"), [("1", "v1"), ("v1", "v1"), ("2", "v2"), ("v3", "v3")], ids=lambda value: value
)
def test_another_attempt_can_be_asked_for(wanted, taken, chosen):
    choice = chosen({f"hw/v{i}/rnn.py": forward(str(i)) for i in (1, 2, 3)}, wanted)
    assert choice.files == {"rnn_forward": f"hw/{taken}/rnn.py"}
    assert choice.notes == (f"{taken} was taken, the attempt asked for; there are v1, v2, v3",)


def test_times_are_asked_for_by_their_place_or_name(chosen):
    files = {f"hw_2024-01-0{i}.py": forward(str(i)) for i in (1, 2)}
    assert chosen(files, "1").files == {"rnn_forward": "hw_2024-01-01.py"}
    assert chosen(files, "hw_2024-01-02").files == {"rnn_forward": "hw_2024-01-02.py"}


def test_an_attempt_that_is_not_there_is_answered_with_those_that_are(chosen):
    with pytest.raises(Unreadable, match="there is no attempt '4'; there are v1, v2"):
        chosen({f"v{i}/rnn.py": forward(str(i)) for i in (1, 2)}, "4")


def test_asking_for_an_attempt_where_there_is_one_is_no_fault(chosen):
    assert chosen({"rnn.py": forward()}, "2").notes == ("there is only one attempt, so --attempt 2 chose nothing",)


def test_each_file_of_a_pair_has_its_attempts(chosen):
    cell, net = "class RNNCell:\n    x = {}\n", "class RNNPhonemeClassifier:\n    x = {}\n"
    files = {"rnn_cell.py": cell.format(1), "rnn_cell (1).py": cell.format(2)}
    files |= {"rnn_classifier.py": net.format(1), "rnn_classifier (1).py": net.format(2)}
    choice = chosen(files, assignment=MYTORCH)
    assert choice.files == {"RNNCell": "rnn_cell.py", "RNNPhonemeClassifier": "rnn_classifier.py"}
    assert all(b"x = 2" in file.data for file in choice.submission.files)


@pytest.mark.parametrize(
    "files",
    [
        {"part1/rnn.py": forward(), "part2/rnn.py": forward("2")},
        {"conv1.py": forward(), "conv2.py": forward("2")},
        {"20231234.py": forward(), "20235678.py": forward("2")},
        {"attempt1/rnn.py": forward(), "solution2/rnn.py": forward("2")},
        {"a_v1.py": forward(), "b_v2.py": forward("2")},
        {"hw(1).py": forward(), "hw (1).py": forward("2")},
    ],
    ids=["parts", "part of a word", "student numbers", "different words", "different names", "same number"],
)
def test_names_that_differ_in_more_than_the_mark_are_no_attempts(files, chosen):
    with pytest.raises(Unreadable, match="rnn_forward is defined in"):
        chosen(files)


@pytest.mark.parametrize(
    ("files", "taken"),
    [
        ({"v1/a.py": forward(), "v2/a.py": SKELETON}, "v1/a.py"),
        ({"v1/a.py": forward("1", "rnn_backward"), "v2/a.py": forward("2")}, "v1/a.py"),
        ({"v1/a.py": forward(), "v2/helpers.py": "x = 1"}, "v1/a.py"),
    ],
    ids=["the later is a skeleton", "the later lacks something", "the later defines nothing"],
)
def test_attempts_that_do_not_define_the_same_are_chosen_from_as_files(files, taken, chosen):
    assert chosen(files).files["rnn_forward"] == taken
    assert carried(chosen(files)) == set(files)


def test_the_submission_stays_the_one_handed_in(chosen, tmp_path):
    choice = chosen({"v1/a.py": forward(), "v2/a.py": forward("2")})
    assert choice.submission.sha256 == read(tmp_path / "student").sha256


# encodings


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "utf-8"])
def test_text_from_windows_editors_is_read(encoding, chosen):
    choice = chosen({"rnn.py": ("# \u00e9\r\n" + forward()).encode(encoding)})
    assert choice.files == {"rnn_forward": "rnn.py"}
    assert not submission.broken(submission.python(choice.submission))


@pytest.mark.parametrize("data", [b"x = 'caf\xe9'\n", b"x = 1\n\0\n", b"\xff\xfex"], ids=["latin-1", "null", "odd"])
def test_what_is_no_text_is_told_how_to_become_it(data, chosen):
    with pytest.raises(Unreadable, match=r"rnn\.py is not valid Python .* save it as UTF-8"):
        chosen({"rnn.py": data})


def test_latin_1_that_says_so_is_python(chosen):
    choice = chosen({"rnn.py": b"# -*- coding: latin-1 -*-\nx = 'caf\xe9'\n" + forward().encode()})
    assert not submission.broken(submission.python(choice.submission))
