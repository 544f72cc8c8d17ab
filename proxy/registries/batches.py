"""One token for many repositories, where a registry grants that.

The token specification allows several scopes in a request, but not every registry takes them; so each one is tried and
what it does is remembered.
"""

import threading
from collections.abc import Iterable

from proxy.registries.tokens import Scopes

BATCH_SIZE = 50
# A token names its scopes, and web servers commonly take 8 kB of a header: 3,000 characters make about 7 kB of token.
_LONGEST = 3000
# A registry that honours only one of several scopes accepts a batch's token for one repository; two of the same batch
# prove it.
_PROOF = 2


def pull_scope(repository: str) -> str:
    """The scope for reading a repository."""
    return f"repository:{repository}:pull"


def in_batches(repositories: Iterable[str]) -> list[list[str]]:
    """The repositories in their order, at most 50 together, and fewer where their names are long."""
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
        granted: whether the registry grants several scopes in one token; None while that is not known.
    """

    def __init__(self) -> None:
        self.granted: bool | None = None
        self._lock = threading.Lock()
        self._batch_of: dict[str, Scopes] = {}
        self._accepted: dict[Scopes, set[str]] = {}

    def plan(self, repositories: Iterable[str]) -> list[str]:
        """Ask for these repositories together from now on.

        Returns:
            The first repository of each batch; none where the registry does not grant batches.
        """
        if self.granted is False:
            return []
        batches = in_batches(repositories)
        scopes = [tuple(map(pull_scope, batch)) for batch in batches]
        self._batch_of = {scope: batch for batch in scopes for scope in batch}
        return [batch[0] for batch in batches]

    def scopes_with(self, scope: str) -> Scopes:
        """The scopes to ask for where this one is needed."""
        if self.granted is False:
            return (scope,)
        return self._batch_of.get(scope, (scope,))

    def accepted(self, scope: str) -> None:
        """A token for a batch was accepted for this one of its scopes."""
        if self.granted is None:
            with self._lock:
                accepted = self._accepted.setdefault(self._batch_of.get(scope, (scope,)), set())
                accepted.add(scope)
                if len(accepted) >= _PROOF and self.granted is None:
                    self.granted = True

    def refused(self) -> None:
        """A token for a batch was refused where one for a single scope was accepted.

        Once batches are proven this is one repository's matter and changes nothing.
        """
        with self._lock:
            if self.granted is None:
                self.granted = False
