"""A scripted registry that has signatures, for answers that no real registry gives."""

from collections.abc import Mapping

from catalog.reference import ImageReference
from proxy.http.transport import Transport
from proxy.signatures.rules import SignatureAnswer, SignatureRule
from proxy.signatures.verifier import CosignVerifier
from tests.peers.cosign.signatures import Layer, bundle_manifest, referrers, simple_manifest
from tests.peers.exchange import Answer, Request, json_answer
from tests.peers.image_documents import Document
from tests.proxy.scripted import ScriptedHost, registries

DIGEST = "sha256:" + "a" * 64
OTHER = "sha256:" + "b" * 64
REFERRERS = f"/v2/team/node/referrers/{DIGEST}"
SIG = f"/v2/team/node/manifests/{DIGEST.replace(':', '-')}.sig"
_MISSING = Answer(404)


class Beside:
    """Answers with what is stored; `answers` are for whole targets, and come first."""

    def __init__(self, host: ScriptedHost, transport: Transport) -> None:
        self.host = host
        self.answers: dict[str, Answer] = {}
        self._stored: dict[str, Answer] = {}
        self._verifier = CosignVerifier(registries(transport).session)
        host.script = self._answer

    @property
    def image(self) -> ImageReference:
        """The image whose signatures are stored."""
        return self.host.image(f"team/node@{DIGEST}")

    def verify(self, rule: SignatureRule) -> SignatureAnswer:
        """Verify what is stored."""
        return self._verifier.verify(self.image, rule)

    def simple(self, *layers: Layer, tag: str = DIGEST.replace(":", "-")) -> Document:
        """Store signatures in the older layout."""
        manifest = simple_manifest(layers)
        self.store(manifest, f"{tag}.sig")
        return manifest

    def bundles(self, *contents: bytes, listed: bool = True, annotations: Mapping[str, str] | None = None) -> None:
        """Store bundles; `listed`: the registry has the list of referrers."""
        manifests = [bundle_manifest(content, DIGEST) for content in contents]
        for manifest in manifests:
            self.store(manifest, manifest.digest)
        index = referrers(manifests, **(annotations or {}))
        if listed:
            self._stored[REFERRERS] = Answer(200, index.blob.content)
        else:
            self.store(index, DIGEST.replace(":", "-"))

    def store(self, document: Document, under: str) -> None:
        """Store a manifest with what it needs."""
        self._stored[f"/v2/team/node/manifests/{under}"] = Answer(
            200, document.blob.content, (("Content-Type", document.media_type),)
        )
        for blob in document.needs:
            self._stored[f"/v2/team/node/blobs/{blob.digest}"] = Answer(200, blob.content)

    def list_of(self, *descriptors: Mapping[str, object]) -> None:
        """The registry's list of referrers has these descriptors."""
        index = {"schemaVersion": 2, "manifests": list(descriptors)}
        self._stored[REFERRERS] = json_answer(200, index)

    def stored(self, target: str) -> Answer:
        """What is stored there."""
        return self._stored[target]

    def targets(self, part: str) -> list[str]:
        """The targets with this part under which something is stored."""
        return [target for target in self._stored if part in target]

    def _answer(self, request: Request) -> Answer:
        path = request.target.partition("?")[0]
        return self.answers.get(path) or self._stored.get(path, _MISSING)
