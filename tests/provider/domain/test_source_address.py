"""Where sources are and where webhooks go."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.domain.source_address import SourceProvider, plain_http_problem, repo_problem, webhook_problem


@pytest.mark.parametrize(
    ("provider", "repo"),
    [
        ("github", "acme/portal"),
        ("github", "jane_acme/.github"),
        ("github", "acme/a.b-c_d"),
        ("gitlab", "acme/portal"),
        ("gitlab", "acme/team/sub/portal"),
        ("git", "https://git.example.org/acme/portal.git"),
        ("git", "https://git.example.org:8443/acme/My%20Project"),
        ("git", "http://127.0.0.1:3000/acme/portal.git"),
        ("git", "ssh://git@git.example.org:2222/acme/portal.git"),
        ("git", "ssh://git.example.org/acme/portal.git"),
        ("git", "git@git.example.org:acme/portal.git"),
        ("git", "https://[::1]:3000/a"),
    ],
)
def test_a_repository_in_the_providers_form_is_right(provider: SourceProvider, repo: str) -> None:
    """Each provider has its own form."""
    assert repo_problem(provider, repo) is None


@pytest.mark.parametrize(
    ("provider", "repo"),
    [
        *(("github", repo) for repo in ("", "acme", "acme/a/b", "-x/y", "acme/..", "acme/.", "acme/a.git", "acme/a b")),
        ("github", "https://github.com/acme/portal"),
        *(("gitlab", repo) for repo in ("", "acme", "/acme/a", "acme/", "acme/../b", "-a/b", "a/-b", "acme/a.git")),
        ("git", ""),
        ("git", "-u./evil"),
        ("git", "--upload-pack=evil"),
        ("git", "ext::sh -c evil"),
        ("git", "file:///etc"),
        ("git", "/srv/git/portal"),
        ("git", "ssh://-oProxyCommand=evil/a"),
        ("git", "ssh://git@-oProxyCommand=evil/a"),
        ("git", "git@-oProxyCommand=evil:a"),
        ("git", "git@host:-evil"),
        ("git", "git@host:"),
        ("git", "git@host:a/../b"),
        ("git", "jane@host:a"),
        ("git", "https://host"),
        ("git", "https:///a"),
        ("git", "https://host/"),
        ("git", "https://host/a/../b"),
        ("git", "https://host/a/%2e%2E/b"),
        ("git", "https://host/a%2fb"),
        ("git", "https://host/-a"),
        ("git", "https://host/a?private_token=s3cret"),
        ("git", "https://host/a#s3cret"),
        ("git", "https://host:99999/a"),
        ("git", "https://[::1/a"),
        ("git", "https://ho st/a"),
        ("git", "https://host/a\n"),
        ("git", "https://host\\@evil/a"),
        ("git", "ftp://host/a"),
    ],
)
def test_any_other_repository_is_refused_with_the_right_form(provider: SourceProvider, repo: str) -> None:
    """Each message is one line and shows what to write."""
    problem = repo_problem(provider, repo)

    assert problem
    assert problem.isprintable()
    assert "write" in problem


@pytest.mark.parametrize("provider", ["github", "gitlab", "git"])
@pytest.mark.parametrize(
    "repo",
    ["https://jane:s3cret@host/a", "https://s3cret@host/a", "ssh://git:s3cret@host/a", "https://host/a?t=s3cret"],
)
def test_credentials_are_refused_and_never_repeated(provider: SourceProvider, repo: str) -> None:
    """An address with a password is wrong everywhere, and the message does not hold it."""
    problem = repo_problem(provider, repo)

    assert problem
    assert "s3cret" not in problem


@given(st.text(alphabet="htps:/@-.a%2e?#[]\\ git", max_size=30).map(lambda text: f"https:{text}"))
def test_no_address_that_is_taken_holds_credentials(repo: str) -> None:
    """Every accepted address has a host, and neither a user, a query nor ".."."""
    if repo_problem("git", repo) is None:
        url = urlsplit(repo)
        assert url.hostname
        assert url.username is None
        assert not url.query
        assert ".." not in url.path.split("/")


@pytest.mark.parametrize("url", ["https://ci.example.org/hook?token=abc", "http://127.0.0.1:8080/build"])
def test_a_webhook_is_an_http_address(url: str) -> None:
    """A query is allowed, since many services want one."""
    assert webhook_problem(url) is None


@pytest.mark.parametrize(
    "url", ["", "ci.example.org", "ftp://host/a", "https://", "https://a:s3cret@host/", "https://a b/"]
)
def test_any_other_webhook_is_refused(url: str) -> None:
    """The message shows what to write, and never the address."""
    problem = webhook_problem(url)

    assert problem
    assert "write" in problem
    assert "s3cret" not in problem


@pytest.mark.parametrize(
    ("address", "listed"),
    [
        ("https://host/a", []),
        ("git@host:a", []),
        ("http://host:3000/a", ["host"]),
        ("http://host:3000/a", ["host:3000"]),
        ("http://HOST/a", ["host"]),
        ("http://[::1]:3000/a", ["[::1]"]),
    ],
)
def test_plain_http_is_for_listed_hosts(address: str, listed: list[str]) -> None:
    """A listed host without a port covers all its ports."""
    assert plain_http_problem(address, listed) is None


@pytest.mark.parametrize(("address", "listed"), [("http://host/a", []), ("http://host:3000/a", ["host:3001", "other"])])
def test_plain_http_to_another_host_is_a_problem(address: str, listed: list[str]) -> None:
    """The message names the host."""
    assert "in IMAGE_FACTORY_INSECURE_HOSTS, and host is not one" in (plain_http_problem(address, listed) or "")


@pytest.mark.parametrize(
    ("repo", "words"),
    [
        ("ssh://a@b@host/x", "credentials"),
        ("ssh://git:s3cret@host/a", "credentials"),
        ("https://@host/a", "credentials"),
        ("https://host/a?b", "after '?' or '#'"),
        ("https://host/a#b", "after '?' or '#'"),
        ("git@host:a{b", "not an address of a git repository"),
        ("ftp://host/a", "not an address of a git repository"),
        ("https:///a", "not an address of a git repository"),
        ("https://host/./a", "path"),
        ("git@host:-a", "path"),
    ],
)
def test_the_message_names_the_part_that_is_wrong(repo: str, words: str) -> None:
    """Of several problems, the first one from the left is reported."""
    assert words in (repo_problem("git", repo) or "")


@pytest.mark.parametrize(
    ("address", "listed", "is_problem"),
    [
        ("http://HOST:3000/a", ["host:3000"], False),
        ("HTTP://host/a", [], True),
        ("ssh://host/a", [], False),
        ("http://host:x/a", [], False),
    ],
)
def test_plain_http_is_recognised_in_any_case(address: str, listed: list[str], is_problem: bool) -> None:
    """Scheme and host are compared in lower case; an address with an invalid port is not one of plain http."""
    assert bool(plain_http_problem(address, listed)) is is_problem


def test_the_message_of_a_webhook_names_credentials() -> None:
    """An address with credentials is otherwise valid."""
    assert "credentials" in (webhook_problem("https://a:s3cret@host/") or "")
    assert "not an address of a webhook" in (webhook_problem("https://host:99999/") or "")
    assert "not an address of a webhook" in (webhook_problem("ssh://host/") or "")


def test_the_message_of_an_address_says_what_to_write() -> None:
    """It calls the text an address, and does not repeat it."""
    assert webhook_problem("ftp://host") == (
        "this is not an address of a webhook; write for example https://ci.example.org/hooks/build"
    )
    assert repo_problem("github", "https://host/a") == (
        "this address is not a repository at GitHub; write OWNER/NAME, for example acme/portal"
    )


@pytest.mark.parametrize("provider", ["github", "gitlab"])
def test_a_name_that_is_not_valid_is_shown(provider: SourceProvider) -> None:
    """Only an address is hidden, because it may contain a token."""
    assert "'acme'" in (repo_problem(provider, "acme") or "")
    assert "host" not in (repo_problem(provider, "https://host/a") or "")
