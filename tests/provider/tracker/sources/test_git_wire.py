"""Tests of the one request for all tags: answers of servers, and what follows from them."""

from collections.abc import Iterator

import pytest

from provider.tracker.sources.git_refs import Mark, RemoteTag, packet
from provider.tracker.sources.git_wire import AskGit, GitWire
from proxy.errors import NotFound, Refused, Unavailable
from tests.peers.exchange import Answer, Request
from tests.peers.process import LOOPBACK
from tests.proxy.clocks import Clock
from tests.proxy.scripted import Script, ScriptedHost, open_transport

HASH = "1" * 40
REFS = Answer(
    200,
    packet(f"{HASH} refs/tags/v1\n".encode()) + Mark.FLUSH.value,
    (("Content-Type", "application/x-git-upload-pack-result"),),
)
V2 = Answer(200, packet(b"version 2\n") + packet(b"fetch=shallow filter\n") + Mark.FLUSH.value)
DUMB = Answer(200, f"{HASH}\trefs/tags/v1\n".encode(), (("Content-Type", "text/plain"),))
PAGE = Answer(200, b"<html>Sign in</html>", (("Content-Type", "text/html"),))


@pytest.fixture
def host() -> Iterator[ScriptedHost]:
    """A host with answers that the test defines."""
    with ScriptedHost() as running:
        yield running


@pytest.fixture
def wire() -> Iterator[GitWire]:
    """Sends the request to the host."""
    with open_transport(Clock(), LOOPBACK) as transport:
        yield GitWire(transport)


def serving(post: Answer, get: Answer) -> Script:
    """Answers both requests of the protocol."""
    return lambda request: post if request.method == "POST" else get


def test_one_request_is_enough(host: ScriptedHost, wire: GitWire) -> None:
    """The request names the protocol version and carries the credentials."""
    host.script = serving(REFS, Answer(500))

    assert wire.tags(f"{host.url}/a.git", {"authorization": "Basic x"}) == (RemoteTag("v1", HASH),)
    (request,) = host.requests
    assert request.target == "/a.git/git-upload-pack"
    assert request.headers["Git-Protocol"] == "version=2"
    assert request.authorization == "Basic x"


@pytest.mark.parametrize("get", [V2, DUMB, PAGE])
@pytest.mark.parametrize("post", [Answer(404), Answer(405), Answer(501), PAGE, Answer(200, b"0008ERR ")])
def test_an_unknown_answer_is_left_to_the_git_command(
    host: ScriptedHost, wire: GitWire, post: Answer, get: Answer
) -> None:
    """A dumb server, an older protocol or any other answer is left to the git command."""
    host.script = serving(post, get)

    assert wire.tags(f"{host.url}/a.git", {}) == AskGit(f"{host.url}/a.git")


@pytest.mark.parametrize(
    ("get", "kind"),
    [
        (Answer(404), NotFound),
        (Answer(410), NotFound),
        (Answer(401), Refused),
        (Answer(403), Refused),
        (Answer(503), Unavailable),
        (Answer(418), Unavailable),
    ],
)
def test_each_error_status_has_its_failure(
    host: ScriptedHost, wire: GitWire, get: Answer, kind: type[Exception]
) -> None:
    """The message contains the address."""
    host.script = serving(Answer(404), get)

    with pytest.raises(kind, match=r"/a\.git"):
        wire.tags(f"{host.url}/a.git", {})


def test_a_redirect_to_a_page_is_named(host: ScriptedHost, wire: GitWire) -> None:
    """A redirect to a sign-in page, for example, is named in the message."""

    def script(request: Request) -> Answer:
        if request.path == "/login":
            return PAGE
        return Answer(302, b"", (("Location", "/login"),))

    host.script = script

    with pytest.raises(NotFound, match=r"leads to .*/login, which is no git repository"):
        wire.tags(f"{host.url}/a.git", {})


@pytest.mark.parametrize(("get", "filters"), [(V2, True), (DUMB, False), (PAGE, False)])
def test_the_filter_capability_is_recognised(host: ScriptedHost, wire: GitWire, get: Answer, filters: bool) -> None:
    """A server without the capability does not filter."""
    host.script = serving(REFS, get)

    assert wire.filtering(f"{host.url}/a.git", {}) == (f"{host.url}/a.git" if filters else None)
