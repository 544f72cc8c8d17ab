"""What a manifest holds: an image, a chart, a cache, statements about an image. Pure.

Sources: image-spec ("Guidelines for Artifact Usage", "Annotations"), Helm's and BuildKit's media types, cosign's
SPECIFICATIONS.md, and BuildKit's "Image attestation storage".
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from catalog.reference import Digest, InvalidReference, parse_digest
from proxy.version_types import Kind

_IMAGES = frozenset(
    {"application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json"},
)
_IMAGE_LAYERS = ("application/vnd.oci.image.layer.", "application/vnd.docker.image.rootfs.")
_CHART = "application/vnd.cncf.helm.config.v1+json"
_CACHE = "application/vnd.buildkit.cacheconfig."
_PUBLISHERS = "org.opencontainers.image."
_REFERENCE_TYPE, _ATTESTATION = "vnd.docker.reference.type", "attestation-manifest"
# BuildKit writes the first one, `cosign attest` the second, and sigstore's bundles have the third.
PREDICATES = ("in-toto.io/predicate-type", "predicateType", "dev.sigstore.bundle.predicateType")
"""The annotations that name the type of a statement."""

_UNKNOWN = "unknown"
_LONGEST_TEXT = 512
_MOST_ATTESTATIONS = 32


def kind_of_manifest(document: Mapping[str, object]) -> Kind | None:
    """What a manifest of one platform holds."""
    configuration = _text(_object(document.get("config")).get("mediaType"))
    if configuration.startswith(_CACHE):
        return "cache"
    if configuration == _CHART:
        return "chart"
    if document.get("artifactType") or configuration not in _IMAGES:
        return "artifact"
    # Signatures, SBOMs and attestations have the configuration of an image, and layers that are no layers of one.
    layers = (_text(layer.get("mediaType")) for layer in _objects(document.get("layers")))
    return "image" if all(layer.startswith(_IMAGE_LAYERS) for layer in layers) else "artifact"


def kind_of_index(document: Mapping[str, object]) -> Kind | None:
    """What an index holds; None if its entries do not show it."""
    entries = _objects(document.get("manifests"))
    if any(_text(entry.get("mediaType")).startswith(_CACHE) for entry in entries):
        return "cache"
    systems = {_text(_object(entry.get("platform")).get("os")) for entry in entries}
    if document.get("artifactType"):
        return "artifact"
    if systems - {"", _UNKNOWN}:
        return "image"
    is_artifact = any(entry.get("artifactType") or is_attestation(entry) for entry in entries)
    return "artifact" if is_artifact else None


def is_attestation(entry: Mapping[str, object]) -> bool:
    """Whether an entry of an index holds statements about another entry."""
    return _text(_object(entry.get("annotations")).get(_REFERENCE_TYPE)) == _ATTESTATION


def attestations_of(document: Mapping[str, object]) -> tuple[Digest, ...]:
    """The manifests in an index that hold statements about the others."""
    return tuple(_attestations(document))[:_MOST_ATTESTATIONS]


def predicates_of(document: Mapping[str, object]) -> frozenset[str]:
    """The types of the statements in a manifest's layers."""
    annotations = (_object(layer.get("annotations")) for layer in _objects(document.get("layers")))
    return frozenset(kind for each in annotations if (kind := predicate_of(each)))


def predicate_of(annotations: Mapping[str, object]) -> str:
    """The type of a statement; empty without one."""
    return next((text for name in PREDICATES if (text := shown_text(annotations.get(name)))), "")


def publishers_annotations(document: Mapping[str, object]) -> Mapping[str, str]:
    """The annotations `org.opencontainers.image.*`: of the document, and of an index's first image."""
    images = (entry for entry in _objects(document.get("manifests")) if _is_image(entry))
    first = next(images, {})
    return publishers([*_items(first.get("annotations")), *_items(document.get("annotations"))])


def publishers(labels: Iterable[tuple[str, object]]) -> Mapping[str, str]:
    """The labels or annotations `org.opencontainers.image.*`, without the prefix, as far as they can be shown."""
    shown = ((name.removeprefix(_PUBLISHERS), shown_text(value)) for name, value in labels if _is_publishers(name))
    return {name: text for name, text in shown if text}


def shown_text(value: object) -> str:
    """A text of a registry that can be shown; empty if it is none."""
    text = _text(value).strip()
    return text if len(text) <= _LONGEST_TEXT and text.isprintable() else ""


def _attestations(document: Mapping[str, object]) -> Iterator[Digest]:
    for entry in filter(is_attestation, _objects(document.get("manifests"))):
        try:
            yield parse_digest(_text(entry.get("digest")))
        except InvalidReference:
            continue


def _is_image(entry: Mapping[str, object]) -> bool:
    return _text(_object(entry.get("platform")).get("os")) not in ("", _UNKNOWN)


def _is_publishers(name: str) -> bool:
    return name.startswith(_PUBLISHERS)


def _items(value: object) -> Sequence[tuple[str, object]]:
    return [(str(name), each) for name, each in _object(value).items()]


def _objects(value: object) -> Sequence[Mapping[str, object]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
