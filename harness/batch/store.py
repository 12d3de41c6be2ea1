"""Every verdict of a batch in one SQLite file, written before anything else is: whatever dies, it is there."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from harness.report import Override, Report, decode, encode

NAME = "verdicts.sqlite3"
VERSION = 1
"""Of the tables below; a file of another version is never guessed at."""
BUSY = 2000
"""Milliseconds to wait for a batch that is just ending."""

TABLES = """
CREATE TABLE verdicts (submission TEXT PRIMARY KEY, inputs BLOB NOT NULL, report BLOB NOT NULL) STRICT;
CREATE TABLE running (submission TEXT PRIMARY KEY) STRICT;
CREATE TABLE overrides (submission TEXT NOT NULL, entry_point TEXT NOT NULL, content BLOB NOT NULL,
    PRIMARY KEY (submission, entry_point)) STRICT;
"""


class StoreTrouble(Exception):
    """The file cannot be used; a sentence that says why, and what to do."""


class Inputs(msgspec.Struct, frozen=True):
    """All that a verdict depends on: where every part is the same, grading again would say the same."""

    content: str
    assignment: str
    options: str
    versions: str


class Verdict(msgspec.Struct, frozen=True):
    """A report, and what it depended on."""

    inputs: Inputs
    report: Report


class Store:
    """The verdicts of one folder of reports. One process writes at a time; `opened` makes it."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.connection, self.path = connection, path

    def begin(self, submission: str) -> None:
        """Note that a submission is being graded."""
        with _told(self.path), self.connection:
            self.connection.execute("INSERT OR REPLACE INTO running VALUES (?)", (submission,))

    def finish(self, inputs: Inputs, report: Report) -> None:
        """Keep a verdict; when this returns it is on the disk."""
        row = (report.submission.id, msgspec.json.encode(inputs), encode(report))
        with _told(self.path), self.connection:
            self.connection.execute("INSERT OR REPLACE INTO verdicts VALUES (?, ?, ?)", row)
            self.connection.execute("DELETE FROM running WHERE submission = ?", row[:1])

    def verdicts(self) -> dict[str, Verdict]:
        """Every verdict, by submission."""
        with _told(self.path):
            rows = self.connection.execute("SELECT submission, inputs, report FROM verdicts").fetchall()
            return {name: Verdict(msgspec.json.decode(i, type=Inputs), decode(report)) for name, i, report in rows}

    def interrupted(self) -> list[str]:
        """Submissions that were being graded when the last batch died."""
        with _told(self.path):
            return [name for (name,) in self.connection.execute("SELECT submission FROM running ORDER BY submission")]

    def forget(self) -> None:
        """Start over. What a person has set by hand stays."""
        with _told(self.path), self.connection:
            self.connection.execute("DELETE FROM verdicts")
            self.connection.execute("DELETE FROM running")

    def settle(self) -> None:
        """The batch is complete: nothing is being graded."""
        with _told(self.path), self.connection:
            self.connection.execute("DELETE FROM running")

    def override(self, submission: str, override: Override) -> None:
        """Keep what a person has decided about one entry point, in the place of an earlier decision."""
        row = (submission, override.entry_point, msgspec.json.encode(override))
        with _told(self.path), self.connection:
            self.connection.execute("INSERT OR REPLACE INTO overrides VALUES (?, ?, ?)", row)

    def withdraw(self, submission: str, entry_point: str) -> bool:
        """Take a decision back; whether there was one."""
        with _told(self.path), self.connection:
            where = "submission = ? AND entry_point = ?"
            return (
                self.connection.execute(f"DELETE FROM overrides WHERE {where}", (submission, entry_point)).rowcount > 0
            )

    def overrides(self) -> dict[str, list[Override]]:
        """What people have decided, by submission."""
        found: dict[str, list[Override]] = {}
        with _told(self.path):
            rows = self.connection.execute("SELECT submission, content FROM overrides ORDER BY submission, entry_point")
            for name, content in rows:
                found.setdefault(name, []).append(msgspec.json.decode(content, type=Override))
        return found


@contextmanager
def opened(folder: Path, *, there: bool = False) -> Iterator[Store]:
    """The store of a folder of reports, held by this process alone until the end. Raises `StoreTrouble`.

    With `there` it has to exist already.
    """
    path = folder / NAME
    if there and not path.exists():
        raise StoreTrouble(f"{path} is not there; `harness grade` makes it. Name the folder that --out named")
    with _told(path):
        connection = sqlite3.connect(path, timeout=BUSY / 1000, isolation_level="IMMEDIATE")
    try:
        with _told(path):
            _prepare(connection, path)
        yield Store(connection, path)
    finally:
        connection.close()


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Hold the file alone, so that a second batch is told at once; a death lets go of it."""
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version == 0 and not connection.execute("SELECT 1 FROM sqlite_master").fetchone():
            for statement in TABLES.split(";")[:-1]:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {VERSION}")
        elif version != VERSION:
            raise StoreTrouble(
                f"{path} is of version {version}, and this harness writes version {VERSION}. Grade into another folder "
                "(--out), or move the file away to start over; the reports beside it stay as they are"
            )
    (sound,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if sound != "ok":
        raise StoreTrouble(_damaged(path, sound))


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Errors of SQLite in the words of whoever grades."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreTrouble(_words(path, error)) from error
    except msgspec.MsgspecError as error:
        raise StoreTrouble(_damaged(path, str(error))) from error


def _words(path: Path, error: sqlite3.Error) -> str:
    code = getattr(error, "sqlite_errorname", "")
    if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return f"{path} is in use: another batch is writing into the same folder. Wait for it, or choose another --out"
    if code.startswith("SQLITE_FULL") or "disk I/O" in str(error):
        return f"{path} cannot be written: {error}. What was graded until now is kept; make room and start again"
    if code.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return f"{path} cannot be written: {error}. Choose a folder that can be written to (--out)"
    return _damaged(path, str(error))


def _damaged(path: Path, why: str) -> str:
    return (
        f"{path} is damaged ({why}). Nothing was changed: restore it from a backup, or move it away and grade again; "
        "the reports beside it stay as they are"
    )
