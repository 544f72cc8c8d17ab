"""Indexes with very many entries: bounded in time and in what is kept of them."""

import json
import time
from collections.abc import Callable
from types import MappingProxyType

import pytest

from proxy.errors import Garbage
from proxy.http.transport import Transport
from proxy.registries.manifests import MOST_PLATFORMS, body_digest
from tests.fakes.registry import OCI_INDEX
from tests.peers.exchange import Answer
from tests.proxy.registries.token_registry import FOUND
from tests.proxy.scripted import ScriptedHost, registries

Child = dict[str, object]
ATTESTATION = {"vnd.docker.reference.type": "attestation-manifest"}


def digest(number: int) -> str:
    """A digest of its own for each number."""
    return f"sha256:{number:064x}"


def variant(number: int) -> Child:
    """A child whose platform no other child has."""
    return {"digest": digest(number), "platform": {"os": "a", "architecture": "b", "variant": f"{number}"}}


def windows(number: int) -> Child:
    """A child for a version of Windows of its own."""
    return {"digest": digest(number), "platform": {"os": "w", "architecture": "a", "os.version": f"{number}"}}


def same(number: int) -> Child:
    """A child for the same platform as all others."""
    return {"digest": digest(number), "platform": {"os": "linux", "architecture": "amd64"}}


def layer(number: int) -> Child:
    """An entry without a platform, as in a cache of BuildKit."""
    return {"digest": digest(number), "mediaType": "application/vnd.oci.image.layer.v1.tar"}


def statement(number: int) -> Child:
    """An attestation."""
    return {"digest": digest(number), "annotations": ATTESTATION}


def index(child: Callable[[int], Child], count: int) -> bytes:
    """An index with so many valid children, without any space."""
    document = {"schemaVersion": 2, "manifests": [child(number) for number in range(count)]}
    return json.dumps(document, separators=(",", ":")).encode()


def answer(body: bytes) -> Answer:
    """What the registry sends for it."""
    return Answer(200, body, (("Docker-Content-Digest", body_digest(body)), ("Content-Type", OCI_INDEX)))


@pytest.mark.parametrize(("child", "count"), [(same, 30_000), (layer, 25_000), (statement, 20_000)])
def test_tens_of_thousands_of_children_of_few_platforms_are_read(
    child: Callable[[int], Child], count: int, transport: Transport, host: ScriptedHost
) -> None:
    """In a second, and few of them are kept."""
    body = index(child, count)
    host.script = lambda _: answer(body)
    began = time.process_time()
    manifest = registries(transport).manifest(host.image("wide:1"))

    assert time.process_time() - began < 5
    assert manifest.digest == body_digest(body)
    assert dict(manifest.platforms) == ({"linux/amd64": digest(0)} if child is same else {})
    assert len(manifest.attestations) <= 32


@pytest.mark.parametrize("child", [variant, windows])
@pytest.mark.parametrize("count", [MOST_PLATFORMS + 1, 5_000, 25_000])
def test_an_index_of_too_many_platforms_is_refused_in_words(
    child: Callable[[int], Child], count: int, transport: Transport, host: ScriptedHost
) -> None:
    """Its digest is known, and the other images of the registry are checked."""
    body = index(child, count)
    host.script = lambda request: answer(body) if "wide" in request.path else FOUND
    registry = registries(transport)
    wanted = [(host.image(f"{name}:1"), None) for name in ("a", "wide", "b")]
    found = {reference.repository: answer for reference, answer in registry.check(wanted)}
    assert found["wide"] == body_digest(body)
    assert found["a"] == found["b"] != found["wide"]

    with pytest.raises(Garbage, match=rf"/wide:1: the index names {count} platforms; at most 1000 are read"):
        registry.manifest(host.image("wide:1"))


@pytest.mark.parametrize("child", [variant, windows])
def test_a_thousand_platforms_are_kept(child: Callable[[int], Child], transport: Transport, host: ScriptedHost) -> None:
    """More than any image has."""
    host.script = lambda _: answer(index(child, MOST_PLATFORMS))

    assert len(registries(transport).manifest(host.image("wide:1")).platforms) == MOST_PLATFORMS


ODD = MappingProxyType({"os": "o" * 100_000, "architecture": "a" * 200, "variant": "v" * 129, "os.version": "1" * 500})


@pytest.mark.parametrize("key", ODD)
def test_a_platform_with_a_very_long_name_is_left_out(key: str, transport: Transport, host: ScriptedHost) -> None:
    """It is kept nowhere; the other children are."""
    odd: Child = {"digest": digest(1), "platform": {"os": "linux", "architecture": "arm64", key: ODD[key]}}
    body = json.dumps({"schemaVersion": 2, "manifests": [odd, same(2)]}).encode()
    host.script = lambda _: answer(body)

    assert dict(registries(transport).manifest(host.image("a:1")).platforms) == {"linux/amd64": digest(2)}


MANIFEST_LIMIT = 4 * 1024 * 1024


@pytest.mark.parametrize("more", [1, 1024, MANIFEST_LIMIT])
def test_a_manifest_that_is_too_large_is_refused_in_words(more: int, transport: Transport, host: ScriptedHost) -> None:
    """Its digest is watched by HEAD all the same."""
    body = index(same, 2)
    body = body[:-1] + b" " * (MANIFEST_LIMIT + more - len(body)) + body[-1:]
    host.script = lambda request: answer(b"" if request.method == "HEAD" else body)
    registry = registries(transport)

    with pytest.raises(Garbage, match=r"/wide/manifests/1 answered more than 4194304 bytes"):
        registry.manifest(host.image("wide:1"))
    assert registry.digest(host.image("wide:1")) == body_digest(b"")
    host.script = lambda _: answer(body[: -1 - more] + body[-1:])
    assert registry.manifest(host.image("wide:1")).platforms
