"""One request for all tags: what other servers answer, and what that leads to."""

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
    """A host that answers as the test says."""
    with ScriptedHost() as running:
        yield running


@pytest.fixture
def wire() -> Iterator[GitWire]:
    """Asks it."""
    with open_transport(Clock(), LOOPBACK) as transport:
        yield GitWire(transport)


def serving(post: Answer, get: Answer) -> Script:
    """Answers to the two requests that there are."""
    return lambda request: post if request.method == "POST" else get


def test_one_request_is_enough(host: ScriptedHost, wire: GitWire) -> None:
    """It says which protocol it wants, and carries the credentials."""
    host.script = serving(REFS, Answer(500))

    assert wire.tags(f"{host.url}/a.git", {"authorization": "Basic x"}) == (RemoteTag("v1", HASH),)
    (request,) = host.requests
    assert request.target == "/a.git/git-upload-pack"
    assert request.headers["Git-Protocol"] == "version=2"
    assert request.authorization == "Basic x"


@pytest.mark.parametrize("get", [V2, DUMB, PAGE])
@pytest.mark.parametrize("post", [Answer(404), Answer(405), Answer(501), PAGE, Answer(200, b"0008ERR ")])
def test_what_is_not_understood_is_left_to_git(host: ScriptedHost, wire: GitWire, post: Answer, get: Answer) -> None:
    """A dumb server, one of an older protocol, something else altogether."""
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
def test_each_refusal_has_its_kind(host: ScriptedHost, wire: GitWire, get: Answer, kind: type[Exception]) -> None:
    """With the address in its words."""
    host.script = serving(Answer(404), get)

    with pytest.raises(kind, match=r"/a\.git"):
        wire.tags(f"{host.url}/a.git", {})


def test_a_redirect_to_no_repository_is_told(host: ScriptedHost, wire: GitWire) -> None:
    """A page to sign in, for example."""

    def script(request: Request) -> Answer:
        if request.path == "/login":
            return PAGE
        return Answer(302, b"", (("Location", "/login"),))

    host.script = script

    with pytest.raises(NotFound, match=r"leads to .*/login, which is no git repository"):
        wire.tags(f"{host.url}/a.git", {})


@pytest.mark.parametrize(("get", "filters"), [(V2, True), (DUMB, False), (PAGE, False)])
def test_a_server_says_whether_it_filters(host: ScriptedHost, wire: GitWire, get: Answer, filters: bool) -> None:
    """One that says nothing does not."""
    host.script = serving(REFS, get)

    assert wire.filtering(f"{host.url}/a.git", {}) == (f"{host.url}/a.git" if filters else None)
