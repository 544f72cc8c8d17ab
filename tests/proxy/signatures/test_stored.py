"""Reading signatures costs few and small requests, whatever a registry answers."""

import json

import pytest

from proxy.errors import Garbage, Refused, Unavailable
from proxy.http.transport import Transport
from proxy.signatures.rules import NotSigned, SignatureRule, Signed, SigningKey
from tests.peers.cosign.signatures import (
    BUNDLE_TYPE,
    SIMPLE_TYPE,
    Key,
    Layer,
    bundle,
    payload,
    simple_manifest,
    statement,
)
from tests.peers.exchange import Answer, json_answer
from tests.proxy.scripted import ScriptedHost
from tests.proxy.signatures.beside import DIGEST, REFERRERS, SIG, Beside

KEY = Key.new()
RULE = SignatureRule((SigningKey("keys/team.pem", KEY.pem),))
SIGNED = Signed("keys/team.pem")
GOOD = bundle(KEY, statement(DIGEST))


@pytest.fixture
def beside(host: ScriptedHost, transport: Transport) -> Beside:
    """A registry with an image and no signatures."""
    return Beside(host, transport)


def test_a_registry_with_the_list_of_referrers_is_asked_three_times(beside: Beside) -> None:
    """The list, the manifest of the bundle and the bundle; the older layout is not asked for."""
    beside.bundles(GOOD)

    assert beside.verify(RULE) == SIGNED
    assert len(beside.host.requests) == 3
    assert f"artifactType={BUNDLE_TYPE.replace('/', '%2F').replace('+', '%2B')}" in beside.host.requests[0].target


def test_an_image_without_signatures_costs_three_requests(beside: Beside) -> None:
    """The list, the tag that stands for it, and the tag of the older layout."""
    assert isinstance(beside.verify(RULE), NotSigned)
    assert len(beside.host.requests) == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 406])
def test_without_the_list_of_referrers_its_tag_is_read(status: int, beside: Beside) -> None:
    """Registries that do not know the list answer in different ways."""
    beside.bundles(GOOD, listed=False)
    beside.answers[REFERRERS] = Answer(status)

    assert beside.verify(RULE) == SIGNED


@pytest.mark.parametrize("body", [b"<html>", b"{}", b'{"manifests": {}}', b"[]", b""])
def test_a_list_that_is_none_counts_as_missing(body: bytes, beside: Beside) -> None:
    """A page for people, for example."""
    beside.bundles(GOOD, listed=False)
    beside.answers[REFERRERS] = Answer(200, body)

    assert beside.verify(RULE) == SIGNED


def test_attestations_are_not_read(beside: Beside) -> None:
    """They say in the list what they are; reading them would cost two requests each."""
    beside.bundles(GOOD, annotations={"dev.sigstore.bundle.predicateType": "https://slsa.dev/provenance/v1"})

    assert isinstance(beside.verify(RULE), NotSigned)
    assert len(beside.host.requests) == 2


def test_at_most_twenty_bundles_are_read(beside: Beside) -> None:
    """Whoever may push to the repository may store any number."""
    beside.bundles(*(bundle(Key.new(), statement(DIGEST)) for _ in range(21)), GOOD)

    assert isinstance(beside.verify(RULE), NotSigned)
    assert len(beside.host.requests) == 1 + 2 * 20 + 1


def test_at_most_twenty_layers_of_the_older_layout_are_read(beside: Beside) -> None:
    """One manifest may name thousands."""
    beside.simple(*(Layer.of(Key.new(), payload(DIGEST)) for _ in range(30)), Layer.of(KEY, payload(DIGEST)))

    assert isinstance(beside.verify(RULE), NotSigned)
    assert len(beside.host.requests) < 25


def test_a_list_without_an_end_is_left_after_five_pages(beside: Beside) -> None:
    """Each page names a next one."""
    beside.answers[REFERRERS] = json_answer(200, {"manifests": []}, ("Link", f'<{REFERRERS}?last=a>; rel="next"'))

    assert isinstance(beside.verify(RULE), NotSigned)
    assert len([target for target in beside.host.asked if "/referrers/" in target]) == 5


