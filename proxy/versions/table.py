"""The table of version sources: each kind's class, in the order in which `serves` is called."""

from proxy.versions.kinds.docker_hub import DockerHubTags
from proxy.versions.kinds.ghcr import GitHubPackages
from proxy.versions.kinds.oci import RegistryTags
from proxy.versions.sources import VersionSourceKind

VERSION_SOURCES: tuple[VersionSourceKind, ...] = (
    DockerHubTags,
    GitHubPackages,
    RegistryTags,  # any registry that implements the distribution specification: stays last
)
