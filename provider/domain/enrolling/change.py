"""What a caller wants of one entry, what the files of enrollments have, and the edit of one file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from provider.domain.enrollment import Enrollment
from provider.domain.policy.rules import NO_POLICY, Policy


@dataclass(frozen=True, slots=True)
class Requester:
    """Who asks for the change of an entry.

    Attributes:
        name: for the commit message and the audit.
        is_admin: may change every entry, in every file.
        ownership: the references that the caller owns entities by, in lower case.
    """

    name: str
    is_admin: bool = False
    ownership: frozenset[str] = frozenset()

    def owns(self, owner: str | None) -> bool:
        """Whether this owner is the caller or one of the caller's groups."""
        return owner is not None and owner.lower() in self.ownership


@dataclass(frozen=True, slots=True)
class EntryChange:
    """The change of one entry.

    Attributes:
        name: the name of the entry; None: it is a new one.
        entry: the entry after the change, perhaps with another name; None: it is removed.
        file: the file that the caller named; None: it follows from the entry and the caller.
    """

    name: str | None
    entry: Enrollment | None
    file: str | None = None

    @property
    def subject(self) -> str:
        """The name of the image that the change is about."""
        return self.name or (self.entry.name if self.entry else "")


@dataclass(frozen=True, slots=True)
class EntryEdit:
    """The edit of one file: `name` and `entry` as in `EntryChange`."""

    file: str
    name: str | None
    entry: Enrollment | None


@dataclass(frozen=True, slots=True)
class WrittenEntries:
    """What the files of enrollments have at one commit.

    Attributes:
        files: the paths of the files.
        entries: the entries that are valid on their own, with their file.
        faulty: the files with an entry of that name that is not valid, by name.
        in_force: the enrollments that the service acts on, by name.
        policy: what the entries of teams' files may do.
    """

    files: frozenset[str] = frozenset()
    entries: tuple[Enrollment, ...] = ()
    faulty: Mapping[str, frozenset[str]] = field(default_factory=dict)
    in_force: Mapping[str, Enrollment] = field(default_factory=dict)
    policy: Policy = NO_POLICY

    def files_of(self, name: str) -> frozenset[str]:
        """The files with an entry of that name."""
        return frozenset(entry.file for entry in self.named(name)) | self.faulty.get(name, frozenset())

    def named(self, name: str) -> Iterator[Enrollment]:
        """The valid entries with that name."""
        return (entry for entry in self.entries if entry.name == name)
