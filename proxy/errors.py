"""How requests to external services fail: one family of errors for all of them, from registries to Slack.

Every message says what was requested, where, and what to do next, and contains no secret.
"""

from datetime import datetime
from typing import ClassVar


class InvalidSetting(ValueError):
    """An environment variable or a configuration file cannot be used; the message names it, never its content."""


class OutsideFailure(Exception):
    """An external service did not do what was requested: one of the three groups below, which pass through unchanged.

    `transient` is true where trying again later may succeed without any change.
    """

    transient: ClassVar[bool] = False


class Never(OutsideFailure):
    """It was not done, and trying again fails until something is changed."""


class NotNow(OutsideFailure):
    """It was not done, and a later request may succeed.

    Attributes:
        retry_at: the earliest time of the next request, in UTC; None if it is not known.
    """

    transient = True

    def __init__(self, message: str, retry_at: datetime | None = None) -> None:
        super().__init__(message)
        self.retry_at = retry_at


class PerhapsDone(OutsideFailure):
    """It may have been done: find out before sending the request again."""

    transient = True


class NotFound(Never):
    """The repository, tag, digest, platform, branch, file or run does not exist."""


class NoSuchRepository(NotFound):
    """There is no such source repository under this name, or the service may not see it."""


class NoSuchBranch(NotFound):
    """The source repository exists and can be read; it has no such branch, or no commit yet."""


class NoSuchFile(NotFound):
    """The source repository exists and can be read; it has no such file on this branch."""


class Refused(Never):
    """The service refuses: credentials are missing or not enough, or the request cannot be carried out as it is."""


class NotConfigured(Refused):
    """The settings have no credentials for the service that would be asked; nothing was sent."""


class AddressRefused(Never):
    """The host has an address or a protocol that only listed hosts may have, or is no host; nothing was sent."""


class Unavailable(NotNow):
    """The host cannot be reached, does not answer, or must not get a request now."""


class KeptBack(Unavailable):
    """No request was sent, because of an earlier answer or a limit of this service: it says nothing about the host."""


class StillReading(Unavailable):
    """The answer is long or slow, and nothing failed: it is read on, and a later request has it."""


class Unreachable(Unavailable):
    """No connection was made, so the request was certainly not sent."""


class Garbage(NotNow):
    """The answer is not valid."""


class OutcomeUnknown(PerhapsDone):
    """A request that changes something was sent, and its answer is missing or is a server error."""


def perhaps_done(problem: str) -> OutcomeUnknown:
    """The error for a request that changes something and may have been carried out; `problem` is what happened."""
    return OutcomeUnknown(f"{problem}; it is not known whether the request was carried out")
