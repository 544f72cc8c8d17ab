"""Registries whose manifests and tags are on another host (registry.k8s.io, vanity hosts)."""

import json
from collections.abc import Iterator

import pytest

from proxy.errors import AddressRefused, Garbage, NotFound, OutsideFailure, Refused, Unavailable
from proxy.http.addresses import AddressPolicy
from proxy.http.transport import Transport
from proxy.ports import Unchanged
from proxy.registries.manifests import body_digest
from proxy.secrets.docker_config import Login
from tests.fakes.registry import OCI_INDEX, OCI_MANIFEST, digest_of
from tests.peers.exchange import Answer, Request, json_answer
from tests.proxy.clocks import Clock
from tests.proxy.registries.token_registry import DIGEST, FOUND
from tests.proxy.scripted import ScriptedHost, registries

LOGIN = Login("ci", "hunter2-do-not-print")
BODY = json.dumps({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": []}).encode()
IMAGE = Answer(200, BODY, (("Docker-Content-Digest", body_digest(BODY)), ("Content-Type", OCI_INDEX)))


@pytest.fixture
def store() -> Iterator[ScriptedHost]:
    """Where the images are."""
    with ScriptedHost(lambda _: IMAGE) as store:
        yield store


def redirect(location: str, status: int = 307) -> Answer:
    """A redirect."""
    return Answer(status, b"", (("Location", location),))


def leading(store: ScriptedHost, path: str = "/v2/k8s-artifacts/images") -> ScriptedHost:
    """A host that redirects every request to the store, under another path."""
    return ScriptedHost(lambda request: redirect(f"{store.url}{path}{request.target.removeprefix('/v2')}"))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_manifests_and_tags_are_read_on_the_host_that_has_them(
    transport: Transport, store: ScriptedHost, status: int
) -> None:
    """By HEAD and GET, with every status; the digest is verified there as everywhere."""
    store.script = lambda request: json_answer(200, {"tags": ["3.9"]}) if "tags" in request.path else IMAGE
    with ScriptedHost(lambda it: redirect(f"{store.url}/v2/k8s{it.target.removeprefix('/v2')}", status)) as host:
        registry, reference = registries(transport), host.image("pause:3.9")

        assert registry.digest(reference) == body_digest(BODY)
        assert registry.digest(reference, body_digest(BODY)) == Unchanged()
        assert registry.exists(reference.at(body_digest(BODY)))
        assert registry.manifest(reference).digest == body_digest(BODY)
        assert list(registry.tags(reference)) == ["3.9"]
    assert store.asked[0] == "HEAD /v2/k8s/pause/manifests/3.9"
    assert store.asked[-1] == "GET /v2/k8s/pause/tags/list?n=1000"


def test_the_other_host_may_answer_that_nothing_changed(transport: Transport, store: ScriptedHost) -> None:
    """If-None-Match goes along."""
    store.script = lambda request: Answer(304) if request.headers["If-None-Match"] else IMAGE
    with leading(store) as host:
        assert registries(transport).digest(host.image("a:1"), DIGEST) == Unchanged()


def test_no_credentials_go_to_the_other_host(transport: Transport, store: ScriptedHost) -> None:
    """Neither a password nor a token, also after the registry itself required them."""

    def registry(request: Request) -> Answer:
        if request.authorization:
            return redirect(store.url + request.target)
        return Answer(401, headers=(("WWW-Authenticate", "Basic realm=r"),))

    with ScriptedHost(registry) as host:
        digest = registries(transport, {host.host: LOGIN, store.host: LOGIN}).digest(host.image("a:1"))

    assert digest == body_digest(BODY)
    assert [request.authorization for request in store.requests] == [""]


def test_the_other_host_gets_a_token_that_needed_no_credentials(transport: Transport, store: ScriptedHost) -> None:
    """Some hosts require one even for public images. It is for the repository there, and is used again."""
    with ScriptedHost(lambda _: json_answer(200, {"token": "for-everybody", "expires_in": 300})) as tokens:
        challenge = f'Bearer realm="{tokens.url}/token",service="store",scope="repository:k8s-artifacts/images/a:pull"'
        refusal = Answer(401, b"", (("WWW-Authenticate", challenge),))
        store.script = lambda request: IMAGE if request.authorization == "Bearer for-everybody" else refusal
        with leading(store) as host:
            logins = {each.host: LOGIN for each in (host, store, tokens)}
            registry = registries(transport, logins)

            assert [registry.digest(host.image("a:1")) for _ in range(3)] == [body_digest(BODY)] * 3
            assert {request.authorization for request in host.requests} == {""}
    assert [request.authorization for request in tokens.requests] == [""]
    assert "scope=repository%3Ak8s-artifacts%2Fimages%2Fa%3Apull" in tokens.requests[0].target


CHALLENGES = {
    "a password": "Basic realm=store",
    "none": "",
    "a token from our own network": 'Bearer realm="http://169.254.169.254/token"',
    "a token from a file": 'Bearer realm="file:///etc/passwd"',
    "no scheme": "=",
    "another scheme": "Negotiate",
}


@pytest.mark.parametrize("challenge", CHALLENGES.values(), ids=CHALLENGES)
@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_of_the_other_host_is_no_word_about_our_credentials(
    transport: Transport, store: ScriptedHost, challenge: str, status: int
) -> None:
    """It says which host refuses, and the registry's own way to authenticate stays as it was."""
    headers = (("WWW-Authenticate", challenge),) if challenge else ()
    store.script = lambda request: Answer(status, b"", headers) if "/private/" in request.path else IMAGE
    with leading(store) as host:
        registry = registries(transport, {host.host: LOGIN, store.host: LOGIN})
        with pytest.raises((Refused, AddressRefused)) as caught:
            registry.digest(host.image("private/a:1"))

        assert "auth file" not in str(caught.value)
        assert registry.digest(host.image("public/a:1")) == body_digest(BODY)
        assert {request.authorization for request in (*host.requests, *store.requests)} == {""}


def test_the_message_names_both_hosts(transport: Transport, store: ScriptedHost) -> None:
    """The one that answered, and the one that led there."""
    store.script = lambda _: Answer(404)
    with leading(store) as host, pytest.raises(NotFound) as caught:
        registries(transport).digest(host.image("a:1"))

    assert f"{store.host} answered 404" in str(caught.value)
    assert f"which {host.host} redirected there" in str(caught.value)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, b'{"schemaVersion": 2}', (("Docker-Content-Digest", DIGEST),)),
        Answer(200, BODY + b" ", (("Docker-Content-Digest", body_digest(BODY)),)),
    ],
)
def test_another_document_on_the_other_host_is_refused(
    transport: Transport, store: ScriptedHost, answer: Answer
) -> None:
    """By tag the header's digest must fit the bytes, by digest the requested one."""
    store.script = lambda _: answer
    with leading(store) as host:
        for reference in (host.image("a:1"), host.image("a:1").at(body_digest(BODY))):
            with pytest.raises(Garbage, match="instead of"):
                registries(transport).manifest(reference)


