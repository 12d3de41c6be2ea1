"""What a page of the documentation asks to be typed: its commands, what they print, the files they are about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
}
BLOCK = re.compile(r"^( *)```(\w+)([^\n]*)\n(.*?)^\1```", re.DOTALL | re.MULTILINE)
TITLE = re.compile(r'title="([^"]+)"')
INLINE = re.compile(r"`((?:harness|python|tox)(?: [^`]*)?)`")


class Block(NamedTuple):
    """A fenced block of a page: its language, the file it is called after, its text."""

    language: str
    title: str
    text: str


class Typed(NamedTuple):
    """A command, and what a page says that it prints; nothing where it does not show it."""

    command: str
    output: str | None = None


def blocks(page: str) -> list[Block]:
    """Every fenced block of a page."""
    found = []
    for indent, language, more, text in BLOCK.findall(PAGES[page]):
        title = TITLE.search(more)
        found.append(Block(language, title[1] if title else "", re.sub(rf"^{indent}", "", text, flags=re.MULTILINE)))
    return found


def typed(block: Block) -> list[Typed]:
    """The commands of a block, in their order."""
    if block.language == "sh":
        lines = block.text.replace("\\\n", " ").splitlines()
        return [Typed(line.strip()) for line in lines if line.strip() and not line.startswith("#")]
    if block.language == "console":
        shown = re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]
        return [Typed(text.partition("\n")[0], text.partition("\n")[2]) for text in shown]
    return []


def inline(page: str) -> list[str]:
    """Commands that stand within a sentence or a table."""
    return [command.replace("\\|", "|") for command in INLINE.findall(BLOCK.sub("", PAGES[page]))]


def commands() -> Iterator[tuple[str, Typed]]:
    """Every command of every block, with its page."""
    for page in PAGES:
        for block in blocks(page):
            for each in typed(block):
                yield page, each


def matches(expected: str, came: str) -> bool:
    """Whether this was printed. `…` stands for anything in a line, a line of its own for any lines; ends are blank."""
    parts = []
    for line in expected.rstrip().splitlines():
        if line.strip() == "…":
            parts.append(r"(?:[^\n]*\n)*?")
        else:
            parts.append(r"[^\n]*".join(map(re.escape, line.rstrip().split("…"))) + r"\n")
    text = "".join(line.rstrip() + "\n" for line in came.splitlines())
    return re.fullmatch("".join(parts) + r"\n*", text) is not None
