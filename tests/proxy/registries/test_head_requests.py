"""Registries that do not answer HEAD with a digest: GET is sent in its place, and that is learned once."""

import json
from collections.abc import Callable

import pytest

from catalog.reference import Digest, ImageReference
from proxy.errors import Garbage, NotFound, Refused, Unavailable
from proxy.http.budgets.budget import OWN
from proxy.http.transport import Transport
from proxy.ports import Unchanged
from proxy.registries.docker_hub import DockerHub
from proxy.registries.manifests import body_digest
from proxy.registries.router import Registries
from proxy.secrets.docker_config import DockerConfig
from proxy.secrets.registry_credentials import RegistryCredentials
from tests.fakes.registry import OCI_INDEX, digest_of
from tests.peers.exchange import Answer, Request
from tests.proxy.scripted import ScriptedHost, limited, registries

BODY = json.dumps({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": []}).encode()
DIGEST = body_digest(BODY)
LONG = body_digest(BODY, Digest("sha512:" + "0" * 128))


def named(digest: str) -> Answer:
    """The image, with this digest in the header."""
    return Answer(200, BODY, (("Docker-Content-Digest", digest),))


FOUND = named(DIGEST)
BARE = Answer(200, BODY)
HEADS: dict[str, Answer] = {
    "405": Answer(405),
    "405 with what is allowed": Answer(405, b"", (("Allow", "GET"),)),
    "501": Answer(501),
    "400": Answer(400),
    "404": Answer(404),
    "no digest": BARE,
    "an empty digest": named(""),
    "a malformed digest": named("sha256:abc"),
    "a digest of an unknown algorithm": named("md5:" + "0" * 32),
    "a digest in capital letters": named(DIGEST.upper()),
    "two digests": named(f"{DIGEST}, {digest_of('other')}"),
    "a tag": named("latest"),
}


def by_method(head: Answer, get: Answer) -> Callable[[Request], Answer]:
    """A registry that answers the two methods so."""
    return lambda request: head if request.method == "HEAD" else get


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
@pytest.mark.parametrize("get", [FOUND, BARE, named("sha256:abc")], ids=["digest", "no digest", "malformed digest"])
def test_get_is_sent_where_head_has_no_digest(
    transport: Transport, host: ScriptedHost, head: Answer, get: Answer
) -> None:
    """The first time after HEAD, and from then on in its place: for digests, existence and sweeps."""
    host.script = by_method(head, get)
    registry = registries(transport)

    assert registry.digest(host.image("a:1")) == DIGEST
    assert [request.method for request in host.requests] == ["HEAD", "GET"]
    assert registry.digest(host.image("b:1"), DIGEST) == Unchanged()
    assert registry.exists(host.image("b").at(DIGEST))
    wanted = [(host.image(f"r{number}:1"), None) for number in range(9)]
    assert [answer for _, answer in registry.check(wanted)] == [DIGEST] * 9
    assert [request.method for request in host.requests].count("HEAD") == 1


def test_a_digest_by_another_algorithm_is_a_digest(transport: Transport, host: ScriptedHost) -> None:
    """SHA-512 is in the specification, and HEAD is enough for it."""
    host.script = lambda _: named(LONG)

    assert registries(transport).digest(host.image("a:1")) == LONG
    assert registries(transport).manifest(host.image("a:1")).digest == LONG
    assert host.asked == ["HEAD /v2/a/manifests/1", "GET /v2/a/manifests/1"]


def test_get_too_asks_whether_anything_changed(transport: Transport, host: ScriptedHost) -> None:
    """Nothing is sent again that is known."""
    host.script = lambda request: (
        Answer(405) if request.method == "HEAD" else Answer(304) if request.headers["If-None-Match"] else BARE
    )
    registry = registries(transport)

    assert [registry.digest(host.image("a:1"), DIGEST) for _ in range(2)] == [Unchanged()] * 2
    assert [request.headers["If-None-Match"] for request in host.requests] == [f'"{DIGEST}"'] * 3
    assert registry.digest(host.image("a:1")) == DIGEST


@pytest.mark.parametrize("head", [Answer(405), Answer(404), BARE])
@pytest.mark.parametrize(
    ("get", "error"), [(404, NotFound), (403, Refused), (500, Unavailable), (429, Unavailable), (405, Garbage)]
)
def test_a_failure_of_get_teaches_nothing(
    transport: Transport, host: ScriptedHost, head: Answer, get: int, error: type[Exception]
) -> None:
    """The answer to GET is the failure; the next image is asked by HEAD again."""
    host.script = by_method(head, Answer(get))
    registry = registries(transport)
    with pytest.raises(error, match=f"answered {get} to GET /v2/a/manifests/1"):
        registry.digest(host.image("a:1"))

    host.script = lambda _: FOUND
    if get != 429:
        assert registry.digest(host.image("b:1")) == DIGEST
        assert host.asked[-1] == "HEAD /v2/b/manifests/1"


def test_where_head_works_an_absent_image_costs_one_request(transport: Transport, host: ScriptedHost) -> None:
    """Then 404 means that there is no such image, and nothing else."""
    host.script = lambda request: Answer(404) if "absent" in request.path else FOUND
    registry = registries(transport)
    registry.digest(host.image("a:1"))
    host.requests.clear()

    with pytest.raises(NotFound):
        registry.digest(host.image("absent:1"))
    assert not registry.exists(host.image("absent").at(DIGEST))
    assert [request.method for request in host.requests] == ["HEAD"] * 2


def test_one_image_without_a_digest_costs_the_others_nothing(transport: Transport, host: ScriptedHost) -> None:
    """Where HEAD works, GET replaces it only after three failures in a row."""
    host.script = lambda request: BARE if "odd" in request.path else FOUND
    registry = registries(transport)
    for _ in range(4):
        assert [registry.digest(host.image(f"{name}:1")) for name in ("a", "odd", "odd")] == [DIGEST] * 3
    assert [request.method for request in host.requests] == ["HEAD", "HEAD", "GET", "HEAD", "GET"] * 4

    host.requests.clear()
    for _ in range(5):
        registry.digest(host.image("odd:1"))
    assert [request.method for request in host.requests] == ["HEAD", "GET"] * 1 + ["GET"] * 4


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<!DOCTYPE html><title>Sign in</title>", "a web page"),
        (b"", "not JSON"),
        (b'"text"', "not a JSON object"),
        (b'{"status": "ok"}', "not a manifest"),
        (b'{"schemaVersion": "2"}', "not a manifest"),
        (b'{"errors": [{"code": "WHATEVER", "message": "so it is"}]}', "so it is"),
    ],
)
def test_what_is_no_manifest_has_no_digest(transport: Transport, host: ScriptedHost, body: bytes, words: str) -> None:
    """A login page never becomes the digest of an image."""
    host.script = by_method(Answer(200), Answer(200, body))
    for _ in range(2):
        with pytest.raises(Garbage, match=words):
            registries(transport).digest(host.image("a:1"))


