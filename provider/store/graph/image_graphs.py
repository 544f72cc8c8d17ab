"""The dependency graph around an image, from the index in the database."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import CTE, Connection, Engine, Select, func, literal, select

from catalog.image import Image
from catalog.reference import Digest
from provider.domain.graph.choosing import chosen
from provider.domain.graph.dependents import DependentRows
from provider.domain.graph.neighbourhood import GraphRows
from provider.store.graph.dependents import contents, counts, dependent_edges
from provider.store.image_documents import image_of
from provider.store.image_rows import storable
from provider.store.tables import SortableText, dependencies, images

_MOST_DIGESTS = 5_000
MOST_STEPS = 40
"""A chain of Dockerfiles that is longer is read only so far; it also ends the reading of a cycle."""


class SqlImageGraphs:
    """Implements `provider.graph_ports.ImageGraphs` in a database that `migrate` has prepared."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def around(self, name: str, levels: int, most: int) -> GraphRows | None:
        """What is around an image, in four queries."""
        with self._engine.connect() as connection:
            below = _steps(connection, _below(name))
            above = _steps(connection, _above(name, min(levels, MOST_STEPS)))
            names = chosen(name, list(below), list(above), most)
            documents = _documents(connection, names)
            if name not in documents:
                return None
            return GraphRows(name, below, above, tuple(names), documents, _dependents(connection, names))

    def dependents(self, image: Image) -> DependentRows:
        """Everything that depends on an image, in two queries."""
        digests = _digests(image)
        with self._engine.connect() as connection:
            edges = dependent_edges(connection, image.name)
            return DependentRows(edges, contents(connection, digests) if edges else {})

    def built_from(self, digests: Collection[Digest]) -> Mapping[Digest, int]:
        """How many images were built from each of these digests, in one query."""
        with self._engine.connect() as connection:
            return counts(connection, digests)


def _digests(image: Image) -> Sequence[Digest]:
    """Its newest digests, the current one too; SQLite takes 32,766 values in a statement."""
    known = dict.fromkeys(update.digest for update in reversed(image.updates))
    return [*known, *([image.digest] if image.digest else [])][:_MOST_DIGESTS]


def _below(name: str) -> Select[*tuple[str, int]]:
    """Rows of (name, steps) of everything that an image depends on, nearest first."""
    reached = _start(name)
    # UNION, not UNION ALL: an image that is reached on several paths of one length is followed once.
    further = select(dependencies.c.base, reached.c.steps + 1).where(
        dependencies.c.image == reached.c.name, reached.c.steps < MOST_STEPS
    )
    reached = reached.union(further)
    steps = func.min(reached.c.steps).label("steps")
    return select(reached.c.name, steps).group_by(reached.c.name).order_by(steps, reached.c.name)


def _above(name: str, levels: int) -> Select[*tuple[str, int]]:
    """Rows of (name, steps) of everything that depends on an image; of equal steps, what needs attention first."""
    reached = _start(name)
    further = select(dependencies.c.image, reached.c.steps + 1).where(
        dependencies.c.base == reached.c.name, reached.c.steps < levels
    )
    reached = reached.union(further)
    steps = func.min(reached.c.steps).label("steps")
    nearest = select(reached.c.name, steps).group_by(reached.c.name).subquery()
    found = select(nearest.c.name, nearest.c.steps).join(images, images.c.name == nearest.c.name)
    return found.order_by(nearest.c.steps, images.c.attention, nearest.c.name)


def _start(name: str) -> CTE:
    return select(literal(storable(name), SortableText).label("name"), literal(0).label("steps")).cte(
        "reached", recursive=True
    )


def _steps(connection: Connection, query: Select[*tuple[str, int]]) -> Mapping[str, int]:
    """Each name with its steps, without the image itself, which has none."""
    return {row.name: row.steps for row in connection.execute(query) if row.steps}


def _documents(connection: Connection, names: Sequence[str]) -> Mapping[str, Image]:
    rows = connection.execute(
        select(images.c.name, images.c.document).where(images.c.name.in_([storable(name) for name in names]))
    )
    return {row.name: image_of(row.document) for row in rows}


def _dependents(connection: Connection, names: Sequence[str]) -> Mapping[str, int]:
    """How many other images directly depend on each."""
    query = (
        select(dependencies.c.base, func.count(dependencies.c.image.distinct()))
        .where(dependencies.c.base.in_([storable(name) for name in names]), dependencies.c.image != dependencies.c.base)
        .group_by(dependencies.c.base)
    )
    return {row.base: row[1] for row in connection.execute(query)}
