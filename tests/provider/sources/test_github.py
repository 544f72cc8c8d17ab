"""Dockerfiles by GitHub's contents API: what each of its answers means."""

from collections.abc import Iterator

import pytest

from provider.domain.enrollment import Source
from provider.ports import SourceRepository
from provider.sources.dockerfile_text import MOST_BYTES
from provider.sources.github import GitHubSource
from proxy.errors import NotFound, Refused, Unavailable
from proxy.github.credentials import FixedToken
from proxy.secrets.secret import Secret
from tests.peers.github.server import GitHub
from tests.proxy.github.sessions import open_session

NAME = "acme/portal"
FILES: dict[str, str | bytes] = {
    "app/Dockerfile": "FROM debian:12\n",
    "large": "x" * (MOST_BYTES + 1),
    "binary": b"\x7fELF\xff",
}


@pytest.fixture
def reading(github: GitHub) -> Iterator[SourceRepository]:
    """The source before a repository with a Dockerfile."""
    github.add_repository(NAME, FILES)
    with open_session(github.url) as session:
        yield GitHubSource(session)


def at(dockerfile: str) -> Source:
    """A place in the repository."""
    return Source("github", NAME, dockerfile=dockerfile)


@pytest.mark.parametrize(
    ("path", "words"), [("app", "is a folder"), ("large", "too large"), ("binary", "byte 4 is not UTF-8")]
)
def test_what_is_no_dockerfile(reading: SourceRepository, path: str, words: str) -> None:
    """It is said what it is."""
    with pytest.raises(NotFound, match=words):
        reading.dockerfile(at(path))


def test_a_rate_limit_names_its_end(github: GitHub, reading: SourceRepository) -> None:
    """Until then nobody needs to ask."""
    github.rate_limit.used = github.rate_limit.limit

    with pytest.raises(Unavailable, match="rate limit") as caught:
        reading.dockerfile(at("app/Dockerfile"))

    assert caught.value.retry_at is not None
    assert int(caught.value.retry_at.timestamp()) == github.rate_limit.reset


def test_a_private_repository_is_not_found_by_strangers(github: GitHub) -> None:
    """GitHub does not tell whether it exists, and neither does the message; a wrong token is refused."""
    github.add_repository("acme/secret", FILES, private=True)
    place = Source("github", "acme/secret", dockerfile="app/Dockerfile")

    with (
        open_session(github.url, FixedToken(None)) as nobody,
        pytest.raises(NotFound, match="or the service's token"),
    ):
        GitHubSource(nobody).dockerfile(place)
    with (
        open_session(github.url, FixedToken(Secret("wrong"))) as wrong,
        pytest.raises(Refused, match="Bad credentials"),
    ):
        GitHubSource(wrong).dockerfile(place)


def test_what_is_no_repository_is_not_asked_for(github: GitHub, reading: SourceRepository) -> None:
    """An address where OWNER/NAME belongs is refused here."""
    with pytest.raises(NotFound, match="OWNER/NAME"):
        reading.dockerfile(Source("github", "acme/../../user"))

    assert github.log == []
