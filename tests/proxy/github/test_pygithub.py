"""PyGithub behind the adapter: all its requests go through the session."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from github import Auth, Github
from github.Repository import Repository

from proxy.errors import (
    AddressRefused,
    Garbage,
    NotFound,
    OutcomeUnknown,
    OutsideFailure,
    Refused,
    Unavailable,
    Unreachable,
)
from proxy.github.credentials import FixedToken
from proxy.github.pygithub import SessionRequester
from proxy.github.session import GitHubSession
from proxy.http.addresses import AddressPolicy
from proxy.http.transport import Transport
from proxy.secrets.secret import Secret
from tests.peers.exchange import Answer, json_answer
from tests.peers.github.controls import TOKEN
from tests.peers.github.server import GitHub
from tests.peers.github_samples import FILES, NAME
from tests.proxy.clocks import NOW, Clock, StandingClock
from tests.proxy.github.renewing import Renewing
from tests.proxy.scripted import ScriptedHost, in_turn, open_transport

REPOSITORY = "/repos/acme/portal"


@pytest.fixture
def host() -> Iterator[ScriptedHost]:
    """A host that answers 200 with a document."""
    with ScriptedHost(lambda _: json_answer(200, {"id": 1})) as host:
        yield host


@pytest.fixture
def session(transport: Transport, host: ScriptedHost) -> GitHubSession:
    """A session with a token at an Enterprise Server's address."""
    return GitHubSession(transport, f"{host.url}/api/v3/", FixedToken(Secret(TOKEN)))


@pytest.fixture
def requester(session: GitHubSession) -> SessionRequester:
    """PyGithub's requester for the owner acme."""
    return SessionRequester(session, "acme")


def test_pygithub_sends_through_the_session(requester: SessionRequester, host: ScriptedHost) -> None:
    """Requests go below the API's address, with the session's token and headers and PyGithub's parameters."""
    status, headers, text = requester.requestJson(
        "GET", f"{REPOSITORY}/tags", {"page": "2", "per_page": "100"}, {"If-None-Match": '"x"'}
    )

    assert (status, json.loads(text), headers["content-type"]) == (200, {"id": 1}, "application/json; charset=utf-8")
    assert host.asked == [f"GET /api/v3{REPOSITORY}/tags?page=2&per_page=100"]
    (request,) = host.requests
    assert request.authorization == f"Bearer {TOKEN}"
    assert (request.headers["If-None-Match"], request.headers["User-Agent"]) == ('"x"', "image-factory")
    assert request.headers["X-GitHub-Api-Version"]


def test_pygithub_posts_json(requester: SessionRequester, host: ScriptedHost) -> None:
    """An answer without a body has no document."""
    host.script = lambda _: Answer(204)

    assert requester.requestJsonAndCheck("POST", f"{REPOSITORY}/dispatches", input={"ref": "main"})[1] is None
    (request,) = host.requests
    assert (json.loads(request.body), request.headers["Content-Type"]) == ({"ref": "main"}, "application/json")


def test_pygithubs_own_objects_send_through_the_session(github: GitHub, transport: Transport) -> None:
    """This includes the pages of a list, whose addresses come from GitHub."""
    github.add_repository(NAME, FILES)
    for number in range(101):
        github.add_tag(NAME, f"v{number}")
    session = GitHubSession(transport, github.url, FixedToken(Secret(TOKEN)))
    repository = Repository(SessionRequester(session, "acme"), url=REPOSITORY)

    assert len({tag.name for tag in repository.get_tags()}) == 101
    assert len(github.log) == 2


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (json_answer(401, {"message": "Bad credentials"}), Refused, "Bad credentials"),
        (json_answer(403, {"message": "Resource not accessible"}), Refused, "Resource not accessible"),
        (json_answer(404, {"message": "Not Found"}), NotFound, "Not Found"),
        (json_answer(422, {"message": "Unexpected inputs"}), Refused, "Unexpected inputs"),
        (json_answer(502, {"message": "Server Error"}), OutcomeUnknown, "Server Error"),
        (json_answer(429, {"message": "slow down"}), Unavailable, "rate limit"),
        (Answer(307, b"", (("Location", "http://elsewhere.example/x"),)), NotFound, "renamed or moved"),
        (Answer(200, b"{"), OutcomeUnknown, "not JSON"),
        (None, OutcomeUnknown, "broke the connection"),
    ],
)
def test_every_failure_is_of_the_family(
    requester: SessionRequester,
    host: ScriptedHost,
    clock: Clock,
    answer: Answer | None,
    kind: type[OutsideFailure],
    words: str,
) -> None:
    """One request is sent: PyGithub does not repeat, wait or follow redirects."""
    host.script = lambda _: answer

    with pytest.raises(kind, match=words):
        requester.requestJsonAndCheck("POST", f"{REPOSITORY}/dispatches", input={})

    assert (len(host.requests), clock.slept) == (1, [])


