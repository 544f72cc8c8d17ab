"""The port through which the workers of several processes share the checks of digests."""

from collections.abc import Collection, Mapping
from typing import Protocol

from provider.domain.times.check_times import CheckTimes


class CheckRecords(Protocol):
    """When each reference was checked, in whichever process; it outlasts a restart."""

    def news(self) -> Mapping[str, CheckTimes]:
        """What other processes have noted since the last call, by reference; the first time everything.

        Some of it may have been returned before.
        """

    def note(self, times: Mapping[str, CheckTimes]) -> None:
        """These references were checked, or kept back."""

    def forget(self, references: Collection[str]) -> None:
        """These references are checked no more."""
