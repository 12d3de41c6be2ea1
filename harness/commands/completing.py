"""What a shell offers when somebody presses Tab: assignments, entry points, levels of isolation.

It runs in a program of its own for every press, so it imports contracts at the most. What does not begin as the word
that is being typed is left out by the caller.
"""

from __future__ import annotations

import typer

Offers = list[tuple[str, str]]
"""What can be completed to, each with a word on it, which shells show that show any."""


def assignments() -> Offers:
    """Every assignment, with its title."""
    from harness.assignments import registry

    return [(asked.id, asked.title) for asked in registry.every()]


def entry_points(ctx: typer.Context) -> Offers:
    """Entry points of the assignment that was named, or of all."""
    from harness.assignments import registry

    named = ctx.params.get("assignment")
    asked = [registry.get(named)] if named in registry.folders() else registry.every()
    names = dict.fromkeys(entry.name for each in asked for entry in each.entry_points)
    return [(name, ", ".join(a.id for a in asked if any(e.name == name for e in a.entry_points))) for name in names]


def jails() -> Offers:
    """Levels of isolation."""
    from harness.worker.isolation import LAYERS

    return [(name, " + ".join(layers) or "a process of its own") for name, layers in LAYERS.items()]


def levels() -> Offers:
    """Levels of isolation, and whatever there is."""
    from harness.worker.isolation import STRONGEST

    return [*jails(), (STRONGEST, "what this machine offers")]
