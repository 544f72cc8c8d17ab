"""What happened to images lately: changed base images and rebuilds, in a fixed number of queries."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Engine, Select, and_, func, select, true

from catalog.image import RebuildDocument, Role
from catalog.reference import Digest
from provider.operation_ports import ImageRebuild
from provider.overview_ports import BaseChanges, ChangedBase, RecentRebuilds
from provider.store.image_rows import storable
from provider.store.json_dataclasses import loaded
from provider.store.tables import dependencies, image_rebuilds, image_updates, images

_BASELINE = "000000"


class SqlRecentActivity:
    """Implements `provider.overview_ports.RecentActivity` in a database that `migrate` has prepared."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def base_changes(self, since: datetime, owners: Sequence[str], most: int) -> BaseChanges:
        """The changes of base images since then, in one query."""
        with self._engine.connect() as connection:
            rows = connection.execute(_changes(since, owners, most)).all()
        if not rows:
            return BaseChanges()
        latest = [
            ChangedBase(row.image, row.changes, row.last_at, Digest(row.digest) if row.digest else None, row.dependents)
            for row in rows
        ]
        return BaseChanges(rows[0].total, rows[0].bases, latest)

    def rebuilds(self, since: datetime, owners: Sequence[str], most: int) -> RecentRebuilds:
        """The rebuilds since then, in two queries."""
        table = image_rebuilds.c
        wanted = and_(table.at >= since, _of_owners(table.image, owners))
        counted = select(table.conclusion, func.count()).where(wanted).group_by(table.conclusion)
        latest = select(table.image, table.document).where(wanted).order_by(table.at.desc(), table.image.desc())
        with self._engine.connect() as connection:
            counts = {row[0]: row[1] for row in connection.execute(counted)}
            rows = connection.execute(latest.limit(most)).all() if counts else []
        return RecentRebuilds(
            counts, [ImageRebuild(row.image, loaded(RebuildDocument, json.loads(row.document))) for row in rows]
        )

    def owned(self, names: Collection[str], owners: Sequence[str]) -> Collection[str]:
        """Those of these images that have one of the owners, in one query."""
        query = select(images.c.name).where(images.c.name.in_([storable(name) for name in names]), _owned_by(owners))
        with self._engine.connect() as connection:
            return set(connection.execute(query).scalars())


def _changes(since: datetime, owners: Sequence[str], most: int) -> Select[str, int, datetime, int, int, str, int]:
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


def _for_owners(owners: Sequence[str]) -> ColumnElement[bool]:
    """Base images that an image of the owners directly depends on."""
    if not owners:
        return true()
    needed = select(dependencies.c.base).join(images, images.c.name == dependencies.c.image).where(_owned_by(owners))
    return image_updates.c.image.in_(needed)


def _of_owners(name: ColumnElement[str], owners: Sequence[str]) -> ColumnElement[bool]:
    return name.in_(select(images.c.name).where(_owned_by(owners))) if owners else true()


def _owned_by(owners: Sequence[str]) -> ColumnElement[bool]:
    # References of entities are ASCII and match in any case, as in Backstage.
    return func.lower(images.c.owner).in_([storable(owner).lower() for owner in owners])
