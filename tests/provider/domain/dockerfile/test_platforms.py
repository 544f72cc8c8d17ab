"""Platforms as containerd reads and writes them."""

import pytest

from provider.domain.dockerfile.errors import InvalidSyntaxError
from provider.domain.dockerfile.platforms import parse_platform


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("linux/amd64", "linux/amd64"),
        ("Linux/AMD64", "linux/amd64"),
        ("linux/amd64/v1", "linux/amd64"),
        ("linux/amd64/v3", "linux/amd64/v3"),
        ("linux/arm64/v8", "linux/arm64"),
        ("linux/aarch64", "linux/arm64"),
        ("linux/arm", "linux/arm/v7"),
        ("linux/arm/6", "linux/arm/v6"),
        ("linux/armhf", "linux/arm/v7"),
        ("linux/armel", "linux/arm/v6"),
        ("linux/x86_64", "linux/amd64"),
        ("macos/arm64", "darwin/arm64"),
        ("windows(10.0.17763)/amd64", "windows/amd64"),
        ("linux", "linux/amd64"),
        ("windows", "windows/amd64"),
        ("arm64", "linux/arm64"),
        ("x86-64", "linux/amd64"),
    ],
)
def test_a_platform_has_one_normal_form(text: str, normal: str) -> None:
    """Other names, case and implied variants go."""
    assert str(parse_platform(text)) == normal


@pytest.mark.parametrize(
    ("text", "other"),
    [("linux/arm64/v8", "linux/arm64"), ("linux/amd64/V1", "amd64"), ("linux/aarch64/8", "arm64"), ("macos", "darwin")],
)
def test_two_names_of_a_platform_are_equal(text: str, other: str) -> None:
    """So an image is read once for both."""
    assert parse_platform(text) == parse_platform(other)


@pytest.mark.parametrize("text", ["", "linux/", "/amd64", "a/b/c/d", "linux amd64", "*", "linux/*", "nonsense"])
def test_other_texts_are_refused(text: str) -> None:
    """What containerd does not parse is refused."""
    with pytest.raises(InvalidSyntaxError, match=r"is not a platform|is neither"):
        parse_platform(text)
