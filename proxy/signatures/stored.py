"""Read what cosign stored beside an image, in both layouts, with few and small requests.

The older layout has a manifest under the tag `sha256-HEX.sig`, with a layer for each signature. The newer one has a
bundle for each signature, in a manifest that refers to the image: the registry lists those, or the tag `sha256-HEX`.
Sources: github.com/sigstore/cosign, specs/SIGNATURE_SPEC.md and specs/BUNDLE_SPEC.md; the distribution specification,
"Listing Referrers" and "Referrers Tag Schema".
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import quote

from catalog.reference import Digest, ImageReference, InvalidReference, parse_digest
from proxy.errors import Garbage, NotFound, Refused
from proxy.http.exchange import Answer
from proxy.http.next_page import next_page
from proxy.registries.manifests import ACCEPT, json_object, verified
from proxy.registries.session import PLAIN_HEADERS, Session
from proxy.signatures.claims import SIGN_PREDICATE

MOST_SIGNATURES = 20
"""The signatures of one image that are read in each layout."""

_MOST_PAGES = 5
_DOCUMENT_LIMIT = 4 * 1024 * 1024
_PAYLOAD_LIMIT = 64 * 1024
_BUNDLE_LIMIT = 1024 * 1024
_BUNDLE_TYPE = "application/vnd.dev.sigstore.bundle"
_SIMPLE_TYPE = "application/vnd.dev.cosign.simplesigning.v1+json"
_SIGNATURE = "dev.cosignproject.cosign/signature"
_CERTIFICATE = "dev.sigstore.cosign/certificate"
_PREDICATE = "dev.sigstore.bundle.predicateType"
_HEADERS: Mapping[str, str] = {**PLAIN_HEADERS, "accept": ACCEPT}
_QUERY = f"artifactType={quote(f'{_BUNDLE_TYPE}.v0.3+json', safe='')}"
_Object = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SimpleSignature:
    """A signature of the older layout, not verified.

    Attributes:
        payload: the signed bytes.
        signature: in base64.
        keyless: whether it has a certificate, and so was made without a key.
    """

    payload: bytes
    signature: str
    keyless: bool


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A signature that is stored and cannot be read; `reason` is a part of a sentence."""

    reason: str


class StoredSignatures:
    """The signatures beside images; `session_of` has the session of a reference's registry."""

    def __init__(self, session_of: Callable[[ImageReference], Session]) -> None:
        self._session_of = session_of

    def bundles(self, reference: ImageReference) -> Iterator[bytes | Unreadable]:
        """The bundles that refer to the image at the reference's digest, at most 20, each read when it is asked for.

        A bundle that says it is an attestation is left out. Iteration raises the errors of a registry.
        """
        count = 0
        for each in self._referrers(reference):
            digest = _bundle_digest(each)
            if digest is None:
                continue
            count += 1
            if count > MOST_SIGNATURES:
                return
            yield self._bundle(reference, digest)

    def simple(self, reference: ImageReference) -> Iterator[SimpleSignature | Unreadable]:
        """The signatures of the older layout, at most 20, each read when it is asked for."""
        try:
            manifest = self._manifest(reference, f"{_tag(reference)}.sig")
        except NotFound:
            return
        layers = [layer for layer in _objects(manifest.get("layers")) if layer.get("mediaType") == _SIMPLE_TYPE]
        for layer in layers[:MOST_SIGNATURES]:
            annotations = _object(layer.get("annotations"))
            content = self._blob(reference, layer, _PAYLOAD_LIMIT)
            if isinstance(content, Unreadable):
                yield content
            else:
                yield SimpleSignature(content, str(annotations.get(_SIGNATURE)), _CERTIFICATE in annotations)

    def _bundle(self, reference: ImageReference, digest: Digest) -> bytes | Unreadable:
        try:
            manifest = self._manifest(reference, digest, expected=digest)
        except (NotFound, Garbage):
            return _UNREADABLE
        return self._blob(reference, next(iter(_objects(manifest.get("layers"))), {}), _BUNDLE_LIMIT)

    def _referrers(self, reference: ImageReference) -> Iterator[_Object]:
        """The descriptors of what refers to the image."""
        try:
            yield from self._listed(reference)
        except (NotFound, Garbage, Refused):
            # A registry without this list answers 404; some answer 400, 403 or 405, or a page for people.
            try:
                yield from _objects(self._manifest(reference, _tag(reference)).get("manifests"))
            except NotFound:
                return

    def _listed(self, reference: ImageReference) -> Iterator[_Object]:
        session = self._session_of(reference)
        page: str | None = session.endpoint.path(reference.repository, f"referrers/{reference.digest}?{_QUERY}")
        for _ in range(_MOST_PAGES):
            if page is None:
                return
            answer = self._ask(reference, page, _DOCUMENT_LIMIT)
            document = json_object(answer.body, reference)
            if not isinstance(document.get("manifests"), list):
                raise Garbage(f"{reference}: the registry sent no list of what refers to the image; retried later")
            yield from _objects(document["manifests"])
            page = next_page(answer, reference)

    def _manifest(self, reference: ImageReference, which: str, *, expected: Digest | None = None) -> _Object:
        """A manifest of the repository.

        Raises:
            NotFound: there is none.
        """
        path = self._session_of(reference).endpoint.path(reference.repository, f"manifests/{which}")
        answer = self._ask(reference, path, _DOCUMENT_LIMIT)
        if expected is not None:
            verified(answer.body, expected, reference)
        return json_object(answer.body, reference)

    def _blob(self, reference: ImageReference, layer: _Object, limit: int) -> bytes | Unreadable:
        """The content of a layer. What is wrong with one signature hides no other one."""
        size = layer.get("size")
        digest = _digest(layer)
        if digest is None or not isinstance(size, int):
            return _UNREADABLE
        if size > limit:
            return Unreadable(f"it has {size} bytes, and at most {limit} are read")
        path = self._session_of(reference).endpoint.path(reference.repository, f"blobs/{digest}")
        try:
            answer = self._ask(reference, path, limit, PLAIN_HEADERS)
            verified(answer.body, digest, reference)
        except (NotFound, Garbage):
            return _UNREADABLE
        return answer.body

    def _ask(self, reference: ImageReference, path: str, limit: int, headers: Mapping[str, str] = _HEADERS) -> Answer:
        session = self._session_of(reference)
        return session.ask("GET", path, reference.repository, about=reference, headers=headers, limit=limit)


_UNREADABLE = Unreadable("what the registry has of it cannot be read")


def _tag(reference: ImageReference) -> str:
    return str(reference.digest).replace(":", "-", 1)


def _bundle_digest(descriptor: _Object) -> Digest | None:
    """The digest of a bundle's manifest; None where the descriptor is not one of a signature."""
    if not str(descriptor.get("artifactType", "")).startswith(_BUNDLE_TYPE):
        return None
    predicate = _object(descriptor.get("annotations")).get(_PREDICATE, SIGN_PREDICATE)
    return _digest(descriptor) if predicate == SIGN_PREDICATE else None


def _digest(descriptor: _Object) -> Digest | None:
    try:
        return parse_digest(str(descriptor.get("digest")))
    except InvalidReference:
        return None


def _objects(value: object) -> list[_Object]:
    return [cast("_Object", each) for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _object(value: object) -> _Object:
    return cast("_Object", value) if isinstance(value, dict) else {}
