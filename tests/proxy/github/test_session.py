"""Requests to GitHub's API, with a scripted host and with the fake GitHub."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http import HTTPStatus

import pytest

from proxy.cache import CacheEntry, Confirmed, Fetched
from proxy.errors import Garbage, NotFound, OutcomeUnknown, OutsideFailure, Refused, Unavailable, Unreachable
from proxy.github.credentials import FixedToken
from proxy.github.renames import Renamed
from proxy.github.session import GitHubSession
from proxy.http.addresses import AddressPolicy
from proxy.http.transport import Transport
from proxy.secrets.secret import Secret
from tests.peers.exchange import Answer, Request, json_answer
from tests.peers.github.controls import TOKEN
from tests.peers.github.server import GitHub
from tests.peers.github_samples import FILES, NAME
from tests.proxy.clocks import NOW, Clock, StandingClock
from tests.proxy.github.renewing import Renewing
from tests.proxy.scripted import ScriptedHost, in_turn, open_transport

FRESH = timedelta(minutes=1)
REPOSITORY = "/repos/acme/portal"


@pytest.fixture
def session(transport: Transport, host: ScriptedHost) -> GitHubSession:
    """A session with a token at an Enterprise Server's address."""
    return GitHubSession(transport, f"{host.url}/api/v3/", FixedToken(Secret(TOKEN)))


def refusal(status: int, message: str = "no", *headers: tuple[str, str]) -> Answer:
    """GitHub's error document."""
    return json_answer(status, {"message": message}, *headers)


def test_the_sent_request(session: GitHubSession, host: ScriptedHost) -> None:
    """It goes below the API's address, with our token and GitHub's media type, without a caller's credentials."""
    strange = {"Authorization": "Bearer callers", "Cookie": "a=b", "Proxy-Authorization": "x", "Host": "evil.test"}
    session.ask("GET", f"{REPOSITORY}?per_page=100", owner="acme", headers={**strange, "If-None-Match": '"x"'})

    assert host.asked == [f"GET /api/v3{REPOSITORY}?per_page=100"]
    (request,) = host.requests
    assert request.authorization == f"Bearer {TOKEN}"
    assert (request.headers["Accept"], request.headers["If-None-Match"]) == ("application/vnd.github+json", '"x"')
    assert request.headers["Host"] == host.host
    assert not {"cookie", "proxy-authorization"} & {name.lower() for name in request.headers}


def test_without_a_token_no_credentials_are_sent(transport: Transport, host: ScriptedHost) -> None:
    """The request has no Authorization."""
    GitHubSession(transport, host.url, FixedToken(None)).ask("GET", REPOSITORY, owner="acme")

    assert host.requests[0].authorization == ""


