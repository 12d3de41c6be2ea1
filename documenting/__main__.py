"""Writes every generated page anew: `python -m documenting`; a test says when it is time to."""

from __future__ import annotations

from documenting.pages import DOCS, every

if __name__ == "__main__":
    for name, text in every().items():
        place = DOCS / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
