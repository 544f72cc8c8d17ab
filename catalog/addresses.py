"""Web addresses of an image: its page at the registry, and its source."""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import quote, urlsplit

from catalog.reference import ImageReference


@dataclass(frozen=True, slots=True)
class Sites:
    """Web addresses, without a trailing slash.

    Attributes:
        github: GitHub; a company may run its own.
        gitlab: GitLab, as well.
        service: this service, for people; None where that address is not known.
        http_hosts: the hosts, as HOST or HOST:PORT, that are reached by plain http.
    """

    github: str = "https://github.com"
    gitlab: str = "https://gitlab.com"
    service: str | None = None
    http_hosts: frozenset[str] = frozenset()

    def scheme_of(self, host: str) -> str:
        """How a browser reaches a host, which may have a port: `https`, or `http` for a host that is listed."""
        return "http" if {host, host.rpartition(":")[0]} & self.http_hosts else "https"


PUBLIC_SITES = Sites()
_LABELS = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_BRACKETED = re.compile(r"\[(?P<host>[^\[\]]*)\](:[0-9]*)?")
_ENCODED = "xn--"


def is_web_address(text: object) -> bool:
    """Whether the text is an http or https address with a valid host and without credentials.

    Backstage drops an entity with a link that JavaScript's `new URL` refuses (backstage: catalog-model, isValidUrl).
    """
    if not isinstance(text, str) or not text.isascii() or not text.isprintable() or " " in text:
        return False
    try:
        url = urlsplit(text)
        # Reading the port validates it.
        _ = url.port
    except ValueError:
        return False
    if url.scheme not in {"http", "https"} or "@" in url.netloc or not url.hostname:
        return False
    if bracketed := _BRACKETED.fullmatch(url.netloc):
        return _is_ipv6(bracketed["host"])
    return "[" not in url.netloc and _is_host(url.hostname)


def _is_host(host: str) -> bool:
    """Whether a host in lower case is a name or an IPv4 address for every reader (url.spec.whatwg.org, "host parsing").

    A host whose last label is a number is an IPv4 address there, so `registry.1` is invalid. Short and hexadecimal
    forms of such addresses are refused too.
    """
    if not _LABELS.fullmatch(host):
        return False
    labels = host.removesuffix(".").split(".")
    if _NUMBER.fullmatch(labels[-1]):
        return _is_ipv4(".".join(labels))
    return all(_is_decodable(label) for label in labels if label.startswith(_ENCODED))


def _is_ipv4(text: str) -> bool:
    try:
        ipaddress.IPv4Address(text)
    except ValueError:
        return False
    return True


def _is_ipv6(text: str) -> bool:
    try:
        return ipaddress.IPv6Address(text).scope_id is None
    except ValueError:
        return False


def _is_decodable(label: str) -> bool:
    """Whether an internationalised label has the form that its decoded text is encoded to."""
    try:
        return label.encode().decode("idna").encode("idna").decode() == label
    except UnicodeError:
        return False


def registry_page(reference: ImageReference, sites: Sites = PUBLIC_SITES) -> str:
    """The web page of the image at its registry; for an unknown registry, its host and the repository.

    Packages of ghcr.io are shown by GitHub, which redirects from the page of an organisation to that of a user.
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
            return f"{sites.scheme_of(registry)}://{registry}/{repository}"


def source_page(source: Mapping[str, object], sites: Sites = PUBLIC_SITES) -> str | None:
    """The web page of the folder of the Dockerfile, on its branch; None if there is no web address.

    Args:
        source: the `source` of the enrollment, as in images.yaml.
        sites: the web addresses of GitHub and GitLab.
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


def source_file_page(
    source: Mapping[str, object], path: str = "", line: int | None = None, sites: Sites = PUBLIC_SITES
) -> str | None:
    """The web page of a Dockerfile at GitHub or GitLab, on its branch; None if it is elsewhere, or not named.

    Args:
        source: the `source` of the enrollment, as in images.yaml.
        path: the path of the file; empty: the one that `source` names.
        line: the line to show, counted from 1.
        sites: the web addresses of GitHub and GitLab.
    """
    repo, branch = _text(source, "repo").strip("/"), _text(source, "branch") or "HEAD"
    file = path or _first_dockerfile(source)
    word = {"github": "blob", "gitlab": "-/blob"}.get(_text(source, "provider"))
    if not (repo and file and word):
        return None
    site = sites.gitlab if source.get("provider") == "gitlab" else sites.github
    page = f"{site}/{quote(repo)}/{word}/{quote(branch)}/{quote(file)}{f'#L{line}' if line else ''}"
    return page if is_web_address(page) else None


def _first_dockerfile(source: Mapping[str, object]) -> str:
    written = source.get("dockerfile")
    if isinstance(written, list | tuple):
        written = next((each for each in written if isinstance(each, str)), "")
    return written if isinstance(written, str) else ""


def _tree(source: Mapping[str, object], word: str) -> str:
    """The path of the page, `tree/main/app/`; empty for the root of the default branch."""
    branch = _text(source, "branch")
    folder = PurePosixPath(_text(source, "dockerfile")).parent.as_posix()
    inside = "" if folder == "." else f"{quote(folder)}/"
    # A folder needs a ref before it; HEAD is the default branch at GitHub and GitLab.
    return f"{word}/{quote(branch or 'HEAD')}/{inside}" if branch or inside else ""


def _text(mapping: Mapping[str, object], key: str) -> str:
    value = mapping.get(key)
    return value if isinstance(value, str) else ""
