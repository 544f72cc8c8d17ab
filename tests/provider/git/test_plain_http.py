"""Which hosts may be asked by plain http: enrollments, git and requests give the same answer."""

from collections.abc import Callable

import pytest

from provider.domain.source_address import plain_http_problem
from provider.git.addresses import GitAddress, InvalidGitAddress
from proxy.errors import AddressRefused
from proxy.http.addresses import AddressPolicy


def by_an_enrollment(host: str, listed: list[str]) -> bool:
    """By the check of an entry of images.yaml."""
    return plain_http_problem(f"http://{host}/a", listed) is None


def by_git(host: str, listed: list[str]) -> bool:
    """By the check of an address that git may use."""
    try:
        return GitAddress.parse(f"http://{host}/a", listed).protocol == "http"
    except InvalidGitAddress:
        return False


def by_a_request(host: str, listed: list[str]) -> bool:
    """By the policy of the service's own requests."""
    try:
        return AddressPolicy(insecure_registries=listed).allowed_scheme("http", host) == "http"
    except AddressRefused:
        return False


@pytest.mark.parametrize(
    ("host", "listed", "allowed"),
    [
        ("git.example.com", [], False),
        ("git.example.com", ["git.example.com"], True),
        ("git.example.com", ["git.example.com:80"], True),
        ("git.example.com", ["git.example.com:443"], False),
        ("git.example.com:80", ["git.example.com"], True),
        ("git.example.com:3000", ["git.example.com"], True),
        ("git.example.com:3000", ["git.example.com:3000"], True),
        ("git.example.com:3000", ["git.example.com:80"], False),
        ("git.example.com:3000", ["other.example.com", "git.example.com:3001"], False),
        ("GIT.example.COM", ["git.example.com"], True),
        ("git.example.com", ["GIT.example.COM"], True),
        ("git.example.com.", ["git.example.com"], True),
        ("a.git.example.com", ["git.example.com"], False),
        ("[::1]:8080", ["[::1]"], True),
        ("[::1]:8080", ["[::1]:8080"], True),
        ("[::1]", ["[::1]:80"], True),
        ("[::1]:8080", ["[::1]:8081"], False),
        ("[::2]", ["[::1]"], False),
    ],
)
@pytest.mark.parametrize("ask", [by_an_enrollment, by_git, by_a_request])
def test_plain_http_is_for_listed_hosts(
    ask: Callable[[str, list[str]], bool], host: str, listed: list[str], *, allowed: bool
) -> None:
    """An entry without a port covers all ports of its host; an address without a port means port 80."""
    assert ask(host, listed) is allowed
