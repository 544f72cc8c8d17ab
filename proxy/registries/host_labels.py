"""The name of a host in a metric: its own for hosts that are known, else one for all. Pure."""

import functools
from collections.abc import Collection
from fnmatch import fnmatchcase

from proxy.registries.known_hosts import KNOWN_HOSTS

OTHER = "other"
"""All hosts that only files of people name, such as a Dockerfile: they must not become series."""

_SERVICES = frozenset(
    {
        "api.github.com",
        "auth.docker.io",
        "gitlab.com",
        "hub.docker.com",
        "registry-1.docker.io",
        "slack.com",
    }
)


def host_label(host: str, named: Collection[str]) -> str:
    """The label of a host.

    Args:
        host: without a port.
        named: hosts that settings or the registry auth file name, with or without a port.

    Returns:
        The host itself where it is named or well known; the pattern of a known registry that has many hosts, such as
        `*.pkg.dev`; else `other`.
    """
    if host in _SERVICES or any(host in (each, _without_port(each)) for each in named):
        return host
    return _pattern(host)


@functools.lru_cache(1_024)
def _pattern(host: str) -> str:
    return next((known.pattern for known in KNOWN_HOSTS if fnmatchcase(host, known.pattern)), OTHER)


def _without_port(host: str) -> str:
    name, _, port = host.rpartition(":")
    return name if name and port.isdigit() else host
