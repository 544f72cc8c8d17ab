"""A config repository that tells a test when it commits, and the enrollments of a remote."""

from collections.abc import Callable, Iterable, Sequence

import yaml

from provider.config_repo.repository.config_repository import ConfigRepository
from provider.config_repo.repository.edits import Change, Commit
from provider.domain.enrollment import Enrollment
from tests.provider.config_repo.repositories import Remote


class SteeredRepository(ConfigRepository):
    """Calls `before` and `after` around each commit, with its message."""

    before: Callable[[str], None] | None = None
    after: Callable[[str], None] | None = None

    def commit(self, changes: Sequence[Change], message: str) -> Commit | None:
        """See the real one."""
        if self.before:
            self.before(message)
        made = super().commit(changes, message)
        if self.after:
            self.after(message)
        return made


def push_enrollments(remote: Remote, enrollments: Iterable[Enrollment]) -> None:
    """A person pushes an images.yaml of exactly these entries."""
    remote.push({"images.yaml": enrollments_text(enrollments)})


def enrollments_text(enrollments: Iterable[Enrollment]) -> str:
    """The images.yaml of these entries."""
    return yaml.safe_dump([enrollment.to_document() for enrollment in enrollments], sort_keys=False)