def test_the_bytes_have_the_digest_that_the_header_names(transport: Transport, host: ScriptedHost) -> None:
    """By tag that of the header, by digest the requested one."""
    host.script = by_method(Answer(405), named(digest_of("other")))
    with pytest.raises(Garbage, match="instead of"):
        registries(transport).digest(host.image("a:1"))
    with pytest.raises(Garbage, match="instead of"):
        registries(transport).exists(host.image("a").at(digest_of("wanted")))


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
def test_docker_hub_never_gets_a_get_for_a_digest(
    transport: Transport, host: ScriptedHost, head: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GET counts as a pull there, and HEAD works; the next image is asked by HEAD again."""
    monkeypatch.setattr("proxy.registries.docker_hub.API_HOST", host.host)
    host.script = by_method(head, FOUND)
    hub = limited(transport, host.host, OWN, DockerHub)
    for _ in range(3):
        with pytest.raises((Garbage, NotFound, Unavailable)):
            hub.digest(host.image("library/node:22"))

    assert {request.method for request in host.requests} == {"HEAD"}


def test_a_mirror_of_docker_hub_may_have_no_head(transport: Transport, host: ScriptedHost) -> None:
    """Nothing counts there."""
    host.script = by_method(Answer(405), FOUND)
    mirrored = Registries(transport, RegistryCredentials(DockerConfig(), {}), mirrors={"docker.io": host.url})

    assert mirrored.digest(ImageReference.parse("node:22")) == DIGEST
    assert host.asked == ["HEAD /v2/library/node/manifests/22", "GET /v2/library/node/manifests/22"]
