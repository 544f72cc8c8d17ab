"""What /proxy/registry refuses to send to an upstream, and what it refuses to return."""

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
    """Whether the request asks for the type of an owner."""
    return request.path.startswith("/users/") and "/packages/" not in request.path


def hub_page(**more: object) -> Answer:
    """A page of Docker Hub without tags."""
    return json_answer(200, {"count": 200, "next": None, "previous": None, "results": [], **more})


def usual(request: Request) -> Answer:
    """Answers of an upstream of every kind."""
    if is_of_users(request):
        return json_answer(200, {"type": "User"})
    if "/packages/" in request.path:
        return json_answer(200, [])
    return hub_page() if "/namespaces/" in request.path else json_answer(200, {"name": "x", "tags": ["1"]})


@pytest.fixture(name="upstream")
def scripted() -> Iterator[ScriptedHost]:
    """GitHub, Docker Hub and another registry, all at one host."""
    with ScriptedHost(usual) as host:
        yield host


@pytest.fixture(name="elsewhere")
def made_elsewhere() -> Iterator[ScriptedHost]:
    """A host that is not configured."""
    with ScriptedHost() as host:
        yield host


@pytest.fixture(name="world")
def made_world(upstream: ScriptedHost) -> Iterator[World]:
    """Versions from that host."""
    mirrors = {HOST: upstream.url}
    with open_world(Clock(), github=upstream.url, docker_hub=upstream.url, mirrors=mirrors, signed_in=False) as world:
        yield world


@pytest.fixture(name="index")
def filled() -> MemoryIndex:
    """One image for each kind of registry."""
    return MemoryIndex([managed("app"), base("node"), managed("own", registry=HOST, repository="team/own")])


@pytest.fixture(name="client")
def made_client(world: World, index: MemoryIndex) -> FlaskClient:
    """A client of the web part, which has configured callers."""
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
def test_a_request_that_is_not_allowed_is_not_sent(
    client: FlaskClient, upstream: ScriptedHost, path: str, status: int
) -> None:
    """The response is 4xx, and no upstream is called."""
    assert client.get(path, headers=CALLER).status_code == status
    assert upstream.asked == []


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"])
@pytest.mark.parametrize("headers", [{}, {"X-HTTP-Method-Override": "GET"}, {"X-Original-URL": APP}])
def test_other_methods_are_not_sent(
    client: FlaskClient, upstream: ScriptedHost, method: str, headers: dict[str, str]
) -> None:
    """The response is 405, also with a header that overrides the method."""
    assert client.open(APP, method=method, headers={**CALLER, **headers}).status_code == 405
    assert upstream.asked == []


@pytest.mark.parametrize("headers", [{}, {"Authorization": f"Bearer {TOKEN}"}, {"Cookie": f"token={READER}"}])
def test_an_unknown_caller_causes_no_upstream_request(
    client: FlaskClient, upstream: ScriptedHost, headers: dict[str, str]
) -> None:
    """The response is 401, also for the credential of the service and for `?token=`, which is only for the catalog."""
    assert client.get(APP, headers=headers).status_code == 401
    assert client.get(f"{APP}?token={READER}", headers=headers).status_code == 401
    assert upstream.asked == []


def test_a_removed_image_is_not_found(client: FlaskClient, upstream: ScriptedHost, index: MemoryIndex) -> None:
    """The response is 404, even if the list is still cached."""
    assert client.get(OWN, headers=CALLER).status_code == 200
    before = list(upstream.asked)
    del index.images["own"]

    assert client.get(OWN, headers=CALLER).status_code == 404
    assert upstream.asked == before


