"""What has not changed at GitHub costs nothing of its limit, also after a restart."""

import zlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from provider.store.cache import SqlCacheStorage
from provider.store.engine import migrate, open_engine
from proxy.cache.entries import CacheEntry, Storage
from proxy.errors import NotFound, Unavailable
from proxy.github.credentials import FixedToken
from proxy.github.files import read_file
from proxy.github.known_answers import KnownAnswers
from proxy.github.pygithub import SessionRequester
from proxy.github.session import GitHubSession
from proxy.http.transport import Transport
from proxy.secrets.secret import Secret
from tests.peers.exchange import Answer, json_answer
from tests.peers.github.controls import TOKEN
from tests.peers.github.server import GitHub
from tests.proxy.clocks import Clock
from tests.proxy.scripted import ScriptedHost, in_turn

NAME = "acme/portal"
ANSWER = json_answer(200, {"full_name": NAME}, ("ETag", '"1"'))


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Storage]:
    """The cache's table in a database."""
    engine = open_engine(f"sqlite:///{tmp_path / 'index.db'}")
    migrate(engine)
    yield SqlCacheStorage(engine)
    engine.dispose()


def opened(transport: Transport, url: str, storage: Storage, clock: Clock, token: str = TOKEN) -> GitHubSession:
    """A new process's session."""
    return GitHubSession(transport, url, FixedToken(Secret(token)), KnownAnswers(storage, clock.now))


def test_an_unchanged_file_costs_nothing_after_a_restart(
    github: GitHub, transport: Transport, storage: Storage, clock: Clock
) -> None:
    """A changed one is read, and so is one on another branch or path."""
    github.add_repository(NAME, {"Dockerfile": "FROM debian:12\n", "other": "x\n"})

    def read(path: str = "Dockerfile") -> bytes:
        session = opened(transport, github.url, storage, clock)
        return read_file(SessionRequester(session, "acme"), NAME, path, None)

    assert read() == b"FROM debian:12\n"
    used = github.rate_limit.used
    assert [read() for _ in range(5)] == [b"FROM debian:12\n"] * 5
    assert github.rate_limit.used == used

    github.commit(NAME, {"Dockerfile": "FROM debian:13\n"})
    assert (read(), read("other")) == (b"FROM debian:13\n", b"x\n")
    assert read() == b"FROM debian:13\n"
    assert github.rate_limit.used == used + 2


def test_what_is_gone_is_not_found(github: GitHub, transport: Transport, storage: Storage, clock: Clock) -> None:
    """What was known of it is not given."""
    github.add_repository(NAME, {"Dockerfile": "FROM debian:12\n"})
    session = opened(transport, github.url, storage, clock)
    read_file(SessionRequester(session, "acme"), NAME, "Dockerfile", None)
    github.commit(NAME, {"Dockerfile": None, "Containerfile": "FROM scratch\n"})

    with pytest.raises(NotFound):
        read_file(SessionRequester(session, "acme"), NAME, "Dockerfile", None)


def test_a_failure_stays_a_failure(host: ScriptedHost, transport: Transport, storage: Storage, clock: Clock) -> None:
    """The last answer is no answer of now."""
    host.script = in_turn(ANSWER, json_answer(503, {"message": "no"}))
    session = opened(transport, host.url, storage, clock)
    session.repeated(f"/repos/{NAME}", owner="acme")

    with pytest.raises(Unavailable):
        session.repeated(f"/repos/{NAME}", owner="acme")


@pytest.mark.parametrize(
    "answer",
    [
        json_answer(200, {"full_name": NAME}),
        json_answer(200, {"full_name": NAME}, ("ETag", "no quotes")),
        json_answer(200, {"full_name": "x" * 300_000}, ("ETag", '"1"')),
        json_answer(201, {"full_name": NAME}, ("ETag", '"1"')),
    ],
)
def test_only_what_can_be_asked_for_again_is_kept(
    host: ScriptedHost, transport: Transport, storage: Storage, clock: Clock, answer: Answer
) -> None:
    """The next request has no condition."""
    host.script = in_turn(answer)
    for _ in range(2):
        assert opened(transport, host.url, storage, clock).repeated("/user", owner="acme").body == answer.body

    assert not any("If-None-Match" in request.headers for request in host.requests)


def test_another_representation_is_another_answer(
    host: ScriptedHost, transport: Transport, storage: Storage, clock: Clock
) -> None:
    """The media type and the path belong to what is asked for; the next page of a list is kept with it."""
    host.script = in_turn(ANSWER.with_headers(("Link", '<https://x/2>; rel="next"')))
    session = opened(transport, host.url, storage, clock)
    session.repeated("/user", owner="acme")
    session.repeated("/user", owner="acme", headers={"Accept": "application/json"})
    session.repeated("/user?page=2", owner="acme")
    assert not any("If-None-Match" in request.headers for request in host.requests)

    host.script = in_turn(Answer(304))
    answer = session.repeated("/user", owner="acme")
    assert (answer.status, answer.body) == (200, ANSWER.body)
    assert answer.headers["link"] == '<https://x/2>; rel="next"'


@pytest.mark.parametrize("body", [b"", b"no compressed answer", b"x\x9c", zlib.compress(b"x" * 300_000)])
def test_what_is_stored_and_cannot_be_used_costs_only_a_request(
    host: ScriptedHost,
    transport: Transport,
    storage: Storage,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    body: bytes,
) -> None:
    """The answer is fetched."""
    monkeypatch.setattr(storage, "read", lambda _: CacheEntry(body, {}, '"1"', timedelta(0), clock.now()))
    host.script = in_turn(ANSWER)
    session = opened(transport, host.url, storage, clock)

    assert session.repeated("/user", owner="acme").body == ANSWER.body
    assert not any("If-None-Match" in request.headers for request in host.requests)


def test_a_storage_that_fails_costs_only_requests(
    host: ScriptedHost, transport: Transport, clock: Clock, tmp_path: Path
) -> None:
    """A database without its tables, for example."""
    host.script = in_turn(ANSWER)
    engine = open_engine(f"sqlite:///{tmp_path / 'empty.db'}")
    session = opened(transport, host.url, SqlCacheStorage(engine), clock)

    assert session.repeated("/user", owner="acme").body == ANSWER.body
    assert "If-None-Match" not in host.requests[0].headers
    engine.dispose()
