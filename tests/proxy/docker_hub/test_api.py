"""Requests to Docker Hub's API."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from proxy.docker_hub.api import DockerHubApi
from proxy.docker_hub.failures import AnonymousRefused
from proxy.docker_hub.sign_in import REFUSAL_KEPT
from proxy.errors import Garbage, NotFound, OutsideFailure, Refused, Unavailable
from proxy.http.transport import Transport
from proxy.secrets.secret import Secret
from tests.peers.docker_hub.controls import SECRET, USER
from tests.peers.docker_hub.server import DockerHub
from tests.peers.exchange import Answer, Request, json_answer
from tests.proxy.clocks import NOW, Clock
from tests.proxy.scripted import ScriptedHost

TAGS = "/v2/namespaces/octo/repositories/app/tags"
SIGN_IN = "/v2/auth/token"


@pytest.fixture
def hub(docker_hub: DockerHub, clock: Clock) -> DockerHub:
    """A Docker Hub with a public and a private repository, with our clock."""
    docker_hub.state.clock = clock.now
    docker_hub.rate_limit.limit = 1000
    docker_hub.add_repository("octo", "app")
    docker_hub.add_repository("octo", "hidden", private=True)
    docker_hub.push_tag("octo/app", "1.0", f"sha256:{'1' * 64}")
    return docker_hub


def signed(transport: Transport, url: str, secret: str = SECRET) -> DockerHubApi:
    """The API with credentials."""
    return DockerHubApi(transport, url, USER, Secret(secret))


def paths(hub: DockerHub) -> list[str]:
    """The paths that were requested."""
    return [seen.path for seen in hub.log]


def all_names(api: DockerHubApi) -> list[str]:
    """The names on all pages."""
    names, path = [], f"{TAGS}?page_size=100"
    while path:
        page = api.tags_page(path)
        names += [tag.name for tag in page.tags]
        path = page.next or ""
    return names


def test_all_pages_are_read_signed_in(transport: Transport, hub: DockerHub) -> None:
    """One bearer token is used for thirteen pages, beyond the limit of anonymous requests."""
    hub.push_many("octo/app", 1200, NOW - timedelta(days=1))

    assert len(set(all_names(signed(transport, hub.url)))) == 1201
    assert paths(hub) == [SIGN_IN, *[TAGS] * 13]


@pytest.mark.parametrize("secret", ["dckr_pat_expired", "x"])
def test_an_expired_token_does_not_hide_public_repositories(transport: Transport, hub: DockerHub, secret: str) -> None:
    """They are read without credentials; a private one needs the token, and the refusal says which setting to check."""
    hub.push_tag("octo/hidden", "1.0", f"sha256:{'1' * 64}")
    expired = signed(transport, hub.url, secret)

    assert [tag.name for tag in expired.tags_page(TAGS).tags] == ["1.0"]
    with pytest.raises(Refused, match="the user or the token is wrong; check IMAGE_FACTORY_DOCKER_HUB_USER"):
        expired.tags_page(TAGS.replace("app", "hidden"))
    assert paths(hub).count(SIGN_IN) == 1


def test_anonymous_requests_have_a_limit(transport: Transport, hub: DockerHub) -> None:
    """Public repositories are read without credentials up to the limit, which has an error of its own."""
    hub.push_many("octo/app", 1200, NOW - timedelta(days=1))
    anonymous = DockerHubApi(transport, hub.url, None, None)

    with pytest.raises(AnonymousRefused, match=r"answered 403 .*set IMAGE_FACTORY_DOCKER_HUB_USER"):
        all_names(anonymous)
    assert paths(hub) == [TAGS] * 11
    assert not anonymous.signed_in


def test_private_repositories_are_read_signed_in(transport: Transport, hub: DockerHub) -> None:
    """Without credentials, a private repository is not found."""
    path = "/v2/namespaces/octo/repositories/hidden"
    assert json.loads(signed(transport, hub.url).ask(path).body)["is_private"] is True
    with pytest.raises(NotFound, match=f"answered 404 to GET {path}: .*private and needs credentials"):
        DockerHubApi(transport, hub.url, None, None).ask(path)


def test_the_bearer_is_kept_until_a_minute_before_it_expires(
    transport: Transport, hub: DockerHub, clock: Clock
) -> None:
    """Docker Hub never gets an expired token."""
    api = signed(transport, hub.url)
    api.ask(TAGS)
    clock.sleep(539)
    api.ask(TAGS)
    assert paths(hub) == [SIGN_IN, TAGS, TAGS]

    clock.sleep(1)
    api.ask(TAGS)
    assert paths(hub) == [SIGN_IN, TAGS, TAGS, SIGN_IN, TAGS]


def test_a_revoked_bearer_is_renewed_once(transport: Transport, hub: DockerHub) -> None:
    """If the new token does not help, the request is refused."""
    api = signed(transport, hub.url)
    api.ask(TAGS)
    hub.revoke_bearers()
    api.ask(TAGS)
    assert paths(hub) == [SIGN_IN, TAGS, TAGS, SIGN_IN, TAGS]

    hub.log.clear()
    hub.fail(f"GET {TAGS}", 401, times=2)
    with pytest.raises(Refused, match=r"answered 401 .*check what IMAGE_FACTORY_DOCKER_HUB_TOKEN may do"):
        api.ask(TAGS)
    assert paths(hub) == [TAGS, SIGN_IN, TAGS]


def test_many_callers_share_one_bearer(transport: Transport, hub: DockerHub) -> None:
    """One token is fetched for many concurrent callers."""
    api = signed(transport, hub.url)
    together = threading.Barrier(8)

    def ask(_: int) -> int:
        together.wait(10)
        return api.ask(TAGS).status

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(ask, range(8))) == {200}
    assert paths(hub).count(SIGN_IN) == 1


def test_a_wrong_password_is_not_tried_repeatedly(transport: Transport, hub: DockerHub, clock: Clock) -> None:
    """The refusal is raised again without a request for some time, then the password is tried again."""
    api = signed(transport, hub.url, "wrong-do-not-print")
    for _ in range(3):
        with pytest.raises(Refused, match="check IMAGE_FACTORY_DOCKER_HUB_USER and") as refused:
            api.ask(TAGS)
        assert "wrong-do-not-print" not in str(refused.value)
    assert paths(hub) == [SIGN_IN]

    hub.add_account(USER, "wrong-do-not-print")
    clock.sleep(REFUSAL_KEPT.total_seconds())
    assert api.ask(TAGS).status == 200


def test_the_rate_limit_stops_all_requests_until_its_end(transport: Transport, hub: DockerHub, clock: Clock) -> None:
    """No request is sent before the time in X-Retry-After."""
    hub.rate_limit.limit = 1
    api = DockerHubApi(transport, hub.url, None, None)
    api.ask(TAGS)
    hub.log.clear()
    for _ in range(2):
        with pytest.raises(Unavailable) as limited:
            api.ask(TAGS)
        assert limited.value.retry_at == NOW + timedelta(seconds=60)
    assert paths(hub) == [TAGS]

    clock.sleep(60)
    assert api.ask(TAGS).status == 200


@pytest.mark.parametrize("where", [f"GET {TAGS}", f"POST {SIGN_IN}"])
def test_an_outage_has_a_retry_time(transport: Transport, hub: DockerHub, where: str) -> None:
    """This also holds for the sign-in, which is sent once."""
    hub.fail(where, 503, {"Retry-After": "7"})
    with pytest.raises(Unavailable, match=r"answered 503 .*retried from 2026-11-22 12:00:07 UTC") as outage:
        signed(transport, hub.url).ask(TAGS)

    assert outage.value.retry_at == datetime(2026, 11, 22, 12, 0, 7, tzinfo=UTC)
    assert paths(hub).count(SIGN_IN) == 1


def test_a_host_that_is_down_is_unavailable(transport: Transport, hub: DockerHub) -> None:
    """When the host is up again, requests succeed."""
    api = signed(transport, hub.url)
    hub.down()
    with pytest.raises(Unavailable, match="cannot be reached"):
        api.ask(TAGS)
    hub.up()
    assert api.ask(TAGS).status == 200


def hostile(answer: Answer, signing_in: Answer | None = None) -> ScriptedHost:
    """A host that sends one answer to everything except the sign-in."""
    signed_in = signing_in or json_answer(200, {"access_token": "bearer-do-not-print"})
    return ScriptedHost(lambda request: signed_in if request.method == "POST" else answer)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (json_answer(200, {"count": 0, "results": [], "secret": SECRET}), Garbage),
        (json_answer(200, {"count": 0, "results": [], "secret": "bearer-do-not-print"}), Garbage),
        (json_answer(200, {"count": 0, "results": []}, ("X-Echo", "Bearer bearer-do-not-print")), Garbage),
        (json_answer(403, {"message": f"{SECRET} bearer-do-not-print"}), Refused),
        (json_answer(404, {"message": f"{SECRET} bearer-do-not-print"}), NotFound),
        (json_answer(500, {"message": f"{SECRET} bearer-do-not-print"}), Unavailable),
        (json_answer(418, {"message": f"{SECRET} bearer-do-not-print"}), Garbage),
        (Answer(204), Garbage),
        (Answer(200, b"<p>maintenance"), Garbage),
        (Answer(302, b"", (("Location", "http://localhost:9/v2/"),)), Garbage),
        (json_answer(200, {"count": 1, "next": "http://localhost:9/v2/", "results": []}), Garbage),
    ],
)
def test_a_hostile_host_learns_no_secret(transport: Transport, answer: Answer, error: type[OutsideFailure]) -> None:
    """No message contains the secret or the bearer token, and no other host gets a request."""
    with hostile(answer) as host, pytest.raises(error) as raised:
        signed(transport, host.url).tags_page(TAGS)

    assert type(raised.value) is error
    assert SECRET not in repr(raised.value)
    assert "bearer-do-not-print" not in repr(raised.value)


@pytest.mark.parametrize(
    "signing_in",
    [
        Answer(200, b"hello"),
        json_answer(200, []),
        json_answer(200, {"token": "x"}),
        json_answer(200, {"access_token": "a\r\nX-Injected: 1"}),
        json_answer(200, {"access_token": 5}),
    ],
)
def test_a_sign_in_without_a_bearer_is_garbage(transport: Transport, signing_in: Answer) -> None:
    """No further request is sent."""
    with hostile(Answer(200), signing_in) as host:
        with pytest.raises(Garbage, match=f"answered 200 to POST {SIGN_IN} with no "):
            signed(transport, host.url).ask(TAGS)
        assert host.asked == [f"POST {SIGN_IN}"]


def test_the_secret_is_sent_only_to_sign_in(transport: Transport) -> None:
    """All other requests have the bearer token."""
    with hostile(json_answer(200, {"count": 0, "results": []})) as host:
        signed(transport, host.url).tags_page(TAGS)
        posted, got = host.requests

    assert json.loads(posted.body) == {"identifier": USER, "secret": SECRET}
    assert (posted.authorization, got.authorization) == ("", "Bearer bearer-do-not-print")
    assert not _mentions(got, SECRET)


@pytest.mark.parametrize("path", ["v2/x", "//localhost:9/x", "http://localhost:9/x", ""])
def test_only_paths_on_the_host_are_requested(transport: Transport, hub: DockerHub, path: str) -> None:
    """An address of another host is refused before any request."""
    with pytest.raises(Garbage, match="one slash"):
        signed(transport, hub.url).ask(path)
    assert hub.log == []


def _mentions(request: Request, text: str) -> bool:
    return text in request.target or any(text in value for value in request.headers.values())
