"""Learn from which digests images are built where no rebuild of ours recorded it: by label, else by lowest layers."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import cache

from catalog.image import DependencyRole
from catalog.reference import Digest, ImageReference
from provider.containment import contained
from provider.domain.built_on import Clues, learn_built_on, missing, unlearned
from provider.domain.ledger import Ledger, Observation
from provider.domain.snapshot import Changes, Snapshot
from provider.domain.state import DependencyState, ImageState
from provider.errors import InternalError
from provider.ports import SnapshotStore
from proxy.errors import NotFound, OutsideFailure
from proxy.ports import Registry

BASE_LABEL = "org.opencontainers.image.base.digest"
"""The label with the digest that an image was built from. Source: the OCI image specification, annotations."""
_IMAGES_AT_ONCE = 8
# At some registries a manifest counts as a pull; an image that is built from an older digest is behind in any case.
_OBSERVATIONS_COMPARED = 5
Layers = Callable[[ImageReference], tuple[Digest, ...]]


def learn_what_images_are_built_on(now: datetime, store: SnapshotStore, registries: Registry) -> Snapshot:
    """Learn what is not known yet; an image that cannot be read now waits for the next round."""
    snapshot = store.read()
    images = list(unlearned(snapshot))
    if not images:
        return snapshot
    # Thousands of images may share a base: read each manifest of the base once.
    base_layers = cache(lambda reference: registries.manifest(reference).layers)
    with ThreadPoolExecutor(_IMAGES_AT_ONCE) as pool:
        answers = pool.map(
            lambda image: contained(image.name, _clues, registries, base_layers, snapshot, image), images
        )
        found = {image.name: answer for image, answer in zip(images, answers, strict=True) if answer is not None}
    clues = {name: answer for name, answer in found.items() if isinstance(answer, Clues)}
    errors = {name: _problem(answer) for name, answer in found.items() if isinstance(answer, InternalError)}

    def learn(fresh: Snapshot) -> Changes:
        return learn_built_on(now, fresh, clues).followed_by(Changes(errors=errors))

    return store.write(learn, "Record what images are built from")


def _problem(error: InternalError) -> str:
    return f"what it is built from cannot be learned: {error}"


def _clues(registries: Registry, base_layers: Layers, snapshot: Snapshot, image: ImageState) -> Clues | None:
    """What the registry shows of the image; None where the registry does not answer now."""
    current = image.ledger.current
    if current is None:
        return Clues()
    if current.gone:
        return Clues(current.digest)
    reference = image.enrollment.reference.at(current.digest)
    platform = next(iter(image.enrollment.platforms or current.platforms), None)
    final = [edge for edge in missing(snapshot, image) if edge.role is DependencyRole.FINAL]
    try:
        if not final:
            return Clues(current.digest)
        if label := _label(registries, reference, platform):
            return Clues(current.digest, label)
        own = registries.manifest(reference.at(_child(current, platform))).layers
        found = {edge.name: _lowest(base_layers, own, edge, snapshot.ledger(edge.name), platform) for edge in final}
    except OutsideFailure as error:
        return None if error.transient else Clues(current.digest)
    return Clues(current.digest, layers={name: digest for name, digest in found.items() if digest})


def _label(registries: Registry, reference: ImageReference, platform: str | None) -> Digest | None:
    label = registries.labels(reference, platform).get(BASE_LABEL, "")
    return Digest(label) if label.startswith("sha256:") and len(label) == len("sha256:") + 64 else None


def _lowest(
    base_layers: Layers, own: tuple[Digest, ...], edge: DependencyState, ledger: Ledger, platform: str | None
) -> Digest | None:
    """The newest digest of a base whose layers are the lowest layers of the image; None where no digest matches."""
    if not own:
        return None
    recent = [seen for seen in ledger.observations if not seen.gone][-_OBSERVATIONS_COMPARED:]
    for seen in reversed(recent):
        try:
            layers = base_layers(edge.image.at(_child(seen, platform)))
        except NotFound:
            continue
        if layers and own[: len(layers)] == layers:
            return seen.digest
    return None


def _child(seen: Observation, platform: str | None) -> Digest:
    """The digest in the index for the platform; the observed digest itself for an image of one platform."""
    return (seen.child(platform) if platform else None) or seen.digest