@pytest.mark.parametrize("path", [APP, NODE, OWN])
def test_nothing_of_a_caller_reaches_an_upstream(client: FlaskClient, upstream: ScriptedHost, path: str) -> None:
    """No header of the caller is forwarded, in particular no credentials."""
    strange = {"Cookie": "session=callers", "X-Forwarded-For": "1.2.3.4", "User-Agent": "callers", "Range": "bytes=0-1"}
    assert client.get(path, headers={**CALLER, "X-Image-Factory-Token": READER, **strange}).status_code == 200

    sent = "\n".join(f"{name}: {value}" for request in upstream.requests for name, value in request.headers.items())
    assert sent
    assert not [text for text in (READER, "callers", "1.2.3.4", "bytes=0-1") if text in sent]


def test_a_registry_may_lead_to_another_host_which_gets_no_credentials(
    client: FlaskClient, upstream: ScriptedHost, elsewhere: ScriptedHost
) -> None:
    """As registry.k8s.io does for its lists of tags; what is no list there is 502."""
    upstream.script = lambda request: Answer(302, b"", (("Location", f"{elsewhere.url}{request.target}"),))

    assert client.get(OWN, headers=CALLER).status_code == 502
    assert elsewhere.asked == ["GET /v2/team/own/tags/list?n=1000"]
    assert not {"authorization", "x-image-factory-token", "cookie"} & {
        name.lower() for request in elsewhere.requests for name in request.headers
    }


@pytest.mark.parametrize("path", [APP, NODE])
def test_a_redirect_to_another_host_is_not_followed(
    client: FlaskClient, upstream: ScriptedHost, elsewhere: ScriptedHost, path: str
) -> None:
    """The response is 502, and the other host is not called."""
    upstream.script = lambda request: Answer(302, b"", (("Location", f"{elsewhere.url}{request.target}"),))

    assert client.get(path, headers=CALLER).status_code == 502
    assert elsewhere.asked == []


@pytest.mark.parametrize("path", [APP, NODE, OWN, VERSIONS, "/api/v1/images/node/versions"])
@pytest.mark.parametrize("target", ["{elsewhere}/x?page=2", "//{host}/x?page=2", "http://[", "http://[?page=2"])
def test_a_next_page_on_another_host_is_not_requested(
    client: FlaskClient, upstream: ScriptedHost, elsewhere: ScriptedHost, path: str, target: str
) -> None:
    """The link leads to this service, or the response is 502."""
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
def test_an_upstream_that_returns_a_secret_of_the_service(
    client: FlaskClient, upstream: ScriptedHost, path: str, where: str, caplog: pytest.LogCaptureFixture
) -> None:
    """At no place in the answer does it reach the caller or the log."""

    def returning(request: Request) -> Answer:
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

    upstream.script = returning
    with caplog.at_level(logging.DEBUG):
        answer = client.get(path, headers=CALLER)

    assert TOKEN not in answer.text + json.dumps(dict(answer.headers)) + caplog.text


@pytest.mark.parametrize("path", [APP, VERSIONS])
def test_a_refusal_that_contains_the_refused_credential(
    upstream: ScriptedHost, index: MemoryIndex, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Messages of upstreams are shown, but not the credentials in them."""
    upstream.script = lambda _: json_answer(403, {"message": f"{TOKEN} may not"})
    with open_world(Clock(), github=upstream.url) as world, caplog.at_level(logging.DEBUG):
        answer = registry_web(world, index, Redactor([Secret(TOKEN)]), ACCESS).test_client().get(path, headers=CALLER)

    assert upstream.requests[0].authorization == f"Bearer {TOKEN}"
    assert answer.status_code == 502
    assert TOKEN not in answer.text + json.dumps(dict(answer.headers)) + caplog.text


@pytest.mark.parametrize("path", [APP, NODE, OWN, VERSIONS])
@pytest.mark.parametrize("body", [b"[" * 900 + b"]" * 900, b"[" * 100_000, b"{", b"\xff", b"9" * 5000, b""])
def test_an_unreadable_answer_is_502(client: FlaskClient, upstream: ScriptedHost, path: str, body: bytes) -> None:
    """This includes answers that are too deep or too long."""
    upstream.script = lambda request: usual(request) if is_of_users(request) else Answer(200, body)

    assert client.get(path, headers=CALLER).status_code == 502
