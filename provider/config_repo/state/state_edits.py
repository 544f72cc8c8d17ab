"""The edits of state files that a step's changes need."""

from collections.abc import Callable, Iterable, Mapping, Set

from provider.config_repo.layout import StateFile, StateRole, path_of
from provider.config_repo.repository.edits import Change, Edit
from provider.config_repo.state.documents import StateContent, base_text, image_text
from provider.config_repo.state.files import read_file
from provider.containment import contained
from provider.domain.snapshot import Changes, Snapshot
from provider.domain.state import BaseState, ImageState
from provider.errors import InternalError

_NOBODY: frozenset[str] = frozenset()


class FileMoved(Exception):
    """A file changed after it was read: the step runs again on its new content."""


class Dependents:
    """The images that depend on each image; from one set of images to the next, only what differs is read again."""

    def __init__(self) -> None:
        self._images: Mapping[str, ImageState] = {}
        self._bases: dict[str, frozenset[str]] = {}
        self._names: dict[str, set[str]] = {}

    def of(self, images: Mapping[str, ImageState]) -> Mapping[str, Set[str]]:
        """The names by the name of the image that they depend on; valid until the next call.

        An image that cannot be read is left out.
        """
        before = self._images
        moved = [name for name, image in images.items() if before.get(name) is not image]
        for name in (*moved, *(before.keys() - images.keys())):
            self._set(name, _bases_of(images.get(name)))
        self._images = images
        return self._names

    def _set(self, name: str, bases: frozenset[str]) -> None:
        known = self._bases.pop(name, _NOBODY)
        if bases:
            self._bases[name] = bases
        for base in known - bases:
            self._names[base].discard(name)
        for base in bases - known:
            self._names.setdefault(base, set()).add(name)


def state_edits(
    snapshot: Snapshot, changes: Changes, dependents: Dependents, unmoved: Callable[[], bool]
) -> Iterable[Change]:
    """The edits of all files that the changes touch.

    A state whose text cannot be made is left out, and named in the errors of the changes. Then no file is removed
    either: its history may be what that state was made from.

    Args:
        snapshot: what the step has read.
        changes: what it changes; errors are added to it.
        dependents: those of the images of any earlier snapshot.
        unmoved: whether the files are still those of the snapshot when the edit is made; then none is read again.
    """
    texts = list(_texts(snapshot, changes, dependents))
    broken = {file.name: text for file, _, text in texts if isinstance(text, InternalError)}
    changes.errors |= {name: f"its state cannot be written: {error}" for name, error in broken.items()}
    for file, known, text in texts:
        if not isinstance(text, InternalError) and (text is not None or not broken):
            yield Change(path_of(file), _unless_moved(file, known, text, unmoved))


def unless_edited(path: str, known: str | None) -> Edit:
    """The edit that removes the file, provided that it still has this text.

    Raises:
        FileMoved: by the edit, where it has another one.
    """

    def edit(found: str | None) -> str | None:
        if found != known:
            raise FileMoved(path)
        return None

    return edit


def _texts(
    snapshot: Snapshot, changes: Changes, dependents: Dependents
) -> Iterable[tuple[StateFile, ImageState | BaseState | None, str | InternalError | None]]:
    """Each file that the changes touch, the state that it has now, and its new text (None: it is removed)."""
    after = changes.apply(snapshot)
    moved = {
        base
        for name, image in changes.images.items()
        for base in _bases_of(image) ^ _bases_of(snapshot.images.get(name))
    }
    names = dependents.of(after.images)
    for name, image in changes.images.items():
        text = contained(name, image_text, image) if image else None
        yield StateFile(StateRole.MANAGED, name), snapshot.images.get(name), text
    for name in sorted((set(changes.bases) | moved) - snapshot.unreadable):
        base = after.bases.get(name)
        text = contained(name, base_text, base, tuple(sorted(names.get(name, ())))) if base else None
        if base or name in snapshot.bases:
            yield StateFile(StateRole.BASE, name), snapshot.bases.get(name), text
    for name, image in changes.archived_images.items():
        text = contained(name, image_text, image) if image else None
        yield StateFile(StateRole.MANAGED, name, archived=True), snapshot.archived_images.get(name), text
    for name, base in changes.archived_bases.items():
        text = contained(name, base_text, base, ()) if base else None
        yield StateFile(StateRole.BASE, name, archived=True), snapshot.archived_bases.get(name), text


def _unless_moved(
    file: StateFile, known: ImageState | BaseState | None, text: str | None, unmoved: Callable[[], bool]
) -> Edit:
    """The edit that writes the text, provided that the file still has the content that the step has read."""

    def edit(found: str | None) -> str | None:
        if (found is None) is (known is None) and unmoved():
            return text
        content = read_file(file, found) if found is not None else None
        now = content.state if isinstance(content, StateContent) else content
        if now != known:
            raise FileMoved(path_of(file))
        return text

    return edit


def _bases_of(image: ImageState | None) -> frozenset[str]:
    """The names of what an image depends on; none where it cannot be read."""
    bases = contained(image.name, _names, image) if image else _NOBODY
    return _NOBODY if isinstance(bases, InternalError) else bases


def _names(image: ImageState) -> frozenset[str]:
    return frozenset(dependency.name for dependency in image.dependencies)
