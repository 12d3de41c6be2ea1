"""Makes text that students control harmless to look at: no escape sequences, no invisible or reversing characters."""

from __future__ import annotations

import re
import unicodedata

MAX_LINE = 1200
MAX_BLOCK = 20_000

_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # colours, cursor movements
    r"|(?:\x1b\]|\x9d)[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"  # titles, links
    r"|\x1b[ -/]*[0-~]"  # everything else that begins with ESC
)
_UNSEEN = frozenset({"Cc", "Cf", "Cs"})
"""Unicode categories that show nothing or change how other characters show: controls, formats, lone surrogates."""


def plain(text: str, most: int = MAX_LINE) -> str:
    """`text` on one line, without control characters, at most `most` characters long."""
    return _cut(_visible(" ".join(_ESCAPES.sub("", text).split())), most)


def block(text: str, most: int = MAX_BLOCK) -> str:
    """`text` with its lines kept, without control characters, at most `most` characters long."""
    lines = _ESCAPES.sub("", text).expandtabs(4).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return _cut("\n".join(_visible(line).rstrip() for line in lines).strip("\n"), most)


def _visible(text: str) -> str:
    if text.isprintable():  # nearly all is, and then nothing in it is of these categories
        return text
    return "".join(c for c in text if unicodedata.category(c) not in _UNSEEN)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
