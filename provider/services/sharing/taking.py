"""Two processes never work on the same share at once, also while they have not yet heard of each other."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Protocol, Self

from provider.services.sharing.shares import EVERYTHING, SHARES, Shares


class TakenNames(Protocol):
    """Names that are held until the end of a `with` block, or of the process."""

    names: Collection[str]

    def __enter__(self) -> Self: ...

    def __exit__(self, *ended: object) -> None: ...


class WorkShares(Protocol):
    """The work of one kind that this process is to do."""

    def taken(self) -> AbstractContextManager[Shares]:
        """Takes the shares of this process that no other process works on, until the end of the block."""


class AllShares:
    """The shares of a process beside which there is no other one."""

    @contextmanager
    def taken(self) -> Iterator[Shares]:
        """Everything."""
        yield EVERYTHING


@dataclass(frozen=True, slots=True)
class SharedWork:
    """The shares of one kind of work.

    Attributes:
        kind: of the work, part of the names that are taken.
        take: takes those of these names that nobody else holds.
        ours: the shares of this process now.
    """

    kind: str
    take: Callable[[Collection[str]], TakenNames]
    ours: Callable[[], Collection[int]] = lambda: range(SHARES)

    @contextmanager
    def taken(self) -> Iterator[Shares]:
        """Takes the shares of this process that no other process works on, until the end of the block."""
        numbers: Mapping[str, int] = {f"{self.kind} {number}": number for number in sorted(self.ours())}
        with self.take(numbers) as taken:
            yield Shares(frozenset(numbers[name] for name in taken.names))
