"""Makes malformed submissions: random bytes, and sources, notebooks and archives with something broken in them."""

from __future__ import annotations

import copy
import io
import json
import random
import re
import tarfile
import zipfile
from collections.abc import Callable

from harness.assignments import registry
from reference_impls import catalogue

Made = tuple[str, bytes]
"""A file's name and its content."""
SOURCES = {a.id: catalogue.source(a.id) for a in registry.every()}
ODD = (
    *(
        "\0",
        "\x1b[2J",
        "\ufeff",
        "\u202e",
        "(" * 300,
        "[" * 3000,
        "-" * 5000 + "1",
        "\\",
        chr(39) * 3,
        "\t",
        "\r",
        "\x0c",
    ),
    *(
        "é",
        "\udcff",
        "print 1\n",
        "async ",
        "match ",
        "lambda: ",
        "f'{",
        "0x",
        "1_",
        "1e999",
        "9" * 5000,
        "*",
        "@",
        ":=",
    ),
    *("# -*- coding: rot13 -*-\n", "# -*- coding: nothing -*-\n", "from __future__ import braces\n"),
    *("%%writefile ../x.py\n", "!ls\n", "import os\n"),
)
"""What is put into a source: what a parser, a terminal or a page may stumble over."""
FOLDERS = ("", "", "hw/", "../", "/tmp/", "a/../../", "C:\\", "\x1b[2J/", "x" * 300 + "/")
KINDS = (*[tarfile.REGTYPE] * 6, tarfile.SYMTYPE, tarfile.FIFOTYPE)
VALUES: tuple[object, ...] = (None, 0, -1, 1e308, "", "x", [], {}, [[]], {"source": None}, "\x1b[2J", "\udcff", True)


def made(number: int) -> Made:
    """The malformed submission with this number; the same each time."""
    draw = random.Random(number)
    make: Callable[[random.Random], Made] = draw.choice((noise, python, python, python, notebook, notebook, packed))
    return make(draw)


def noise(draw: random.Random) -> Made:
    """Random bytes under a name that promises something."""
    name = draw.choice(("a.py", "a.ipynb", "a.zip", "a.tar.gz", "a.tar", "a.tgz", "a.txt", "a", "a.7z", "a.tar.xz"))
    head = draw.choice(
        (b"", b"PK\x03\x04", b"\x1f\x8b\x08", b"\xff\xfe", b"BZh9", b"\xfd7zXZ\0", b"\0" * 257 + b"ustar")
    )
    return name, head + draw.randbytes(draw.choice((0, 1, 7, 64, 600, 5000)))


def python(draw: random.Random) -> Made:
    """A right source with a few things broken."""
    return "a.py", mangled(source(draw), draw)


def source(draw: random.Random) -> str:
    """A right source of any assignment."""
    return SOURCES[draw.choice(list(SOURCES))]


def mangled(text: str, draw: random.Random) -> bytes:
    """Lines deleted, doubled and moved; words swapped; odd text put in; bytes flipped."""
    for _ in range(draw.choice((1, 1, 2, 5))):
        text = draw.choice((without_lines, shuffled_lines, swapped_words, with_odd_text, indented))(text, draw)
    data = text.encode("utf-8", "surrogateescape")
    return flipped(data, draw) if draw.random() < 0.3 else data


def without_lines(text: str, draw: random.Random) -> str:
    lines = text.splitlines(keepends=True) or [""]
    start = draw.randrange(len(lines))
    return "".join(lines[:start] + lines[start + draw.choice((1, 2, 20)) :])


def shuffled_lines(text: str, draw: random.Random) -> str:
    lines = text.splitlines(keepends=True) or [""]
    line = lines.pop(draw.randrange(len(lines)))
    lines.insert(draw.randrange(len(lines) + 1), line)
    return "".join(lines)


def swapped_words(text: str, draw: random.Random) -> str:
    words = re.split(r"(\W+)", text)
    one, other = draw.randrange(len(words)), draw.randrange(len(words))
    words[one], words[other] = words[other], words[one]
    return "".join(words)


def with_odd_text(text: str, draw: random.Random) -> str:
    place = draw.randrange(len(text) + 1) if draw.random() < 0.7 else 0
    return text[:place] + draw.choice(ODD) + text[place:]


def indented(text: str, draw: random.Random) -> str:
    lines = text.splitlines(keepends=True) or [""]
    place = draw.randrange(len(lines))
    lines[place] = draw.choice((" ", "    ", "\t", "")) + lines[place].lstrip()
    return "".join(lines)


def flipped(data: bytes, draw: random.Random) -> bytes:
    """Some bytes changed, some cut off."""
    changed = bytearray(data)
    for _ in range(draw.choice((1, 3, 30)) if changed else 0):
        changed[draw.randrange(len(changed))] = draw.randrange(256)
    return bytes(changed[: draw.randrange(len(changed) + 1)] if draw.random() < 0.3 else changed)


def notebook(draw: random.Random) -> Made:
    """A notebook with a broken structure, broken cells, or broken text."""
    parts = re.split(r"\n(?=def |class )", source(draw))
    cells = [{"cell_type": "code", "source": part, "metadata": {}, "outputs": []} for part in parts]
    book: dict[str, object] = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    for _ in range(draw.choice((1, 1, 3))):
        spoil(book, draw)
    text = json.dumps(book)
    return "a.ipynb", flipped(text.encode(), draw) if draw.random() < 0.3 else text.encode()


def spoil(value: object, draw: random.Random) -> None:
    """Replace, remove or mangle something in JSON, anywhere in it."""
    keys: list[object] = (
        list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    )
    if not keys:
        return
    key = draw.choice(keys)
    inner = value[key]  # type: ignore[index]
    what = draw.random()
    if isinstance(inner, dict | list) and inner and what < 0.75:
        spoil(inner, draw)
    elif isinstance(inner, str) and what < 0.5:
        value[key] = mangled(inner, draw).decode("utf-8", "replace")  # type: ignore[index]
    elif what < 0.85:
        value[key] = copy.deepcopy(draw.choice(VALUES))  # type: ignore[index]
    else:
        del value[key]  # type: ignore[attr-defined]


def packed(draw: random.Random) -> Made:
    """A damaged archive, or a whole one of damaged files with names that lead astray."""
    files = [draw.choice((python, notebook, noise))(draw) for _ in range(draw.choice((0, 1, 1, 3)))]
    named = [
        (draw.choice(("", "", "hw/", "../", "/tmp/", "a/../../", "C:\\", "\x1b[2J/", "x" * 300 + "/")) + n, d)
        for n, d in files
    ]
    target = io.BytesIO()
    if draw.random() < 0.5:
        with zipfile.ZipFile(target, "w", draw.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as zipped:
            for number, (name, data) in enumerate(named):
                zipped.writestr(f"{number}{name}" if name in zipped.namelist() else name, data)
        name = "a.zip"
    else:
        with tarfile.open(fileobj=target, mode="w:gz") as tarred:
            for name, data in named:
                info = tarfile.TarInfo(name)
                info.size, info.type = (
                    len(data),
                    draw.choice(KINDS),
                )
                tarred.addfile(info, io.BytesIO(data))
        name = "a.tar.gz"
    whole = target.getvalue()
    return name, flipped(whole, draw) if draw.random() < 0.6 else whole
