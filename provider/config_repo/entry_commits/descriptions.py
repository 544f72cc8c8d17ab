"""What the commit of a change of an entry says. Pure."""

from collections.abc import Iterator, Mapping

from provider.config_repo.enrollments.file_set import FileSet
from provider.config_repo.repository.messages import commit_message
from provider.domain.enrolling.change import EntryEdit
from provider.domain.enrollment import Enrollment


def message_of(edit: EntryEdit, before: FileSet, requested_by: str) -> str:
    """The commit message of the edit, with the trailer `Requested-by`.

    Args:
        edit: what is done.
        before: the files before it.
        requested_by: the name of the caller.
    """
    known = next((entry for entry in before.written.named(edit.name or "") if entry.file == edit.file), None)
    return commit_message(_subject(edit), _details(edit, known), [requested_by])


def changed_keys(before: Enrollment, after: Enrollment) -> list[str]:
    """The keys of images.yaml that differ, such as `source.branch`."""
    return sorted(_differing(before.to_document(), after.to_document(), ""))


def _subject(edit: EntryEdit) -> str:
    match edit:
        case EntryEdit(name=None, entry=Enrollment(name=name)):
            return f"Enroll {name}"
        case EntryEdit(name=str(old), entry=Enrollment(name=name)):
            return f"Change the enrollment of {name}" if name == old else f"Rename the enrollment of {old} to {name}"
        case _:
            return f"Remove the enrollment of {edit.name}"


def _details(edit: EntryEdit, known: Enrollment | None) -> Iterator[str]:
    entry = edit.entry
    if entry is None:
        yield f"{known.reference if known else edit.name} is no longer in {edit.file}"
    elif edit.name is None:
        source = f", built from {entry.source.provider}:{entry.source.repo}" if entry.source else ""
        yield f"{entry.reference}{source}, in {edit.file}"
    elif known is None:
        yield f"its entry in {edit.file} was not valid"
    else:
        yield f"{', '.join(changed_keys(known, entry)) or 'the text'} in {edit.file}"


def _differing(before: Mapping[str, object], after: Mapping[str, object], prefix: str) -> Iterator[str]:
    for key in before.keys() | after.keys():
        old, new = before.get(key), after.get(key)
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from _differing(old, new, f"{prefix}{key}.")
        elif old != new:
            yield f"{prefix}{key}"