def test_an_answer_to_a_read_that_is_not_json_is_garbage(requester: SessionRequester, host: ScriptedHost) -> None:
    """A read changes nothing, so its outcome is not unknown."""
    host.script = lambda _: Answer(200, b"[{")
    with pytest.raises(Garbage, match=f"GET {REPOSITORY}: GitHub's answer is not JSON"):
        requester.requestJsonAndCheck("GET", REPOSITORY)


def test_a_server_that_is_not_there_is_unreachable(requester: SessionRequester, host: ScriptedHost) -> None:
    """A refused connection sends no request."""
    host.down()
    with pytest.raises(Unreachable, match="refused the connection"):
        requester.requestJson("POST", REPOSITORY)


def test_a_redirect_to_another_host_is_not_followed(requester: SessionRequester, host: ScriptedHost) -> None:
    """The other host would get the token."""
    with ScriptedHost() as other:
        host.script = lambda _: Answer(301, b"", (("Location", f"{other.url}{REPOSITORY}"),))
        with pytest.raises(Garbage, match=f"another host, {other.host}"):
            requester.requestJson("GET", REPOSITORY, follow_302_redirect=True)
        assert other.requests == []


def test_an_address_outside_of_the_api_is_refused(requester: SessionRequester, host: ScriptedHost) -> None:
    """Only addresses below the API's are requested."""
    for address in ("https://evil.example/api/v3/repos/x", f"{host.url}/repos/x", "@evil.example/", "https://["):
        with pytest.raises(Garbage, match="outside of GitHub's API"):
            requester.requestJsonAndCheck("GET", address)
    assert host.requests == []

    requester.requestJsonAndCheck("GET", f"{host.url}/api/v3{REPOSITORY}?page=2")
    assert host.asked == [f"GET /api/v3{REPOSITORY}?page=2"]


def test_a_private_address_that_is_not_listed_is_refused(clock: Clock) -> None:
    """The address policy also holds for PyGithub."""
    policy = AddressPolicy(resolver=lambda _, __: ["10.0.0.7"])
    transport = Transport(policy, now=clock.now, sleep=clock.sleep)
    session = GitHubSession(transport, "https://github.internal/api/v3", FixedToken(Secret(TOKEN)))

    with pytest.raises(AddressRefused, match=r"list github\.internal in IMAGE_FACTORY_PRIVATE_HOSTS"):
        SessionRequester(session, "acme").requestJson("GET", REPOSITORY)


def test_a_huge_answer_is_garbage(session: GitHubSession, host: ScriptedHost) -> None:
    """The part after the limit is not read."""
    host.script = lambda _: Answer(200, b"[" + b"1," * 1000)
    with pytest.raises(Garbage, match="more than 1000 bytes"):
        SessionRequester(session, "acme", limit=1000).requestJson("GET", REPOSITORY)


def test_an_echoed_token_is_not_passed_on(requester: SessionRequester, host: ScriptedHost) -> None:
    """Neither the answer nor a message contains it."""
    host.script = lambda _: json_answer(200, {"token": TOKEN})
    with pytest.raises(Garbage, match="service's own credential") as caught:
        requester.requestJson("GET", REPOSITORY)
    assert TOKEN not in str(caught.value)


