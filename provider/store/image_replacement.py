"""Compute and write the difference between the stored images and the wanted ones."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy import Connection, Table, bindparam, delete, insert, select, text, update

from catalog.image import Image, Status
from provider.containment import contained
from provider.errors import InternalError
from provider.store.image_rows import ImageRow, Row, catalog_tag_of, fingerprint, history_rows, row_of
from provider.store.inserts import upsert
from provider.store.tables import (
    catalog_state,
    checks,
    dependencies,
    image_cves,
    image_rebuilds,
    image_updates,
    images,
    origins,
)

# SQLite takes 32,766 values in a statement (sqlite.org/limits.html).
_NAMES_IN_A_QUERY = 10_000
_PART = 10
"""Where at least one of so many images has changed, the database counts the values of its columns again."""


@dataclass(frozen=True, slots=True)
class Stored:
    """The fingerprints of a stored image; `fragment` is None if it has no fragment."""

    row: str
    histories: str
    fragment: str | None


@dataclass(frozen=True, slots=True)
class Difference:
    """The changes to write.

    Attributes:
        gone: the names of images to delete.
        changed: the rows of new and changed images.
        with_histories: those of them whose histories are new or have changed.
        fragments: new and changed rendered entities by name; None to remove one.
        tag: the new tag of the catalog.
        total: the number of images after the changes, about.
        entities: the fingerprints of all entities after the changes, by name.
    """

    gone: tuple[str, ...]
    changed: tuple[ImageRow, ...]
    with_histories: tuple[ImageRow, ...]
    fragments: Mapping[str, str | None]
    tag: str
    total: int
    entities: dict[str, str]


def difference(
    stored: Mapping[str, Stored],
    rows: Mapping[str, ImageRow],
    fragments: Mapping[str, str],
    others: Mapping[str, str] = MappingProxyType({}),
) -> Difference:
    """The changes after which exactly these rows and fragments are stored. Pure.

    Args:
        stored: what is stored, of all images or of some.
        rows: of the images that are to be there afterwards.
        fragments: their rendered entities, by name.
        others: the fingerprints of the entities that stay, of images that are not in `stored`.
    """
    prints = {name: fingerprint(text) for name, text in fragments.items()}
    changed = [row for name, row in rows.items() if name not in stored or stored[name].row != row.fingerprint]
    entities = {**others, **prints}
    return Difference(
        gone=tuple(name for name in stored if name not in rows),
        changed=tuple(changed),
        with_histories=tuple(
            row for row in changed if row.name not in stored or stored[row.name].histories != row.histories_fingerprint
        ),
        fragments={
            name: fragments.get(name)
            for name in rows
            if prints.get(name) != (stored[name].fragment if name in stored else None)
        },
        tag=catalog_tag_of(entities),
        total=len(rows) + len(others),
        entities=entities,
    )


def rows_by_name(wanted: Iterable[Image], fragments: Mapping[str, str]) -> Mapping[str, ImageRow]:
    """The rows of each image, by name.

    Raises:
        ValueError: two images have the same name, or a fragment has no image.
    """
    rows: dict[str, ImageRow] = {}
    for image in wanted:
        if image.name in rows:
            raise ValueError(f"two images are named {image.name!r}; names must be unique")
        row = contained(image.name, row_of, image)
        rows[image.name] = row_of(_without_details(image, row)) if isinstance(row, InternalError) else row
    if unknown := sorted(set(fragments) - set(rows)):
        raise ValueError(f"there is no image for the entities: {', '.join(unknown)}")
    return rows


def _without_details(image: Image, error: InternalError) -> Image:
    """What identifies the image, and the error because of which the rest cannot be stored."""
    where = image.name, image.role, image.registry, image.repository, image.tag
    return Image(*where, Status.ERROR, f"cannot be stored for readers: {error}", image.owner)


def read_stored(connection: Connection, names: Collection[str] | None = None) -> Mapping[str, Stored]:
    """The fingerprints of the images of these names; None: of all."""
    query = select(images.c.name, images.c.fingerprint, images.c.histories_fingerprint, images.c.fragment_fingerprint)
    if names is None:
        return {name: Stored(*prints) for name, *prints in connection.execute(query)}
    found: dict[str, Stored] = {}
    wanted = sorted(names)
    for start in range(0, len(wanted), _NAMES_IN_A_QUERY):
        some = query.where(images.c.name.in_(wanted[start : start + _NAMES_IN_A_QUERY]))
        found |= {name: Stored(*prints) for name, *prints in connection.execute(some)}
    return found


def write_difference(connection: Connection, wanted: Difference) -> None:
    """Write the changes, with one statement per kind of change."""
    _delete(connection, wanted.gone)
    upsert(connection, images, [row.image for row in wanted.changed])
    _write_rows(connection, dependencies, {row.name: row.dependencies for row in wanted.changed})
    _write_rows(connection, image_cves, {row.name: row.cves for row in wanted.changed})
    histories = {row.name: history_rows(row.read_model) for row in wanted.with_histories}
    for table in (origins, image_rebuilds, image_updates):
        _write_rows(connection, table, {name: rows[table] for name, rows in histories.items()})
    _write_fragments(connection, wanted.fragments)
    if connection.dialect.name == "sqlite" and (len(wanted.changed) + len(wanted.gone)) * _PART >= wanted.total:
        # PostgreSQL does so itself. Without it SQLite takes each index for one that leaves few rows (sqlite.org,
        # "The ANALYZE Command"), and reads nearly all images to find those of a registry that most images are in.
        connection.execute(text("ANALYZE images"))
    connection.execute(update(catalog_state).where(catalog_state.c.tag != wanted.tag).values(tag=wanted.tag))


def _delete(connection: Connection, gone: Sequence[str]) -> None:
    """Delete images; the foreign keys delete their dependencies and histories."""
    if gone:
        keys = [{"gone": name} for name in gone]
        connection.execute(delete(images).where(images.c.name == bindparam("gone")), keys)
        connection.execute(delete(checks).where(checks.c.name == bindparam("gone")), keys)


def _write_rows(connection: Connection, table: Table, rows: Mapping[str, Sequence[Row]]) -> None:
    """Replace the rows of these images in a table with a column `image`."""
    if rows:
        keys = [{"of": name} for name in rows]
        connection.execute(delete(table).where(table.c.image == bindparam("of")), keys)
    if new := [dict(row) for of_image in rows.values() for row in of_image]:
        connection.execute(insert(table), new)


def _write_fragments(connection: Connection, fragments: Mapping[str, str | None]) -> None:
    if fragments:
        connection.execute(
            update(images)
            .where(images.c.name == bindparam("of"))
            .values(fragment=bindparam("text"), fragment_fingerprint=bindparam("print")),
            [
                {"of": name, "text": text, "print": None if text is None else fingerprint(text)}
                for name, text in fragments.items()
            ],
        )
