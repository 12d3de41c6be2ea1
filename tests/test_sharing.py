"""The rows that run on every change are a fixed share, and hold at least one of every kind."""

from __future__ import annotations

from sharing import least_share

NAMES = [f"row {number}" for number in range(400)]


def _kind(name: str) -> list[str]:
    """Twenty rows a kind."""
    return [str(int(name.split()[1]) // 20)]


def test_a_share_is_about_as_large_as_asked_for() -> None:
    assert 60 < len(least_share(NAMES, str, _kind, 5)) < 120


def test_every_kind_is_held_however_small_the_share() -> None:
    chosen = least_share(NAMES, str, _kind, 10**9)
    assert {kind for name in chosen for kind in _kind(name)} == {str(kind) for kind in range(20)}
    assert len(chosen) < 40


def test_the_order_of_the_rows_is_kept_and_changes_nothing() -> None:
    chosen = least_share(NAMES, str, _kind, 5)
    assert chosen == [name for name in NAMES if name in chosen]
    assert least_share(NAMES[::-1], str, _kind, 5) == chosen[::-1]


def test_another_row_leaves_the_others_chosen() -> None:
    chosen = least_share(NAMES, str, lambda name: [], 5)
    more = least_share([*NAMES, "row 500"], str, lambda name: [], 5)
    assert [name for name in more if name != "row 500"] == chosen
