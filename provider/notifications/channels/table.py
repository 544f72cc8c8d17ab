"""The tables of channels: each channel's class, in the order of preference."""

from typing import Protocol, Self

from provider.notifications.channels.log import LogNotifier
from provider.notifications.channels.slack import SlackNotifier
from provider.notifications.channels.webhook import ReleasesWebhook
from provider.notifications.ports import Notifier
from provider.settings.settings import Settings
from proxy.http.transport import Transport


class SettableNotifier(Notifier, Protocol):
    """A channel that can be configured by settings."""

    @classmethod
    def of_settings(cls, settings: Settings, transport: Transport) -> Self | None:
        """The channel; None if the settings do not configure it."""


NOTIFIERS: tuple[type[SettableNotifier], ...] = (
    SlackNotifier,
    LogNotifier,  # needs no settings: stays last
)


RELEASE_NOTIFIERS: tuple[type[SettableNotifier], ...] = (ReleasesWebhook,)
"""Further channels for the messages about releases, with a queue of their own."""


def notifier_of(settings: Settings, transport: Transport) -> Notifier:
    """The first channel of the table that the settings configure; the log if there is none."""
    found = (kind.of_settings(settings, transport) for kind in NOTIFIERS)
    return next(notifier for notifier in found if notifier is not None)


def releases_notifier_of(settings: Settings, transport: Transport) -> Notifier | None:
    """The further channel for releases that the settings configure; None if there is none."""
    found = (kind.of_settings(settings, transport) for kind in RELEASE_NOTIFIERS)
    return next((notifier for notifier in found if notifier is not None), None)
