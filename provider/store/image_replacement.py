"""Compute and write the difference between the stored images and the wanted ones."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
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
_AT_ONCE = 500
"""Images whose rows are in memory at the same time."""
_PART = 10
"""Where at least one of so many images has changed, the database counts the values of its columns again."""


@dataclass(frozen=True, slots=True)
class Prints:
    """The fingerprints of an image, stored or wanted; `fragment` is None if it has no fragment."""

    row: object
    histories: object
    fragment: str | None


@dataclass(frozen=True, slots=True)
class Difference:
    """The changes to write.

    Attributes:
        gone: the names of images to delete.
        changed: the names of new and changed images.
        with_histories: those of them whose histories are new or have changed.
        fragments: the names of images whose rendered entities are new, gone or changed.
        tag: the new tag of the catalog.
        total: the number of images after the changes, about.
        entities: the fingerprints of all entities after the changes, by name.
    """

    gone: tuple[str, ...]
    changed: tuple[str, ...]
    with_histories: frozenset[str]
    fragments: tuple[str, ...]
    tag: str
    total: int
    entities: dict[str, str]


def difference(
    stored: Mapping[str, Prints], wanted: Mapping[str, Prints], others: Mapping[str, str] = MappingProxyType({})
) -> Difference:
    """The changes after which exactly the wanted rows and fragments are stored. Pure.

    Args:
        stored: what is stored, of all images or of some.
        wanted: what is to be there afterwards.
        others: the fingerprints of the entities that stay, of images that are not in `stored`.
    """
    changed = tuple(name for name, prints in wanted.items() if name not in stored or stored[name].row != prints.row)
    entities = {**others, **{name: prints.fragment for name, prints in wanted.items() if prints.fragment is not None}}
    return Difference(
        gone=tuple(name for name in stored if name not in wanted),
        changed=changed,
        with_histories=frozenset(
            name for name in changed if name not in stored or stored[name].histories != wanted[name].histories
        ),
        fragments=tuple(
            name
            for name, prints in wanted.items()
            if prints.fragment != (stored[name].fragment if name in stored else None)
        ),
        tag=catalog_tag_of(entities),
        total=len(wanted) + len(others),
        entities=entities,
    )


def by_name(images: Iterable[Image], fragments: Mapping[str, str]) -> Mapping[str, Image]:
    """The images by name.

    Raises:
        ValueError: two images have the same name, or a fragment has no image.
    """
    found: dict[str, Image] = {}
    for image in images:
        if image.name in found:
            raise ValueError(f"two images are named {image.name!r}; names must be unique")
        found[image.name] = image
    if unknown := sorted(set(fragments) - set(found)):
        raise ValueError(f"there is no image for the entities: {', '.join(unknown)}")
    return found


def prints_of(wanted: Mapping[str, Image], fragments: Mapping[str, str]) -> Mapping[str, Prints]:
    """The fingerprints of these images and their entities, by name; their rows are not kept."""
    return {name: _prints(_row(image), fragments.get(name)) for name, image in wanted.items()}


def _prints(row: ImageRow, text: str | None) -> Prints:
    return Prints(row.fingerprint, row.histories_fingerprint, None if text is None else fingerprint(text))


def _row(image: Image) -> ImageRow:
    row = contained(image.name, row_of, image)
    return row_of(_without_details(image, row)) if isinstance(row, InternalError) else row


def _without_details(image: Image, error: InternalError) -> Image:
    """What identifies the image, and the error because of which the rest cannot be stored."""
    where = image.name, image.role, image.registry, image.repository, image.tag
    return Image(*where, Status.ERROR, f"cannot be stored for readers: {error}", image.owner)


def read_stored(connection: Connection, names: Collection[str] | None = None) -> Mapping[str, Prints]:
    """The fingerprints of the images of these names; None: of all."""
    query = select(images.c.name, images.c.fingerprint, images.c.histories_fingerprint, images.c.fragment_fingerprint)
    if names is None:
        return {name: Prints(*prints) for name, *prints in connection.execute(query)}
    found: dict[str, Prints] = {}
    wanted = sorted(names)
    for start in range(0, len(wanted), _NAMES_IN_A_QUERY):
        some = query.where(images.c.name.in_(wanted[start : start + _NAMES_IN_A_QUERY]))
        found |= {name: Prints(*prints) for name, *prints in connection.execute(some)}
    return found


def write_difference(
    connection: Connection, found: Difference, wanted: Mapping[str, Image], fragments: Mapping[str, str]
) -> None:
    """Write the changes, some images at a time, so that their rows need little memory.

    Args:
        connection: in a transaction.
        found: what differs.
        wanted: the images, by name.
        fragments: their rendered entities, by name.
    """
    _delete(connection, found.gone)
    for names in _in_steps(found.changed):
        _write_images(connection, [_row(wanted[name]) for name in names], found.with_histories)
    for names in _in_steps(found.fragments):
        _write_fragments(connection, {name: fragments.get(name) for name in names})
    if connection.dialect.name == "sqlite" and (len(found.changed) + len(found.gone)) * _PART >= found.total:
        # PostgreSQL does so itself. Without it SQLite takes each index for one that leaves few rows (sqlite.org,
        # "The ANALYZE Command"), and reads nearly all images to find those of a registry that most images are in.
        connection.execute(text("ANALYZE images"))
    connection.execute(update(catalog_state).where(catalog_state.c.tag != found.tag).values(tag=found.tag))


def _in_steps(names: Sequence[str]) -> Iterator[Sequence[str]]:
    return (names[start : start + _AT_ONCE] for start in range(0, len(names), _AT_ONCE))


def _write_images(connection: Connection, rows: Sequence[ImageRow], with_histories: Collection[str]) -> None:
    upsert(connection, images, [row.image for row in rows])
    _write_rows(connection, dependencies, {row.name: row.dependencies for row in rows})
    _write_rows(connection, image_cves, {row.name: row.cves for row in rows})
    histories = {row.name: history_rows(row.read_model) for row in rows if row.name in with_histories}
    for table in (origins, image_rebuilds, image_updates):
        _write_rows(connection, table, {name: of_image[table] for name, of_image in histories.items()})


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