@pytest.mark.parametrize(
    "path",
    [
        "repos/a/b",
        "@evil.test/x",
        "//evil.test/x",
        "/repos/acme/portal/../../user",
        "/repos/acme/%2e%2E/user",
        "/repos/acme%2f..%2fuser",
        "/repos\\acme",
        "/repos/acme/por tal",
        "/repos/acme/portal\r\nX-A: b",
        "/repos/acme/portal#x",
        "/repos/acmé/portal",
        "/repos//portal",
        "",
    ],
)
def test_unsafe_paths_are_refused(session: GitHubSession, host: ScriptedHost, path: str) -> None:
    """No request is sent."""
    with pytest.raises(Refused, match="not a path of GitHub's API"):
        session.ask("GET", path, owner="acme")
    assert host.requests == []


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (refusal(401, "Bad credentials"), Refused, r"\(Bad credentials\): .* check IMAGE_FACTORY_GITHUB_TOKEN"),
        (refusal(403, "Resource not accessible"), Refused, r"\(Resource not accessible\): check the permissions"),
        (refusal(404, "No commit found"), NotFound, r"\(No commit found\): .* may not see it"),
        (refusal(410), NotFound, "it does not exist"),
        (refusal(409, "already running"), Refused, "already running"),
        (refusal(422, "Invalid request"), Refused, "Invalid request"),
        (
            json_answer(422, {"message": "Invalid\n\nrequest.", "errors": [{"code": "x"}]}),
            Refused,
            r'\(Invalid request\. \[\{"code": "x"\}\]\)',
        ),
        (refusal(500), OutcomeUnknown, "not known whether"),
        (Answer(502, b"<html>Bad gateway</html>"), OutcomeUnknown, r"rerun; it is not known whether"),
        (Answer(301), Renamed, "use its new name"),
        (Answer(307), Renamed, "use its new name"),
        (Answer(599, b"[" * 100_000), OutcomeUnknown, "599"),
    ],
)
def test_each_answer_has_its_error(
    session: GitHubSession, host: ScriptedHost, answer: Answer, kind: type[OutsideFailure], words: str
) -> None:
    """Every message has the host, the request, and what to do next."""
    host.script = lambda _: answer
    with pytest.raises(kind, match=words) as caught:
        session.ask("POST", f"{REPOSITORY}/rerun?secret=1", owner="acme")

    assert f"{host.host} answered {answer.status} to POST {REPOSITORY}/rerun" in str(caught.value)
    assert "secret=1" not in str(caught.value)
    assert len(host.requests) == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_refused_token_is_replaced_once(transport: Transport, host: ScriptedHost, method: str) -> None:
    """After a 401 even a POST is sent again, because it was not carried out; a second 401 is an error."""
    session = GitHubSession(transport, host.url, Renewing())
    host.script = in_turn(refusal(401), Answer(200))
    assert session.ask(method, REPOSITORY, owner="acme").status == HTTPStatus.OK
    assert [request.authorization for request in host.requests] == ["Bearer ghs_acme_1", "Bearer ghs_acme_2"]

    host.requests.clear()
    host.script = lambda _: refusal(401)
    with pytest.raises(Refused):
        session.ask(method, REPOSITORY, owner="acme")
    assert len(host.requests) == 2


@pytest.mark.parametrize("answer", [refusal(502), refusal(503), None])
def test_a_post_is_sent_once(session: GitHubSession, host: ScriptedHost, answer: Answer | None) -> None:
    """After a failure it is not known whether it was carried out."""
    host.script = lambda _: answer
    with pytest.raises(OutcomeUnknown, match="not known whether the request was carried out"):
        session.ask("POST", REPOSITORY, owner="acme", body=b"{}")
    (request,) = host.requests
    assert (request.body, request.headers["Content-Type"]) == (b"{}", "application/json")


def test_a_post_that_was_not_sent_is_unreachable(session: GitHubSession, host: ScriptedHost, clock: Clock) -> None:
    """After a refused connection or an unknown name the request may be sent again."""
    host.down()
    with pytest.raises(Unreachable, match="refused the connection"):
        session.ask("POST", REPOSITORY, owner="acme")

    def unknown(name: str, port: int) -> list[str]:
        raise OSError(f"{name}:{port} is not known")

    transport = Transport(AddressPolicy(resolver=unknown), now=clock.now, sleep=clock.sleep)
    nowhere = GitHubSession(transport, "https://github.example", FixedToken(None))
    with pytest.raises(Unreachable, match="does not resolve"):
        nowhere.ask("POST", REPOSITORY, owner="acme")


@pytest.mark.parametrize("answer", [Answer(200, b"x" * 11), Answer(200, TOKEN.encode())], ids=["large", "echo"])
def test_an_invalid_answer_to_a_post_is_an_unknown_outcome(
    session: GitHubSession, host: ScriptedHost, answer: Answer
) -> None:
    """GitHub may have carried the request out."""
    host.script = lambda _: answer
    with pytest.raises(OutcomeUnknown):
        session.ask("POST", REPOSITORY, owner="acme", limit=10)


