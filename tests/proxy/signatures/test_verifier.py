"""Which signatures verify by a rule, on signatures that are made here and stored in a real registry."""

from collections.abc import Callable, Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from catalog.reference import Digest, ImageReference
from proxy.errors import NotConfigured, Refused
from proxy.http.transport import Transport
from proxy.secrets.docker_config import Login
from proxy.signatures.rules import NotSigned, SignatureAnswer, SignatureRule, Signed, Signer, SigningKey
from proxy.signatures.verifier import CosignVerifier
from tests.peers.cosign.signatures import Key, Layer, bundle, payload, push_bundles, push_simple, statement
from tests.peers.cosign.sigstore_world import GITHUB, WORKFLOW, Signing, SigstoreWorld
from tests.peers.images import push
from tests.peers.registry import DockerRegistry
from tests.peers.token_server import DEFAULT_LOGIN
from tests.proxy.clocks import Clock
from tests.proxy.scripted import open_transport, registries

REPOSITORY = "team/node"
KEY = Key.new()
WORLD = SigstoreWorld()
Store = Callable[[str], None]


class Signatures:
    """An image in the registry, and what is stored beside it."""

    def __init__(self, registry: DockerRegistry, transport: Transport) -> None:
        self._registry = registry
        self._verifier = CosignVerifier(registries(transport).session)
        pushed = push(registry.url, REPOSITORY, ["22"], platforms=("linux/amd64", "linux/arm64"))
        self.digest, self.platforms = pushed.digest, pushed.platforms

    def simple(self, *layers: Layer, of: str | None = None) -> None:
        """Store signatures in the older layout."""
        push_simple(self._registry.url, REPOSITORY, of or self.digest, layers)

    def bundles(self, *contents: bytes) -> None:
        """Store signatures in the newer layout."""
        push_bundles(self._registry.url, REPOSITORY, self.digest, contents)

    def verify(self, rule: SignatureRule) -> SignatureAnswer:
        """Verify the image."""
        image = ImageReference.parse(f"{self._registry.host}/{REPOSITORY}:22")
        return self._verifier.verify(image.at(Digest(self.digest)), rule)


@pytest.fixture
def image(registry: DockerRegistry, clock: Clock) -> Iterator[Signatures]:
    """An image of two platforms without signatures."""
    with open_transport(clock) as transport:
        yield Signatures(registry, transport)


def by_key(*keys: Key) -> SignatureRule:
    """A rule with these keys."""
    return SignatureRule(tuple(SigningKey(f"keys/{number}.pem", key.pem) for number, key in enumerate(keys)))


def by_signer(subject: str = "https://github.com/acme/*", issuer: str = GITHUB) -> SignatureRule:
    """A rule with a signer of the world of the tests."""
    return SignatureRule(signer=Signer(issuer, subject, WORLD.trusted_root))


