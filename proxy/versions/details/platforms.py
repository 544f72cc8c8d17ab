"""Platforms of an image as rows show them. Pure."""

import re
from collections.abc import Iterator

from catalog.platforms import without_os_version
from catalog.reference import Digest
from proxy.ports import Manifest
from proxy.version_types import PlatformImage

# A registry can send any text as a platform; texts that cannot be a platform's name are left out.
_PLATFORM = re.compile(r"[!-.0-~]{1,64}(/[!-.0-~]{1,64}){1,2}")
_OS_VERSION = re.compile(r"\(([!-'*-~]{1,64})\)/")


def platforms_of(manifest: Manifest) -> Iterator[PlatformImage]:
    """The platforms of an index, without sizes; each version of Windows is one."""
    for name, child in manifest.platforms.items():
        if platform := platform_of(name, child, None):
            yield platform


def platform_of(
    name: str | None, digest: Digest, size: int | None, os_version: str | None = None
) -> PlatformImage | None:
    """The platform with this name (`os[(os.version)]/architecture[/variant]`); None if it can be no name."""
    plain = without_os_version(name or "")
    if not _PLATFORM.fullmatch(plain):
        return None
    system, architecture, *variant = plain.split("/", maxsplit=2)
    written = _OS_VERSION.search(name or "")
    return PlatformImage(
        system, architecture, next(iter(variant), None), digest, size, written[1] if written else os_version
    )