def test_redirects_in_a_circle_end_in_words(transport: Transport) -> None:
    """Between two hosts, and at one host."""
    with ScriptedHost() as one, ScriptedHost() as other:
        one.script = lambda request: redirect(f"{other.url}{request.target}")
        other.script = lambda request: redirect(f"{one.url}{request.target}")
        with pytest.raises(Garbage, match="was redirected more than 3 times"):
            registries(transport).digest(one.image("a:1"))
        assert len(one.requests) + len(other.requests) == 4

        one.script = lambda request: redirect(request.target)
        with pytest.raises(Garbage, match="was redirected more than 3 times"):
            list(registries(transport).tags(one.image("a")))


LOCATIONS = {
    "plain http": ("http://store.example.com/v2/a/manifests/1", AddressRefused, "not https"),
    "our own network": ("https://metadata.internal/v2/a/manifests/1", AddressRefused, "not a public address"),
    "link-local": ("https://169.254.169.254/latest/meta-data", AddressRefused, "not a public address"),
    "link-local by http": ("http://169.254.169.254/latest/meta-data", AddressRefused, "not https"),
    "loopback in IPv6": ("https://[::1]:8443/v2/", AddressRefused, "not a public address"),
    "mapped loopback": ("https://[::ffff:127.0.0.1]/v2/", AddressRefused, "not a public address"),
    "protocol-relative": ("//metadata.internal/v2/", AddressRefused, "metadata.internal"),
    "a password": ("https://ci:word@store.example.com/v2/", Garbage, "user or password"),
    "a file": ("file:///etc/passwd", Garbage, "by file"),
    "ftp": ("ftp://store.example.com/v2/", Garbage, "by ftp"),
    "no address": ("http://[", Garbage, "invalid address"),
}


