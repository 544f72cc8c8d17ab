"""Check the addresses of source repositories and webhooks, and whether plain http is allowed for them.

Addresses can contain secrets, so no message here repeats one.
"""

import re
from collections.abc import Collection
from typing import Literal, TypeAlias
from urllib.parse import SplitResult, urlsplit

from provider.domain.enrollment_grammar import shown
from proxy.http.addresses import plain_http_allowed

SourceProvider: TypeAlias = Literal["github", "gitlab", "git"]

# Enterprise managed users have an underscore in their login (GitHub docs: "Username considerations").
_GITHUB = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}(?<!\.git)")
_GITLAB = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)+(?<!\.git)")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*")
_SCP_LIKE = re.compile(r"git@[A-Za-z0-9][A-Za-z0-9.-]*:(?P<path>[A-Za-z0-9._~/][^:]*)")
_SSH_USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_ODD = re.compile(r"[^!-~]|[\\\"<>^`{|}]")
# Percent-encoded, '..' and '/' would bypass a rule of policy.yaml.
_HIDDEN_PATH = re.compile(r"%2[ef]", re.IGNORECASE)
_GIT_RIGHT = "write https://host/path, ssh://git@host/path or git@host:path"


def repo_problem(provider: SourceProvider, repo: str) -> str | None:
    """None when the repository is valid for this provider; otherwise what is wrong and what to write."""
    match provider:
        case "github" if not _GITHUB.fullmatch(repo):
            return f"{_kept_secret(repo)} is not a repository at GitHub; write OWNER/NAME, for example acme/portal"
        case "gitlab" if not _GITLAB.fullmatch(repo):
            return f"{_kept_secret(repo)} is not a project at GitLab; write GROUP/NAME, for example acme/team/portal"
        case "git":
            return _git_address_problem(repo)
        case _:
            return None


def webhook_problem(text: str) -> str | None:
    """None when the address is valid for the webhook of a rebuild; otherwise what is wrong and what to write."""
    right = "write for example https://ci.example.org/hooks/build"
    url = _split(text)
    if url is None or url.scheme not in {"https", "http"} or not _has_host(url):
        return f"this is not an address of a webhook; {right}"
    if "@" in url.netloc:
        return f"the address holds credentials; leave them out; {right}"
    return None


def plain_http_problem(address: str, http_hosts: Collection[str]) -> str | None:
    """The problem of plain http to a host that is not listed; a listed host without a port covers all its ports."""
    url = _split(address)
    if url is None or url.scheme != "http" or plain_http_allowed(_host(url), url.port, http_hosts):
        return None
    return f"http:// is allowed only for the hosts in IMAGE_FACTORY_INSECURE_HOSTS, and {_host(url)} is not one; write https://"


def _git_address_problem(text: str) -> str | None:
    if scp_like := _SCP_LIKE.fullmatch(text):
        return _path_problem(scp_like["path"]) if not _ODD.search(text) else _not_git()
    url = _split(text)
    if url is None or url.scheme not in {"https", "http", "ssh"} or not _has_host(url):
        return _not_git()
    user, separator, _ = url.netloc.rpartition("@")
    if separator and not (url.scheme == "ssh" and _SSH_USER.fullmatch(user)):
        return f"the address holds credentials; leave them out: the service has its own; {_GIT_RIGHT}"
    if url.query or url.fragment:
        return f"the address has a part after '?' or '#'; leave it out; {_GIT_RIGHT}"
    return _path_problem(url.path.removeprefix("/"))


def _path_problem(path: str) -> str | None:
    odd = path.startswith("-") or _HIDDEN_PATH.search(path) or {".", ".."} & set(path.split("/"))
    return f"the address's path is empty or odd ('-' first, '.' or '..'); {_GIT_RIGHT}" if odd or not path else None


def _not_git() -> str:
    return f"this is not an address of a git repository; {_GIT_RIGHT}"


def _split(text: str) -> SplitResult | None:
    """The parts of an address; None when the text is not an address."""
    if _ODD.search(text) or text.startswith("-"):
        return None
    try:
        url = urlsplit(text)
        # Reading the port checks it.
        _ = url.port
    except ValueError:
        return None
    return url


def _has_host(url: SplitResult) -> bool:
    return _HOST.fullmatch(_host(url)) is not None


def _host(url: SplitResult) -> str:
    return url.hostname or ""


def _kept_secret(text: str) -> str:
    """The text as a message may repeat it: an address in place of OWNER/NAME may contain a token and is not shown."""
    return "this address" if "://" in text else shown(text)
