"""Keys of `auths` and `credHelpers`: which registries and repositories an entry is for. Pure.

Docker writes hosts (`ghcr.io`, `https://index.docker.io/v1/`), podman also writes paths (`registry.example.com/team`,
containers-auth.json(5)), and Kubernetes also globs (`*.dkr.ecr.eu-west-1.amazonaws.com`, "Images: interpretation of
config.json"). A glob stands for one label of the host's name, as in kubelet. A path stands for whole parts of a
repository's path, as in podman.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, Self, TypeVar

from catalog.reference import DOCKER_HUB, canonical_registry
from proxy.errors import AddressRefused
from proxy.http.addresses import split_host

Entry = TypeVar("Entry")

# Docker Desktop keeps its own tokens beside the login for Docker Hub.
_DESKTOP_TOKENS = frozenset({"access-token", "refresh-token"})
_API_VERSIONS = frozenset({"v1", "v2"})
_DEFAULT_PORT = "443"
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|(?:[\w*?.^-]|\[[^\[\]:/]+\])+)(?::(?P<port>\d{1,5}))?")
_PATH = re.compile(r"[\w./-]*")
_GLOB = re.compile(r"[*?]|\[[^\]:]*\]")


@lru_cache(maxsize=1024)
def registry_host(host: str) -> str:
    """A registry's host in one spelling: lower case, without the port of https, one name for Docker Hub."""
    return canonical_registry(host.lower()).removesuffix(f":{_DEFAULT_PORT}")


@dataclass(frozen=True, slots=True)
class RegistryKey:
    """What a key stands for.

    Attributes:
        host: a host as `registry_host` returns it, or a glob for hosts.
        path: the first parts of a repository's path (`team`); empty: all repositories.
    """

    host: str
    path: str = ""

    @classmethod
    def parse(cls, key: str) -> Self | None:
        """The key without scheme and API version; None for Docker Desktop's own tokens.

        Raises:
            ValueError: it is not the address of a registry.
        """
        scheme = _SCHEME.match(key)
        host, _, rest = (key[scheme.end() :] if scheme else key).partition("/")
        written = _HOST.fullmatch(host.lower())
        parts = [part for part in rest.split("/") if part]
        if written is None or not _PATH.fullmatch(rest):
            raise ValueError(f"{key!r} is not the address of a registry")
        if parts and parts[0] in _API_VERSIONS:
            parts = parts[1:]
        found = cls(registry_host(host), "/".join(parts))
        _check_host(found)
        return None if found.host == DOCKER_HUB and found.path in _DESKTOP_TOKENS else found

    def __str__(self) -> str:
        return f"{self.host}/{self.path}" if self.path else self.host

    @property
    def is_glob(self) -> bool:
        """Whether the host is a glob."""
        return (not self.host.startswith("[") and _GLOB.search(self.host) is not None) or _is_class(self.host)

    @property
    def rank(self) -> tuple[bool, int, int]:
        """The greater, the more exact: hosts before globs, then by the length of the host and of the path."""
        return not self.is_glob, len(_GLOB.sub("", self.host)), len(self.path)

    def matches(self, host: str, repository: str | None) -> bool:
        """Whether it is for a repository at a host in the spelling of `registry_host`; None: the whole host."""
        if self.path and not f"{repository or ''}/".startswith(f"{self.path}/"):
            return False
        return _host_matches(self.host, host) if self.is_glob else self.host == host


class ByRegistry(Generic[Entry]):
    """Entries by key, the most exact first."""

    def __init__(self, entries: Mapping[str, Entry]) -> None:
        keys = ((RegistryKey.parse(key), key) for key in entries)
        found = [(parsed, key) for parsed, key in keys if parsed]
        self._entries = [
            (parsed, key, entries[key]) for parsed, key in sorted(found, key=lambda it: it[0].rank, reverse=True)
        ]

    def find(self, host: str, repository: str | None) -> tuple[str, Entry] | None:
        """The key and the entry for a repository; None if there is no entry."""
        if not self._entries:
            return None
        name = registry_host(host)
        found = ((key, entry) for parsed, key, entry in self._entries if parsed.matches(name, repository))
        return next(found, None)

    def hosts(self) -> Iterable[str]:
        """The hosts that the keys name, without globs and paths."""
        return (parsed.host for parsed, _, _ in self._entries if not parsed.is_glob)


def _check_host(key: RegistryKey) -> None:
    """Raise ValueError unless the host, or the glob for hosts, can be used."""
    try:
        if key.is_glob:
            _host_matches(key.host, key.host)
        else:
            split_host(key.host)
    except (AddressRefused, re.error) as error:
        raise ValueError(f"{str(key)!r} is not the address of a registry") from error


def _is_class(host: str) -> bool:
    """Whether the bracket at the start is a glob's, and not an IPv6 address's."""
    return host.startswith("[") and ":" not in host.partition("]")[0]


def _host_matches(glob: str, host: str) -> bool:
    """Label by label, as kubelet: `*.io` is for `quay.io`, and neither for `a.quay.io` nor for `quay.io:5000`."""
    (labels, port), (others, other_port) = _split(glob), _split(host)
    if port != other_port or len(labels) != len(others):
        return False
    return all(re.fullmatch(_label(label), other) for label, other in zip(labels, others, strict=True))


def _split(host: str) -> tuple[list[str], str]:
    name, _, port = host.partition(":") if not host.startswith("[") or _is_class(host) else (host, "", "")
    return name.split("."), port


def _label(label: str) -> str:
    """A regular expression for a label: `*`, `?` and `[a-z]` or `[^a-z]` as in Go's path.Match."""
    pieces, end = [], 0
    for glob in _GLOB.finditer(label):
        pieces += [re.escape(label[end : glob.start()]), _expression(glob[0])]
        end = glob.end()
    return "".join([*pieces, re.escape(label[end:])])


def _expression(glob: str) -> str:
    match glob:
        case "*":
            return ".*"
        case "?":
            return "."
        case _:
            inverted = "^" if glob.startswith("[^") else ""
            return f"[{inverted}{re.escape(glob[1 + len(inverted) : -1]).replace(chr(92) + '-', '-')}]"
