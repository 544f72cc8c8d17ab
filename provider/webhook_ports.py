"""The port of what is noted about lost deliveries of webhooks."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class HookLook:
    """The last look at the deliveries of a webhook.

    Attributes:
        at: everything before was seen.
        problem: why they could not be read or asked for; empty: they could.
    """

    at: datetime
    problem: str = ""


class Redeliveries(Protocol):
    """Stores which lost deliveries were asked for, so that each is asked for once; webhooks go by a name for people."""

    def looks(self) -> Mapping[str, HookLook]:
        """The last look at each webhook."""

    def note(self, hook: str, look: HookLook) -> None:
        """Store a look in place of the last one."""

    def asked(self, guids: Collection[str]) -> Collection[str]:
        """Those of these events that were asked for."""

    def ask(self, guid: str, at: datetime) -> None:
        """Note that the event is asked for."""

    def forget(self, guid: str) -> None:
        """Note that it was not asked for."""

    def prune(self, before: datetime, hooks: Collection[str]) -> None:
        """Remove older events, and looks at other webhooks than these."""
