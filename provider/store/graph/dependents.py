"""Everything that depends on an image, from the index in the database."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import CTE, Connection, Select, exists, func, literal, select

from catalog.image import DependencyRole, Evidence, Status
from catalog.reference import Digest
from provider.domain.graph.dependents import DependentEdge
from provider.store.image_rows import NOT_BEHIND, PINNED, storable
from provider.store.tables import SortableText, dependencies, images, origins

_NEEDED = (DependencyRole.FINAL.value, DependencyRole.STAGE.value)
# Ten thousand rows are read at once.
_STATUSES = {status.value: status for status in Status}
_ROLES = {role.value: role for role in DependencyRole}
_EVIDENCE = {evidence.value: evidence for evidence in Evidence}


def dependent_edges(connection: Connection, name: str) -> list[DependentEdge]:
    """The dependencies on an image, and on everything that is built from it, over any number of steps."""
    reached = select(literal(storable(name), SortableText).label("name")).cte("reached", recursive=True)
    # UNION, not UNION ALL: a cycle of Dockerfiles ends too.
    further = select(dependencies.c.image).where(
        dependencies.c.base == reached.c.name, dependencies.c.role.in_(_NEEDED)
    )
    reached = reached.union(further)
    columns = (
        dependencies.c.image,
        images.c.status,
        images.c.owner,
        images.c.behind_since,
        dependencies.c.base,
        dependencies.c.role,
        dependencies.c.built_on,
        dependencies.c.evidence,
    )
    rows = connection.execute(
        select(*columns)
        .join(reached, reached.c.name == dependencies.c.base)
        .join(images, images.c.name == dependencies.c.image)
        .order_by(dependencies.c.image, dependencies.c.position)
    )
    return [
        DependentEdge(
            image,
            _STATUSES[status],
            owner,
            None if behind_since == NOT_BEHIND else behind_since,
            base,
            _ROLES[role],
            Digest(built_on) if built_on else None,
            _EVIDENCE.get(evidence),
            pinned=evidence == PINNED,
        )
        for image, status, owner, behind_since, base, role, built_on, evidence in rows
    ]


def contents(connection: Connection, digests: Collection[Digest]) -> Mapping[Digest, frozenset[Digest]]:
    """The digests that others are built from and that contain some of these digests, each with those."""
    holders = _holders(digests)
    used = exists().where(dependencies.c.built_on == holders.c.holder)
    found: defaultdict[Digest, set[Digest]] = defaultdict(set)
    for digest, holder in connection.execute(select(holders.c.digest, holders.c.holder).where(used)):
        found[Digest(holder)].add(Digest(digest))
    return {holder: frozenset(inside) for holder, inside in found.items()}


def counts(connection: Connection, digests: Collection[Digest]) -> Mapping[Digest, int]:
    """How many images were built from each digest, or from one that contains it; without those of none."""
    holders = _holders(digests)
    direct = select(dependencies.c.built_on.label("digest"), dependencies.c.image).where(
        dependencies.c.built_on.in_(digests)
    )
    further = select(holders.c.digest, dependencies.c.image).join(
        dependencies, dependencies.c.built_on == holders.c.holder
    )
    pairs = direct.union(further).subquery()
    query: Select[*tuple[str, int]] = select(pairs.c.digest, func.count()).group_by(pairs.c.digest)
    return {Digest(digest): count for digest, count in connection.execute(query)}


def _holders(digests: Collection[Digest]) -> CTE:
    """Rows of (digest, holder): a digest of a managed image that contains one of these digests."""
    first = select(origins.c.built_from.label("digest"), origins.c.digest.label("holder"))
    holders = first.where(origins.c.built_from.in_(digests)).cte("holders", recursive=True)
    # UNION, not UNION ALL: a pair is followed once, so that it ends whatever the state files say.
    return holders.union(select(holders.c.digest, origins.c.digest).where(origins.c.built_from == holders.c.holder))
