"""The project of a git address at a site, and the pages of its commits and files. Pure."""

import re
from urllib.parse import SplitResult, quote, urlsplit

from catalog.addresses import Sites

_SCP_LIKE = re.compile(r"(?:[^@/:]+@)?(?P<host>[^@/:]+):(?P<path>[^/].*|/[^/].*)")
_PORTS = {"https": 443, "http": 80}


def project_at(site: str, address: str) -> str | None:
    """The path of the project, such as `acme/config`; None for an address that is not of this site.

    Args:
        site: the address of the site's web pages, perhaps below a path.
        address: as git takes it: https, http, ssh, or `git@host:acme/config.git`.
    """
    at = urlsplit(site)
    if "://" in address:
        found = urlsplit(address)
        if found.scheme in _PORTS:
            here = (_host_and_port(found), f"{found.scheme}") == (_host_and_port(at), at.scheme)
            return _project(found.path, at.path) if here else None
        # ssh has a port of its own, and no path before the project's.
        return _project(found.path, "") if found.scheme == "ssh" and found.hostname == at.hostname else None
    if (scp := _SCP_LIKE.fullmatch(address)) and scp["host"].lower() == at.hostname:
        return _project(scp["path"], "")
    return None


def commit_page(sites: Sites, address: str, commit: str) -> str | None:
    """The web page of a commit of the repository with this git address; None where neither site hosts it."""
    if project := project_at(sites.github, address):
        return f"{sites.github}/{quote(project)}/commit/{commit}"
    if project := project_at(sites.gitlab, address):
        return f"{sites.gitlab}/{quote(project)}/-/commit/{commit}"
    return None


def project_page(sites: Sites, address: str) -> str | None:
    """The web page of the repository with this git address; None where neither site hosts it."""
    for site in (sites.github, sites.gitlab):
        if project := project_at(site, address):
            return f"{site}/{quote(project)}"
    return None


def file_page(sites: Sites, address: str, branch: str, path: str) -> str | None:
    """The web page of a file of the repository with this git address; None where neither site hosts it."""
    if project := project_at(sites.github, address):
        return f"{sites.github}/{quote(project)}/blob/{quote(branch)}/{quote(path)}"
    if project := project_at(sites.gitlab, address):
        return f"{sites.gitlab}/{quote(project)}/-/blob/{quote(branch)}/{quote(path)}"
    return None


def history_page(sites: Sites, address: str, branch: str, path: str) -> str | None:
    """The web page of the commits that changed a file of that repository; None where neither site hosts it."""
    if project := project_at(sites.github, address):
        return f"{sites.github}/{quote(project)}/commits/{quote(branch)}/{quote(path)}"
    if project := project_at(sites.gitlab, address):
        return f"{sites.gitlab}/{quote(project)}/-/commits/{quote(branch)}/{quote(path)}"
    return None


def _host_and_port(url: SplitResult) -> tuple[str | None, int | None]:
    return url.hostname, url.port or _PORTS.get(url.scheme)


def _project(path: str, below: str) -> str | None:
    prefix = f"{below.rstrip('/')}/"
    rooted = f"/{path.lstrip('/')}"
    if not rooted.startswith(prefix):
        return None
    project = rooted.removeprefix(prefix).rstrip("/").removesuffix(".git")
    return project if "/" in project and all(project.split("/")) else None