def test_a_second_page_of_the_list_is_read(beside: Beside) -> None:
    """As the distribution specification has it."""
    beside.bundles(GOOD)
    second = "/v2/team/node/referrers/page"
    stored = beside.stored(REFERRERS)
    beside.answers[second] = stored
    beside.answers[REFERRERS] = json_answer(200, {"manifests": []}, ("Link", f'<{second}?last=a>; rel="next"'))

    assert beside.verify(RULE) == SIGNED


def test_a_manifest_that_is_too_large_is_not_read(beside: Beside) -> None:
    """What is stored is not known then, so it is asked again."""
    beside.answers[SIG] = Answer(200, b" " * (5 * 1024 * 1024))

    with pytest.raises(Garbage):
        beside.verify(RULE)


ODD_DESCRIPTORS: list[dict[str, object]] = [
    {},
    {"artifactType": 1},
    {"artifactType": BUNDLE_TYPE},
    {"artifactType": BUNDLE_TYPE, "digest": 1},
    {"artifactType": BUNDLE_TYPE, "digest": "sha256:../../other/manifests/latest"},
    {"artifactType": BUNDLE_TYPE, "digest": DIGEST, "annotations": []},
    {"artifactType": "text/html", "digest": DIGEST},
]


@pytest.mark.parametrize("descriptor", ODD_DESCRIPTORS)
def test_odd_descriptors_in_the_list_are_passed_over(descriptor: dict[str, object], beside: Beside) -> None:
    """And make no request outside the repository."""
    beside.list_of(descriptor)
    beside.simple(Layer.of(KEY, payload(DIGEST)))

    assert beside.verify(RULE) == SIGNED
    assert all(target.startswith("GET /v2/team/node/") for target in beside.host.asked)


ODD_LAYERS: list[dict[str, object]] = [
    {},
    {"mediaType": SIMPLE_TYPE},
    {"mediaType": SIMPLE_TYPE, "digest": DIGEST, "size": "1"},
    {"mediaType": SIMPLE_TYPE, "digest": DIGEST, "size": 10**9},
    {"mediaType": SIMPLE_TYPE, "digest": "../../..", "size": 1},
    {"mediaType": SIMPLE_TYPE, "digest": DIGEST, "size": 1, "annotations": "none"},
]


@pytest.mark.parametrize("layer", ODD_LAYERS)
def test_a_layer_that_cannot_be_read_hides_no_other(layer: dict[str, object], beside: Beside) -> None:
    """Its blob is missing, or its descriptor is not valid."""
    good = simple_manifest([Layer.of(KEY, payload(DIGEST))])
    beside.store(good, "kept")
    beside.answers[SIG] = json_answer(200, {"layers": [layer, *_layers(good.blob.content)]})

    assert beside.verify(RULE) == SIGNED


def _layers(manifest: bytes) -> list[object]:
    return list(json.loads(manifest)["layers"])


@pytest.mark.parametrize("layers", [None, {}, "x", [1, None]])
def test_a_manifest_without_layers_has_no_signatures(layers: object, beside: Beside) -> None:
    """The older layout's tag may point to anything."""
    beside.answers[SIG] = json_answer(200, {"layers": layers})

    assert isinstance(beside.verify(RULE), NotSigned)


def test_a_bundle_that_was_changed_in_the_registry_is_not_read(beside: Beside) -> None:
    """Its bytes have another digest than its manifest says."""
    beside.bundles(GOOD)
    for target in beside.targets("/blobs/"):
        beside.answers[target] = Answer(200, b"other")

    answer = beside.verify(RULE)

    assert isinstance(answer, NotSigned)
    assert "cannot be read" in answer.reason


@pytest.mark.parametrize(
    ("target", "status", "failure"),
    [
        (REFERRERS, 503, Unavailable),
        (REFERRERS, 429, Unavailable),
        (SIG, 503, Unavailable),
        (SIG, 429, Unavailable),
        (SIG, 401, Refused),
        (SIG, 403, Refused),
    ],
)
def test_a_registry_that_does_not_answer_says_nothing_of_signatures(
    target: str, status: int, failure: type[Exception], beside: Beside
) -> None:
    """The failure is passed on: the image is neither signed nor unsigned."""
    beside.answers[target] = Answer(status)

    with pytest.raises(failure):
        beside.verify(RULE)
