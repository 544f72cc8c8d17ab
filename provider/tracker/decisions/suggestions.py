"""Detect the type of a repository from its address; a person can choose another one."""

import re

from provider.tracker.decisions.kinds import RepositoryType

_HOST = re.compile(r"(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://)?(?:[^/@]*@)?(?P<host>[^/:]+(?::[0-9]+)?)(?P<rest>.*)")
_REGISTRY_HOSTS = frozenset(
    {
        "docker.io", "index.docker.io", "registry-1.docker.io", "hub.docker.com", "registry.hub.docker.com",
        "ghcr.io", "quay.io", "gcr.io", "public.ecr.aws", "mcr.microsoft.com", "registry.k8s.io", "lscr.io",
    }
)  # fmt: skip
_REGISTRY_ENDINGS = (".azurecr.io", ".gcr.io", ".pkg.dev", ".amazonaws.com", ".jfrog.io")
_GIT_HOSTS = frozenset({"gitlab.com", "bitbucket.org", "codeberg.org", "git.sr.ht", "salsa.debian.org"})
_OWNER_AND_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*/[A-Za-z0-9._-]+")


def suggested_type(text: str, github_host: str = "github.com") -> RepositoryType:
    """The type that an address most likely has.

    OWNER/NAME is github. A host without a scheme is a container registry, and a host with a scheme is git, unless the
    host is known to be another type.
    """
    match = _HOST.match(text)
    host = match["host"].lower() if match else ""
    if match is None or _OWNER_AND_NAME.fullmatch(text):
        return RepositoryType.GITHUB
    if host.removeprefix("www.") in {"github.com", github_host}:
        return RepositoryType.GITHUB
    if _is_registry(host) or match["rest"].endswith("/tags/list"):
        return RepositoryType.CONTAINER
    if match["scheme"] or "@" in text or host in _GIT_HOSTS or text.endswith(".git"):
        return RepositoryType.GIT
    return RepositoryType.CONTAINER


def _is_registry(host: str) -> bool:
    return host in _REGISTRY_HOSTS or host.startswith("registry.") or host.endswith(_REGISTRY_ENDINGS)
