"""Every generated page by its name below `docs/`, with its text."""

from __future__ import annotations

from pathlib import Path

from documenting import contracts, properties, terminal
from harness.assignments import registry
from reference_impls import catalogue

DOCS = Path(__file__).resolve().parent.parent / "docs"


def every() -> dict[str, str]:
    """All generated pages; those of assignments that other packages announce are theirs to make."""
    return {
        "misconceptions.md": catalogue.page(),
        "reference/cli.md": terminal.page(),
        "reference/properties.md": properties.page(),
        **{f"reference/contracts/{name}.md": contracts.page(registry.get(name)) for name in registry.built_in()},
    }
