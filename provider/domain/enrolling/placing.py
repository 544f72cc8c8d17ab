"""The file in which an entry is added, changed or removed, for the caller who asks for it."""

from collections.abc import Iterable
from dataclasses import replace

from provider.domain.enrolling.change import EntryChange, EntryEdit, Requester, WrittenEntries
from provider.domain.enrolling.files import file_problem
from provider.domain.enrolling.rights import check_may_change
from provider.domain.enrollment import ADMINS_FILE, Enrollment
from provider.domain.policy.authority import missing_rule
from provider.domain.policy.patterns import matches_any
from provider.errors import ChangeNotAllowed, EntryRefused, NameNotFound, NameTaken, ReferenceTaken


def edit_for(change: EntryChange, requester: Requester, written: WrittenEntries, default_owner: str) -> EntryEdit:
    """The edit of one file that makes the change.

    An admin adds entries to any file, by default images.yaml. Others add entries to a team's file in which a rule of
    policy.yaml lets one of their groups be the owner. An entry that is there is changed in its file.

    Args:
        change: what is wanted.
        requester: who wants it.
        written: what the files have now.
        default_owner: the owner of entries that name none.

    Raises:
        ChangeNotAllowed: the requester may not do that; the message names the missing permission or rule.
        EntryRefused: a field is not possible; the messages are by field.
        NameTaken, ReferenceTaken: another entry has the name, or the image.
        NameNotFound: there is no entry with that name.
    """
    if change.file is not None and (problem := file_problem(change.file)):
        raise EntryRefused({"file": problem})
    if change.name is not None:
        file = _file_with(change.name, change.file, written)
        check_may_change(change, file, requester, written, default_owner)
    elif change.entry is not None:
        file = _file_for_new(change.entry, change.file, requester, written, default_owner)
    else:
        raise ValueError("a change names an entry, or has one")
    if change.entry is None:
        return EntryEdit(file, change.name, None)
    _check_free(change, change.entry, written)
    return EntryEdit(file, change.name, replace(change.entry, file=file))


def check_has_file(requester: Requester, written: WrittenEntries) -> None:
    """Check that there is a file to which the requester may add entries.

    Raises:
        ChangeNotAllowed: the message names the rule that is missing.
    """
    files = _known_files(written).union(map(_usual_file, requester.ownership))
    if requester.is_admin or any(_may_add_to(file, requester, written) for file in files if not file_problem(file)):
        return
    groups = sorted(reference for reference in requester.ownership if reference.startswith("group:"))
    owner = next(iter(groups), requester.name)
    file = _usual_file(owner)
    raise ChangeNotAllowed(
        f"No rule of policy.yaml lets {requester.name} add entries to a file; ask an admin to add a rule such as "
        f"{{files: {file}, owners: [{owner}]}}."
    )


def _usual_file(owner: str) -> str:
    return f"images.d/{owner.rpartition('/')[2].lower()}.yaml"


def _known_files(written: WrittenEntries) -> set[str]:
    return {*written.files, *(file for rule in written.policy.rules for file in rule.files)}


def _file_with(name: str, wanted: str | None, written: WrittenEntries) -> str:
    files = sorted(written.files_of(name))
    if not files:
        raise NameNotFound(f"There is no entry named {name} in the files of enrollments.")
    if wanted is not None and wanted not in files:
        raise EntryRefused({"file": f"{name} is in {', '.join(files)}, not in {wanted}; leave file out"})
    if wanted is not None or len(files) == 1:
        return wanted or files[0]
    known = written.in_force.get(name)
    if known and known.file in files:
        return known.file
    raise EntryRefused({"file": f"{name} is in {' and in '.join(files)}; name one of them"})


def _file_for_new(
    entry: Enrollment, wanted: str | None, requester: Requester, written: WrittenEntries, default_owner: str
) -> str:
    if requester.is_admin:
        return wanted or ADMINS_FILE
    owner = entry.owner or default_owner
    if not requester.owns(owner):
        raise ChangeNotAllowed(
            f"The owner of the new entry is {owner}, and this is {requester.name}; name yourself or one of your groups "
            "as the owner, or ask an admin."
        )
    if wanted == ADMINS_FILE:
        raise ChangeNotAllowed(f"Only an admin may add an entry to {ADMINS_FILE}; leave file out, or ask an admin.")
    usual = _usual_file(owner)
    candidates = [wanted] if wanted else sorted({usual, *_known_files(written)})
    allowed = [file for file in candidates if not file_problem(file) and _may_add_to(file, requester, written)]
    if not allowed:
        rule = missing_rule(replace(entry, file=wanted or usual), "owners", owner)
        raise ChangeNotAllowed(
            f"No rule of policy.yaml lets {requester.name} add entries to {wanted or f'a file such as {usual}'}; ask "
            f"an admin: {rule}"
        )
    if usual in allowed or len(allowed) == 1:
        return usual if usual in allowed else allowed[0]
    raise EntryRefused({"file": f"is missing; the entry may be in {', '.join(allowed)}: name one of them"})


def _may_add_to(file: str, requester: Requester, written: WrittenEntries) -> bool:
    """Whether a rule for the file has one of the references of the caller as an owner."""
    if file == ADMINS_FILE:
        return False
    patterns = tuple(owner.lower() for rule in written.policy.rules_for(file) for owner in rule.owners)
    return any(matches_any(patterns, reference) for reference in requester.ownership)


def _check_free(change: EntryChange, entry: Enrollment, written: WrittenEntries) -> None:
    """Check that no other entry has the name or the image."""
    others = (*written.entries, *written.in_force.values())
    if entry.name != change.name and (files := _files(entry.name, others) or written.files_of(entry.name)):
        raise NameTaken(
            f"{entry.name} is the name of another entry, in {min(files)}; change that entry, or choose another name."
        )
    for other in others:
        if other.reference == entry.reference and other.name != change.name:
            raise ReferenceTaken(
                f"{entry.reference} is enrolled as {other.name} in {other.file}; change that entry, or choose another "
                "image."
            )


def _files(name: str, entries: Iterable[Enrollment]) -> set[str]:
    return {entry.file for entry in entries if entry.name == name}
