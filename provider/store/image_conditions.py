"""Which images a filter finds, as SQL."""

from collections.abc import Iterator

from sqlalchemy import Column, ColumnElement, Select, and_, func, literal, or_, select, true

from catalog.reference import Digest, ImageReference
from provider.ports import ImageFilter
from provider.store.image_rows import NOT_BEHIND, criticality_key, cve_key, storable
from provider.store.records.conditions import words
from provider.store.tables import SortableText, dependencies, image_cves, images, origins


def condition(wanted: ImageFilter) -> ColumnElement[bool]:
    """The rows of `images` that match a filter."""
    return and_(true(), *_of_the_image(wanted), *_of_dependencies(wanted), *_of_searches(wanted))


def _of_the_image(wanted: ImageFilter) -> Iterator[ColumnElement[bool]]:
    """What the columns of the image itself say."""
    for column, wished in (
        (images.c.role, wanted.role),
        (images.c.registry, wanted.registry),
        (images.c.status, wanted.status),
    ):
        if found := words(wished):
            yield column.in_([storable(word) for word in found])
    if criticalities := words(wanted.criticality):
        yield images.c.criticality.in_([criticality_key(word) for word in criticalities])
    if wanted.behind is not None:
        # A range, not "is not": that is read from an index.
        yield images.c.behind_since < NOT_BEHIND if wanted.behind else images.c.behind_since >= NOT_BEHIND
    if owners := words(wanted.owner):
        # References of entities are ASCII and match in any case, as in Backstage.
        yield func.lower(images.c.owner).in_([storable(owner).lower() for owner in owners])


def _of_dependencies(wanted: ImageFilter) -> Iterator[ColumnElement[bool]]:
    """What the image depends on, and what it was built from."""
    if wanted.depends_on is not None:
        of_base = select(dependencies.c.image).where(dependencies.c.base == storable(wanted.depends_on))
        yield images.c.name.in_(of_base)
    if wanted.related_to is not None:
        yield images.c.name.in_(_related_to(wanted.related_to))
    if wanted.built_from is not None:
        yield images.c.name.in_(_built_from(wanted.built_from, transitive=wanted.transitive))


def _of_searches(wanted: ImageFilter) -> Iterator[ColumnElement[bool]]:
    """What finds an image with those that are built from it, and texts."""
    if wanted.digest is not None:
        yield _with_digest(wanted.digest, transitive=wanted.transitive)
    if wanted.reference is not None:
        yield _around(_named(wanted.reference), transitive=wanted.transitive)
    if wanted.uses is not None:
        name = select(literal(storable(wanted.uses), SortableText).label("name"))
        yield _around(name, transitive=wanted.transitive)
    if wanted.cve is not None:
        yield images.c.name.in_(select(image_cves.c.image).where(image_cves.c.cve == cve_key(storable(wanted.cve))))
    if wanted.query is not None:
        yield images.c.searched.contains(storable(wanted.query.casefold()), autoescape=True)


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


def _with_digest(beginning: str, *, transitive: bool) -> ColumnElement[bool]:
    """The images that have a digest which begins so, or were built from one."""
    built_on = _begins(dependencies.c.built_on, beginning)
    if transitive:
        reached = select(origins.c.digest).where(_begins(origins.c.built_from, beginning)).cte("made", recursive=True)
        reached = reached.union(select(origins.c.digest).where(origins.c.built_from == reached.c.digest))
        built_on = or_(built_on, dependencies.c.built_on.in_(select(reached.c.digest)))
    built = select(dependencies.c.image).where(built_on)
    return or_(_begins(images.c.digest, beginning), images.c.name.in_(built))


def _begins(column: Column[str], beginning: str) -> ColumnElement[bool]:
    """A range, which reads an index; `g` sorts after every hexadecimal digit."""
    start = storable(beginning)
    return and_(column >= start, column < f"{start}g")


def _named(reference: ImageReference) -> Select[str]:
    """The names of the images of a repository, or of one tag of it."""
    found = select(images.c.name).where(
        images.c.registry == storable(reference.registry), images.c.repository == storable(reference.repository)
    )
    return found if reference.tag is None else found.where(images.c.tag == storable(reference.tag))


def _around(named: Select[str], *, transitive: bool) -> ColumnElement[bool]:
    """These images, and those that depend on them."""
    # No plain column: SQLite would read the row of each image that is found, and these may be nearly all.
    name = images.c.name.concat("")
    if not transitive:
        return or_(name.in_(named), name.in_(select(dependencies.c.image).where(dependencies.c.base.in_(named))))
    reached = select(named.subquery().c.name).cte("users", recursive=True)
    # UNION, not UNION ALL: a cycle of Dockerfiles ends too.
    reached = reached.union(select(dependencies.c.image).where(dependencies.c.base == reached.c.name))
    return name.in_(select(reached.c.name))
