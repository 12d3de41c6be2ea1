"""A bank on disk holds what was computed, is used only whole and only for what it is about, and is never in the way."""

from __future__ import annotations

import logging
import os
import string
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from harness.oracles import bank, bank_file, bank_folder
from harness.oracles.bank import Truth

ROOT = Path(__file__).resolve().parent.parent
ASKED = ("cs231n", "sampling_rnn", "a secret seed", 12)
"""A group with integers, truth values and numbers among its arrays."""
SLOW = ("torch", "hypothesis", "matplotlib")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder for banks; nothing is in memory before or after."""
    monkeypatch.setenv(bank_folder.VARIABLE, str(tmp_path / "banks"))
    monkeypatch.setattr(bank_folder, "_told", set())
    monkeypatch.setattr(bank, "_known", {})
    bank.truths.cache_clear()
    yield tmp_path / "banks"
    bank.truths.cache_clear()


def _again() -> tuple[Truth, ...]:
    """What another process would get."""
    bank.truths.cache_clear()
    bank._known.clear()
    return bank.truths(*ASKED)


def _made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Will hold the name of every group that is computed from now on."""
    made, real = [], bank._made
    monkeypatch.setattr(bank, "_made", lambda *asked: made.append(asked[1]) or real(*asked))
    return made


def _same(one: tuple[Truth, ...], other: tuple[Truth, ...]) -> bool:
    return [t.case for t in one] == [t.case for t in other] and all(
        mine.keys() == yours.keys()
        and all(mine[n].dtype == yours[n].dtype and np.array_equal(mine[n], yours[n], equal_nan=True) for n in mine)
        for a, b in zip(one, other, strict=True)
        for mine, yours in ((a.inputs, b.inputs), (a.expected, b.expected), (a.allowed, b.allowed))
    )


def _file(folder: Path) -> Path:
    (found,) = folder.glob("*.bank")
    return found