def test_writes_are_a_second_apart(session: GitHubSession, clock: Clock) -> None:
    """GitHub's documentation requires it."""
    for _ in range(3):
        session.ask("POST", REPOSITORY, owner="acme")
    assert clock.slept == [1.0, 1.0]


def test_writes_of_several_threads_are_a_second_apart(host: ScriptedHost) -> None:
    """Four threads that write at the same time send one request per second, and reads do not wait."""
    clock = StandingClock()
    with open_transport(clock) as transport, ThreadPoolExecutor(4) as pool:
        session = GitHubSession(transport, host.url, FixedToken(Secret(TOKEN)))
        list(pool.map(lambda _: session.ask("POST", REPOSITORY, owner="acme"), range(4)))
        session.ask("GET", REPOSITORY, owner="acme")

    assert sorted(clock.slept) == [1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    ("status", "headers", "wait"),
    [
        (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(NOW.timestamp()) + 600)}, 600),
        (429, {"Retry-After": "30"}, 30),
        (429, {}, 60),
    ],
)
def test_no_request_is_sent_before_a_limit_ends(
    transport: Transport, host: ScriptedHost, clock: Clock, status: int, headers: dict[str, str], wait: int
) -> None:
    """The limit holds for one credential only, and the error has its end."""
    session = GitHubSession(transport, host.url, Renewing())
    limited = refusal(status, "slow down", *headers.items())
    host.script = in_turn(limited, Answer(200))
    with pytest.raises(Unavailable, match="rate limit") as caught:
        session.ask("GET", REPOSITORY, owner="acme")
    assert caught.value.retry_at == NOW + timedelta(seconds=wait)

    clock.at += timedelta(seconds=wait - 1)
    with pytest.raises(Unavailable, match="no requests go to") as again:
        session.ask("GET", REPOSITORY, owner="acme")
    assert again.value.retry_at == caught.value.retry_at
    assert len(host.requests) == 1
    session.ask("GET", "/repos/mona/x", owner="mona")

    clock.at += timedelta(seconds=1)
    assert session.ask("GET", REPOSITORY, owner="acme").status == HTTPStatus.OK


def test_a_token_s_limit_is_shared_by_all_owners(session: GitHubSession, host: ScriptedHost) -> None:
    """One token has one limit."""
    host.script = lambda _: refusal(429)
    for owner in ("acme", "mona"):
        with pytest.raises(Unavailable):
            session.ask("GET", f"/repos/{owner}/x", owner=owner)
    assert len(host.requests) == 1


def test_a_redirect_to_another_host_is_not_followed(session: GitHubSession, host: ScriptedHost) -> None:
    """The other host would get the token."""
    with ScriptedHost() as other:
        host.script = lambda _: Answer(302, b"", (("Location", f"{other.url}/logs?signature=s"),))
        with pytest.raises(Garbage, match=f"another host, {other.host}"):
            session.ask("GET", f"{REPOSITORY}/actions/jobs/1/logs", owner="acme")
        assert other.requests == []


def test_a_next_page_must_be_below_the_api(session: GitHubSession, host: ScriptedHost) -> None:
    """A next page on another host, or outside of the API, is refused."""
    here = f"{host.url}/api/v3/repositories/1/actions/runs?page=2"
    host.script = lambda _: Answer(200, b"[]", (("Link", f'<{here}>; rel="next", <{here}>; rel="last"'),))
    fetched = session.conditional(REPOSITORY, owner="acme", entry=None, fresh_for=FRESH)
    assert isinstance(fetched, Fetched)
    assert session.next_path(fetched.headers, "runs") == "/repositories/1/actions/runs?page=2"
    assert session.next_path({}, "runs") is None

    with ScriptedHost() as other:
        for link, words in ((f"{other.url}/api/v3/x", "another host"), (f"{host.url}/x", "outside of GitHub's API")):
            with pytest.raises(Garbage, match=words):
                session.next_path({"link": f'<{link}>; rel="next"'}, "runs")
        assert other.requests == []


