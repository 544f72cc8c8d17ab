"""Where releases are found: one file and one class a type of repository, and one line here."""

from provider.release_sources.container import ContainerReleases
from provider.release_sources.git import GitReleases
from provider.release_sources.github import GitHubReleases
from provider.tracker_ports import ReleaseSource

RELEASE_SOURCES: tuple[type[ReleaseSource], ...] = (GitHubReleases, GitReleases, ContainerReleases)
