"""Which digests of its dependencies each digest of a managed image was built from, as far as the state shows it. Pure.

An image that is still built from an older digest of its parent contains what that digest was built from, not what the
parent is built from now.
"""

from collections import defaultdict

from catalog.image import OriginDocument
from catalog.reference import Digest
from provider.domain.state import ImageState, RebuildState


def origins_of(image: ImageState) -> tuple[OriginDocument, ...]:
    """The origins of the current digest, of the results of rebuilds, and of the digests that were current before them.

    A digest whose origins are not known is left out.
    """
    found: defaultdict[Digest, set[Digest]] = defaultdict(set)
    for record in image.rebuilds:
        if record.result:
            found[record.result] |= {target.digest for target in record.targets}
    made = frozenset(found)
    for record in image.rebuilds:
        if (before := _current_at_decision(image, record)) and before not in made:
            found[before] |= _built_on_at_decision(record)
    current = image.ledger.current
    if current and not image.active:
        found[current.digest] |= _built_on(image)
    return tuple(OriginDocument(digest, tuple(sorted(origins))) for digest, origins in sorted(found.items()) if origins)


def _built_on(image: ImageState) -> set[Digest]:
    """What the current digest is built from; else a reference that is pinned names its digest itself."""
    digests = (edge.built_on.digest if edge.built_on else edge.image.digest for edge in image.dependencies)
    return {digest for digest in digests if digest}


def _current_at_decision(image: ImageState, record: RebuildState) -> Digest | None:
    seen = [each.digest for each in image.ledger.observations if each.first_seen <= record.requested_at]
    return seen[-1] if seen else None


def _built_on_at_decision(record: RebuildState) -> set[Digest]:
    """What the image was built from when the rebuild was decided: a cause has the digest before, the rest keeps its."""
    kept = {target.digest for target in record.targets if not target.cause}
    return kept | {cause.previous_digest for cause in record.causes if cause.previous_digest}
