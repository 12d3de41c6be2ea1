"""Finding and reading what was handed in."""

import os

import pytest

from harness import submission
from harness.assignments import registry
from harness.batch.discover import discover
from harness.choosing import entry_files
from harness.recognising import Unrecognised, recognise
from harness.submission import Unreadable, read

EVERY = registry.every()
QUIZ10, CS187, CS231N, LAB9, MYTORCH = map(registry.get, ("quiz10", "cs187", "cs231n", "lab9", "mytorch"))
NINE = "(dy, x, h, h0, U, W, V, b, c)"
FUNCTIONS = ("rnn_step_forward", "rnn_step_backward", "rnn_forward", "rnn_backward")


def functions(*names, library=""):
    body = "".join(f"def {name}(*args): return {library or 'x'}.tanh(args)\n" for name in names or FUNCTIONS)
    return (f"import {library}\n" if library else "") + body


def lay_out(root, files):
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def handed_in(tmp_path, files):
    return read(lay_out(tmp_path / "student", files))


# reading


def test_a_file_is_read_as_it_is(tmp_path):
    path = tmp_path / "my rnn-1.py"
    path.write_bytes(b"x = '\xff'\r\n")
    found = read(path)
    assert (found.id, found.path) == ("my rnn-1", str(path))
    assert [(f.name, f.data) for f in found.files] == [("my rnn-1.py", b"x = '\xff'\r\n")]


def test_an_upper_case_suffix_is_python_too(tmp_path):
    lay_out(tmp_path, {"RNN.PY": "x = 1"})
    assert [f.name for f in read(tmp_path / "RNN.PY").files] == ["RNN.py"]


def test_a_folder_is_read_at_any_depth_and_may_have_a_dot_in_its_name(tmp_path):
    root = lay_out(tmp_path / "ann.lee", {"mytorch/nn/rnn_cell.py": "a", "mytorch/__init__.py": "", "words.txt": "b"})
    found = read(root)
    assert found.id == "ann.lee"
    assert sorted(f.name for f in found.files) == ["mytorch/__init__.py", "mytorch/nn/rnn_cell.py", "words.txt"]


def test_hidden_files_caches_environments_and_links_are_passed_over(tmp_path):
    outside = lay_out(tmp_path / "outside", {"secret.py": "answer = 1"})
    root = lay_out(
        tmp_path / "student",
        {
            "rnn.py": "x = 1",
            ".git/config.py": "",
            ".hidden.py": "",
            "__pycache__/rnn.py": "",
            "__MACOSX/rnn.py": "",
            "env/pyvenv.cfg": "",
            "env/lib/thing.py": "",
        },
    )
    (root / "link.py").symlink_to(outside / "secret.py")
    (root / "linked").symlink_to(outside)
    os.mkfifo(root / "pipe.py")
    assert [f.name for f in read(root).files] == ["rnn.py"]


def test_large_and_binary_files_beside_the_code_are_left_out_and_named(tmp_path):
    big = "x" * (submission.MAX_FILE + 1)
    found = handed_in(tmp_path, {"rnn.py": "x = 1", "weights.npy": b"\x93NUMPY\0", "log.txt": big})
    assert [f.name for f in found.files] == ["rnn.py"]
    assert set(found.left_out) == {"weights.npy", "log.txt"}


def test_the_hash_depends_on_names_and_content_and_nothing_else(tmp_path):
    first = read(lay_out(tmp_path / "a", {"b.py": "1", "a.py": "2"}))
    same = read(lay_out(tmp_path / "other", {"a.py": "2", "b.py": "1"}))
    renamed = read(lay_out(tmp_path / "c", {"a.py": "2", "c.py": "1"}))
    shifted = read(lay_out(tmp_path / "d", {"b.py": "2", "a.py": "1"}))
    assert first.sha256 == same.sha256
    assert len({first.sha256, renamed.sha256, shifted.sha256}) == 3


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("hw.ipynb", "{}", "is not a notebook: its JSON holds no list of cells"),
        ("hw.zip", b"PK", "no archive that can be read"),
        ("hw.tar.gz", b"\x1f\x8b", "damaged or cut short"),
        ("hw.pdf", b"%PDF", "expected a .py file, a notebook"),
        ("hw", b"\x7fELF", "expected a .py file, a notebook"),
        ("hw.py", "x" * (submission.MAX_FILE + 1), "larger than 2 MiB"),
        ("folder/notes.txt", "", "holds no Python file"),
        ("folder/hw.ipynb", "{}", "is not a notebook: its JSON holds no list of cells"),
        ("folder/rnn.py", "x" * (submission.MAX_FILE + 1), "rnn.py: is larger than 2 MiB"),
    ],
)
def test_what_cannot_be_read_is_named_with_the_reason(tmp_path, name, content, says):
    lay_out(tmp_path, {name: content})
    with pytest.raises(Unreadable) as error:
        read(tmp_path / name.split("/")[0])
    assert says in str(error.value)
    assert name.split("/")[0].split(".")[0] in str(error.value) or "rnn.py" in str(error.value)


