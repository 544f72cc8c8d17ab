"""Add, change and remove an entry in the text of a file of enrollments.

Only the lines of that entry change: all other bytes stay the same. Where entries do not have separate lines
(brackets, an anchor that a later entry uses), ruamel.yaml reads and writes the whole file. In both cases the
result is read again, and a text with any other meaning is refused.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, cast

from marshmallow import ValidationError

from provider.config_repo.enrollments import whole_file
from provider.config_repo.enrollments.block_lines import Unchangeable, parsed
from provider.config_repo.enrollments.entry_lines import EntryLines
from provider.config_repo.enrollments.schema import EnrollmentSchema
from provider.config_repo.repository.edits import Edit
from provider.domain.enrollment import Document, Enrollment
from provider.errors import EditRefused, NameNotFound, NameTaken
from provider.yaml_lines import UnreadableYaml

Entries = list[Any]
"""The entries of a file as plain values; they need not all be valid."""


def adding(enrollment: Enrollment) -> Edit:
    """The edit that adds an entry; it creates a missing file."""
    return lambda text: add_entry(text, enrollment)


def replacing_entry(name: str, enrollment: Enrollment) -> Edit:
    """The edit that changes the entry with that name."""
    return lambda text: replace_entry(text, name, enrollment)


def removing(name: str) -> Edit:
    """The edit that removes the entry with that name; a file without entries stays."""
    return lambda text: remove_entry(text, name)


def add_entry(text: str | None, enrollment: Enrollment) -> str:
    """The text with one more entry at its end.

    Raises:
        NameTaken: the file already has the name.
        EditRefused: the file is not a list of entries, or the edit would change other entries too.
    """
    text = text or ""
    entries = _entries(text)
    if enrollment.name in _names(entries):
        raise NameTaken(f"{enrollment.name} is enrolled in this file already; choose another name or change that entry")
    document = enrollment.to_document()

    def is_right(now: Entries) -> bool:
        return now == [*entries, document]

    attempts = (lambda: EntryLines.of(text).with_new(document), lambda: whole_file.with_new(text, document))
    return _first_right(attempts, is_right, enrollment.name)


def replace_entry(text: str | None, name: str, enrollment: Enrollment) -> str:
    """The text in which the entry with that name has the meaning of the enrollment.

    Keys with an unchanged meaning stay as they are written, with their comments.

    Raises:
        NameNotFound: there is no such entry.
        NameTaken: the enrollment has another name, which the file already has.
        EditRefused: see add_entry.
    """
    text = text or ""
    entries = _entries(text)
    index = _index(entries, name)
    if enrollment.name != name and enrollment.name in _names(entries):
        raise NameTaken(f"{enrollment.name} is enrolled in this file already; choose another name")
    before, after = _documents(entries[index], enrollment)

    def is_right(now: Entries) -> bool:
        others = (*entries[:index], *entries[index + 1 :])
        loaded = _loaded(now[index])
        # A text does not say in which file it is.
        same = loaded is not None and replace(loaded, file=enrollment.file) == enrollment
        return (*now[:index], *now[index + 1 :]) == others and same

    attempts = (
        lambda: EntryLines.of(text).with_changed(index, before, after),
        lambda: EntryLines.of(text).widened(index).with_changed(index, before, after),
        lambda: whole_file.with_changed(text, index, before, after),
    )
    return _first_right(attempts, is_right, name)


def remove_entry(text: str | None, name: str) -> str:
    """The text without the entry with that name; comments above it stay, because they may be about more entries.

    Raises:
        NameNotFound: there is no such entry.
        EditRefused: see add_entry.
    """
    text = text or ""
    entries = _entries(text)
    index = _index(entries, name)

    def is_right(now: Entries) -> bool:
        return now == [*entries[:index], *entries[index + 1 :]]

    attempts = (lambda: EntryLines.of(text).without(index), lambda: whole_file.without(text, index))
    return _first_right(attempts, is_right, name)


def _entries(text: str) -> Entries:
    try:
        document = parsed(text)
    except UnreadableYaml as error:
        raise EditRefused(f"line {error.line}: {error}; correct the file first") from error
    if document.value is None and not document.faults:
        return []
    if not isinstance(document.value, list):
        raise EditRefused(f"line {document.line_of(())}: the file is not a list of entries; correct it first")
    return cast("Entries", document.value)


def _names(entries: Entries) -> list[object]:
    return [entry.get("name") if isinstance(entry, dict) else None for entry in entries]


def _index(entries: Entries, name: str) -> int:
    names = _names(entries)
    if name not in names:
        raise NameNotFound(f"{name} is not enrolled in this file")
    if names.count(name) > 1:
        raise EditRefused(f"{name} is in this file more than once; remove all but one by hand first")
    return names.index(name)


def _documents(entry: Mapping[str, Any], enrollment: Enrollment) -> tuple[Document, Document]:
    """The entry before and after the change, in forms in which equal parts are equal values."""
    after = enrollment.to_document()
    before = _loaded(entry)
    if before is None:
        return dict(entry), after
    documents = before.to_document(), after
    return (_with_long_build(documents[0]), _with_long_build(after)) if "build" in entry else documents


def _with_long_build(document: Document) -> Document:
    """The document with `build` in place of its short form, `source.workflow`."""
    match document:
        case {"source": {"workflow": workflow, **source}, **others}:
            return {**others, "source": source, "build": {"system": "github-actions", "workflow": workflow}}
        case _:
            return document


def _loaded(entry: object) -> Enrollment | None:
    try:
        return cast("Enrollment", EnrollmentSchema().load(cast("Mapping[str, Any]", entry)))
    except ValidationError:
        return None


def _first_right(attempts: Iterable[Callable[[], str]], is_right: Callable[[Entries], bool], name: str) -> str:
    causes: list[str] = []
    for attempt in attempts:
        try:
            text = attempt()
            if is_right(_entries(text)):
                return text
        except (Unchangeable, EditRefused) as error:
            causes.append(str(error))
    cause = f" ({'; '.join(dict.fromkeys(causes))})" if causes else ""
    raise EditRefused(
        f"{name}: this entry cannot be changed without changing other entries{cause}; edit the file by hand"
    )
