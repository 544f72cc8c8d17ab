"""Who may change an entry that is there, and which of its fields."""

from provider.domain.enrolling.change import EntryChange, Requester, WrittenEntries
from provider.domain.enrollment import ADMINS_FILE, Enrollment, Source
from provider.domain.policy.authority import authority_of
from provider.errors import ChangeNotAllowed

_ONLY_SOME = ("provider", "repo", "branch")


def check_may_change(
    change: EntryChange, file: str, requester: Requester, written: WrittenEntries, default_owner: str
) -> None:
    """Check that the requester may change this entry, which is in that file.

    The owner of an entry may change or remove it. In images.yaml, whose entries have the rights of admins, an owner may
    not change what these rights are used for: the image, the source repository, the build, the owner and the name. Nor
    may an owner weaken whose signatures the base images need there; an owner may ask for signatures where none are.

    Raises:
        ChangeNotAllowed: the message says what is missing.
    """
    if requester.is_admin:
        return
    name = change.subject
    known = _known(name, file, written)
    if known is None:
        raise ChangeNotAllowed(
            f"The entry {name} in {file} is not valid, so it has no owner; ask an admin to correct or remove it."
        )
    owner = known.owner or default_owner
    if not authority_of(written.policy, known).owner_acts:
        raise ChangeNotAllowed(
            f"No rule of policy.yaml gives {owner} the rights of an owner in {file}; an admin adds to its rules: "
            f"{{files: {file}, owners: [{owner}]}}"
        )
    if not requester.owns(owner):
        raise ChangeNotAllowed(f"{name} belongs to {owner}; only its owner or an admin may change it.")
    if change.entry and file == ADMINS_FILE and (fields := _protected(known, change.entry)):
        raise ChangeNotAllowed(
            f"Only an admin may change {', '.join(fields)} of {name}, because its entry in {file} has the rights of "
            "an admin; ask an admin to change it."
        )


def _known(name: str, file: str, written: WrittenEntries) -> Enrollment | None:
    known = written.in_force.get(name)
    if known and known.file == file:
        return known
    return next((entry for entry in written.named(name) if entry.file == file), None)


def _protected(before: Enrollment, after: Enrollment) -> list[str]:
    """The fields that differ and that only an admin may change."""
    fields = [key for key in ("name", "registry", "repository", "tag") if getattr(before, key) != getattr(after, key)]
    fields += _protected_of_source(before.source, after.source)
    if before.build != after.build:
        fields.append("build")
    if (before.owner or "").lower() != (after.owner or "").lower():
        fields.append("owner")
    if before.verify is not None and before.verify != after.verify:
        fields.append("verify")
    return fields


def _protected_of_source(before: Source | None, after: Source | None) -> list[str]:
    if before is None or after is None:
        return [] if before is after else ["source"]
    return [f"source.{key}" for key in _ONLY_SOME if getattr(before, key) != getattr(after, key)]
