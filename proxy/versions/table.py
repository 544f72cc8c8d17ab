"""The table of version sources: each kind's class, in the order in which they are asked what they serve."""

from proxy.versions.docker_hub import DockerHubTags
from proxy.versions.ghcr import GitHubPackages
from proxy.versions.oci import RegistryTags
from proxy.versions.sources import VersionSourceKind

VERSION_SOURCES: tuple[VersionSourceKind, ...] = (
    DockerHubTags,
    GitHubPackages,
    RegistryTags,  # any registry that follows the distribution specification: stays last
)
