"""The errors for a registry's answers, and its budget."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from proxy.errors import Garbage, NotFound, OutsideFailure, Refused, Unavailable
from proxy.http.budget import Limits
from proxy.http.transport import Transport
from proxy.secrets.docker_config import Login
from tests.peers.exchange import Answer, json_answer
from tests.proxy.clocks import Clock
from tests.proxy.registries.token_registry import DIGEST, FOUND
from tests.proxy.scripted import ScriptedHost, in_turn, limited, registries


@pytest.fixture
def host() -> Iterator[ScriptedHost]:
    """A registry that answers every request."""
    with ScriptedHost(lambda _: FOUND) as host:
        yield host


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, Garbage),
        (401, Refused),
        (403, Refused),
        (404, NotFound),
        (405, Garbage),
        (429, Unavailable),
        (500, Unavailable),
        (503, Unavailable),
        (204, Garbage),
    ],
)
def test_every_status_has_its_error(
    transport: Transport, host: ScriptedHost, status: int, error: type[OutsideFailure]
) -> None:
    """The message has the reference, the host, the status and the path."""
    host.script = in_turn(Answer(status))
    with pytest.raises(error, match=f"{host.host}/a:1: {host.host} answered {status} to HEAD /v2/a/manifests/1"):
        registries(transport).digest(host.image("a:1"))


@pytest.mark.parametrize(
    ("header", "seconds"), [("90", 90), ("880.092Âµs", 1), ("0", 1), ("1000000", 3600), (None, 60)]
)
def test_a_429_is_obeyed(
    transport: Transport, host: ScriptedHost, clock: Clock, header: str | None, seconds: float
) -> None:
    """Until its time no request is sent, and every call fails with that time."""
    host.script = in_turn(Answer(429, b"", (("Retry-After", header),) if header else ()), FOUND)
    registry = registries(transport)
    until = clock.now() + timedelta(seconds=seconds)
    for reference in ("a:1", "b:1"):
        with pytest.raises(Unavailable) as caught:
            registry.digest(host.image(reference))
        assert caught.value.retry_at == until
    assert len(host.requests) == 1

    clock.at = until
    assert registry.digest(host.image("a:1")) == DIGEST


def test_a_sweep_stops_at_a_pause(transport: Transport, host: ScriptedHost) -> None:
    """Every entry gets an answer with the time; earlier answers stay."""
    host.script = in_turn(FOUND, FOUND, FOUND, Answer(429, b"", (("Retry-After", "120"),)))
    registry = limited(transport, host.host, Limits(None, 0, 1, 0))
    answers = list(registry.check([(host.image(f"a:{number}"), None) for number in range(50)]))

    assert [answer for _, answer in answers[:3]] == [DIGEST] * 3
    assert all(isinstance(answer, Unavailable) and answer.retry_at for _, answer in answers[3:])
    assert len(answers) == 50
    assert len(host.requests) == 4


def test_a_sweep_of_a_registry_that_is_down_ends_quickly(transport: Transport, host: ScriptedHost) -> None:
    """After several refused connections, no further connection is tried."""
    host.down()
    answers = list(registries(transport).check([(host.image(f"r{number}:1"), None) for number in range(500)]))

    assert len(answers) == 500
    assert all(isinstance(answer, Unavailable) for _, answer in answers)
    assert sum("no requests go to" in str(answer) for _, answer in answers) > 400


def test_a_rate_is_kept_by_waiting(transport: Transport, host: ScriptedHost, clock: Clock) -> None:
    """Two requests are sent at once, the others half a second apart."""
    registry = limited(transport, host.host, Limits(2.0, 2, 1, 0))
    answers = list(registry.check([(host.image(f"a:{number}"), None) for number in range(6)]))

    assert {answer for _, answer in answers} == {DIGEST}
    assert sum(clock.slept) == pytest.approx(2.0)


def test_the_number_of_concurrent_requests_is_limited(transport: Transport, host: ScriptedHost) -> None:
    """The budget's limit holds over all callers."""
    registry = limited(transport, host.host, Limits(None, 0, 3, 0))
    list(registry.check([(host.image(f"a:{number}"), None) for number in range(60)]))
    (pool,) = transport._pools.values()

    assert 1 <= pool.num_connections <= 3
    assert len(host.requests) == 60


def test_an_answer_with_our_own_credentials_is_not_used(transport: Transport, host: ScriptedHost) -> None:
    """An answer that contains the credentials of its request is garbage."""
    login = Login("ci", "hunter2-do-not-print")
    challenge = Answer(401, headers=(("WWW-Authenticate", "Basic realm=r"),))
    host.script = lambda request: (
        json_answer(200, {"tags": [request.authorization.partition(" ")[2]]}) if request.authorization else challenge
    )

    with pytest.raises(Garbage, match="sent the service's own credentials back") as raised:
        list(registries(transport, {host.host: login}).tags(host.image("a")))
    assert login.password not in str(raised.value)
