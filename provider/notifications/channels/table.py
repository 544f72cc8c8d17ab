"""The table of channels: each channel's class, in the order in which the settings are asked for it."""

from typing import Protocol, Self

from provider.notifications.channels.log import LogNotifier
from provider.notifications.channels.slack import SlackNotifier
from provider.notifications.ports import Notifier
from provider.settings.settings import Settings


class SettableNotifier(Notifier, Protocol):
    """A channel that the settings may name."""

    @classmethod
    def of_settings(cls, settings: Settings) -> Self | None:
        """The channel; None where the settings name none of this kind."""


NOTIFIERS: tuple[type[SettableNotifier], ...] = (
    SlackNotifier,
    LogNotifier,  # takes what nobody else does: stays last
)


def notifier_of(settings: Settings) -> Notifier:
    """The first channel of the table that the settings name; without any the log."""
    found = (kind.of_settings(settings) for kind in NOTIFIERS)
    return next(notifier for notifier in found if notifier is not None)