def test_an_empty_folder_a_link_a_pipe_and_nothing_at_all_are_unreadable(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "empty")
    os.mkfifo(tmp_path / "pipe.py")
    for name, says in {
        "empty": "holds no Python file",
        "link": "symbolic link",
        "pipe.py": "not a regular file",
        "nowhere.py": "cannot be read",
    }.items():
        with pytest.raises(Unreadable, match=says):
            read(tmp_path / name)


def test_too_many_files_or_too_much_in_all_is_unreadable(tmp_path, monkeypatch):
    root = lay_out(tmp_path / "student", {f"m{i}.py": "12345" for i in range(4)})
    monkeypatch.setattr(submission, "MAX_FILES", 3)
    with pytest.raises(Unreadable, match="at most 3 are read"):
        read(root)
    monkeypatch.setattr(submission, "MAX_FILES", 4)
    assert len(read(root).files) == 4
    monkeypatch.setattr(submission, "MAX_TOTAL", 19)
    with pytest.raises(Unreadable, match="in all"):
        read(root)
    monkeypatch.setattr(submission, "MAX_SEEN", 3)
    with pytest.raises(Unreadable, match="holds more than 3 files"):
        read(root)


@pytest.mark.skipif(os.getuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_unreadable(tmp_path):
    lay_out(tmp_path, {"rnn.py": "x"})
    (tmp_path / "rnn.py").chmod(0)
    with pytest.raises(Unreadable, match="Permission denied"):
        read(tmp_path / "rnn.py")


def test_names_that_are_not_unicode_are_written_with_escapes(tmp_path):
    path = os.fsencode(tmp_path) + b"/caf\xe9.py"
    with open(path, "wb") as file:
        file.write(b"x = 1")
    found = read(tmp_path / os.fsdecode(b"caf\xe9.py"))
    assert found.id == "caf\\xe9"
    assert found.files[0].name.encode() == b"caf\\xe9.py"


# recognising


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"a.py": functions(library="numpy")}, CS231N),
        ({"a.py": functions(library="torch")}, QUIZ10),
        ({"a.py": "import torch\n" + functions("rnn_backward")}, QUIZ10),
        ({"a.py": "import torch\n" + functions(library="numpy")}, CS231N),
        ({"a.py": "import numpy\n" + functions(library="torch")}, QUIZ10),
        ({"cs231n/rnn_layers.py": functions()}, CS231N),
        ({"a.py": "from cs231n.layers import *\n" + functions()}, CS231N),
        ({"a.py": functions(library="numpy"), "plot.py": "import torch"}, CS231N),
        ({"rnn_cell.py": "class RNNCell: pass"}, MYTORCH),
        ({"rnn_cell.py": "class RNNCell: pass", "m/rnn_classifier.py": "class RNNPhonemeClassifier: pass"}, MYTORCH),
        ({"a.py": functions(library="numpy") + "class RNNCell: pass"}, CS231N),
        ({"a.py": "import numpy as np\ndef rnn_forward(x):\n    print 'python 2'\n"}, CS231N),
        ({"a.py": functions("forward", "sequence_probability")}, CS187),
        ({"a.py": functions("sequence_probability")}, CS187),
        ({"a.py": "class RNNCell: pass\n" + functions("forward")}, MYTORCH),
        ({"a.py": functions("forward", *FUNCTIONS, library="torch")}, QUIZ10),
        ({"a.py": "def mse_last_step(*everything): pass"}, LAB9),
        ({"a.py": "import numpy\ndef rnn_forward(x, h0, U, W, V, b, c): return numpy.tanh(x)"}, LAB9),
        ({"a.py": f"import numpy\ndef rnn_backward{NINE}: return numpy.tanh(x)"}, LAB9),
        ({"a.py": "def rnn_forward(x, h0, U, W, V, b, c): pass", "b.py": f"def rnn_backward{NINE}: pass"}, LAB9),
        ({"a.py": "import numpy\ndef rnn_forward(x, h0, Wx, Wh, b): return numpy.tanh(x)"}, CS231N),
        ({"a.py": "import numpy\ndef rnn_backward(dh, cache, verbose=0): return numpy.tanh(dh)"}, CS231N),
    ],
)
def test_an_assignment_is_recognised_by_what_is_defined_and_used(tmp_path, files, expected):
    assert recognise(handed_in(tmp_path, files), EVERY) is expected


