"""The lists of owners at GitHub, in memory."""

from dataclasses import dataclass, field

from provider.tracker.ports import OwnerList, OwnerListKind
from proxy.errors import NotFound, OutsideFailure


@dataclass(slots=True)
class FakeOwnerRepositories:
    """Implements `provider.tracker.ports.OwnerRepositories`."""

    lists: dict[tuple[str, OwnerListKind], OwnerList] = field(default_factory=dict)
    failure: OutsideFailure | None = None

    def read(self, owner: str, kind: OwnerListKind) -> OwnerList:
        """A list that was put here."""
        if self.failure:
            raise self.failure
        if (owner, kind) not in self.lists:
            raise NotFound(f"there is no owner {owner} at GitHub")
        return self.lists[owner, kind]
