"""Old images of schema 1: watched by digest, with what they say about themselves."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.errors import Garbage
from proxy.http.transport import Transport
from proxy.ports import SCHEMA_1_TYPES, Unchanged
from proxy.registries.documents.schema1 import labels, platform, signed_bytes
from proxy.registries.manifests import body_digest, parse_manifest, verified_document
from tests.fakes.registry import digest_of
from tests.peers.exchange import Answer, Request
from tests.proxy.scripted import ScriptedHost, registries

SIGNED_TYPE, UNSIGNED_TYPE = SCHEMA_1_TYPES
NEWEST = {"os": "linux", "architecture": "amd64", "config": {"Labels": {"maintainer": "acme"}}}
DOCUMENT: dict[str, object] = {
    "schemaVersion": 1,
    "name": "acme/old",
    "tag": "1.0",
    "architecture": "amd64",
    "fsLayers": [{"blobSum": digest_of("high")}, {"blobSum": digest_of("low")}],
    "history": [{"v1Compatibility": json.dumps(NEWEST)}, {"v1Compatibility": "{}"}],
}
UNSIGNED = json.dumps(DOCUMENT, indent=3).encode()


def encoded(content: bytes) -> str:
    """Base64 as JSON Web Signatures have it."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def signed(content: bytes = UNSIGNED, length: object = None, tail: bytes = b"\n}", signature: object = None) -> bytes:
    """The document with a signature before its last line."""
    length = len(content) - 2 if length is None else length
    protected = encoded(json.dumps({"formatLength": length, "formatTail": encoded(tail)}).encode())
    signatures = signature or [{"header": {"alg": "ES256"}, "signature": "abc", "protected": protected}]
    return content[:-2] + b',\n   "signatures": ' + json.dumps(signatures).encode() + b"\n}"


def play(body: bytes, media_type: str) -> Answer:
    """The answer of a registry, with the digest that it keeps."""
    digest = body_digest(signed_bytes(body) or body)
    return Answer(200, body, (("Content-Type", media_type), ("Docker-Content-Digest", digest)))


FORMS = {
    "signed": (signed(), SIGNED_TYPE),
    "signed, as JSON": (signed(), "application/json"),
    "signed, without a type": (signed(), ""),
    "unsigned": (UNSIGNED, UNSIGNED_TYPE),
    "unsigned, as text": (UNSIGNED, "text/plain"),
    "unsigned, in capital letters": (UNSIGNED, f"{UNSIGNED_TYPE.upper()}; charset=utf-8"),
}


