"""A snapshot store in memory, without git."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from provider.domain.enrollment import Enrollment
from provider.domain.snapshot import Changes, Snapshot
from provider.errors import ProviderError

Step = Callable[[Snapshot], Changes]


class FakeSnapshotStore:
    """The snapshot of one writer, and another writer that is sometimes faster.

    Attributes:
        commits: the subject and the reasons of every write that changed something, oldest first.
    """

    def __init__(self, enrollments: Mapping[str, Enrollment] | None = None) -> None:
        self.commits: list[tuple[str, tuple[str, ...]]] = []
        self._pushed = dict(enrollments or {})
        self._books = Snapshot("0", {}, {}, {})
        self._rival: Step | None = None
        self._failures: list[ProviderError | None] = []

    def enroll(self, *enrollments: Enrollment) -> None:
        """Add or change these entries, as a push does; the next pull finds them."""
        self._pushed |= {enrollment.name: enrollment for enrollment in enrollments}

    def withdraw(self, *names: str) -> None:
        """Remove these entries, as a push does."""
        self._pushed = {name: found for name, found in self._pushed.items() if name not in names}

    def put_file(self, path: str, text: str) -> None:
        """Put a file that rules name into the repository."""
        self._books = replace(self._books, files={**self._books.files, path: text})

    def lose_race(self, change: Step) -> None:
        """Let another writer write this after the next step was decided and before it is stored."""
        self._rival = change

    def fail_writes(self, *errors: ProviderError | None) -> None:
        """The errors of the next writes with changes, in order; None lets a write succeed."""
        self._failures = list(errors)

    def pull(self) -> bool:
        """See the port."""
        if self._books.enrollments == self._pushed:
            return False
        self._books = replace(self._books, enrollments=dict(self._pushed), position=self._next())
        return True

    def read(self) -> Snapshot:
        """See the port."""
        return self._books

    def write(self, step: Step, subject: str) -> Snapshot:
        """See the port."""
        changes = step(self._books)
        if not changes:
            return self._with_errors(changes)
        if self._failures and (failure := self._failures.pop(0)):
            raise failure
        if self._rival is not None:
            rival, self._rival = self._rival, None
            self._keep(rival(self._books), "Somebody else's change")
            changes = step(self._books)
        if changes:
            self._keep(changes, subject)
        return self._with_errors(changes)

    def _with_errors(self, changes: Changes) -> Snapshot:
        return replace(self._books, errors=changes.errors) if changes.errors else self._books

    def _keep(self, changes: Changes, subject: str) -> None:
        self._books = replace(changes.apply(self._books), position=self._next(), errors={})
        self.commits.append((subject, tuple(changes.reasons)))

    def _next(self) -> str:
        return str(int(self._books.position) + 1)
