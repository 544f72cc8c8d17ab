"""The references that managed images are built from, read from the image index."""

from collections.abc import Iterator, Mapping
from threading import Lock

from sqlalchemy import Engine, select

from catalog.image import DependencyRole, Role
from provider.store.image_documents import image_of
from provider.store.image_rows import storable
from provider.store.tables import images

_AT_ONCE = 500


class SqlReferencesInUse:
    """Reads the documents of managed images that changed since the last time. Safe to use from many threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._read: dict[str, tuple[str, tuple[str, ...]]] = {}
        self._one_at_a_time = Lock()

    def by_image(self) -> Mapping[str, tuple[str, ...]]:
        """The references in Dockerfiles that each managed image needs for its build, by its name.

        References that only unused stages name are left out.
        """
        with self._one_at_a_time:
            return self._by_image()

    def _by_image(self) -> Mapping[str, tuple[str, ...]]:
        managed = images.c.role == Role.MANAGED.value
        query = select(images.c.name, images.c.fingerprint).where(managed)
        with self._engine.connect() as connection:
            prints = {row[0]: row[1] for row in connection.execute(query)}
        changed = [name for name, text in prints.items() if self._read.get(name, ("",))[0] != text]
        for name, text, document in self._documents(changed):
            needed = (one for one in image_of(document).dependencies if one.role is not DependencyRole.UNUSED)
            self._read[name] = text, tuple(one.reference for one in needed)
        self._read = {name: kept for name, kept in self._read.items() if name in prints}
        return {name: references for name, (_, references) in self._read.items()}

    def _documents(self, names: list[str]) -> Iterator[tuple[str, str, str]]:
        columns = select(images.c.name, images.c.fingerprint, images.c.document)
        for start in range(0, len(names), _AT_ONCE):
            part = [storable(name) for name in names[start : start + _AT_ONCE]]
            with self._engine.connect() as connection:
                rows = connection.execute(columns.where(images.c.name.in_(part))).all()
            yield from ((row[0], row[1], row[2]) for row in rows)
