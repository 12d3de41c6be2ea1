"""How a person asked for the grading to be done."""

from __future__ import annotations

import msgspec

from harness.report import PUBLIC_SEED
from harness.rubric import Rubric

DEFAULT_CASES = 44


class Options(msgspec.Struct, frozen=True):
    """`seed` is any text and fixes every case; `cases` is how many an entry point is judged on.

    `attempt`, a number or a name, is the attempt that counts where a submission holds several; else the latest does.
    """

    seed: str = PUBLIC_SEED
    cases: int = DEFAULT_CASES
    hide_expected: bool = False
    rubric: Rubric | None = None
    attempt: str | None = None
    reveal: bool = False
    """Whether a report may say how a named mistake is mended."""
    only: tuple[str, ...] = ()
    """Names of the entry points to judge, or patterns (`rnn_*`); none means all of them."""
    isolation: str = ""
    """How far student code is kept apart: `full`, `restricted` or `process`; the strongest there is unless named."""
