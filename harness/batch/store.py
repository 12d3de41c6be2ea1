"""Every verdict of a batch in one SQLite file, written before anything else is: whatever dies, it is there."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from harness.batch import sealing
from harness.batch.sealing import digest
from harness.report import Override, Report, decode, encode

NAME = "verdicts.sqlite3"
VERSION = 2
"""Of the tables below; a file of another version is never guessed at."""
BUSY = 2000
"""Milliseconds to wait for a batch that is just ending."""

TABLES = f"""
CREATE TABLE verdicts (submission TEXT PRIMARY KEY, digest BLOB NOT NULL, inputs BLOB NOT NULL,
    report BLOB NOT NULL) STRICT;
CREATE TABLE overrides (submission TEXT NOT NULL, entry_point TEXT NOT NULL, digest BLOB NOT NULL,
    content BLOB NOT NULL, PRIMARY KEY (submission, entry_point)) STRICT;
CREATE TABLE batch (place INTEGER PRIMARY KEY, submission TEXT NOT NULL UNIQUE, digest BLOB NOT NULL) STRICT;
CREATE TABLE settings (name TEXT PRIMARY KEY, digest BLOB NOT NULL, value TEXT NOT NULL) STRICT;
CREATE TABLE running (submission TEXT PRIMARY KEY) STRICT;
CREATE TABLE seal (value BLOB NOT NULL) STRICT;
INSERT INTO seal VALUES (x'{sealing.EMPTY.hex()}');
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
        self.file = _identity(path)

    def start(self, submissions: Sequence[str], hints: str) -> None:
        """Note what the batch is about, in its order, and how much its reports give away."""
        with self._writing():
            self._remove("batch")
            self._remove("settings")
            self._add("settings", "setting", name="hints", value=hints)
            for place, name in enumerate(submissions):
                self._add("batch", "batch", submission=name, place=place)

    def batch(self) -> list[str]:
        """The submissions of the last batch, in its order."""
        with _told(self.path):
            return [name for (name,) in self.connection.execute("SELECT submission FROM batch ORDER BY place")]

    def hints(self) -> str:
        """How much the reports of the last batch give away; empty before the first one."""
        with _told(self.path):
            found = self.connection.execute("SELECT value FROM settings WHERE name = 'hints'").fetchone()
            return str(found[0]) if found else ""

    def begin(self, submission: str) -> None:
        """Note that a submission is being graded."""
        with self._writing():
            self.connection.execute("INSERT OR REPLACE INTO running VALUES (?)", (submission,))

    def finish(self, inputs: Inputs, report: Report) -> None:
        """Keep a verdict; when this returns it is on the disk."""
        name = report.submission.id
        with self._writing():
            self._remove("verdicts", submission=name)
            self._add("verdicts", "verdict", submission=name, inputs=msgspec.json.encode(inputs), report=encode(report))
            self.connection.execute("DELETE FROM running WHERE submission = ?", (name,))

    def verdicts(self) -> Iterator[Verdict]:
        """Every verdict, one at a time, also of submissions that are no longer there."""
        return self._found("SELECT inputs, report FROM verdicts")

    def of_the_batch(self) -> Iterator[Verdict]:
        """Those of the last batch, in its order."""
        return self._found("SELECT inputs, report FROM batch JOIN verdicts USING (submission) ORDER BY place")

    def verdict(self, submission: str) -> Verdict | None:
        """The verdict about one submission; None where there is none."""
        return next(self._found("SELECT inputs, report FROM verdicts WHERE submission = ?", submission), None)

    def graded(self) -> list[str]:
        """The submissions that have a verdict."""
        with _told(self.path):
            return [name for (name,) in self.connection.execute("SELECT submission FROM verdicts ORDER BY rowid")]

    def _found(self, query: str, *values: str) -> Iterator[Verdict]:
        with _told(self.path):
            for inputs, report in self.connection.execute(query, values):
                yield Verdict(msgspec.json.decode(inputs, type=Inputs), decode(report))

    def interrupted(self) -> list[str]:
        """Submissions that were being graded when the last batch died."""
        with _told(self.path):
            return [name for (name,) in self.connection.execute("SELECT submission FROM running ORDER BY submission")]

    def forget(self) -> None:
        """Start over. What a person has set by hand stays."""
        with self._writing():
            self._remove("verdicts")
            self.connection.execute("DELETE FROM running")

    def settle(self) -> None:
        """The batch is complete: nothing is being graded."""
        with self._writing():
            self.connection.execute("DELETE FROM running")

    def override(self, submission: str, override: Override) -> None:
        """Keep what a person has decided about one entry point, in the place of an earlier decision."""
        where = {"submission": submission, "entry_point": override.entry_point}
        with self._writing():
            self._remove("overrides", **where)
            self._add("overrides", "override", **where, content=msgspec.json.encode(override))

    def withdraw(self, submission: str, entry_point: str) -> bool:
        """Take a decision back; whether there was one."""
        with self._writing():
            return self._remove("overrides", submission=submission, entry_point=entry_point) > 0

    def overrides(self) -> dict[str, list[Override]]:
        """What people have decided, by submission."""
        found: dict[str, list[Override]] = {}
        with _told(self.path):
            rows = self.connection.execute("SELECT submission, content FROM overrides ORDER BY submission, entry_point")
            for name, content in rows:
                found.setdefault(name, []).append(msgspec.json.decode(content, type=Override))
        return found

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One transaction, on the disk at the end; a file that somebody has taken away is not written into."""
        if _identity(self.path) != self.file:
            raise StoreTrouble(
                f"{self.path} was removed or replaced while it was in use, so nothing more can be kept there. "
                "Start again: what is not in the file now will be graded again"
            )
        with _told(self.path), self.connection:
            yield

    def _add(self, table: str, kind: str, **columns: object) -> None:
        """A new row, under the seal."""
        made = digest(kind, *columns.values())
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        statement = f"INSERT INTO {table} ({names}, digest) VALUES ({marks}, ?)"
        self.connection.execute(statement, (*columns.values(), made))
        self._seal([made])

    def _remove(self, table: str, **where: str) -> int:
        """Take away the rows of which all this is true; how many there were."""
        condition = " AND ".join(f"{name} = ?" for name in where) or "TRUE"
        values = tuple(where.values())
        gone = self.connection.execute(f"SELECT digest FROM {table} WHERE {condition}", values).fetchall()
        self.connection.execute(f"DELETE FROM {table} WHERE {condition}", values)
        self._seal([made for (made,) in gone])
        return len(gone)

    def _seal(self, changed: Sequence[bytes]) -> None:
        (before,) = self.connection.execute("SELECT value FROM seal").fetchone()
        self.connection.execute("UPDATE seal SET value = ?", (sealing.combined([before, *changed]),))


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
    connection.execute("PRAGMA journal_mode = WAL")  # where a file system has none, SQLite's older way is as safe
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
                "(--out), or move the file away to start over; points set by hand are in it and have to be set again, "
                "and the reports beside it stay as they are"
            )
    (sound,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    wrong = sealing.trouble(connection) if sound == "ok" else str(sound)
    if wrong:
        raise StoreTrouble(_damaged(path, wrong))


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file this is; None when there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Errors of SQLite in the words of whoever grades."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreTrouble(_words(path, error)) from error
    except (msgspec.MsgspecError, ValueError) as error:  # ValueError: damage in SQLite's own words, or out of range
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
