"""One token for many repositories, if the registry grants it.

The token specification allows several scopes in a request, but not every registry accepts them. So each registry is
tried once, and the result is kept.
"""

import threading
from collections.abc import Iterable

from proxy.secrets.tokens import Scopes

BATCH_SIZE = 50
# A token contains its scopes, and many web servers limit a header to 8 kB: 3,000 characters make a token of about 7 kB.
_LONGEST = 3000
# A registry that grants only one of several scopes accepts the token for one repository; two of a batch are a proof.
_PROOF = 2


def pull_scope(repository: str) -> str:
    """The scope for reading a repository."""
    return f"repository:{repository}:pull"


def in_batches(repositories: Iterable[str]) -> list[list[str]]:
    """The repositories in their order, in batches of at most 50, or fewer if their names are long."""
    batches: list[list[str]] = []
    length = 0
    for repository in repositories:
        added = len(pull_scope(repository))
        if not batches or len(batches[-1]) == BATCH_SIZE or length + added > _LONGEST:
            batches.append([])
            length = 0
        batches[-1].append(repository)
        length += added
    return batches


class ScopeBatches:
    """Which scopes are requested together at one registry. Safe to use from many threads.

    Attributes:
        granted: whether the registry grants several scopes in one token; None while this is unknown.
    """

    def __init__(self) -> None:
        self.granted: bool | None = None
        self._lock = threading.Lock()
        self._batch_of: dict[str, Scopes] = {}
        self._accepted: dict[Scopes, set[str]] = {}
        self._excluded: set[str] = set()

    def plan(self, groups: Iterable[Iterable[str]]) -> list[str]:
        """Request the repositories of each group together from now on.

        Returns:
            The first repository of each batch; none if the registry does not grant batches.
        """
        if self.granted is False:
            return []
        batches = [batch for group in groups for batch in in_batches(self._included(group))]
        scopes = [tuple(map(pull_scope, batch)) for batch in batches]
        self._batch_of = {scope: batch for batch in scopes for scope in batch}
        return [batch[0] for batch in batches]

    def exclude(self, repository: str) -> None:
        """Request a repository alone from now on: it was refused, and with it its batch."""
        with self._lock:
            self._excluded.add(repository)

    def include(self, repository: str) -> None:
        """Request a repository in a batch again: it was accepted alone."""
        with self._lock:
            self._excluded.discard(repository)

    def _included(self, group: Iterable[str]) -> list[str]:
        return [repository for repository in group if repository not in self._excluded]

    def scopes_with(self, scope: str) -> Scopes:
        """The scopes to request when this one is needed."""
        if self.granted is False:
            return (scope,)
        return self._batch_of.get(scope, (scope,))

    def accepted(self, scope: str) -> None:
        """Note that a token for a batch was accepted for this one of its scopes."""
        if self.granted is None:
            with self._lock:
                accepted = self._accepted.setdefault(self._batch_of.get(scope, (scope,)), set())
                accepted.add(scope)
                if len(accepted) >= _PROOF and self.granted is None:
                    self.granted = True

    def refused(self) -> None:
        """Note that a token for a batch was refused, and a token for a single scope was accepted.

        Once batches are known to work, this concerns one repository only and changes nothing.
        """
        with self._lock:
            if self.granted is None:
                self.granted = False
