"""Tags that look as if they never move."""

import pytest

from catalog.version import looks_fixed


@pytest.mark.parametrize(
    "tag", ["1.2.3", "v1.2.3", "1.2.3-slim", "2024.01.15", "10.20.30.40", "1.2.3rc1", "3.19.1_amd64"]
)
def test_three_numeric_parts_look_fixed(tag: str) -> None:
    """One release's number stays with that release."""
    assert looks_fixed(tag)


@pytest.mark.parametrize(
    "tag", ["22", "latest", "1.2", "v1", "22-bookworm", "1.2-3.4", "1.2.x", "node-1.2.3", "", "1..2"]
)
def test_all_else_may_move(tag: str) -> None:
    """A line or a word follows the newest."""
    assert not looks_fixed(tag)
