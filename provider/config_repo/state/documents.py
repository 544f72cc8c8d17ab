"""Read and write the text of state files. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import yaml
from cattrs import BaseValidationError

from catalog.times import rfc3339_exact
from provider.config_repo.enrollments.problems import dotted
from provider.config_repo.state.converter import in_order, state_converter
from provider.config_repo.state.plain_form import read_plain_form
from provider.config_repo.state.repairs import repaired
from provider.config_repo.state.wrong_values import wrong_values
from provider.domain.ledger import Ledger
from provider.domain.state import BaseState, ImageState
from provider.yaml_lines import LARGEST, Path, UnreadableYaml, read_texts, read_yaml

State = TypeVar("State", ImageState, BaseState)

_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
MOST_BYTES = 16 * LARGEST
"""At 300 bytes for each digest that a tag has had, a tag that moves every hour needs more than six years for it."""
_MOST_REPAIRS = 3


class InvalidState(ValueError):
    """A state file cannot be read; the message says which value and why. It is reported, never overwritten.

    Attributes:
        line: the line of the first wrong value, counted from 1.
        field: its path, such as `enrollment.tag`; None where the whole file is wrong.
    """

    def __init__(self, message: str, line: int = 1, field: str | None = None) -> None:
        super().__init__(message)
        self.line = line
        self.field = field


@dataclass(frozen=True, slots=True)
class StateNote:
    """What a state file has that is not known here: the line, the path of the value, and a sentence."""

    line: int
    field: str | None
    text: str


@dataclass(frozen=True, slots=True)
class StateContent(Generic[State]):
    """The content of a state file; `notes`: what it has that is not known here."""

    state: State
    notes: tuple[StateNote, ...] = ()


def image_text(state: ImageState) -> str:
    """The text of a managed image's state file."""
    return _text(state, {"name": state.name, "currentVersion": state.enrollment.tag, **_digests(state.ledger)})


def read_image(text: str) -> StateContent[ImageState]:
    """A managed image from the text of its state file.

    Raises:
        InvalidState: the text is not such a file.
    """
    return _read(ImageState, text)


def base_text(state: BaseState, dependents: tuple[str, ...]) -> str:
    """The text of a base image's state file; `dependents` are written only for people to read."""
    history = state.ledger.observations
    derived = {
        "registry": state.image.registry,
        "repository": state.image.repository,
        "tag": state.image.tag,
        **_digests(state.ledger),
        "lastUpdated": rfc3339_exact(history[-1].first_seen) if len(history) > 1 else None,
        "dependents": list(dependents),
    }
    return _text(state, derived)


def read_base(text: str) -> StateContent[BaseState]:
    """A base image from the text of its state file.

    Raises:
        InvalidState: the text is not such a file.
    """
    return _read(BaseState, text)


def _digests(ledger: Ledger) -> dict[str, str | None]:
    history = ledger.observations
    return {
        "currentDigest": history[-1].digest if history else None,
        "previousDigest": history[-2].digest if len(history) > 1 else None,
    }


def _text(state: ImageState | BaseState, derived: dict[str, Any]) -> str:
    document = in_order(type(state), {**state_converter().unstructure(state), **derived})
    try:
        return _dumped(document)
    except UnicodeEncodeError:
        return _dumped(_encodable(document))


def _dumped(document: object) -> str:
    return yaml.dump(document, Dumper=_DUMPER, sort_keys=False, allow_unicode=True, width=120)


def _encodable(value: object) -> object:
    """The value with "?" for each lone surrogate, which JSON from outside can contain and no file can."""
    match value:
        case str():
            return value.encode("utf-8", "replace").decode()
        case list():
            return [_encodable(each) for each in value]
        case dict():
            return {_encodable(key): _encodable(each) for key, each in value.items()}
        case _:
            return value


def _read(kind: type[State], text: str) -> StateContent[State]:
    document = _values(text)
    notes: list[tuple[Path, str]] = []
    for _ in range(_MOST_REPAIRS):
        try:
            state = state_converter().structure(document, kind)
        except (BaseValidationError, ValueError) as error:
            wrong = wrong_values(error)
            more = repaired(document, wrong)
            if more is None:
                message = "; ".join(map(str, wrong))
                raise InvalidState(message, _lines(text)(wrong[0].path), dotted(wrong[0].path)) from error
            notes += more
        else:
            return _content(text, state, notes)
    raise InvalidState("; ".join(note for _, note in notes))


def _values(text: str) -> object:
    plain = read_plain_form(text)
    if plain is not None:
        return plain
    try:
        return read_texts(text, MOST_BYTES)
    except UnreadableYaml as error:
        raise InvalidState(str(error), error.line) from error


def _content(text: str, state: State, notes: list[tuple[Path, str]]) -> StateContent[State]:
    if not notes:
        return StateContent(state)
    line_of = _lines(text)
    return StateContent(state, tuple(StateNote(line_of(path), dotted(path), note) for path, note in notes))


def _lines(text: str) -> Callable[[Path], int]:
    """The line of the value at a path."""
    try:
        return read_yaml(text).line_of
    except UnreadableYaml:
        return _first_line


def _first_line(_: Path) -> int:
    return 1
