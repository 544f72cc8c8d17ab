"""What differs between two states of many images. Pure.

State that is unchanged is the same object (`provider.ports.SnapshotStore`), so that it is not compared value by value.
"""

from collections.abc import Iterable, Mapping
from itertools import compress
from operator import is_not

from provider.containment import contained
from provider.domain.state import ImageState
from provider.errors import InternalError

_FEW = 64


def changed_names(before: Mapping[str, object], after: Mapping[str, object]) -> set[str]:
    """The names that are new, gone, or have another object than before."""
    if before is after:
        return set()
    # Without a loop of Python: most of ten thousand names have not changed.
    changed = set(compress(after, map(is_not, after.values(), map(before.get, after))))
    if len(before) != len(after) or changed:
        changed |= before.keys() - after.keys()
    return changed


def changed_texts(before: Mapping[str, str], after: Mapping[str, str]) -> set[str]:
    """The names that are new, gone, or have another text than before."""
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


class Users:
    """The images that name each entity as a dependency, whatever for."""

    def __init__(self) -> None:
        # Tuples, which need a third of the memory of sets.
        self._named: dict[str, tuple[str, ...]] = {}
        self._users: dict[str, tuple[str, ...] | set[str]] = {}

    def note(self, names: Iterable[str], images: Mapping[str, ImageState]) -> None:
        """Note the dependencies of these images, which are new, gone or changed."""
        for name in names:
            found = contained(name, _named, images.get(name))
            after = frozenset[str]() if isinstance(found, InternalError) else found
            before = frozenset(self._named.pop(name, ()))
            for entity in before - after:
                self._users[entity] = _without(self._users[entity], name)
            for entity in after - before:
                self._users[entity] = _with(self._users.get(entity, ()), name)
            if after:
                self._named[name] = tuple(after)

    def of(self, entities: Iterable[str]) -> set[str]:
        """The images that name any of these."""
        return {user for entity in entities for user in self._users.get(entity, ())}


def _with(users: tuple[str, ...] | set[str], name: str) -> tuple[str, ...] | set[str]:
    """The users, and this one. Most entities have a few: a set is for those that have many."""
    if isinstance(users, set):
        users.add(name)
        return users
    return (*users, name) if len(users) < _FEW else {*users, name}


def _without(users: tuple[str, ...] | set[str], name: str) -> tuple[str, ...] | set[str]:
    if isinstance(users, set):
        users.discard(name)
        return users
    return tuple(user for user in users if user != name)


def _named(image: ImageState | None) -> frozenset[str]:
    return frozenset(edge.name for edge in image.dependencies) if image else frozenset()
