"""The negative table of /proxy/registry: what goes nowhere, and what comes back from nowhere."""

import json
import logging
from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient

from provider.auth.access import Access
from provider.auth.callers import CallerRole, ServiceToken
from proxy.secrets.redactor import Redactor
from proxy.secrets.secret import Secret
from tests.contracts.version_world import World, open_world
from tests.peers.exchange import Answer, Request, json_answer
from tests.peers.github.controls import TOKEN
from tests.provider.api.version_web import registry_web
from tests.provider.web_images import MemoryIndex, base, managed
from tests.proxy.clocks import Clock
from tests.proxy.scripted import ScriptedHost

APP, NODE, OWN = "/proxy/registry/app/tags", "/proxy/registry/node/tags", "/proxy/registry/own/tags"
VERSIONS = "/api/v1/images/app/versions"
READER = "reader-token-1"
CALLER = {"Authorization": f"Bearer {READER}"}
ACCESS = Access(tokens=(ServiceToken("dashboard", CallerRole.READ, Secret(READER)),))
HOST = "registry.example.com"
Script = Callable[[Request], Answer]


def is_of_users(request: Request) -> bool:
    """Whether it is asked what an owner is."""
    return request.path.startswith("/users/") and "/packages/" not in request.path


def hub_page(**more: object) -> Answer:
    """A page of Docker Hub's without tags."""
    return json_answer(200, {"count": 200, "next": None, "previous": None, "results": [], **more})


def usual(request: Request) -> Answer:
    """An upstream of every kind."""
    if is_of_users(request):
        return json_answer(200, {"type": "User"})
    if "/packages/" in request.path:
        return json_answer(200, [])
    return hub_page() if "/namespaces/" in request.path else json_answer(200, {"name": "x", "tags": ["1"]})


@pytest.fixture(name="upstream")
def scripted() -> Iterator[ScriptedHost]:
    """GitHub, Docker Hub and a registry of one's own, all at one host."""
    with ScriptedHost(usual) as host:
        yield host


@pytest.fixture(name="elsewhere")
def made_elsewhere() -> Iterator[ScriptedHost]:
    """A host that nobody configured."""
    with ScriptedHost() as host:
        yield host


@pytest.fixture(name="world")
def made_world(upstream: ScriptedHost) -> Iterator[World]:
    """Versions over that host."""
    mirrors = {HOST: upstream.url}
    with open_world(Clock(), github=upstream.url, docker_hub=upstream.url, mirrors=mirrors, signed_in=False) as world:
        yield world


@pytest.fixture(name="index")
def filled() -> MemoryIndex:
    """An image of each kind of registry."""
    return MemoryIndex([managed("app"), base("node"), managed("own", registry=HOST, repository="team/own")])


@pytest.fixture(name="client")
def made_client(world: World, index: MemoryIndex) -> FlaskClient:
    """A client of the web part, where callers are known."""
    return registry_web(world, index, Redactor([Secret(TOKEN)]), ACCESS).test_client()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/proxy/registry/", 404),
        ("/proxy/registry/app", 404),
        ("/proxy/registry/app/manifests/latest", 404),
        ("/proxy/registry/app/tags/list", 404),
        ("/proxy/registry/../registry/app/manifests", 404),
        ("/proxy/registry/app/../../github/user", 404),
        ("/proxy/registry/acme/app/tags", 404),
        ("/proxy/registry/acme%2fapp/tags", 404),
        ("/proxy/registry/%2e%2e/tags", 404),
        ("/proxy/registry/%252e%252e%252fapp/tags", 404),
        ("/proxy/registry/app%00/tags", 404),
        ("/proxy/registry/app%0d%0aX-A:b/tags", 404),
        ("/proxy/registry/APP/tags", 404),
        ("/proxy/registry/https:%2f%2fevil.example/tags", 404),
        (f"{APP}?page=%0d%0aX-A:b", 400),
        (f"{NODE}?page_size=1%26name=x", 400),
        (f"{OWN}?last=%0d%0aLink:x", 400),
        (f"{OWN}?n=1&n=2", 400),
        (f"{APP}?page=\uff11", 400),
    ],
)
def test_what_is_not_on_the_list_goes_nowhere(
    client: FlaskClient, upstream: ScriptedHost, path: str, status: int
) -> None:
    """4xx, and no upstream is asked."""
    assert client.get(path, headers=CALLER).status_code == status
    assert upstream.asked == []


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"])
@pytest.mark.parametrize("headers", [{}, {"X-HTTP-Method-Override": "GET"}, {"X-Original-URL": APP}])
def test_other_methods_go_nowhere(
    client: FlaskClient, upstream: ScriptedHost, method: str, headers: dict[str, str]
) -> None:
    """405, whatever a header says."""
    assert client.open(APP, method=method, headers={**CALLER, **headers}).status_code == 405
    assert upstream.asked == []


@pytest.mark.parametrize("headers", [{}, {"Authorization": f"Bearer {TOKEN}"}, {"Cookie": f"token={READER}"}])
def test_without_a_caller_nothing_is_asked(
    client: FlaskClient, upstream: ScriptedHost, headers: dict[str, str]
) -> None:
    """401, for the service's own credential too, and by `?token=` as well, which opens the catalog alone."""
    assert client.get(APP, headers=headers).status_code == 401
    assert client.get(f"{APP}?token={READER}", headers=headers).status_code == 401
    assert upstream.asked == []