@pytest.mark.parametrize(("location", "error", "words"), LOCATIONS.values(), ids=LOCATIONS)
def test_a_redirect_leads_only_to_public_hosts_by_https(
    location: str, error: type[OutsideFailure], words: str, host: ScriptedHost
) -> None:
    """Or to listed ones; the next repository of the registry is checked as if nothing had been."""

    def resolve(name: str, _: int) -> list[str]:
        return [{"metadata.internal": "10.0.0.7", "store.example.com": "10.0.0.8"}.get(name, name)]

    clock = Clock()
    policy = AddressPolicy(insecure_registries=(host.host,), resolver=resolve)
    transport = Transport(policy, now=clock.now, sleep=clock.sleep)
    host.script = lambda request: redirect(location) if "/odd/" in request.path else FOUND
    wanted = [(host.image(f"{name}:1"), None) for name in ("a", "odd/b", "c")]
    answers = {reference.repository: answer for reference, answer in registries(transport).check(wanted)}
    transport.close()

    failure = answers.pop("odd/b")
    assert isinstance(failure, error)
    assert words in str(failure)
    assert "word" not in str(failure).replace("password", "")
    assert answers == {"a": DIGEST, "c": DIGEST}


def test_lists_of_tags_go_on_at_the_registry_itself(transport: Transport, store: ScriptedHost) -> None:
    """The store's own links have its own path; each page is asked by the way of the first one."""

    def page(request: Request) -> Answer:
        if "last" in request.query:
            return json_answer(200, {"tags": ["3.10"]})
        return json_answer(200, {"tags": ["3.9"]}, ("Link", f"<{request.path}?last=3.9>; rel=next"))

    store.script = page
    with leading(store) as host:
        assert list(registries(transport).tags(host.image("pause"))) == ["3.9", "3.10"]
        assert host.asked == ["GET /v2/pause/tags/list?n=1000", "GET /v2/pause/tags/list?last=3.9"]


def test_a_pause_that_the_other_host_requires_is_not_the_registry_s(transport: Transport, store: ScriptedHost) -> None:
    """Its limits are its own: only the repository waits."""
    busy = Answer(429, b"", (("Retry-After", "600"), ("RateLimit-Remaining", "0;w=3600")))
    store.script = lambda request: busy if "/busy/" in request.path else IMAGE
    with leading(store) as host:
        registry = registries(transport)
        with pytest.raises(Unavailable):
            registry.digest(host.image("busy/a:1"))

        assert registry.digest(host.image("b:1")) == body_digest(BODY)


def test_a_challenge_behind_a_redirect_is_not_learned_before_a_sweep(transport: Transport, store: ScriptedHost) -> None:
    """The first request of a sweep asks the registry how it authenticates; another host says nothing about that."""
    store.script = lambda request: (
        Answer(401, b"", (("WWW-Authenticate", "Basic realm=x"),)) if request.path.endswith("/v2/") else IMAGE
    )
    with leading(store) as host:
        wanted = [(host.image(f"{name}:1"), None) for name in "abc"]
        answers = [answer for _, answer in registries(transport, {host.host: LOGIN}).check(wanted)]

        assert answers == [body_digest(BODY)] * 3
        assert {request.authorization for request in (*host.requests, *store.requests)} == {""}


def test_a_single_manifest_with_its_configuration_behind_redirects(transport: Transport, store: ScriptedHost) -> None:
    """Labels are read over both."""
    config = json.dumps({"config": {"Labels": {"a": "b"}}}).encode()
    manifest = json.dumps(
        {"mediaType": OCI_MANIFEST, "config": {"digest": body_digest(config), "size": 1}, "layers": []}
    )
    store.script = lambda request: Answer(200, config if "/blobs/" in request.path else manifest.encode())
    with leading(store) as host:
        assert registries(transport).labels(host.image("a:1")) == {"a": "b"}
        store.script = lambda _: Answer(200, manifest.encode())
        with pytest.raises(Garbage, match="instead of"):
            registries(transport).labels(host.image("a:1").at(digest_of("other")))
