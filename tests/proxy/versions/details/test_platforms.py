"""Platforms as rows show them."""

import pytest

from proxy.ports import Manifest
from proxy.version_types import PlatformImage
from proxy.versions.details.platforms import platform_of, platforms_of
from tests.fakes.registry import OCI_INDEX, digest_of

ONE = digest_of("1")


@pytest.mark.parametrize(
    ("name", "platform"),
    [
        ("linux/amd64", PlatformImage("linux", "amd64", None, ONE, 7)),
        ("linux/arm/v7", PlatformImage("linux", "arm", "v7", ONE, 7)),
        ("windows(10.0.26100.2314)/amd64", PlatformImage("windows", "amd64", None, ONE, 7, "10.0.26100.2314")),
        ("windows(10.0)/arm64/v8", PlatformImage("windows", "arm64", "v8", ONE, 7, "10.0")),
        ("windows(a\nb)/amd64", PlatformImage("windows", "amd64", None, ONE, 7)),
        ("linux", None),
        ("a/b/c/d", None),
        ("l\u00e9nux/amd64", None),
        ("", None),
        (None, None),
    ],
)
def test_a_name_becomes_a_platform(name: str | None, platform: PlatformImage | None) -> None:
    """A text that can be no platform's name is none."""
    assert platform_of(name, ONE, 7) == platform


def test_versions_of_windows_are_platforms_of_their_own() -> None:
    """An index has one image of an architecture for each of them."""
    names = [f"windows({version})/amd64" for version in ("10.0.26100", "10.0.20348", "10.0.17763")]
    index = Manifest(ONE, OCI_INDEX, 0, {name: digest_of(name) for name in names})

    assert [(each.os_version, each.digest) for each in platforms_of(index)] == [
        ("10.0.26100", digest_of(names[0])),
        ("10.0.20348", digest_of(names[1])),
        ("10.0.17763", digest_of(names[2])),
    ]