KINDS: dict[str, Callable[[], Key]] = {
    "P-256": Key.new,
    "P-384": lambda: Key.new(ec.SECP384R1()),
    "P-521": lambda: Key.new(ec.SECP521R1()),
    "RSA": lambda: Key(rsa.generate_private_key(65537, 2048)),
    "Ed25519": lambda: Key(Ed25519PrivateKey.generate()),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_signature_by_the_key_verifies_in_both_layouts(kind: str, image: Signatures) -> None:
    """Each kind of key that cosign signs with."""
    older, newer = KINDS[kind](), KINDS[kind]()
    image.simple(Layer.of(older, payload(image.digest)))
    image.bundles(bundle(newer, statement(image.digest)))

    assert image.verify(by_key(older)) == Signed("keys/0.pem")
    assert image.verify(by_key(newer)) == Signed("keys/0.pem")


def test_one_of_several_keys_and_one_of_several_signatures_are_enough(image: Signatures) -> None:
    """A key is changed by listing both, and an image is signed again by anybody."""
    foreign = Key.new()
    image.simple(Layer.of(foreign, payload(image.digest)), Layer.of(KEY, payload(image.digest)))

    assert image.verify(by_key(Key.new(), KEY)) == Signed("keys/1.pem")


def test_the_reference_in_the_payload_is_not_compared(image: Signatures) -> None:
    """A copy in another registry keeps its signatures, as with cosign."""
    image.simple(Layer.of(KEY, payload(image.digest, "elsewhere.example.com/other:1")))

    assert image.verify(by_key(KEY)) == Signed("keys/0.pem")


def test_an_identity_verifies_by_its_own_certificates_and_log(image: Signatures) -> None:
    """Exactly, by a pattern, and as an email."""
    image.bundles(WORLD.bundle(image.digest))

    assert image.verify(by_signer(WORKFLOW)) == Signed(f"{WORKFLOW} by {GITHUB}")
    assert isinstance(image.verify(by_signer()), Signed)
    assert isinstance(image.verify(by_signer("https://github.com/acme/base/*/release.yml@*")), Signed)
    image.bundles(
        WORLD.bundle(image.digest, Signing(subject="release@acme.example", issuer="https://accounts.acme.example"))
    )
    assert isinstance(image.verify(by_signer("*@acme.example", "https://accounts.acme.example")), Signed)


def test_an_image_without_signatures_is_not_signed(image: Signatures) -> None:
    """The reason names the key."""
    assert image.verify(by_key(KEY)) == NotSigned(
        "has no signature that verifies with keys/0.pem: none is stored beside it"
    )


def test_a_signature_of_one_platform_does_not_count(image: Signatures) -> None:
    """A build may pull another platform of the index, which nobody signed."""
    child = image.platforms["linux/amd64"]
    image.simple(Layer.of(KEY, payload(child)), of=child)

    assert isinstance(image.verify(by_key(KEY)), NotSigned)


OTHER = "sha256:" + "b" * 64
SIMPLE: dict[str, tuple[Callable[[str], Layer], str]] = {
    "another key": (lambda digest: Layer.of(Key.new(), payload(digest)), "another key made it"),
    "moved over from another image": (lambda _: Layer.of(KEY, payload(OTHER)), f"it signs {OTHER}"),
    "a changed payload": (
        lambda digest: Layer(payload(digest), Layer.of(KEY, payload(OTHER)).signature, {}),
        "another key made it",
    ),
    "no base64": (lambda digest: Layer(payload(digest), "?", {}), "it is not encoded as base64"),
    "an empty signature": (lambda digest: Layer(payload(digest), "", {}), "another key made it"),
    "a payload of another type": (
        lambda _: Layer.of(KEY, b'{"critical": {"type": "x"}}'),
        "its payload is no signature",
    ),
    "a payload that is no JSON": (lambda _: Layer.of(KEY, b"{"), "its payload is not valid JSON"),
    "a payload without content": (lambda _: Layer.of(KEY, b"[]"), "its payload is not complete"),
    "deep JSON": (lambda _: Layer.of(KEY, b"[" * 60_000), "its payload is not valid JSON"),
    "a certificate": (
        lambda digest: Layer.of(KEY, payload(digest), **{"dev.sigstore.cosign/certificate": "x"}),
        "it was made without a key",
    ),
    "a payload that is too large": (lambda _: Layer.of(KEY, b"a" * 70_000), "and at most 65536 are read"),
}


@pytest.mark.parametrize("name", SIMPLE)
def test_what_does_not_verify_in_the_older_layout_is_named(name: str, image: Signatures) -> None:
    """None of them is a signature of the image by the key."""
    make, reason = SIMPLE[name]
    image.simple(make(image.digest))

    answer = image.verify(by_key(KEY))

    assert isinstance(answer, NotSigned)
    assert reason in answer.reason


def _changed(digest: str) -> bytes:
    signed = bundle(KEY, statement(OTHER)).decode()
    other = bundle(Key.new(), statement(digest)).decode()
    here, there = (text.partition('"payload": "')[2].partition('"')[0] for text in (signed, other))
    return signed.replace(here, there).encode()


BUNDLES: dict[str, tuple[Callable[[str], bytes], str]] = {
    "another key": (lambda digest: bundle(Key.new(), statement(digest)), "another key made it"),
    "moved over from another image": (lambda _: bundle(KEY, statement(OTHER)), "it signs bbbb"),
    "a changed statement": (_changed, "another key made it"),
    "an attestation": (lambda digest: bundle(KEY, statement(digest, "https://slsa.dev/provenance/v1")), "no signature"),
    "no JSON": (lambda _: b"bundle", "its bundle is not valid JSON"),
    "a list": (lambda _: b"[]", "its bundle is not complete"),
    "no material": (lambda _: b"{}", "it was made without a key"),
    "no statement": (lambda _: b'{"verificationMaterial": {"publicKey": {}}}', "no signed statement"),
    "a statement about nothing": (
        lambda _: bundle(KEY, b'{"_type": "https://in-toto.io/Statement/v1"}'),
        "no signature",
    ),
    "an identity": (WORLD.bundle, "it was made without a key"),
}


@pytest.mark.parametrize("name", BUNDLES)
def test_what_does_not_verify_in_the_newer_layout_is_named(name: str, image: Signatures) -> None:
    """None of them is a signature of the image by the key."""
    make, reason = BUNDLES[name]
    image.bundles(make(image.digest))

    answer = image.verify(by_key(KEY))

    assert isinstance(answer, NotSigned)
    assert reason in answer.reason


LATE = Signing().logged_at.replace(hour=13)
KEYLESS: dict[str, tuple[Callable[[str], bytes], str]] = {
    "another subject": (
        lambda digest: WORLD.bundle(digest, Signing(subject="https://github.com/evil/acme/x")),
        "its signer is https://github.com/evil/acme/x",
    ),
    "another issuer": (
        lambda digest: WORLD.bundle(digest, Signing(issuer="https://evil.example")),
        "was not confirmed",
    ),
    "no log": (lambda digest: WORLD.bundle(digest, Signing(logged=False)), "exactly one log entry"),
    "no time": (lambda digest: WORLD.bundle(digest, Signing(promised=False)), "inclusion promise or signed timestamp"),
    "an expired certificate": (lambda digest: WORLD.bundle(digest, Signing(logged_at=LATE)), "not valid"),
    "another log": (lambda digest: WORLD.other_log().bundle(digest), "invalid signature"),
    "another authority": (lambda digest: SigstoreWorld().bundle(digest), "certificate chain"),
    "moved over from another image": (lambda _: WORLD.bundle(OTHER), "it signs bbbb"),
    "a changed statement": (
        lambda digest: WORLD.bundle(OTHER, Signing(changed=statement(digest))),
        "invalid signature",
    ),
    "an attestation": (
        lambda digest: WORLD.bundle(digest, Signing(predicate="https://slsa.dev/provenance/v1")),
        "it is an attestation",
    ),
    "no JSON": (lambda _: b"bundle", "its bundle is not valid JSON"),
    "no material": (lambda _: b"{}", "validation errors"),
    "a certificate that is none": (
        lambda digest: WORLD.bundle(digest).replace(
            b'"certificate": {"rawBytes": "MI', b'"certificate": {"rawBytes": "AA'
        ),
        "its bundle cannot be read",
    ),
}


@pytest.mark.parametrize("name", KEYLESS)
def test_what_does_not_verify_by_identity_is_named(name: str, image: Signatures) -> None:
    """Nothing that is stored makes the library's errors end the check, and none of it is accepted."""
    make, reason = KEYLESS[name]
    image.bundles(make(image.digest))

    answer = image.verify(by_signer())

    assert isinstance(answer, NotSigned)
    assert reason in answer.reason


def test_the_older_layout_without_a_key_is_not_accepted_and_says_what_to_do(image: Signatures) -> None:
    """It has the log's promise only, which the library does not verify without a request to the log."""
    image.simple(Layer.of(Key.new(), payload(image.digest), **{"dev.sigstore.cosign/certificate": "x"}))

    answer = image.verify(by_signer())

    assert isinstance(answer, NotSigned)
    assert "sign with cosign 3" in answer.reason


def test_signatures_of_this_world_are_not_those_of_the_public_instance(image: Signatures) -> None:
    """Without a trusted root of its own, a rule trusts the public instance, whose root is a part of the library."""
    image.bundles(WORLD.bundle(image.digest))

    answer = image.verify(SignatureRule(signer=Signer(GITHUB, "https://github.com/acme/*")))

    assert isinstance(answer, NotSigned)
    assert "certificate chain" in answer.reason


def test_signatures_of_a_private_registry_are_read_with_its_credentials(
    registry_with_htpasswd: DockerRegistry, clock: Clock
) -> None:
    """Those that the service has for the image itself; without them nothing is known."""
    host, url = registry_with_htpasswd.host, registry_with_htpasswd.url
    digest = push(url, REPOSITORY, ["22"], credentials=DEFAULT_LOGIN).digest
    push_bundles(url, REPOSITORY, digest, [bundle(KEY, statement(digest))], DEFAULT_LOGIN)
    image = ImageReference.parse(f"{host}/{REPOSITORY}:22").at(Digest(digest))
    login = Login(DEFAULT_LOGIN.user, DEFAULT_LOGIN.password)

    with open_transport(clock) as transport:
        assert CosignVerifier(registries(transport, {host: login}).session).verify(image, by_key(KEY)) == Signed(
            "keys/0.pem"
        )
        with pytest.raises(Refused):
            CosignVerifier(registries(transport).session).verify(image, by_key(KEY))


def test_a_rule_that_cannot_be_used_is_no_answer(image: Signatures) -> None:
    """Whether the image is signed is not known then."""
    image.simple(Layer.of(KEY, payload(image.digest)))

    with pytest.raises(NotConfigured, match=r"team\.pem is not a public key"):
        image.verify(SignatureRule((SigningKey("team.pem", "no key"),)))
    with pytest.raises(NotConfigured, match="the trusted root cannot be used"):
        image.verify(SignatureRule(signer=Signer(GITHUB, "https://github.com/acme/*", "{}")))


def test_without_the_library_a_signer_is_a_problem_with_its_remedy(
    image: Signatures, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keys are verified without it."""
    monkeypatch.setattr("proxy.signatures.verifier.find_spec", lambda _: None)
    image.simple(Layer.of(KEY, payload(image.digest)))

    assert image.verify(by_key(KEY)) == Signed("keys/0.pem")
    with pytest.raises(NotConfigured, match=r"install image-factory\[verify\]"):
        image.verify(by_signer())
