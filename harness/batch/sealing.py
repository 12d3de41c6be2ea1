"""Whether a store still says what was written: a flipped bit in a verdict would be a wrong grade that looks right."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Sequence
from functools import reduce
from operator import xor

SIZE = 32
"""Bytes of a digest, and of a seal."""
EMPTY = bytes(SIZE)
CONTENTS = (
    "SELECT digest, 'verdict', submission, inputs, report FROM verdicts",
    "SELECT digest, 'override', submission, entry_point, content FROM overrides",
    "SELECT digest, 'batch', submission, place FROM batch",
    "SELECT digest, 'setting', name, value FROM settings",
)
"""Every row whose loss or change could change a grade: its digest, and what that is of."""


def digest(*parts: object) -> bytes:
    """Of one row: what kind it is, and its columns."""
    made = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else repr(part).encode("utf-8", "backslashreplace")
        made.update(len(data).to_bytes(8, "big") + data)
    return made.digest()


def combined(digests: Iterable[bytes]) -> bytes:
    """One value for many rows; adding a row and taking it away again are the same step, in any order."""
    whole = reduce(xor, (int.from_bytes(d, "big") for d in digests), 0)
    return whole.to_bytes(SIZE, "big")


def trouble(connection: sqlite3.Connection) -> str:
    """What is no longer as it was written; empty where all is."""
    seen = []
    for query in CONTENTS:
        for said, kind, *columns in connection.execute(query):
            if said != digest(kind, *columns):
                return f"a {kind} is not as it was written"
            seen.append(said)
    seals: Sequence[tuple[object]] = connection.execute("SELECT value FROM seal").fetchall()
    return "" if seals == [(combined(seen),)] else "something that was written is missing"
