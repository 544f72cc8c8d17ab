"""Whether two addresses are of the same git repository, however they are written. Pure."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

# git's own rule: a colon before the first slash means ssh (git help clone, "GIT URLS").
_SCP_LIKE = re.compile(r"(?:[^@/:]+@)?(?P<host>[^/:]+):(?!//)(?P<path>.+)")


def same_repository(address: str, others: Iterable[str]) -> bool:
    """Whether one of the others is the address of the same repository; https and ssh name the same repository."""
    wanted = _place(address)
    return wanted is not None and any(_place(other) == wanted for other in others)


def path_of_repository(address: str) -> str:
    """The path of the repository at its host, such as acme/portal; in lower case, and empty for no address."""
    place = _place(address)
    return place[1] if place else ""


def _place(address: str) -> tuple[str, str] | None:
    """The host and the path; ports differ between the protocols of one host."""
    if "://" in address:
        try:
            url = urlsplit(address)
            host, path = url.hostname or "", url.path
        except ValueError:
            return None
    elif found := _SCP_LIKE.fullmatch(address):
        host, path = found["host"], found["path"]
    else:
        return None
    path = path.strip("/").removesuffix(".git").lower()
    return (host.lower(), path) if host and path else None