def test_an_image_that_was_removed(client: FlaskClient, upstream: ScriptedHost, index: MemoryIndex) -> None:
    """404 from then on, though its list is still kept."""
    assert client.get(OWN, headers=CALLER).status_code == 200
    asked = upstream.asked
    del index.images["own"]

    assert client.get(OWN, headers=CALLER).status_code == 404
    assert upstream.asked == asked


@pytest.mark.parametrize("path", [APP, NODE, OWN])
def test_nothing_of_a_caller_reaches_an_upstream(client: FlaskClient, upstream: ScriptedHost, path: str) -> None:
    """No header of theirs, and least of all what they show us."""
    strange = {"Cookie": "session=callers", "X-Forwarded-For": "1.2.3.4", "User-Agent": "callers", "Range": "bytes=0-1"}
    assert client.get(path, headers={**CALLER, "X-Image-Factory-Token": READER, **strange}).status_code == 200

    sent = "\n".join(f"{name}: {value}" for request in upstream.requests for name, value in request.headers.items())
    assert sent
    assert not [text for text in (READER, "callers", "1.2.3.4", "bytes=0-1") if text in sent]


@pytest.mark.parametrize("path", [APP, NODE, OWN])
def test_a_redirect_elsewhere_is_not_followed(
    client: FlaskClient, upstream: ScriptedHost, elsewhere: ScriptedHost, path: str
) -> None:
    """502; the other host is never asked."""
    upstream.script = lambda request: Answer(302, b"", (("Location", f"{elsewhere.url}{request.target}"),))

    assert client.get(path, headers=CALLER).status_code == 502
    assert elsewhere.asked == []


@pytest.mark.parametrize("path", [APP, NODE, OWN, VERSIONS, "/api/v1/images/node/versions"])
@pytest.mark.parametrize("target", ["{elsewhere}/x?page=2", "//{host}/x?page=2", "http://[", "http://[?page=2"])
def test_a_next_page_elsewhere_is_never_asked(
    client: FlaskClient, upstream: ScriptedHost, elsewhere: ScriptedHost, path: str, target: str
) -> None:
    """What there is of it leads to us, or it is 502."""
    address = target.format(elsewhere=elsewhere.url, host=elsewhere.host)

    def leading_away(request: Request) -> Answer:
        answer = hub_page(next=address) if "/namespaces/" in request.path else usual(request)
        return answer if is_of_users(request) else answer.with_headers(("Link", f'<{address}>; rel="next"'))

    upstream.script = leading_away
    answer = client.get(path, headers=CALLER)

    assert answer.status_code in (200, 502)
    assert elsewhere.asked == []
    assert elsewhere.host not in answer.headers.get("Link", "")
    assert answer.status_code == 502 or elsewhere.host not in answer.text


@pytest.mark.parametrize("path", [APP, NODE, OWN])
@pytest.mark.parametrize("where", ["body", "key", "header"])
def test_an_upstream_that_tells_a_secret_of_ours(
    client: FlaskClient, upstream: ScriptedHost, path: str, where: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Wherever it stands, it reaches neither the caller nor the log."""

    def telling(request: Request) -> Answer:
        shown = usual(request)
        if is_of_users(request):
            return shown
        if where == "header":
            return shown.with_headers(
                ("Link", f'<{upstream.url}/x?page=2&said={TOKEN}>; rel="next"'), ("X-Said", TOKEN)
            )
        said = {"name": TOKEN} if where == "body" else {TOKEN: "x"}
        if "/packages/" in request.path:
            return json_answer(200, [said])
        return hub_page(results=[said]) if "/namespaces/" in request.path else json_answer(200, {"tags": ["1"], **said})

    upstream.script = telling
    with caplog.at_level(logging.DEBUG):
        answer = client.get(path, headers=CALLER)

    assert TOKEN not in answer.text + json.dumps(dict(answer.headers)) + caplog.text


@pytest.mark.parametrize("path", [APP, VERSIONS])
def test_a_refusal_that_names_the_credential_it_refuses(
    upstream: ScriptedHost, index: MemoryIndex, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Words of an upstream's errors are told to people, but not these."""
    upstream.script = lambda _: json_answer(403, {"message": f"{TOKEN} may not"})
    with open_world(Clock(), github=upstream.url) as world, caplog.at_level(logging.DEBUG):
        answer = registry_web(world, index, Redactor([Secret(TOKEN)]), ACCESS).test_client().get(path, headers=CALLER)

    assert upstream.requests[0].authorization == f"Bearer {TOKEN}"
    assert answer.status_code == 502
    assert TOKEN not in answer.text + json.dumps(dict(answer.headers)) + caplog.text


@pytest.mark.parametrize("path", [APP, NODE, OWN, VERSIONS])
@pytest.mark.parametrize("body", [b"[" * 900 + b"]" * 900, b"[" * 100_000, b"{", b"\xff", b"9" * 5000, b""])
def test_an_answer_that_nobody_can_read_is_502(
    client: FlaskClient, upstream: ScriptedHost, path: str, body: bytes
) -> None:
    """However deep or long it is."""
    upstream.script = lambda request: usual(request) if is_of_users(request) else Answer(200, body)

    assert client.get(path, headers=CALLER).status_code == 502