@pytest.mark.parametrize(("body", "media_type"), FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("head", [200, 405])
def test_an_old_image_is_watched_by_its_digest(
    transport: Transport, host: ScriptedHost, body: bytes, media_type: str, head: int
) -> None:
    """By HEAD or GET; its layers, platform and labels are read too."""
    answer = play(body, media_type)
    host.script = lambda request: answer if head == 200 or request.method == "GET" else Answer(head)
    registry, reference = registries(transport), host.image("acme/old:1.0")
    digest = registry.digest(reference)

    assert digest == body_digest(UNSIGNED)
    assert registry.digest(reference, body_digest(UNSIGNED)) == Unchanged()
    manifest = registry.manifest(reference.at(body_digest(UNSIGNED)))
    assert (manifest.digest, manifest.layers) == (digest, (digest_of("low"), digest_of("high")))
    assert manifest.media_type in SCHEMA_1_TYPES
    assert (manifest.platform, manifest.platforms, manifest.configuration) == ("linux/amd64", {}, None)
    assert registry.labels(reference) == {"maintainer": "acme"}


def test_a_registry_that_hashes_the_signatures_too_is_believed(transport: Transport, host: ScriptedHost) -> None:
    """The bytes have that digest as well."""
    body = signed()
    host.script = lambda _: Answer(200, body, (("Docker-Content-Digest", body_digest(body)),))

    assert registries(transport).manifest(host.image("acme/old:1.0")).digest == body_digest(body)


def test_only_the_signed_bytes_of_an_image_are_read(transport: Transport, host: ScriptedHost) -> None:
    """What stands beside them is not covered by the digest."""
    evil = json.dumps([{"blobSum": digest_of("evil")}]).encode()
    body = signed()[:-2] + b',"fsLayers": ' + evil + b"\n}"
    assert json.loads(body)["fsLayers"] == json.loads(evil)

    def registry(_: Request) -> Answer:
        return Answer(200, body, (("Docker-Content-Digest", body_digest(UNSIGNED)),))

    host.script = registry
    assert registries(transport).manifest(host.image("acme/old:1.0")).layers == (digest_of("low"), digest_of("high"))


@pytest.mark.parametrize(
    "body",
    [
        signed(length=-1),
        signed(length=10**9),
        signed(length="many"),
        signed(length=5),
        signed(tail=b""),
        signed(signature=[{"protected": "?"}]),
        signed(signature=[{"protected": encoded(b"[]")}]),
        signed(signature=[{}]),
        signed(signature=["text"]),
        signed(signature={"protected": ""}),
        b'{"signatures": [',
        b'{"signatures": []}',
    ],
)
def test_a_signature_that_cannot_be_read_is_none(body: bytes) -> None:
    """Then the bytes have the digest of the document as it is, or it is garbage."""
    assert signed_bytes(body) is None
    with pytest.raises(Garbage):
        verified_document(body, body_digest(UNSIGNED), "a")


def test_a_document_of_another_schema_is_never_read_by_its_signature() -> None:
    """The digest of an image of today is that of all of its bytes."""
    index = json.dumps({"schemaVersion": 2, "manifests": []}, indent=3).encode()

    assert signed_bytes(signed(index)) is None


@pytest.mark.parametrize(
    ("document", "found"),
    [
        (DOCUMENT, "linux/amd64"),
        (DOCUMENT | {"architecture": "arm64", "history": None}, "linux/arm64"),
        (DOCUMENT | {"history": [{"v1Compatibility": '{"os": "windows"}'}]}, "windows/amd64"),
        (DOCUMENT | {"history": [{"v1Compatibility": "{"}]}, "linux/amd64"),
        (DOCUMENT | {"history": [{"v1Compatibility": '{"os": 1}'}]}, "linux/amd64"),
        (DOCUMENT | {"history": ["text"]}, "linux/amd64"),
        (DOCUMENT | {"architecture": ""}, None),
        (DOCUMENT | {"architecture": None}, None),
        (DOCUMENT | {"architecture": 7}, None),
    ],
)
def test_the_platform_is_the_architecture_that_it_names(document: dict[str, object], found: str | None) -> None:
    """The system is linux unless the newest layer has another one."""
    assert platform(document) == found


@pytest.mark.parametrize("config", [None, {}, {"Labels": None}, {"Labels": []}, "text"])
def test_an_old_image_may_have_no_labels(config: object) -> None:
    """Its other parts are read."""
    assert labels({"history": [{"v1Compatibility": json.dumps({"config": config})}]}) == {}


@pytest.mark.parametrize(
    ("layers", "count"), [(None, 0), ([], 0), ([{"blobSum": digest_of("one")}], 1)], ids=["null", "none", "one"]
)
def test_an_old_image_may_have_no_layers(layers: object, count: int) -> None:
    """Its digest is known all the same."""
    body = json.dumps(DOCUMENT | {"fsLayers": layers}).encode()

    assert len(parse_manifest(body, body_digest(body), "", "a").layers) == count


@pytest.mark.parametrize("layers", ["text", [1], [{}], [{"blobSum": "latest"}], {}])
def test_layers_that_are_none_are_garbage(layers: object) -> None:
    """The message names the image."""
    body = json.dumps(DOCUMENT | {"fsLayers": layers or "text"}).encode()
    with pytest.raises(Garbage, match="team/app"):
        parse_manifest(body, body_digest(body), "", "team/app")


@given(
    st.recursive(
        st.none() | st.text(max_size=5) | st.integers(),
        lambda it: (
            st.lists(it)
            | st.dictionaries(
                st.sampled_from(["protected", "signatures", "fsLayers", "history", "v1Compatibility", "blobSum"]), it
            )
        ),
        max_leaves=8,
    )
)
def test_any_document_is_read_or_garbage(value: object) -> None:
    """No other error is raised."""
    body = json.dumps({"schemaVersion": 1, "fsLayers": value, "history": value, "signatures": value}).encode()
    signed_bytes(body)
    try:
        parse_manifest(body, body_digest(body), "", "a")
    except Garbage:
        return