def test_a_refused_token_is_replaced_once(transport: Transport, host: ScriptedHost) -> None:
    """After a 401 even a POST is sent again, because it was not carried out; a second 401 is an error."""
    requester = SessionRequester(GitHubSession(transport, host.url, Renewing()), "acme")
    host.script = in_turn(Answer(401), Answer(204))
    requester.requestJson("POST", REPOSITORY, input={})
    assert [request.authorization for request in host.requests] == ["Bearer ghs_acme_1", "Bearer ghs_acme_2"]

    host.script = lambda _: Answer(401)
    with pytest.raises(Refused):
        requester.requestJson("POST", REPOSITORY, input={})
    assert len(host.requests) == 4


def test_a_rate_limit_stops_all_users_of_the_credential(transport: Transport, host: ScriptedHost, clock: Clock) -> None:
    """PyGithub and other readers share the limit; another owner's token has its own."""
    session = GitHubSession(transport, host.url, Renewing())
    reset = (("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", str(int(NOW.timestamp()) + 600)))
    host.script = in_turn(json_answer(403, {"message": "API rate limit exceeded"}, *reset), Answer(200))
    with pytest.raises(Unavailable) as learned:
        SessionRequester(session, "acme").requestJson("GET", REPOSITORY)

    with pytest.raises(Unavailable, match="no requests go to") as stopped:
        session.ask("GET", f"{REPOSITORY}/actions/runs", owner="acme")
    with pytest.raises(Unavailable, match="no requests go to"):
        SessionRequester(session, "acme").requestJson("GET", REPOSITORY)
    assert stopped.value.retry_at == learned.value.retry_at == NOW + timedelta(seconds=600)
    assert len(host.requests) == 1
    SessionRequester(session, "mona").requestJson("GET", "/repos/mona/x")

    clock.at += timedelta(seconds=600)
    session.ask("GET", REPOSITORY, owner="acme")


def test_writes_by_pygithub_and_by_others_are_a_second_apart(host: ScriptedHost) -> None:
    """Four threads that write with one credential at the same time send one request per second."""
    clock = StandingClock()
    host.script = lambda _: Answer(204)
    with open_transport(clock) as transport, ThreadPoolExecutor(4) as pool:
        session = GitHubSession(transport, host.url, FixedToken(Secret(TOKEN)))
        writes: list[Callable[[], object]] = [
            lambda: SessionRequester(session, "acme").requestJson("POST", REPOSITORY),
            lambda: session.ask("POST", REPOSITORY, owner="acme"),
        ]
        list(pool.map(lambda write: write(), writes * 2))

    assert sorted(clock.slept) == [1.0, 2.0, 3.0]
    assert len(host.requests) == 4


@pytest.mark.parametrize(
    "around",
    [
        lambda requester: requester.requestMultipart("POST", REPOSITORY, input={"a": "b"}),
        lambda requester: requester.requestBlob("POST", REPOSITORY, input=__file__),
        lambda requester: requester.requestMemoryBlobAndCheck("POST", REPOSITORY, None, {"Content-Type": "x"}, None),
        lambda requester: requester.getStream(REPOSITORY),
        lambda requester: requester.withAuth(Auth.Token("other")),
        lambda requester: requester.withLazy(False),
        lambda requester: requester.withApiVersion("2022-11-28"),
    ],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
def test_nothing_bypasses_the_session(
    transport: Transport, host: ScriptedHost, around: Callable[[SessionRequester], Any], scheme: str
) -> None:
    """Requests that PyGithub would send itself are refused, and so are those of a copied requester."""
    session = GitHubSession(transport, f"{scheme}://{host.host}", FixedToken(Secret(TOKEN)))
    with pytest.raises(Refused, match="PyGithub may not send"):
        around(SessionRequester(session, "acme"))
    assert host.requests == []


def test_other_users_of_pygithub_are_not_affected(requester: SessionRequester, host: ScriptedHost) -> None:
    """A plain client in the same process still sends its own requests."""
    with Github(base_url=host.url, retry=None, lazy=True) as plain:
        assert plain.requester.requestJson("GET", "/plain")[0] == 200
    assert host.requests[0].headers["User-Agent"] == "PyGithub/Python"
