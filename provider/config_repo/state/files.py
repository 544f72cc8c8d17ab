"""The state files of one commit: the states in them, and what is wrong with them. Pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from provider.config_repo.layout import StateFile, StateRole, path_of
from provider.config_repo.state.documents import InvalidState, State, StateContent, StateNote, read_base, read_image
from provider.containment import contained
from provider.domain.state import BaseState, ImageState
from provider.errors import InternalError
from provider.ports import ProblemText

Content = StateContent[ImageState] | StateContent[BaseState] | InvalidState
"""What one file holds, or why it cannot be read."""

_SKIPPED = "the image is skipped; correct the file, or delete it to start anew"
_UNUSED = "its earlier history is not used; correct the file, or delete it"


def read_file(file: StateFile, text: str) -> Content:
    """The content of a state file; whatever is wrong with one file concerns its image alone."""
    content = contained(path_of(file), _read, file, text)
    return InvalidState(str(content)) if isinstance(content, InternalError) else content


def _read(file: StateFile, text: str) -> Content:
    try:
        content = read_image(text) if file.role is StateRole.MANAGED else read_base(text)
    except InvalidState as error:
        return error
    name = content.state.name
    if name != file.name:
        return InvalidState(f"name is {name!r}, the file's is {file.name!r}; make them equal", field="name")
    return content


@dataclass(frozen=True, slots=True)
class StateFiles:
    """The states in the state files of one commit, and what is wrong with the files.

    Attributes:
        images, bases: the states of tracked images that can be read, by name.
        archived_images, archived_bases: those of images that are no longer tracked.
        odd: the contents that cannot be read, or have something that is not known here.
    """

    images: Mapping[str, ImageState] = field(default_factory=dict)
    bases: Mapping[str, BaseState] = field(default_factory=dict)
    archived_images: Mapping[str, ImageState] = field(default_factory=dict)
    archived_bases: Mapping[str, BaseState] = field(default_factory=dict)
    odd: Mapping[StateFile, Content] = field(default_factory=dict)

    def after(self, changes: Mapping[StateFile, Content | None]) -> "StateFiles":
        """The states after these files have changed (None: they were removed).

        What is equal to what was there before stays the same object; the order is that of the paths.
        """
        return StateFiles(
            _merged(self.images, _states(changes, StateRole.MANAGED, ImageState, archived=False)),
            _merged(self.bases, _states(changes, StateRole.BASE, BaseState, archived=False)),
            _merged(self.archived_images, _states(changes, StateRole.MANAGED, ImageState, archived=True)),
            _merged(self.archived_bases, _states(changes, StateRole.BASE, BaseState, archived=True)),
            self._odd_after(changes),
        )

    def unreadable(self, *, archived: bool) -> frozenset[str]:
        """The names whose file in the archive, or outside it, cannot be read."""
        return frozenset(file.name for file in self._unreadable() if file.archived is archived)

    def unreadable_of(self, name: str) -> list[StateFile]:
        """The files of a name, outside the archive, that cannot be read."""
        return [file for file in self._unreadable() if file.name == name and not file.archived]

    def problems(self, tracked: Collection[str]) -> Iterator[tuple[str, ProblemText]]:
        """The name and a sentence for each problem; the archive counts only for what is tracked again."""
        for file, content in self.odd.items():
            if file.archived and file.name not in tracked:
                continue
            if isinstance(content, InvalidState):
                yield file.name, _unread(file, content)
            else:
                yield from ((file.name, _noted(file, note)) for note in content.notes)

    def _unreadable(self) -> Iterator[StateFile]:
        return (file for file, content in self.odd.items() if isinstance(content, InvalidState))

    def _odd_after(self, changes: Mapping[StateFile, Content | None]) -> Mapping[StateFile, Content]:
        odd = {file: content for file, content in changes.items() if content is not None and _is_odd(content)}
        if not odd and not self.odd.keys() & changes.keys():
            return self.odd
        kept = {file: content for file, content in self.odd.items() if file not in changes}
        return dict(sorted({**kept, **odd}.items(), key=lambda item: path_of(item[0])))


def _is_odd(content: Content) -> bool:
    return isinstance(content, InvalidState) or bool(content.notes)


def _states(
    changes: Mapping[StateFile, Content | None], role: StateRole, kind: type[State], *, archived: bool
) -> dict[str, State | None]:
    """The changes of one role, by name; None where there is no state any more that can be read."""
    found: dict[str, State | None] = {}
    for file, content in changes.items():
        if file.role is role and file.archived is archived:
            state = content.state if isinstance(content, StateContent) else None
            found[file.name] = state if isinstance(state, kind) else None
    return found


def _merged(before: Mapping[str, State], changes: Mapping[str, State | None]) -> Mapping[str, State]:
    new = {name: state for name, state in changes.items() if before.get(name) != state}
    if not new:
        return before
    after = {**before, **{state.name: state for state in new.values() if state}}
    for name, state in new.items():
        if state is None:
            del after[name]
    return after if new.keys() <= before.keys() else dict(sorted(after.items(), key=lambda item: f"{item[0]}.yaml"))


def _unread(file: StateFile, content: InvalidState) -> ProblemText:
    path, consequence = path_of(file), _UNUSED if file.archived else _SKIPPED
    text = f"{file.name}: cannot read {path}:{content.line}: {content}; {consequence}"
    message = f"{_without_field(str(content), content.field)}; {consequence}"
    return ProblemText.at(text, path, content.line, content.field, message)


def _noted(file: StateFile, note: StateNote) -> ProblemText:
    path = path_of(file)
    text = f"{file.name}: {path}:{note.line}: {note.text}"
    return ProblemText.at(text, path, note.line, note.field, _without_field(note.text, note.field))


def _without_field(text: str, field: str | None) -> str:
    """The text, which may begin with the path of the value; the path has a place of its own."""
    return text.removeprefix(f"{field}: ") if field else text
