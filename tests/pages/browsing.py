"""Words for tests in a browser: how a page is opened, and where everything is unfolded."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from playwright.sync_api import Page

Open: TypeAlias = "Callable[..., Page]"
"""Opens a page of the folder by its name; options are those of a browser context."""

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
"""What the system's browser is called."""


def unfold(page: Page) -> None:
    """Open everything that is folded away."""
    page.evaluate("() => document.querySelectorAll('details').forEach(d => { d.open = true; })")
