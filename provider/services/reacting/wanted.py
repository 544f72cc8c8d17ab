"""What one reaction does. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from provider.operation_ports import CheckRequest


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for, each thing once; nothing at all: only decide.

    Attributes:
        names: the images that are checked, with their dependencies.
    """

    names: frozenset[str] = frozenset()

    @classmethod
    def of(cls, requests: Iterable[CheckRequest]) -> Self:
        """What these requests ask for."""
        return cls(frozenset(name for request in requests for name in request.names))
