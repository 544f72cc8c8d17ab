"""One process at a time sends requests to build systems, and says what became of those that were sent.

A process that is slow or stopped keeps its claim, however long that takes: no other one sends its requests again. One
that was killed loses it at once.
"""

from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self


class DispatchClaim(Protocol):
    """Held until the end of a `with` block, or of the process."""

    def held(self) -> bool:
        """Whether it is still held: one in a database is lost with the connection. Safe to use from many threads."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class OnlyProcess:
    """The claim of a process beside which there is no other one."""

    def held(self) -> bool:
        """Always."""
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """There is nothing to release."""


DispatchClaims = Callable[[], DispatchClaim | None]
"""Takes the claim; None while another process has it."""
