"""Checks of digests at registries without HEAD, without types, with old images, and behind redirects."""

import json
from collections.abc import Callable, Iterator

import pytest

from provider.services.monitoring import check_digests
from proxy.deadline import Deadline
from proxy.http.transport import Transport
from proxy.registries.manifests import body_digest
from tests.fakes.registry import OCI_INDEX, digest_of
from tests.peers.exchange import Answer, Request
from tests.provider.services.world import Company
from tests.proxy.clocks import Clock
from tests.proxy.registries.documents.test_schema1 import SIGNED_TYPE, UNSIGNED, signed
from tests.proxy.scripted import ScriptedHost, open_transport, registries

CHILD = {"digest": digest_of("child"), "size": 1, "platform": {"os": "linux", "architecture": "amd64"}}
INDEX = json.dumps({"schemaVersion": 2, "manifests": [CHILD]}).encode()
UNKNOWN = json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.acme.image+json"}).encode()


@pytest.fixture
def transport() -> Iterator[Transport]:
    """A transport that may reach loopback by plain http."""
    with open_transport(Clock()) as transport:
        yield transport


def sent(body: bytes, media_type: str, digest: str | None = None) -> Answer:
    """The image, with its digest in the header."""
    return Answer(200, body, (("Content-Type", media_type), ("Docker-Content-Digest", digest or body_digest(body))))


def without_head(request: Request) -> Answer:
    """A registry that has no HEAD and names no digest."""
    return Answer(405) if request.method == "HEAD" else Answer(200, INDEX, (("Content-Type", OCI_INDEX),))


def redirecting(request: Request) -> Answer:
    """A registry that keeps its images under another path."""
    if request.path.startswith("/v2/store/"):
        return sent(INDEX, "application/json")
    return Answer(307, b"", (("Location", request.target.replace("/v2/", "/v2/store/")),))


REGISTRIES: dict[str, tuple[Callable[[Request], Answer], str, dict[str, str]]] = {
    "no type": (lambda _: sent(INDEX, "text/plain"), body_digest(INDEX), {"linux/amd64": digest_of("child")}),
    "no HEAD": (without_head, body_digest(INDEX), {"linux/amd64": digest_of("child")}),
    "a redirect": (redirecting, body_digest(INDEX), {"linux/amd64": digest_of("child")}),
    "schema 1": (lambda _: sent(UNSIGNED, "application/json"), body_digest(UNSIGNED), {}),
    "schema 1, signed": (lambda _: sent(signed(), SIGNED_TYPE, body_digest(UNSIGNED)), body_digest(UNSIGNED), {}),
}


def checked(transport: Transport, play: Callable[[Request], Answer]) -> tuple[Company, str]:
    """A company whose base image was checked at such a registry, and the name of that image."""
    with ScriptedHost(play) as host:
        company = Company()
        written = f"{host.host}/acme/base:1"
        company.move(written, "before")
        company.enroll("portal", f"FROM {written}")
        company.round.run()
        (name,) = company.store.read().bases
        check_digests(lambda: company.now, company.store, registries(transport), [name], Deadline.after(30))
    return company, name


@pytest.mark.parametrize(("play", "digest", "platforms"), REGISTRIES.values(), ids=REGISTRIES)
def test_a_new_digest_of_an_odd_registry_is_recorded(
    transport: Transport, play: Callable[[Request], Answer], digest: str, platforms: dict[str, str]
) -> None:
    """With its platforms, and without an error."""
    company, name = checked(transport, play)
    base = company.store.read().bases[name]

    assert base.error is None
    assert base.ledger.current is not None
    assert (base.ledger.current.digest, base.ledger.current.unread) == (digest, False)
    assert dict(base.ledger.current.platforms) == platforms


@pytest.mark.parametrize("body", [UNKNOWN, b"<html>", b"", b'{"errors": [{"code": "UNKNOWN", "message": "broken"}]}'])
def test_a_new_digest_is_recorded_before_its_manifest_can_be_read(transport: Transport, body: bytes) -> None:
    """It ages from now on; the error says what the registry sent."""
    company, name = checked(
        transport,
        lambda request: sent(UNKNOWN if request.method == "HEAD" else body, "application/json", body_digest(UNKNOWN)),
    )
    base = company.store.read().bases[name]

    assert base.ledger.current is not None
    assert (base.ledger.current.digest, base.ledger.current.unread) == (body_digest(UNKNOWN), True)
    assert base.error is not None
    assert "acme/base:1" in base.error.message
