"""What the registry shows about the digest that an image was built from: its lowest layers, and its label."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import cache

from catalog.image import Evidence
from catalog.platforms import without_os_version
from catalog.reference import Digest, ImageReference
from provider.domain.built_on import knows
from provider.domain.ledger import Ledger, Observation
from provider.domain.state import DependencyState
from proxy.errors import NotFound
from proxy.ports import Manifest, Registry

BASE_LABEL = "org.opencontainers.image.base.digest"
"""The label with the digest that an image was built from. Source: the OCI image specification, annotations."""

# At some registries a manifest counts as a pull; an image that is built from an older digest is behind in any case.
_OBSERVATIONS_COMPARED = 5
_NO_TIME = datetime.min.replace(tzinfo=UTC)
_MOST_PLATFORMS = 4
Layers = Callable[[ImageReference], tuple[Digest, ...]]


def layers_of_bases(registries: Registry) -> Layers:
    """Reads the layers of base images; each manifest once, because thousands of images may share a base."""
    return cache(lambda reference: registries.manifest(reference).layers)


def child_of(seen: Observation, platform: str | None) -> Digest:
    """The digest in the index for the platform; the observed digest itself for an image of one platform."""
    return (seen.child(platform) if platform else None) or seen.digest


def label_of(registries: Registry, reference: ImageReference, platform: str | None) -> Digest | None:
    """The digest that the label of an image names; None without such a label.

    Raises:
        OutsideFailure: the registry does not answer.
    """
    label = registries.labels(reference, platform).get(BASE_LABEL, "")
    return Digest(label) if label.startswith("sha256:") and len(label) == len("sha256:") + 64 else None


def is_inherited(
    registries: Registry, label: Digest, edge: DependencyState, ledger: Ledger, platform: str | None
) -> bool:
    """Whether the base image has the same label: labels of a base are copied to what is built from it.

    Raises:
        OutsideFailure: the registry does not answer.
    """
    current = ledger.current
    return current is not None and label_of(registries, edge.image.at(current.digest), platform) == label


def lowest(
    base_layers: Layers, own: tuple[Digest, ...], edge: DependencyState, ledger: Ledger, platform: str | None
) -> Digest | None:
    """The newest digest of a base whose layers are the lowest layers of the image; None where no digest matches.

    Raises:
        OutsideFailure: the registry does not answer.
    """
    recent = [seen for seen in ledger.observations if not seen.gone][-_OBSERVATIONS_COMPARED:]
    return next((seen.digest for seen in reversed(recent) if _has(base_layers, own, edge, seen, platform)), None)


def has_pinned(
    registries: Registry, base_layers: Layers, own: tuple[Digest, ...], edge: DependencyState, platform: str | None
) -> bool | None:
    """Whether the lowest layers of an image are those of the digest that its Dockerfile pins.

    None where that cannot be told: the digest does not exist, or the image has fewer layers, because it was squashed.

    Raises:
        OutsideFailure: the registry does not answer.
    """
    try:
        manifest = registries.manifest(edge.image)
        pinned = Observation(manifest.digest, _NO_TIME, platforms=manifest.platforms)
        layers = base_layers(edge.image.at(child_of(pinned, _pulled(edge, platform))))
    except NotFound:
        return None
    if not layers or len(own) < len(layers):
        return None
    return own[: len(layers)] == layers


def evidence_of_build(
    registries: Registry, image: ImageReference, made: Manifest, edge: DependencyState, ledger: Ledger, passed: Digest
) -> Evidence:
    """Whether an image that was just built shows the digest that was passed to the build.

    Its lowest layers count first, then its label. What shows neither the passed digest nor another one of the tag, such
    as an image that was squashed into one layer, contradicts nothing.

    Args:
        registries: where the image and its base are read.
        image: the repository of the image.
        made: the manifest or index that the build pushed.
        edge: the base that the final stage is built from.
        ledger: of this base.
        passed: its digest that was passed to the build.

    Raises:
        OutsideFailure: the registry does not answer.
    """
    shown = set(_shown(registries, image, made, edge, ledger, passed))
    if Evidence.MISMATCH in shown:
        return Evidence.MISMATCH
    return Evidence.VERIFIED if shown == {Evidence.VERIFIED} else Evidence.PASSED


def _shown(
    registries: Registry, image: ImageReference, made: Manifest, edge: DependencyState, ledger: Ledger, passed: Digest
) -> Iterator[Evidence]:
    base_layers = layers_of_bases(registries)
    observed = ledger.find(passed)
    if observed is None:
        return
    for platform, child in _children(registries, image, made):
        own = registries.manifest(image.at(child)).layers
        if _has(base_layers, own, edge, observed, platform):
            yield Evidence.VERIFIED
        elif lowest(base_layers, own, edge, ledger, platform):
            yield Evidence.MISMATCH
        else:
            yield _by_label(registries, image.at(child), edge, ledger, observed, platform)


def _by_label(
    registries: Registry,
    image: ImageReference,
    edge: DependencyState,
    ledger: Ledger,
    observed: Observation,
    platform: str | None,
) -> Evidence:
    label = label_of(registries, image, None)
    if label is None:
        return Evidence.PASSED
    if label in (observed.digest, *observed.platforms.values()):
        return Evidence.VERIFIED
    if knows(ledger, label):
        return Evidence.MISMATCH
    inherited = label_of(registries, edge.image.at(observed.digest), platform) == label
    return Evidence.PASSED if inherited else Evidence.MISMATCH


def _children(registries: Registry, image: ImageReference, made: Manifest) -> Iterable[tuple[str | None, Digest]]:
    """Each platform of the image with its manifest."""
    if made.platforms:
        return [(without_os_version(name), child) for name, child in made.platforms.items()][:_MOST_PLATFORMS]
    platform = registries.platform(image, made.configuration) if made.configuration else made.platform
    return [(platform, made.digest)]


def _has(
    base_layers: Layers, own: tuple[Digest, ...], edge: DependencyState, seen: Observation, platform: str | None
) -> bool:
    """Whether the layers of this digest are the lowest layers of the image."""
    try:
        layers = base_layers(edge.image.at(child_of(seen, _pulled(edge, platform))))
    except NotFound:
        return False
    return bool(layers) and own[: len(layers)] == layers


def _pulled(edge: DependencyState, platform: str | None) -> str | None:
    """The platform for which the build of this platform pulls the base: a FROM can name another one."""
    return platform if not edge.platforms or platform in edge.platforms else edge.platforms[0]
