"""The filters and sort orders of the list of images as SQL, and the neighbours of images."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    cast,
    func,
    literal,
    null,
    select,
    true,
    tuple_,
    union_all,
)

from catalog.reference import Digest
from provider.ports import ImageFilter, Place, Words
from provider.store.image_rows import NOT_BEHIND, criticality_key, storable
from provider.store.tables import SortableText, UtcTime, checks, dependencies, images, origins

SORTS: Mapping[str, Column[object]] = {
    "name": images.c.name,
    "role": images.c.role,
    "registry": images.c.registry,
    "repository": images.c.repository,
    "tag": images.c.tag,
    "status": images.c.status,
    "owner": images.c.owner,
    "title": images.c.title,
    "digest": images.c.digest,
    "lastUpdated": images.c.last_updated,
    "lastBuilt": images.c.last_built,
    "attention": images.c.attention,
    "criticality": images.c.criticality,
    "behindSince": images.c.behind_since,
}
"""The fields to sort by, by their API names."""


def condition(wanted: ImageFilter) -> ColumnElement[bool]:
    """The rows of `images` that match a filter."""
    terms: list[ColumnElement[bool]] = [
        column.in_([storable(word) for word in found])
        for column, words in (
            (images.c.role, wanted.role),
            (images.c.registry, wanted.registry),
            (images.c.status, wanted.status),
        )
        if (found := _words(words))
    ]
    if criticalities := _words(wanted.criticality):
        terms.append(images.c.criticality.in_([criticality_key(word) for word in criticalities]))
    if wanted.behind is not None:
        not_behind = images.c.behind_since == NOT_BEHIND
        terms.append(~not_behind if wanted.behind else not_behind)
    if owners := _words(wanted.owner):
        # References of entities are ASCII and match in any case, as in Backstage.
        terms.append(func.lower(images.c.owner).in_([storable(owner).lower() for owner in owners]))
    if wanted.depends_on is not None:
        of_base = select(dependencies.c.image).where(dependencies.c.base == storable(wanted.depends_on))
        terms.append(images.c.name.in_(of_base))
    if wanted.related_to is not None:
        terms.append(images.c.name.in_(_related_to(wanted.related_to)))
    if wanted.built_from is not None:
        terms.append(images.c.name.in_(_built_from(wanted.built_from, transitive=wanted.transitive)))
    if wanted.query is not None:
        terms.append(images.c.searched.contains(storable(wanted.query.casefold()), autoescape=True))
    return and_(true(), *terms)


def _words(words: Words) -> Sequence[str]:
    return (words,) if isinstance(words, str) else words or ()


def facets_query(wanted: ImageFilter) -> Select[str, str, str, str, str, int]:
    """Rows of (role, registry, owner, status, key of the criticality, number of images that have all five)."""
    columns = (images.c.role, images.c.registry, images.c.owner, images.c.status, images.c.criticality)
    return select(*columns, func.count()).where(condition(wanted)).group_by(*columns)


def _related_to(name: str) -> Select[str]:
    """The names of an image, of everything that depends on it, and of everything that these depend on."""
    above = select(literal(storable(name), SortableText).label("name")).cte("above", recursive=True)
    # UNION, not UNION ALL: a cycle of Dockerfiles ends too.
    above = above.union(select(dependencies.c.image).where(dependencies.c.base == above.c.name))
    below = select(above.c.name).cte("below", recursive=True)
    below = below.union(select(dependencies.c.base).where(dependencies.c.image == below.c.name))
    return select(below.c.name)


def _built_from(digest: Digest, *, transitive: bool) -> Select[str]:
    """The names of images that were built from a digest.

    With `transitive`, from it or from a digest that was built from it, over any number of steps.
    """
    if not transitive:
        return select(dependencies.c.image).where(dependencies.c.built_on == digest)
    reached = select(literal(digest, SortableText).label("digest")).cte("reached", recursive=True)
    # UNION, not UNION ALL: a digest is followed once, so that it ends whatever the state files say.
    reached = reached.union(select(origins.c.digest).where(origins.c.built_from == reached.c.digest))
    return select(dependencies.c.image).where(dependencies.c.built_on.in_(select(reached.c.digest)))


def order(sort: str) -> tuple[ColumnElement[object], ...]:
    """The sort order of a list. The name orders equal keys, so that pages neither repeat nor skip images.

    Raises:
        ValueError: unknown sort field.
    """
    column = SORTS.get(sort.removeprefix("-"))
    if column is None:
        raise ValueError(
            f"cannot sort by {sort!r}; sort by one of {', '.join(SORTS)}, with '-' before it for descending order"
        )
    columns = (column,) if column is images.c.name else (column, images.c.name)
    return tuple(one.desc() if sort.startswith("-") else one.asc() for one in columns)


def rows_after(sort: str, place: Place) -> ColumnElement[bool]:
    """The rows that come after a place.

    Raises:
        ValueError: the key is not a key of that field.
    """
    order(sort)
    column, name = SORTS[sort.removeprefix("-")], images.c.name
    key = _moment(place.key) if isinstance(column.type, UtcTime) else storable(place.key)
    here = tuple_(column, name)
    there = tuple_(literal(key, column.type), literal(storable(place.name), name.type))
    following: ColumnElement[bool] = here < there if sort.startswith("-") else here > there
    return following


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone, so it is not a key of this list")
    return moment


def page_query(wanted: ImageFilter, page: int, size: int, after: Place | None = None) -> Select[str, Any, str]:
    """Rows of (document, sort key, name) for one page and one more row; pages count from 1, or from a place.

    The names are selected first, from an index alone, so that skipped rows are not read.

    Raises:
        ValueError: unknown sort field, or invalid place.
    """
    in_order = order(wanted.sort)
    found = select(images.c.name).where(condition(wanted)).order_by(*in_order)
    if after is not None:
        found = found.where(rows_after(wanted.sort, after))
    names = found.limit(size + 1).offset((page - 1) * size).subquery()
    column = SORTS[wanted.sort.removeprefix("-")]
    rows = select(images.c.document, column.label("key"), images.c.name)
    return rows.join(names, names.c.name == images.c.name).order_by(*in_order)


def neighbours_query(names: Sequence[str]) -> CompoundSelect[*tuple[Any, ...]]:
    """Rows of (name, dependent or None, status of the dependent or None, last check or None), sorted."""
    dependents = (
        select(
            dependencies.c.base.label("name"),
            dependencies.c.image.label("dependent"),
            images.c.status.label("status"),
            cast(null(), checks.c.at.type).label("at"),
        )
        .join(images, images.c.name == dependencies.c.image)
        .where(dependencies.c.base.in_(names))
        .distinct()
    )
    last_checks = select(checks.c.name, null(), null(), checks.c.at).where(checks.c.name.in_(names))
    return union_all(dependents, last_checks).order_by("name", "dependent")
