"""Tests of platforms as text."""

import pytest

from catalog.platforms import without_os_version


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("windows(10.0.20348.2113)/amd64", "windows/amd64"),
        ("linux(5.10)/arm/v7", "linux/arm/v7"),
        ("linux/arm64/v8", "linux/arm64/v8"),
        ("linux", "linux"),
        ("", ""),
    ],
)
def test_the_version_of_the_operating_system_is_left_out(written: str, plain: str) -> None:
    """Everything else stays."""
    assert without_os_version(written) == plain
