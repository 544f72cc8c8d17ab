"""The tables of version sources: each kind's class, in the order in which they are asked."""

from proxy.versions.kinds.acr import AzureTags
from proxy.versions.kinds.docker_hub import DockerHubTags
from proxy.versions.kinds.ecr import AmazonTags
from proxy.versions.kinds.gar import GoogleTags
from proxy.versions.kinds.ghcr import GitHubPackages
from proxy.versions.kinds.gitea import GiteaTags
from proxy.versions.kinds.gitlab import GitLabTags
from proxy.versions.kinds.harbor import HarborTags
from proxy.versions.kinds.oci import RegistryTags
from proxy.versions.kinds.quay import QuayTags
from proxy.versions.sources import ProductKind, VersionSourceKind

VERSION_SOURCES: tuple[VersionSourceKind, ...] = (
    DockerHubTags,
    GitHubPackages,
    QuayTags,
    AmazonTags,
    GoogleTags,
    AzureTags,
    RegistryTags,  # any registry that implements the distribution specification: stays last
)
"""Sources of registries by name."""

PRODUCTS: tuple[ProductKind, ...] = (
    HarborTags,
    GitLabTags,
    GiteaTags,
    QuayTags,
)
"""Sources of products that may be at any host; a registry that is none of them has the last source by name."""