@pytest.mark.parametrize(
    "echo",
    [
        Answer(200, f'{{"you": "Bearer {TOKEN}"}}'.encode()),
        Answer(200, b"", (("X-Echo", f"Bearer {TOKEN}"),)),
        refusal(403, f"no {TOKEN}"),
        Answer(403, b'{"message": "no %s"}' % "".join(f"\\u{ord(letter):04x}" for letter in TOKEN).encode()),
    ],
)
def test_an_echoed_token_is_not_passed_on(session: GitHubSession, host: ScriptedHost, echo: Answer) -> None:
    """Neither the answer nor a message contains it."""
    host.script = lambda _: echo
    with pytest.raises(Garbage, match="service's own credential") as caught:
        session.ask("GET", REPOSITORY, owner="acme")
    assert TOKEN not in str(caught.value)


def test_an_unchanged_answer_is_confirmed(github: GitHub, transport: Transport) -> None:
    """The etag is sent to GitHub; a changed document is returned completely."""
    github.add_repository(NAME, FILES)
    session = GitHubSession(transport, github.url, FixedToken(Secret(TOKEN)))
    path = f"/repos/{NAME}/branches"

    first = session.conditional(path, owner="acme", entry=None, fresh_for=lambda body: timedelta(seconds=len(body)))
    assert isinstance(first, Fetched)
    assert first.fresh_for == timedelta(seconds=len(first.body))
    entry = CacheEntry(first.body, first.headers, first.etag, FRESH, fetched_at=NOW)
    used = github.rate_limit.used

    assert session.conditional(path, owner="acme", entry=entry, fresh_for=FRESH) == Confirmed()
    assert github.rate_limit.used == used

    github.commit(NAME, {"x": "y"}, branch="develop")
    changed = session.conditional(path, owner="acme", entry=entry, fresh_for=FRESH)
    assert isinstance(changed, Fetched)
    assert b"develop" in changed.body


@pytest.mark.parametrize("status", [202, 204, 304])
def test_a_304_without_an_etag_is_garbage(session: GitHubSession, host: ScriptedHost, status: int) -> None:
    """A request without an etag cannot be answered with "not modified"."""
    host.script = lambda _: Answer(status)
    with pytest.raises(Garbage, match=f"answered {status}"):
        session.conditional(REPOSITORY, owner="acme", entry=None, fresh_for=FRESH)


def test_an_invalid_etag_is_not_cached(session: GitHubSession, host: ScriptedHost) -> None:
    """It could not be sent in a header."""
    host.script = lambda _: Answer(200, b"{}", (("ETag", "no quotes"),))
    fetched = session.conditional(REPOSITORY, owner="acme", entry=None, fresh_for=FRESH)
    assert isinstance(fetched, Fetched)
    assert fetched.etag is None


def test_a_host_that_is_down_is_paused(transport: Transport, host: ScriptedHost) -> None:
    """After several failures in a row, no request is sent for some time."""
    session = GitHubSession(transport, host.url, FixedToken(None))
    host.script = lambda _: None
    for _ in range(5):
        with pytest.raises(OutcomeUnknown, match="broke the connection"):
            session.ask("POST", REPOSITORY, owner="acme")
    with pytest.raises(Unavailable, match="no requests go to"):
        session.ask("POST", REPOSITORY, owner="acme")
    assert len(host.requests) == 5


def test_the_number_of_concurrent_requests_is_limited(session: GitHubSession, host: ScriptedHost) -> None:
    """Sixteen requests are sent together, and the others wait."""
    together = threading.Barrier(16)
    lock = threading.Lock()
    under_way, most = 0, 0

    def script(_: Request) -> Answer:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        together.wait(20)
        with lock:
            under_way -= 1
        return Answer(200)

    host.script = script
    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(lambda _: session.ask("GET", REPOSITORY, owner="acme").status, range(32)))
    assert answers == [200] * 32
    assert most == 16
