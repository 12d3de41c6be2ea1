"""Tells Python 2 from broken Python 3: by where the parser stopped, and by what was missing later."""

from __future__ import annotations

import re
from collections.abc import Iterable

_MESSAGES = {
    "Missing parentheses in call to 'print'": "print statement",
    "Missing parentheses in call to 'exec'": "exec statement",
    "leading zeros in decimal integer literals": "octal number like 0777",
    "Function parameters cannot be parenthesized": "tuple as a parameter",
    "Lambda expression parameters cannot be parenthesized": "tuple as a parameter",
}
"""How the parser's message begins where only Python 2 goes on."""
_PATTERNS = {
    "except X, e": r"^\s*except\s+(\([\w\s.,]*\)|[\w.]+)\s*,\s*\w+\s*:",
    "raise X, message": r"^(.*:)?\s*raise\s+[\w.]+\s*,",
    "print statement": r"(^|[:;])\s*print\s+[\"'\w]",
    "comparison <>": r"[\w)\]\"']\s*<>\s*[\w(\[\"'-]",
    "backticks": r"`[^`]+`",
    "long number like 10L": r"\b(0[xX][0-9a-fA-F]+|\d+)[lL]\b",
    "string like ur''": r"\b[uU][rR][\"']",
}
"""What the line looks like around where the parser stopped, where it has no particular message."""
_NAMES = {
    "xrange": "range",
    "raw_input": "input",
    "unicode": "str",
    "basestring": "str",
    "long": "int",
    "unichr": "chr",
    "reduce": "functools.reduce",
    "cmp": "(a > b) - (a < b)",
    "iteritems": "items",
    "iterkeys": "keys",
    "itervalues": "values",
    "has_key": "in",
}
"""Names that Python 3 no longer has, and what stands for each."""
_MISSING = re.compile(
    r"name '(xrange|raw_input|unicode|basestring|long|unichr|reduce|cmp)' is not defined"
    r"|'dict' object has no attribute '(iteritems|iterkeys|itervalues|has_key)'"
)


def construct(error: SyntaxError, text: str) -> str:
    """What of Python 2 the parser stumbled over in `text`, as "line 12: print statement"; "" when nothing shows it."""
    lines = text.splitlines()
    if error.lineno is None or not 1 <= error.lineno <= len(lines):
        return ""
    line = lines[error.lineno - 1]
    known = (words for message, words in _MESSAGES.items() if (error.msg or "").startswith(message))
    at = (error.offset or 0) - 1
    shown = (
        words for words, pattern in _PATTERNS.items() for m in re.finditer(pattern, line) if m.start() <= at < m.end()
    )
    what = next(known, "") or next(shown, "")
    return f"line {error.lineno}: {what}" if what else ""


def hints(messages: Iterable[str]) -> list[str]:
    """A sentence for every name of Python 2 that some message says is not there."""
    gone = dict.fromkeys(m[1] or m[2] for message in messages for m in _MISSING.finditer(message))
    return [f"{name} is Python 2; in Python 3 it is {_NAMES[name]}" for name in gone]
