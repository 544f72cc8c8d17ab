"""What happened to images lately: changed base images and rebuilds, in a fixed number of queries."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Engine, Select, and_, func, select, true

from catalog.image import RebuildDocument, Role
from catalog.reference import Digest
from provider.operation_ports import ImageRebuild
from provider.overview_ports import BaseChanges, ChangedBase, RecentRebuilds
from provider.store.image_rows import storable
from provider.store.json_dataclasses import loaded
from provider.store.tables import dependencies, image_rebuilds, image_updates, images

_BASELINE = "000000"

Owners = tuple[str, ...] | None
"""Owners as the images spell them; None: every owner."""


class SqlRecentActivity:
    """Implements `provider.overview_ports.RecentActivity` in a database that `migrate` has prepared."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def base_changes(self, since: datetime, owners: Sequence[str], most: int) -> BaseChanges:
        """The changes of base images since then, in one query, and one for the owners."""
        with self._engine.connect() as connection:
            rows = connection.execute(_changes(since, _spellings(connection, owners), most)).all()
        if not rows:
            return BaseChanges()
        latest = [
            ChangedBase(row.image, row.changes, row.last_at, Digest(row.digest) if row.digest else None, row.dependents)
            for row in rows
        ]
        # A sum is a decimal number in PostgreSQL.
        return BaseChanges(int(rows[0].total), rows[0].bases, latest)

    def rebuilds(self, since: datetime, owners: Sequence[str], most: int) -> RecentRebuilds:
        """The rebuilds since then, in two queries, and one for the owners."""
        table = image_rebuilds.c
        with self._engine.connect() as connection:
            wanted = and_(table.at >= since, _of_owners(table.image, _spellings(connection, owners)))
            counted = select(table.conclusion, func.count()).where(wanted).group_by(table.conclusion)
            latest = select(table.image, table.document).where(wanted).order_by(table.at.desc(), table.image.desc())
            counts = {row[0]: row[1] for row in connection.execute(counted)}
            rows = connection.execute(latest.limit(most)).all() if counts else []
        return RecentRebuilds(
            counts, [ImageRebuild(row.image, loaded(RebuildDocument, json.loads(row.document))) for row in rows]
        )

    def owned(self, names: Collection[str], owners: Sequence[str]) -> Collection[str]:
        """Those of these images that have one of the owners, in two queries."""
        wanted = images.c.name.in_([storable(name) for name in names])
        with self._engine.connect() as connection:
            query = select(images.c.name).where(wanted, images.c.owner.in_(_spellings(connection, owners) or ()))
            return set(connection.execute(query).scalars())


def _changes(since: datetime, owners: Owners, most: int) -> Select[str, int, datetime, int, int, str, int]:
    """Rows of (image, changes, last_at, total, bases, digest, dependents), the last change first."""
    seen = image_updates.c
    changes = func.count().label("changes")
    by_base = (
        select(
            seen.image,
            changes,
            func.max(seen.at).label("last_at"),
            func.sum(func.count()).over().label("total"),
            func.count().over().label("bases"),
        )
        .join(images, images.c.name == seen.image)
        # The first digest of an image is no change.
        .where(images.c.role == Role.BASE.value, seen.at >= since, seen.id > _BASELINE, _for_owners(owners))
        .group_by(seen.image)
        .order_by(func.max(seen.at).desc(), seen.image)
        .limit(most)
        .subquery()
    )
    dependents = (
        select(func.count(dependencies.c.image.distinct()))
        .where(dependencies.c.base == by_base.c.image)
        .scalar_subquery()
    )
    rows = select(by_base, images.c.digest, dependents.label("dependents"))
    return rows.join(images, images.c.name == by_base.c.image).order_by(by_base.c.last_at.desc(), by_base.c.image)


def _for_owners(owners: Owners) -> ColumnElement[bool]:
    """Base images that an image of the owners directly depends on."""
    if owners is None:
        return true()
    needed = (
        select(dependencies.c.base)
        .join(images, images.c.name == dependencies.c.image)
        .where(images.c.owner.in_(owners))
    )
    return image_updates.c.image.in_(needed)


def _of_owners(name: ColumnElement[str], owners: Owners) -> ColumnElement[bool]:
    return true() if owners is None else name.in_(select(images.c.name).where(images.c.owner.in_(owners)))


def _spellings(connection: Connection, owners: Sequence[str]) -> Owners:
    """The owners as the images spell them, which an index finds; None where every owner counts."""
    if not owners:
        return None
    # References of entities are ASCII and match in any case, as in Backstage.
    wanted = {storable(owner).lower() for owner in owners}
    found = connection.execute(select(images.c.owner).distinct()).scalars()
    return tuple(owner for owner in found if owner.lower() in wanted)
