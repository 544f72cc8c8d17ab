"""Dockerfiles from GitHub's contents API: the meaning of each answer."""

from collections.abc import Iterator

import pytest

from provider.domain.enrollment import Source
from provider.ports import ManySources, SourceRepository
from provider.sources.file_text import MOST_BYTES
from provider.sources.github import GitHubSource
from proxy.errors import NotFound, NotNow, Refused, Unavailable
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
def reading(github: GitHub) -> Iterator[ManySources]:
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


def many(github: GitHub, count: int) -> list[Source]:
    """Sources in repositories of their own, each with its Dockerfile."""
    for number in range(count):
        github.add_repository(f"acme/app-{number}", {"Dockerfile": f"FROM debian:{number}\n"})
    return [Source("github", f"acme/app-{number}") for number in range(count)]


def test_many_dockerfiles_cost_a_query_for_25_of_them(github: GitHub, reading: ManySources) -> None:
    """Each is asked for once, when the first of its query is needed."""
    sources = many(github, 60)
    reader = reading.together(sources)
    assert github.log == []

    assert read(reader, sources[0]).text == "FROM debian:0\n"
    assert [seen.path for seen in github.log] == ["/graphql"]
    assert [read(reader, source).text for source in sources] == [f"FROM debian:{number}\n" for number in range(60)]
    assert [seen.path for seen in github.log] == ["/graphql"] * 3
    found = read(reader, sources[7])
    assert found.revision


def test_one_source_is_read_without_a_query(github: GitHub, reading: ManySources) -> None:
    """A conditional request of the contents API costs nothing where the file is the same and the token too."""
    (source,) = many(github, 1)

    assert read(reading.together([source]), source).text == "FROM debian:0\n"
    assert [seen.method for seen in github.log] == ["GET"]


def test_where_queries_fail_each_file_is_read_alone(github: GitHub, reading: ManySources) -> None:
    """For example an Enterprise Server that is too slow for them."""
    sources = many(github, 2)
    github.fail("POST /graphql", 502)

    reader = reading.together(sources)
    assert [read(reader, source).text for source in sources] == ["FROM debian:0\n", "FROM debian:1\n"]
    assert [seen.method for seen in github.log] == ["POST", "GET", "GET"]


def test_where_queries_are_limited_no_file_is_read_alone(github: GitHub, reading: ManySources) -> None:
    """They are read after the time that GitHub has named."""
    sources = many(github, 60)
    github.query_limit.used = github.query_limit.limit

    reader = reading.together(sources)
    for source in sources:
        with pytest.raises(NotNow) as caught:
            reader.files(source, ["Dockerfile"])
        assert caught.value.retry_at
    assert len(github.log) == 1
