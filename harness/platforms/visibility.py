"""When students see what Gradescope was given."""

from __future__ import annotations

from typing import Literal, get_args

Visibility = Literal["visible", "after_due_date", "after_published", "hidden"]
VISIBILITIES = get_args(Visibility)
