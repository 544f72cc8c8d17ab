"""Learn from which digests images are built where no rebuild of ours recorded it: by label, else by lowest layers."""

from datetime import datetime
from functools import partial

from catalog.image import DependencyRole
from provider.containment import contained
from provider.domain.built_on import Clues, knows, learn_built_on, missing, unlearned
from provider.domain.snapshot import Changes, Snapshot
from provider.domain.state import ImageState
from provider.errors import InternalError
from provider.ports import SnapshotStore
from provider.services.check_schedule import Turns
from provider.services.image_clues import Layers, child_of, has_pinned, is_inherited, label_of, layers_of_bases, lowest
from provider.services.source_reading.source_reads import SourceReads
from proxy.at_once import NotStarted, run_all
from proxy.deadline import Deadline
from proxy.errors import OutsideFailure
from proxy.ports import Registry

_IMAGES_AT_ONCE = 8


ClueReads = SourceReads[Clues | InternalError | None]
"""The reads of images that may outlast a round."""


def learn_what_images_are_built_on(
    now: datetime, store: SnapshotStore, registries: Registry, reads: ClueReads, turns: Turns, deadline: Deadline
) -> Snapshot:
    """Learn what is not known yet; an image that cannot be read now, or not in time, waits for the next round.

    Args:
        now: the time of the round.
        store: has the images.
        registries: are asked for labels and layers.
        reads: what earlier rounds began to read; a read that is still running is not begun again.
        turns: of the images.
        deadline: of the reads; recording them comes after it.
    """
    snapshot = store.read()
    images = {image.name: image for image in unlearned(snapshot)}
    if not images:
        return snapshot
    base_layers = layers_of_bases(registries)
    begun = [name for name in turns.ordered(images) if not reads.is_known(name)]
    tasks = [
        partial(reads.run, name, partial(contained, name, _clues, registries, base_layers, snapshot, images[name]))
        for name in begun
    ]
    for number, result in run_all(tasks, _IMAGES_AT_ONCE, deadline):
        if not isinstance(result, NotStarted):
            turns.note([begun[number]])
    found = {name: answer for name, answer in reads.take(images).items() if answer is not None}
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
        ledgers = {edge.name: snapshot.ledger(edge.name) for edge in final}
        label = label_of(registries, reference, platform)
        if label and (
            any(knows(ledger, label) for ledger in ledgers.values()) or label in {edge.image.digest for edge in final}
        ):
            return Clues(current.digest, label)
        own = registries.manifest(reference.at(child_of(current, platform))).layers
        found = {edge.name: lowest(base_layers, own, edge, ledgers[edge.name], platform) for edge in final}
        pinned = [edge for edge in final if edge.pinned and not found[edge.name]]
        shown = {edge.name: has_pinned(registries, base_layers, own, edge, platform) for edge in pinned}
        if label and not any(found.values()) and not pinned:
            inherited = any(is_inherited(registries, label, edge, ledgers[edge.name], platform) for edge in final)
            return Clues(current.digest, None if inherited else label)
    except OutsideFailure as error:
        return None if error.transient else Clues(current.digest)
    layers = {name: digest for name, digest in found.items() if digest}
    return Clues(current.digest, layers=layers, pins={name: has for name, has in shown.items() if has is not None})
