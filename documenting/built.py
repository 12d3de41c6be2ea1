"""Looks through the built site: nothing is fetched from elsewhere, and no Markdown was left as it was typed.

`python -m documenting.built FOLDER` ends with 1 and a line for each fault.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

FETCHED = {
    "script": "src",
    "img": "src",
    "link": "href",
    "iframe": "src",
    "source": "src",
    "video": "src",
    "object": "data",
}
"""What a browser fetches without being asked; links that a person follows may lead anywhere."""
ELSEWHERE = re.compile(r"^(?:https?:)?//")
IN_STYLE = re.compile(r"url\(\s*['\"]?((?:https?:)?//[^)]+)\)|@import[^;]*//[^;]*")
TYPED = re.compile(r"^(?:[-*] |\d+\. |\| |```|#{1,6} )|\]\([^)]*\)", re.MULTILINE)
"""How lists, tables, blocks, headings and links look as long as they are Markdown."""


class Page(HTMLParser):
    """Collects what is wrong with a page."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.code = 0
        self.paragraph: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes what is fetched from elsewhere, and where code and paragraphs begin."""
        known = dict(attrs)
        address = known.get(FETCHED.get(tag, "")) or ""
        if ELSEWHERE.match(address):
            self.faults.append(f"fetches {address}")
        self.code += tag in ("code", "pre")
        if tag == "p":
            self.paragraph = []

    def handle_data(self, data: str) -> None:
        """Takes the words of a paragraph, code aside."""
        if self.paragraph is not None and not self.code:
            self.paragraph.append(data)

    def handle_endtag(self, tag: str) -> None:
        """Looks at a paragraph that is whole."""
        self.code -= tag in ("code", "pre")
        if tag == "p" and self.paragraph is not None:
            if typed := TYPED.search("".join(self.paragraph)):
                self.faults.append(f"shows Markdown: {''.join(self.paragraph)[typed.start() :][:60]!r}")
            self.paragraph = None


def faults(site: Path) -> Iterator[str]:
    """Everything that is wrong, a line each."""
    pages = sorted(site.rglob("*.html"))
    if not pages:
        yield f"{site}: no page; `mkdocs build --strict` makes them"
    for path in pages:
        page = Page()
        page.feed(path.read_text(encoding="utf-8"))
        yield from (f"{path.relative_to(site)}: {fault}" for fault in page.faults)
    for path in sorted(site.rglob("*.css")):
        for found in IN_STYLE.finditer(path.read_text(encoding="utf-8")):
            yield f"{path.relative_to(site)}: fetches {found[0][:80]}"


if __name__ == "__main__":
    found = list(faults(Path(*sys.argv[1:2])))
    sys.stderr.write("".join(f"{line}\n" for line in found))
    sys.exit(1 if found else 0)
