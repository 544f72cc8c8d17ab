"""Dockerfiles from GitHub's contents API: the meaning of each answer."""

from collections.abc import Iterator

import pytest

from provider.domain.enrollment import Source
from provider.ports import SourceRepository
from provider.sources.file_text import MOST_BYTES
from provider.sources.github import GitHubSource
from proxy.errors import NotFound, Refused, Unavailable
from proxy.github.credentials import FixedToken
from proxy.secrets.secret import Secret
from tests.peers.github.server import GitHub
from tests.provider.sources.reading import read
from tests.proxy.github.sessions import open_session

NAME = "acme/portal"
FILES: dict[str, str | bytes] = {
    "app/Dockerfile": "FROM debian:12\n",
    "large": "x" * (MOST_BYTES + 1),
    "binary": b"\x7fELF\xff",
}


@pytest.fixture
def reading(github: GitHub) -> Iterator[SourceRepository]:
    """The source under test, and a repository with a Dockerfile."""
    github.add_repository(NAME, FILES)
    with open_session(github.url) as session:
        yield GitHubSource(session)


PORTAL = Source("github", NAME)


@pytest.mark.parametrize(
    ("path", "words"), [("app", "is a folder"), ("large", "too large"), ("binary", "byte 4 is not UTF-8")]
)
def test_a_path_that_is_not_a_dockerfile_is_not_found(reading: SourceRepository, path: str, words: str) -> None:
    """The message says what it is."""
    with pytest.raises(NotFound, match=words):
        read(reading, PORTAL, path)


def test_an_exceeded_rate_limit_has_the_time_of_its_reset(github: GitHub, reading: SourceRepository) -> None:
    """A request before that time would be refused."""
    github.rate_limit.used = github.rate_limit.limit

    with pytest.raises(Unavailable, match="rate limit") as caught:
        read(reading, PORTAL, "app/Dockerfile")

    assert caught.value.retry_at is not None
    assert int(caught.value.retry_at.timestamp()) == github.rate_limit.reset


def test_a_private_repository_is_not_found_without_credentials(github: GitHub) -> None:
    """GitHub does not say whether it exists, and the message does not either; a wrong token is refused."""
    github.add_repository("acme/secret", FILES, private=True)
    place = Source("github", "acme/secret")

    with (
        open_session(github.url, FixedToken(None)) as anonymous,
        pytest.raises(NotFound, match="or the service's token"),
    ):
        read(GitHubSource(anonymous), place)
    with (
        open_session(github.url, FixedToken(Secret("wrong"))) as wrong,
        pytest.raises(Refused, match="Bad credentials"),
    ):
        read(GitHubSource(wrong), place)


def test_an_invalid_repository_name_is_refused_without_a_request(github: GitHub, reading: SourceRepository) -> None:
    """For example an address instead of OWNER/NAME."""
    with pytest.raises(NotFound, match="OWNER/NAME"):
        read(reading, Source("github", "acme/../../user"))

    assert github.log == []
