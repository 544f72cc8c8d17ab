"""Tests of the platforms for which a Dockerfile is read."""

from dataclasses import replace
from typing import Any

import pytest

from provider.domain.discovery.platforms import is_read_again, known_platforms, platform_names
from provider.domain.state import ImageState
from tests.provider.domain.samples import DAY, image, ledger

BOTH = {"linux/amd64": "x", "linux/arm64": "y"}


def seen(children: dict[str, str], **enrollment: Any) -> ImageState:
    """An image whose index has these children."""
    return replace(image(**enrollment), ledger=ledger(("i", DAY), platforms={"i": children}))


@pytest.mark.parametrize(
    ("children", "expected"),
    [
        (BOTH, ("linux/amd64", "linux/arm64")),
        ({"linux/arm64/v8": "x", "linux/arm64": "y"}, ("linux/arm64",)),
        ({"linux/arm/v7": "x", "windows(10.0.17763)/amd64": "y"}, ("linux/arm/v7", "windows/amd64")),
        ({"no platform": "x", "a/b/c/d": "y", "linux/s390x": "z"}, ("linux/s390x",)),
        ({}, ()),
    ],
)
def test_a_dockerfile_is_read_for_the_platforms_of_the_image(
    children: dict[str, str], expected: tuple[str, ...]
) -> None:
    """Each platform counts once, in the form that BuildKit uses; what is no platform does not count."""
    assert known_platforms(seen(children)) == expected


def test_the_number_of_platforms_is_bounded() -> None:
    """Whoever writes an index or a bake file does not decide how long a discovery takes."""
    assert len(platform_names(f"linux/a{number}" for number in range(1000))) == 50


def test_platforms_of_the_enrollment_come_first() -> None:
    """Also where the image has others."""
    assert known_platforms(seen(BOTH, platforms=("linux/riscv64",))) == ("linux/riscv64",)


def test_an_image_without_observations_has_no_known_platform() -> None:
    """It was not checked yet, or it is an image of one platform."""
    assert known_platforms(replace(image(), ledger=ledger())) == ()
    assert known_platforms(image()) == ()


def test_other_platforms_are_a_reason_to_read_again() -> None:
    """Only where the enrollment names none; another digest of the same platforms is no reason."""
    one, both = seen({"linux/amd64": "x"}), seen(BOTH)
    assert is_read_again(one, both)
    assert is_read_again(both, one)
    assert not is_read_again(one, seen({"linux/amd64": "z"}))
    assert not is_read_again(one, replace(both, enrollment=replace(both.enrollment, platforms=("linux/amd64",))))