@pytest.mark.parametrize("check", ["forward_by_hand", "tiny_bigram_RNN", "automatic_diff"])
def test_an_assignment_is_recognised_by_the_checks_that_are_called(check, tmp_path):
    files = {"a.py": f"h1 = 1\ngrader.check( '{check}')\n"}
    assert recognise(handed_in(tmp_path, files), EVERY).id == "cs187"


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        (functions(), "cs231n, quiz10"),
        ("import torch, numpy\n" + functions(), "cs231n, quiz10"),
        ("import numpy\nclass RNNCell: pass\ndef rnn_forward(x): return numpy.tanh(x)\n", "cs231n, mytorch"),
        ("x = 1", "RNNPhonemeClassifier"),
        (functions("forward"), "sequence_probability"),
    ],
)
def test_what_cannot_be_told_apart_is_asked_for(tmp_path, text, candidates):
    with pytest.raises(Unrecognised) as error:
        recognise(handed_in(tmp_path, {"a.py": text}), EVERY)
    assert candidates in str(error.value)
    assert "--assignment" in str(error.value)


# which file defines what


def test_each_name_is_found_in_its_file(tmp_path):
    files = {"p/rnn_cell.py": "class RNNCell: pass", "p/deep/cls.py": "class RNNPhonemeClassifier: pass"}
    found = entry_files(handed_in(tmp_path, files), MYTORCH)
    assert found == {"RNNCell": "p/rnn_cell.py", "RNNPhonemeClassifier": "p/deep/cls.py"}


def test_a_name_that_is_only_imported_or_not_there_is_in_no_file(tmp_path):
    files = {"a.py": "from helpers import rnn_forward\ndef rnn_backward(dh): return dh\n"}
    assert entry_files(handed_in(tmp_path, files), CS231N) == {"rnn_backward": "a.py"}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"a.py": functions("rnn_forward"), "z/rnn_layers.py": functions("rnn_forward")}, "z/rnn_layers.py"),
        ({"a.py": functions("rnn_forward"), "z/all.py": functions()}, "z/all.py"),
        ({"b.py": functions("rnn_forward"), "a/b.py": functions("rnn_forward") + "y = 2"}, "b.py"),
        ({"rnn_layers.py": "def rnn_forward(x): pass", "mine.py": functions("rnn_forward")}, "mine.py"),
        ({"a.py": functions("rnn_forward"), "copy of a.py": functions("rnn_forward")}, "a.py"),
    ],
    ids=["handout's name", "defines the most", "shallowest", "not the skeleton", "identical copies"],
)
def test_of_several_files_the_likeliest_is_taken(tmp_path, files, expected):
    assert entry_files(handed_in(tmp_path, files), CS231N)["rnn_forward"] == expected


def test_a_true_tie_names_both_files(tmp_path):
    files = {"one.py": functions("rnn_forward"), "two.py": functions("rnn_forward") + "y = 2"}
    with pytest.raises(Unreadable, match=r"rnn_forward is defined in one\.py and in two\.py"):
        entry_files(handed_in(tmp_path, files), CS231N)


def test_a_binary_file_called_py_is_named_with_the_reason(tmp_path):
    found = handed_in(tmp_path, {"rnn.py": b"\x7fELF\0\xff"})
    with pytest.raises(Unreadable, match=r"rnn\.py is not valid Python"):
        entry_files(found, CS231N)
    with pytest.raises(Unrecognised, match=r"rnn\.py is not valid Python"):
        recognise(found, EVERY)


