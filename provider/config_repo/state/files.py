"""The state files of one commit: the states in them, and what is wrong with them. Pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

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
    """The contents of all state files."""

    contents: Mapping[StateFile, Content]

    def states(self, role: StateRole, kind: type[State], *, archived: bool = False) -> dict[str, State]:
        """The states of one role, by name."""
        return {
            file.name: content.state
            for file, content in self.contents.items()
            if file.role is role
            and file.archived is archived
            and isinstance(content, StateContent)
            and isinstance(content.state, kind)
        }

    def unreadable(self, *, archived: bool) -> frozenset[str]:
        """The names whose file in the archive, or outside it, cannot be read."""
        return frozenset(file.name for file in self._unreadable() if file.archived is archived)

    def unreadable_of(self, name: str) -> list[StateFile]:
        """The files of a name, outside the archive, that cannot be read."""
        return [file for file in self._unreadable() if file.name == name and not file.archived]

    def problems(self, tracked: Collection[str]) -> Iterator[tuple[str, ProblemText]]:
        """The name and a sentence for each problem; the archive counts only for what is tracked again."""
        for file, content in self.contents.items():
            if file.archived and file.name not in tracked:
                continue
            if isinstance(content, InvalidState):
                yield file.name, _unread(file, content)
            else:
                yield from ((file.name, _noted(file, note)) for note in content.notes)

    def _unreadable(self) -> Iterator[StateFile]:
        return (file for file, content in self.contents.items() if isinstance(content, InvalidState))


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
