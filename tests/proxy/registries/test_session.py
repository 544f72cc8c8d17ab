"""The errors for a registry's answers, and its budget."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from proxy.errors import Garbage, KeptBack, NotFound, OutsideFailure, Refused, Unavailable
from proxy.http.budgets.budget import Limits
from proxy.http.transport import Transport
from proxy.secrets.docker_config import Login
from tests.peers.exchange import Answer, Request, json_answer
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
    with pytest.raises(error, match=f"{host.host}/a:1: {host.host} answered {status} to GET /v2/a/manifests/1"):
        registries(transport).manifest(host.image("a:1"))


@pytest.mark.parametrize(("header", "seconds"), [("90", 90), ("880.092Âµs", 1), ("0", 1), ("1000000", 900)])
def test_a_429_is_obeyed(transport: Transport, host: ScriptedHost, clock: Clock, header: str, seconds: float) -> None:
    """Until its time, at most a quarter of an hour, no request is sent; the repository that got it waits longer."""
    host.script = in_turn(Answer(429, b"", (("Retry-After", header),)), FOUND)
    registry = registries(transport)
    named = min(float(header) if header.isdecimal() else 1.0, 3600.0)
    until = clock.now() + timedelta(seconds=seconds)
    with pytest.raises(Unavailable) as refused:
        registry.digest(host.image("a:1"))
    assert refused.value.retry_at == clock.now() + timedelta(seconds=max(named, 1.0))
    with pytest.raises(KeptBack) as caught:
        registry.digest(host.image("b:1"))
    assert caught.value.retry_at == until
    assert len(host.requests) == 1

    clock.at = until
    assert registry.digest(host.image("b:1")) == DIGEST
    clock.at = refused.value.retry_at
    assert registry.digest(host.image("a:1")) == DIGEST


@pytest.mark.parametrize("status", [429, 500, 501, 502, 503, 504, 599])
def test_a_failing_repository_does_not_close_its_registry(
    transport: Transport, host: ScriptedHost, clock: Clock, status: int
) -> None:
    """All 60 others are checked, whatever the order; the failing one is asked again after a minute, then later."""
    host.script = lambda request: Answer(status) if "broken" in request.target else FOUND
    registry = limited(transport, host.host, Limits(None, 0, 8, 0))
    wanted = [(host.image(f"{name}:1"), None) for name in ["aaa-broken", *(f"base{n}" for n in range(60))]]
    answers = {reference.repository: answer for reference, answer in registry.check(wanted)}

    failed = answers.pop("aaa-broken")
    assert set(answers.values()) == {DIGEST}
    assert isinstance(failed, Unavailable)
    assert failed.retry_at is not None
    assert timedelta() < failed.retry_at - clock.now() <= timedelta(minutes=1)
    host.requests.clear()
    with pytest.raises(KeptBack, match="aaa-broken"):
        registry.digest(host.image("aaa-broken:2"))
    assert host.requests == []

    clock.at = failed.retry_at
    with pytest.raises(Unavailable, match=f"answered {status}") as again:
        registry.digest(host.image("aaa-broken:1"))
    assert again.value.retry_at == clock.now() + timedelta(minutes=2)


def test_a_repository_without_an_answer_does_not_close_its_registry(transport: Transport, host: ScriptedHost) -> None:
    """A connection that breaks for one repository closes that one."""
    host.script = lambda request: None if "broken" in request.target else FOUND
    registry = limited(transport, host.host, Limits(None, 0, 1, 0))
    for _ in range(3):
        with pytest.raises(Unavailable):
            registry.digest(host.image("broken:1"))
    assert registry.digest(host.image("a:1")) == DIGEST
    assert len(host.requests) == 3 + 1


def test_a_registry_whose_repositories_all_fail_is_paused(
    transport: Transport, host: ScriptedHost, clock: Clock
) -> None:
    """Several different repositories in a row close it for half a minute; a 401 before each 500 changes nothing."""
    challenge = Answer(401, headers=(("WWW-Authenticate", "Basic realm=r"),))
    host.script = lambda request: Answer(500) if request.authorization else challenge
    registry = registries(transport, {host.host: Login("ci", "hunter2-do-not-print")})
    started = clock.now()
    for number in range(5):
        with pytest.raises(Unavailable, match="answered 500"):
            registry.digest(host.image(f"r{number}:1"))
    with pytest.raises(KeptBack, match="5 requests in a row failed") as caught:
        registry.digest(host.image("r5:1"))
    assert caught.value.retry_at == started + timedelta(seconds=30)


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

    assert 1 <= host.connections <= 3
    assert len(host.requests) == 60


def token_granting(host: ScriptedHost, token: str, tags: list[str]) -> None:
    """The host requires this token for its list of tags, and grants it."""
    challenge = f'Bearer realm="{host.url}/token",service="s",scope="repository:a:pull"'

    def play(request: Request) -> Answer:
        if request.path == "/token":
            return json_answer(200, {"token": token})
        if request.authorization:
            return json_answer(200, {"tags": tags})
        return Answer(401, b"", (("WWW-Authenticate", challenge),))

    host.script = play


@pytest.mark.parametrize(
    ("token", "tag"),
    [
        ("anonymous", "anonymous-read"),
        ("QQ==", "QQ"),
        ("djE6", "djE6-main"),
        ("pull-token", "pull-token-1.0"),
        ("latest", "latest"),
        ("1", "1.0"),
        ("backstage-1.2.0", "backstage-1.2.0"),
    ],
)
def test_a_short_token_may_occur_in_a_tag(transport: Transport, host: ScriptedHost, token: str, tag: str) -> None:
    """What everybody gets is no secret, and is in a list of tags by chance."""
    token_granting(host, token, [tag])

    assert list(registries(transport).tags(host.image("a"))) == [tag]


@pytest.mark.parametrize(
    "written",
    [
        "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJjaSJ9",
        "before-eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJjaSJ9-after",
        "ZXlKaGJHY2lPaUpTVXpJMU5pSjkuZXlKemRXSWlPaUpqYVNKOQ==",
    ],
)
def test_a_long_token_in_an_answer_is_noticed(transport: Transport, host: ScriptedHost, written: str) -> None:
    """As it is, within other text, and in base64."""
    token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJjaSJ9"
    token_granting(host, token, ["1.0", written])
    with pytest.raises(Garbage, match="sent the service's own credentials back") as caught:
        list(registries(transport).tags(host.image("a")))
    assert token not in str(caught.value)


def test_a_short_password_stops_no_answer(transport: Transport, host: ScriptedHost) -> None:
    """Its pair with the user is short too."""
    challenge = Answer(401, headers=(("WWW-Authenticate", "Basic realm=r"),))
    host.script = lambda request: json_answer(200, {"tags": ["YTpi", "b"]}) if request.authorization else challenge

    assert list(registries(transport, {host.host: Login("a", "b")}).tags(host.image("a"))) == ["YTpi", "b"]


def refusing(body: bytes, media_type: str = "application/json", status: int = 403) -> Answer:
    """A refusal with this body."""
    return Answer(status, body, (("Content-Type", media_type),))


EXPIRED = (
    b'{"errors":[{"code":"DENIED","message":"Your authorization token has expired. Reauthenticate and try again."}]}'
)


def test_the_registry_s_own_words_are_in_the_message(transport: Transport, host: ScriptedHost) -> None:
    """An answer to HEAD has none: after a refusal of a password they are read by GET once more."""
    challenge = Answer(401, headers=(("WWW-Authenticate", "Basic realm=r"),))
    host.script = lambda request: refusing(EXPIRED) if request.authorization else challenge
    registry = registries(transport, {host.host: Login("AWS", "hunter2-do-not-print")})
    with pytest.raises(Refused) as caught:
        registry.digest(host.image("a:1"))

    assert "answered 403 to HEAD /v2/a/manifests/1 (DENIED: Your authorization token has expired." in str(caught.value)
    assert "its credentials are not enough" in str(caught.value)
    assert [request.method for request in host.requests] == ["HEAD", "HEAD", "GET"]


@pytest.mark.parametrize(
    ("status", "error"),
    [(400, Garbage), (401, Refused), (403, Refused), (404, NotFound), (429, Unavailable), (500, Unavailable)],
)
def test_the_words_are_in_each_failure(
    transport: Transport, host: ScriptedHost, status: int, error: type[OutsideFailure]
) -> None:
    """Whatever its kind, also where they are plain text."""
    host.script = lambda _: refusing(b"the disk\n is full", "text/plain", status)
    with pytest.raises(error, match=r"answered \d+ to GET /v2/a/manifests/1 \(the disk is full\)"):
        registries(transport).manifest(host.image("a:1"))


@pytest.mark.parametrize(
    "echo", ["{password}", "user ci:{password} is unknown", "{pair}", "Basic {pair}", "pass%77ord {password}"]
)
def test_words_with_our_credentials_are_not_repeated(transport: Transport, host: ScriptedHost, echo: str) -> None:
    """Neither the password nor its pair with the user."""
    challenge = Answer(401, headers=(("WWW-Authenticate", "Basic realm=r"),))

    def play(request: Request) -> Answer:
        if not request.authorization:
            return challenge
        said = echo.format(password="hunter2-do-not-print", pair=request.authorization.partition(" ")[2])
        return json_answer(403, {"errors": [{"code": "DENIED", "message": said}]})

    host.script = play
    with pytest.raises(Refused) as caught:
        registries(transport, {host.host: Login("ci", "hunter2-do-not-print")}).manifest(host.image("a:1"))

    assert "hunter2" not in str(caught.value)
    assert "DENIED" not in str(caught.value)


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