def test_what_was_computed_is_read_back_bit_by_bit(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = bank.truths(*ASKED)
    made = _made(monkeypatch)
    second = _again()
    assert made == []
    assert _same(first, second)
    assert {a.dtype.kind for t in second for a in t.inputs.values()} >= {"f", "i"}
    with pytest.raises(ValueError, match="read-only"):
        next(a for a in second[-1].inputs.values() if a.ndim)[...] = 0


@pytest.mark.parametrize(
    "asked", [(*ASKED[:3], 40), (*ASKED[:2], "another seed", 12), ("cs231n", "lstm_step", *ASKED[2:])]
)
def test_every_question_has_its_own_file(asked: tuple[str, str, str, int], folder: Path) -> None:
    bank.truths(*ASKED)
    bank.truths(*asked)
    assert len(list(folder.glob("*.bank"))) == 2


def test_other_code_or_another_library_makes_its_own(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bank.truths(*ASKED)
    made = _made(monkeypatch)
    for name, value in (("fingerprint", lambda *_: "other code"), ("versions", lambda: {"numpy": "0.1"})):
        with monkeypatch.context() as changed:
            changed.setattr(bank, name, value)
            _again()
    assert len(made) == 2
    _again()
    assert len(made) == 2


def test_a_fingerprint_changes_with_any_file(tmp_path: Path) -> None:
    from harness.fingerprint import fingerprint

    found = set()
    for name, text in (("a.py", "1"), ("a.py", "2"), ("deep/b.toml", "")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
        fingerprint.cache_clear()
        found.add(fingerprint(tmp_path))
    assert len(found) == 3


def _truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


def _flipped(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-100] ^= 1
    path.write_bytes(data)


def _of_another_version(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"bank 1", b"bank 0", 1))


def _about_something_else(path: Path) -> None:
    path.write_bytes(b"".join(bank_file.encode({"seed": "another"}, [])))


def _with_another_header(path: Path) -> None:
    about = {"seed": ASKED[2], "cases": str(ASKED[3]), **bank._about(*ASKED[:2])}
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(bank_file, "Header", lambda *_: ["no such thing"])
        path.write_bytes(b"".join(bank_file.encode(about, [])))


@pytest.mark.parametrize(
    "damage", [_truncated, _emptied, _flipped, _of_another_version, _about_something_else, _with_another_header]
)
def test_what_is_damaged_is_told_once_and_made_anew(damage, folder: Path, monkeypatch, caplog) -> None:
    first = bank.truths(*ASKED)
    damage(_file(folder))
    made = _made(monkeypatch)
    assert _same(_again(), first)
    assert made == [ASKED[1]]
    assert len([r for r in caplog.records if "is not used and made anew" in r.message]) == 1
    assert _same(_again(), first)
    assert len(made) == 1


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_somebody_else_is_not_believed(folder: Path, monkeypatch, caplog) -> None:
    bank.truths(*ASKED)
    os.chown(_file(folder), 65534, 65534)
    made = _made(monkeypatch)
    _again()
    assert made == [ASKED[1]]
    assert "somebody else's" in caplog.text


def test_a_full_disk_is_told_once_and_leaves_nothing(folder: Path, monkeypatch, caplog) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    first = bank.truths(*ASKED)
    assert _same(_again(), first)
    assert [p.suffix for p in folder.iterdir()] == [".lock"]
    assert [r.levelno for r in caplog.records] == [logging.WARNING]
    assert "computed every time: [Errno 28] No space left" in caplog.text


def test_a_folder_that_cannot_be_made_is_told_once(folder: Path, caplog) -> None:
    folder.write_text("a file in its place")
    assert len(_again()) == len(_again()) > 0
    assert len(caplog.records) == 1


def test_set_and_empty_keeps_nothing(folder: Path, monkeypatch, caplog) -> None:
    monkeypatch.setenv(bank_folder.VARIABLE, "")
    assert len(_again()) > 0
    assert not folder.exists()
    assert caplog.records == []


def test_it_is_its_owners_alone_and_its_name_tells_nothing(folder: Path) -> None:
    bank.truths(*ASKED)
    assert _file(folder).stat().st_mode & 0o077 == 0
    assert folder.stat().st_mode & 0o077 == 0
    assert set(_file(folder).stem) <= set(string.hexdigits)


def test_what_is_old_is_removed(folder: Path) -> None:
    bank.truths(*ASKED)
    old, fresh = folder / "a.bank", folder / "b.bank"
    for path, age in ((old, 100 * 86400), (fresh, 0)):
        path.write_bytes(b"")
        os.utime(path, (path.stat().st_mtime - age,) * 2)
    bank.truths(*ASKED[:3], 13)
    assert not old.exists()
    assert fresh.exists()


def test_who_comes_second_waits_and_reads(folder: Path, monkeypatch) -> None:
    rows = [(t.case, (t.inputs, t.expected, t.allowed)) for t in bank.truths(*ASKED)]
    _file(folder).unlink()
    made, real = _made(monkeypatch), bank_folder.building

    def behind_another(about):
        bank_folder.keep(about, rows)
        return real(about)

    monkeypatch.setattr(bank_folder, "building", behind_another)
    assert len(_again()) == len(rows)
    assert made == []


def test_of_two_graders_on_a_new_machine_one_builds_and_both_have_the_same(folder: Path) -> None:
    program = (
        "import hashlib, sys\n"
        "from harness.oracles import bank\n"
        "real = bank._made\n"
        "bank._made = lambda *asked: print('made', flush=True) or real(*asked)\n"
        "print('ready', flush=True)\n"
        "sys.stdin.readline()\n"
        f"found = bank.truths(*{ASKED!r})\n"
        "data = b''.join(a.tobytes() for t in found for part in (t.expected, t.allowed) for a in part.values())\n"
        "print(hashlib.sha256(data).hexdigest())\n"
    )
    command = [sys.executable, "-c", program]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": ROOT}
    graders = [subprocess.Popen(command, **pipes) for _ in range(2)]  # type: ignore[call-overload]
    for each in graders:
        assert each.stdout.readline() == "ready\n"
    for each in graders:
        each.stdin.write("go\n")
        each.stdin.flush()
    said = [each.communicate()[0].split() for each in graders]
    assert sorted(map(len, said)) == [1, 2], said
    assert said[0][-1] == said[1][-1]


def test_a_builder_that_is_stopped_is_not_waited_for_for_ever(folder: Path, monkeypatch) -> None:
    monkeypatch.setattr(bank_folder, "LOOKS", 3)
    about = {"seed": ASKED[2], "cases": str(ASKED[3]), **bank._about(*ASKED[:2])}
    with bank_folder.building(about):  # as another process would hold the lock
        assert len(_again()) > 0
    assert _file(folder)


@pytest.mark.parametrize(("command", "code"), [("check", 0), ("grade", 0), ("check", 1)])
def test_no_slow_library_is_needed_once_the_bank_is_there(command: str, code: int, tmp_path: Path) -> None:
    """Every module that any process of the grader's imports is told on stderr; workers have a clean environment."""
    folder = tmp_path / "in"
    folder.mkdir()
    right = (ROOT / "reference_impls" / "cs231n" / "model.py").read_text()
    wrong = right.replace("da = dnext_h * (1 - next_h ** 2)", "da = dnext_h * (1 - next_h)")
    (folder / "hw.py").write_text(wrong if code else right)
    place = folder / "hw.py" if command == "check" else folder
    told = [_imported(code, command, place, "--only", "rnn_step_*", "--out", tmp_path / f"out{i}") for i in range(2)]
    assert {name for name in SLOW[:2] if f" {name}\n" in told[0]} == set(SLOW[:2])
    assert {name for name in SLOW if f" {name}\n" in told[1]} == set()
    assert " harness.verify\n" in told[1]


def _imported(code: int, *arguments: object) -> str:
    environment = {**os.environ, "PYTHONPROFILEIMPORTTIME": "1"}
    command = [sys.executable, "-m", "harness", *map(str, arguments), "--seed", f"of {arguments[0]} {code}"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout
    return done.stderr