# finding submissions in a folder


def ids(found):
    return [entry.id for entry in found.entries]


def test_every_file_and_folder_is_a_submission_and_the_rest_is_told(tmp_path):
    lay_out(
        tmp_path,
        {"s02.py": "", "s01/rnn.py": "", "hw.pdf": "", "hw3.ipynb": "", "README": "", "readme.py": "", "list.csv": ""},
    )
    lay_out(tmp_path, {".DS_Store": "", "__pycache__/s02.pyc": "", "notes.MD": ""})
    found = discover(tmp_path)
    assert ids(found) == ["hw", "hw3", "readme", "s01", "s02"]
    assert found.skipped == ("README", "list.csv", "notes.MD")
    assert {entry.assignment for entry in found.entries} == {None}


def test_ids_are_whole_names_where_stems_collide(tmp_path):
    lay_out(
        tmp_path,
        {"s01.py": "", "s01/rnn.py": "", "s02.py": "", "s02.pdf": "", "x.py.py": "", "x.py": "", "j.d/a.py": ""},
    )
    assert ids(discover(tmp_path)) == ["j.d", "s01", "s01.py", "s02.pdf", "s02.py", "x", "x.py.py"]


def test_ids_are_unique_whatever_the_names(tmp_path):
    names = ["a", "a.py", "a.py.py", "a.pdf", "a.py.pdf", "b.py", "b.py.py"]
    for name in names[1:]:
        lay_out(tmp_path, {name: ""})
    (tmp_path / "a").mkdir()
    found = ids(discover(tmp_path))
    assert len(set(found)) == len(found) == len(names)


def test_a_link_is_a_submission_so_that_it_ends_in_a_report(tmp_path):
    (tmp_path / "batch").mkdir()
    (tmp_path / "batch" / "s01").symlink_to(tmp_path)
    (tmp_path / "batch" / "s02.py").symlink_to(tmp_path / "gone.py")
    assert ids(discover(tmp_path / "batch")) == ["s01", "s02"]


def test_the_folder_for_reports_is_no_submission(tmp_path):
    lay_out(tmp_path, {"s01.py": "", "reports/s01/report.json": ""})
    assert ids(discover(tmp_path, tmp_path / "x" / ".." / "reports")) == ["s01"]
    assert ids(discover(tmp_path)) == ["reports", "s01"]


def test_a_folder_of_assignments_is_a_collection(tmp_path):
    lay_out(tmp_path, {"README.md": "", "cs231n/s01.py": "", "cs231n/notes.md": "", "mytorch/s01/a.py": ""})
    found = discover(tmp_path, known=["cs231n", "mytorch", "quiz10"])
    assert [(e.id, e.assignment) for e in found.entries] == [("cs231n/s01", "cs231n"), ("mytorch/s01", "mytorch")]
    assert found.skipped == ("README.md", "cs231n/notes.md")


def test_it_is_no_collection_when_an_assignment_is_named_or_other_children_are_there(tmp_path):
    lay_out(tmp_path, {"cs231n/s01.py": "", "mytorch/s01.py": ""})
    named = discover(tmp_path, known=["cs231n", "mytorch"], assignment="mytorch")
    assert [(e.id, e.assignment) for e in named.entries] == [("cs231n", "mytorch"), ("mytorch", "mytorch")]
    (tmp_path / "quiz10").symlink_to(tmp_path / "cs231n")
    assert ids(discover(tmp_path, known=["cs231n", "mytorch", "quiz10"])) == ["cs231n", "mytorch", "quiz10"]
    (tmp_path / "quiz10").unlink()
    lay_out(tmp_path, {"s03.py": ""})
    assert ids(discover(tmp_path, known=["cs231n", "mytorch"])) == ["cs231n", "mytorch", "s03"]


def test_a_folder_called_like_an_assignment_presets_it(tmp_path):
    lay_out(tmp_path, {"cs231n/s01.py": ""})
    assert discover(tmp_path / "cs231n", known=["cs231n"]).entries[0].assignment == "cs231n"
    assert discover(tmp_path / "cs231n", known=["cs231n"], assignment="quiz10").entries[0].assignment == "quiz10"
