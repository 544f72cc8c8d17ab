"""Versions of images: one file and one class a kind of registry, in the order in which they are asked what they serve.

Start in `versions.py`, which puts one page together whatever the registry is.
"""

from proxy.versions.docker_hub import DockerHubTags
from proxy.versions.ghcr import GitHubPackages
from proxy.versions.oci import RegistryTags
from proxy.versions.sources import VersionSourceKind

VERSION_SOURCES: tuple[VersionSourceKind, ...] = (
    DockerHubTags,
    GitHubPackages,
    RegistryTags,  # any registry that follows the distribution specification: stays last
)
