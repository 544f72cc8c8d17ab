"""The contract of the verifier of signatures, over the real one with a real registry, and the fake."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from catalog.reference import Digest, ImageReference
from proxy.errors import OutsideFailure
from proxy.signatures.rules import NotSigned, SignatureRule, SignatureVerifier, Signed, SigningKey
from proxy.signatures.verifier import CosignVerifier
from tests.fakes.signatures import FakeSignatures
from tests.peers.cosign.signatures import Key, sign
from tests.peers.fixtures import peers_installed
from tests.peers.images import push
from tests.peers.registry import DockerRegistry
from tests.proxy.clocks import Clock
from tests.proxy.scripted import open_transport, registries

KEY, OTHER = Key.new(), Key.new()
RULE = SignatureRule((SigningKey("keys/team.pem", KEY.pem),))


@dataclass(frozen=True, slots=True)
class Subject:
    """A verifier, an image, and control over its signatures."""

    verifier: SignatureVerifier
    image: ImageReference
    sign: Callable[[Key], None]
    down: Callable[[], None]


def _fake(_: Path) -> Iterator[Subject]:
    fake, digest = FakeSignatures(), Digest("sha256:" + "a" * 64)

    def signed(key: Key) -> None:
        fake.signed[digest] = RULE.text if key is KEY else "another key"

    def down() -> None:
        fake.failures[digest] = OutsideFailure("down")

    yield Subject(fake, ImageReference.parse(f"registry.example.com/node:22@{digest}"), signed, down)


def _cosign(folder: Path) -> Iterator[Subject]:
    with peers_installed(), DockerRegistry(folder) as registry, open_transport(Clock()) as transport:
        digest = Digest(push(registry.url, "team/node", ["22"]).digest)
        image = ImageReference.parse(f"{registry.host}/team/node:22").at(digest)
        yield Subject(
            CosignVerifier(registries(transport).session),
            image,
            lambda key: sign(registry.url, "team/node", digest, key),
            registry.__exit__,
        )


@pytest.fixture(params=[_fake, _cosign], ids=["fake", "cosign"])
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Subject]:
    """The fake, and the real one."""
    yield from request.param(tmp_path)


def test_an_image_without_a_signature_is_not_signed(subject: Subject) -> None:
    """The reason is the end of a sentence, and names who should have signed."""
    answer = subject.verifier.verify(subject.image, RULE)

    assert answer == NotSigned("has no signature that verifies with keys/team.pem: none is stored beside it")


def test_a_signature_by_the_key_verifies(subject: Subject) -> None:
    """With the name of the key."""
    subject.sign(KEY)

    assert subject.verifier.verify(subject.image, RULE) == Signed("keys/team.pem")


def test_a_signature_by_another_key_does_not(subject: Subject) -> None:
    """Nor for another digest."""
    subject.sign(OTHER)
    assert isinstance(subject.verifier.verify(subject.image, RULE), NotSigned)

    subject.sign(KEY)
    elsewhere = replace(subject.image, digest=Digest("sha256:" + "b" * 64))
    assert isinstance(subject.verifier.verify(elsewhere, RULE), NotSigned)


def test_a_registry_that_is_down_says_nothing_of_signatures(subject: Subject) -> None:
    """It raises what the port promises."""
    subject.sign(KEY)
    subject.down()

    with pytest.raises(OutsideFailure):
        subject.verifier.verify(subject.image, RULE)
