"""The bytes that a pull transfers. Pure."""

from collections.abc import Sequence

from proxy.version_types import PlatformImage

_USUAL = ("linux", "amd64")


def size_of_pull(platforms: Sequence[PlatformImage]) -> int | None:
    """Bytes that a pull of one platform transfers: linux/amd64 if there is one, otherwise the first; None: unknown.

    No pull transfers all platforms.
    """
    chosen = usual_platform(platforms)
    return chosen.size if chosen else None


def usual_platform(platforms: Sequence[PlatformImage]) -> PlatformImage | None:
    """linux/amd64 if there is one, otherwise the first; None if there are none."""
    usual = next((each for each in platforms if (each.os, each.architecture) == _USUAL), None)
    return usual or next(iter(platforms), None)
