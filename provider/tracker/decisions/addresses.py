"""Parse addresses of repositories, and detect their type.

Addresses can contain secrets, so no message repeats one.
"""

import re
from urllib.parse import SplitResult, urlsplit

from catalog.addresses import PUBLIC_SITES
from catalog.reference import ImageReference, InvalidReference
from provider.domain.source_address import repo_problem
from provider.tracker.decisions.kinds import RepositoryType
from provider.tracker.decisions.repository import Address
from provider.tracker.decisions.suggestions import suggested_type
from proxy.http.origin import DEFAULT_PORTS

GITHUB_SITE = PUBLIC_SITES.github
_LONGEST = 1_000
_RIGHT = "write for example https://github.com/OWNER/NAME, https://git.example.org/team/app.git or ghcr.io/acme/app"
_SCP_LIKE = re.compile(r"git@(?P<host>[A-Za-z0-9][A-Za-z0-9.-]*):(?P<path>[^:]+)")
_SCHEME = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://")
# The examples of the specification: http://{registry}/v2/{repo}/tags/list, and the API of Docker Hub.
_TAG_LIST = re.compile(r"v2/(?P<repository>.+)/tags/list")
_HUB_PAGE = re.compile(r"(?:v2/repositories|r|_)/(?P<repository>[^?#]+?)(?:/tags)?")
_HUB_HOSTS = frozenset({"hub.docker.com", "registry.hub.docker.com"})


class InvalidRepositoryAddress(ValueError):
    """The text is not an address of that type; the message says what is wrong and what to write."""


def parse_address(text: str, type: RepositoryType | None = None, *, github_site: str = GITHUB_SITE) -> Address:  # noqa: A002 - the API's word
    """Parse an address.

    Args:
        text: the address as a person wrote it.
        type: the type of the repository; None to detect it.
        github_site: the web address of GitHub or of a GitHub Enterprise Server.

    Raises:
        InvalidRepositoryAddress: the text is not an address of that type, or contains credentials.
    """
    tidy = text.strip().rstrip("/")
    if problem := _text_problem(tidy):
        raise InvalidRepositoryAddress(f"the address {problem}; {_RIGHT}")
    if tidy.lower().startswith("http") and "@" in tidy.partition("://")[2].partition("/")[0]:
        raise InvalidRepositoryAddress("the address contains credentials; remove them: the service uses its own")
    match type or suggested_type(tidy, urlsplit(github_site).netloc.lower()):
        case RepositoryType.GITHUB:
            return _github(tidy, github_site)
        case RepositoryType.CONTAINER:
            return _container(tidy)
        case RepositoryType.GIT:
            return _git(tidy)


def _text_problem(text: str) -> str | None:
    """Why the text is no address of any type."""
    if not text:
        return "is empty"
    if len(text) > _LONGEST:
        return f"is longer than {_LONGEST} characters"
    if not text.isascii() or not text.isprintable():
        return "has characters that addresses cannot have"
    return "has a space" if " " in text else None


def _github(text: str, site: str) -> Address:
    if scp_like := _SCP_LIKE.fullmatch(text):
        origin, path = f"https://{scp_like['host'].lower()}", scp_like["path"]
    elif _SCHEME.match(text):
        url = _split(text, {"https", "http", "ssh"})
        scheme = "https" if url.scheme == "ssh" else url.scheme
        origin, path = f"{scheme}://{url.netloc.rpartition('@')[2].lower()}", url.path.strip("/")
    else:
        host, _, rest = text.partition("/")
        has_host = "." in host and "/" in rest
        origin, path = (f"https://{host.lower()}", rest) if has_host else (site, text)
    # A page of the repository is accepted too: OWNER/NAME/releases.
    owner, _, rest = path.partition("/")
    path = f"{owner}/{rest.partition('/')[0].removesuffix('.git')}"
    if repo_problem("github", path):
        raise InvalidRepositoryAddress(f"the address does not name a repository at GitHub; {_RIGHT}")
    return Address(RepositoryType.GITHUB, f"{origin}/{path}", path, path.rpartition("/")[2])


def _git(text: str) -> Address:
    written = text if _SCP_LIKE.fullmatch(text) or _SCHEME.match(text) else f"https://{text}"
    if problem := repo_problem("git", written):
        raise InvalidRepositoryAddress(problem)
    if scp_like := _SCP_LIKE.fullmatch(written):
        host, path = scp_like["host"], scp_like["path"]
    else:
        url = urlsplit(written)
        port = "" if url.port in {None, DEFAULT_PORTS[url.scheme]} else f":{url.port}"
        host, path = f"{_bracketed(url.hostname or '')}{port}", url.path
    path = path.strip("/").removesuffix(".git")
    if not path:
        raise InvalidRepositoryAddress(f"the address does not name a repository; {_RIGHT}")
    return Address(RepositoryType.GIT, written, f"{host.lower()}/{path}", path.rpartition("/")[2])


def _container(text: str) -> Address:
    name = text
    if _SCHEME.match(text):
        url = _split(text, {"https", "http"})
        if not url.path:
            raise InvalidRepositoryAddress(f"the address names a registry but no repository; {_RIGHT}")
        name = f"{url.netloc}{url.path}"
    host, slash, path = name.partition("/")
    if slash:
        name = f"{host.lower()}/{path}"
    if host.lower() in _HUB_HOSTS and (page := _HUB_PAGE.fullmatch(path)):
        name = f"docker.io/{page['repository']}"
    elif host.lower() == "quay.io":
        name = f"quay.io/{path.removeprefix('repository/')}"
    elif tag_list := _TAG_LIST.fullmatch(path):
        name = f"{host.lower()}/{tag_list['repository']}"
    try:
        reference = ImageReference.parse(name)
    except InvalidReference as error:
        right = "write for example ghcr.io/acme/app, in lower case"
        raise InvalidRepositoryAddress(f"the address is not a repository in a container registry; {right}") from error
    if reference.tag or reference.digest:
        raise InvalidRepositoryAddress(
            "the address has a tag or a digest; remove it: all versions of the repository are tracked"
        )
    return Address(RepositoryType.CONTAINER, text, reference.image, reference.repository.rpartition("/")[2])


def _split(text: str, schemes: set[str]) -> SplitResult:
    """The parts of an address with a scheme; a query or a fragment is an error."""
    try:
        url = urlsplit(text)
        # Reading the port validates it.
        _ = url.port
    except ValueError as error:
        raise InvalidRepositoryAddress(f"the address is invalid; {_RIGHT}") from error
    if url.scheme not in schemes or not url.hostname or url.query or url.fragment:
        raise InvalidRepositoryAddress(f"the address is not one of a repository of this type; {_RIGHT}")
    return url


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
