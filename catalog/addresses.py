"""Addresses that a person may follow: an image's page at its registry, and its source."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import quote, urlsplit

from catalog.reference import ImageReference


@dataclass(frozen=True, slots=True)
class Sites:
    """Where people open GitHub and GitLab, without a slash at the end; a company may run its own."""

    github: str = "https://github.com"
    gitlab: str = "https://gitlab.com"


PUBLIC_SITES = Sites()


def is_web_address(text: object) -> bool:
    """Whether it is http or https with a host, and holds no credentials."""
    if not isinstance(text, str) or not text.isascii() or not text.isprintable() or " " in text:
        return False
    try:
        url = urlsplit(text)
        # Reading the port is what checks it.
        _ = url.port
    except ValueError:
        return False
    return url.scheme in {"http", "https"} and bool(url.hostname) and "@" not in url.netloc


def registry_page(reference: ImageReference) -> str:
    """Where the registry shows the image to people; for a registry without known pages, its host and the repository.

    ghcr.io's packages are at GitHub, which redirects from an organisation's page to a user's.
    """
    registry, repository = reference.registry, reference.repository
    match registry, *repository.split("/"):
        case "docker.io", "library", name:
            return f"https://hub.docker.com/_/{name}"
        case "docker.io", *_:
            return f"https://hub.docker.com/r/{repository}"
        case "ghcr.io", owner, _, *_:
            package = quote(repository.removeprefix(f"{owner}/"), safe="")
            return f"https://github.com/orgs/{owner}/packages/container/package/{package}"
        case "quay.io", *_:
            return f"https://quay.io/repository/{repository}"
        case _:
            return f"https://{registry}/{repository}"


def source_page(source: Mapping[str, object], sites: Sites = PUBLIC_SITES) -> str | None:
    """Where the Dockerfile's folder is shown, on the branch that is written; None when that is no web address.

    Args:
        source: the enrollment's `source` as images.yaml has it.
        sites: where GitHub and GitLab are.
    """
    repo = _text(source, "repo").strip("/")
    if not repo:
        return None
    match source.get("provider"):
        case "github":
            page = f"{sites.github}/{quote(repo)}/{_tree(source, 'tree')}"
        case "gitlab":
            page = f"{sites.gitlab}/{quote(repo)}/{_tree(source, '-/tree')}"
        case _:
            page = _text(source, "repo")
    return page if is_web_address(page) else None


def _tree(source: Mapping[str, object], word: str) -> str:
    """`tree/main/app/`; empty for the root of the repository's own branch."""
    branch = _text(source, "branch")
    folder = PurePosixPath(_text(source, "dockerfile")).parent.as_posix()
    inside = "" if folder == "." else f"{quote(folder)}/"
    # A folder needs a ref before it; HEAD is the repository's own branch, at GitHub and at GitLab.
    return f"{word}/{quote(branch or 'HEAD')}/{inside}" if branch or inside else ""


def _text(mapping: Mapping[str, object], key: str) -> str:
    value = mapping.get(key)
    return value if isinstance(value, str) else ""
