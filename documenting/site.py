"""What MkDocs asks this project: the pages that lie outside of `docs/`, and where each stands in the navigation."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
OUTSIDE = {
    "README.md": "index.md",
    "SECURITY.md": "security.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
}
"""Pages of the repository's own folder, and what they are called on the site."""
SECTIONS: dict[str, tuple[str, ...]] = {
    "Tutorials": (
        "tutorials/student.md",
        "tutorials/ta.md",
        "tutorials/ci.md",
        "tutorials/instructor.md",
        "tutorials/",
    ),
    "Guides": (
        "reference/options.md",
        "gradebooks.md",
        "pull-requests.md",
        "kits.md",
        "pytest.md",
        "reference/rubric.md",
        "cohort.md",
    ),
    "Assignments": ("assignments/",),
    "Reference": (
        *(
            "reference/cli.md",
            "reference/environment.md",
            "report-schema.md",
            "reference/properties.md",
            "misconceptions.md",
        ),
        *("reference/contracts/", "reference/"),
    ),
    "Explanations": ("explanations/", "security.md"),
    "Measured": ("audit.md", "naming.md", "performance.md", "scaling.md"),
    "Development": ("architecture.md", "contributing.md", "changelog.md", ""),
}
"""Pages of each section in their order; a folder stands for all of its pages that are named nowhere else."""


def arranged(pages: set[str]) -> list[dict[str, Any]]:
    """The navigation: every page once, in the first section that names it, or its folder."""
    named = {entry for entries in SECTIONS.values() for entry in entries}
    left = pages - {"index.md"}
    navigation: list[dict[str, Any]] = [{"Home": "index.md"}]
    for title, entries in SECTIONS.items():
        found = []
        for entry in entries:
            there = [entry] if entry in left else sorted(p for p in left - named if _holds(entry, p))
            found += there
            left -= set(there)
        navigation.append({title: found})
    return [section for section in navigation if any(section.values())]


def _holds(folder: str, page: str) -> bool:
    return folder in ("", page.rpartition("/")[0] + "/")


def moved(text: str, page: str) -> str:
    """The page's text, with links to and from pages outside of `docs/` as they are on the site."""
    if page in OUTSIDE:
        text = text.replace("](docs/", "](")
    for name, site in OUTSIDE.items():
        text = re.sub(rf"\]\((?:\.\./)*{re.escape(name)}", "](" + "../" * page.count("/") + site, text)
    return text


def on_files(files: Any, config: Any) -> Any:
    """Adds the pages outside of `docs/`, and arranges all."""
    from mkdocs.structure.files import File

    for name, site in OUTSIDE.items():
        files.append(File.generated(config, site, content=moved((ROOT / name).read_text(encoding="utf-8"), name)))
    config.nav = arranged({file.src_uri for file in files.documentation_pages()})
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Any) -> str:
    """Mends links to pages outside of `docs/`."""
    return moved(markdown, page.file.src_uri)
