"""The size of a pull."""

import pytest

from proxy.version_types import PlatformImage
from proxy.versions.sizes import size_of_pull
from tests.fakes.registry import digest_of


def platform(architecture: str, size: int | None, system: str = "linux") -> PlatformImage:
    """One platform."""
    return PlatformImage(system, architecture, None, digest_of(architecture), size)


@pytest.mark.parametrize(
    ("platforms", "size"),
    [
        ([platform("arm64", 2), platform("amd64", 1)], 1),
        ([platform("amd64", 9, "windows"), platform("amd64", 1)], 1),
        ([platform("arm64", 2), platform("s390x", 3)], 2),
        ([platform("arm64", 2), platform("amd64", None)], None),
        ([], None),
    ],
)
def test_one_platform_counts(platforms: list[PlatformImage], size: int | None) -> None:
    """The size is that of linux/amd64, otherwise of the first platform, never the sum."""
    assert size_of_pull(platforms) == size
