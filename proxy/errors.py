"""How asking the outside world fails: one family for all of it, from a registry to Slack.

Every message says what was requested, where, and what to do next, and contains no secret.
"""

from datetime import datetime
from typing import ClassVar


class InvalidSetting(ValueError):
    """A variable or file of the operator's cannot be used; the message names it, never its content."""


class OutsideFailure(Exception):
    """An external service did not do what was requested: one of the three groups below, which pass through unchanged.

    `transient` is true where trying again later may succeed without any change.
    """

    transient: ClassVar[bool] = False


class Never(OutsideFailure):
    """It was not done, and trying again fails until something is changed."""


class NotNow(OutsideFailure):
    """It was not done, and asking again later may help.

    Attributes:
        retry_at: the earliest time of the next request, in UTC; None if it is not known.
    """

    transient = True

    def __init__(self, message: str, retry_at: datetime | None = None) -> None:
        super().__init__(message)
        self.retry_at = retry_at


class PerhapsDone(OutsideFailure):
    """It may have been done: find out before asking again."""

    transient = True


class NotFound(Never):
    """There is no such thing: repository, tag, digest, platform, branch, file or run."""


class Refused(Never):
    """The other side refuses: credentials are missing or not enough, or the request cannot be carried out as it is."""


class AddressRefused(Never):
    """The host is at an address, or speaks a protocol, that only listed hosts may have; nothing was sent."""


class Unavailable(NotNow):
    """The host cannot be asked now."""


class Unreachable(Unavailable):
    """No connection was made, so the request was certainly not sent."""


class Garbage(NotNow):
    """The answer is not what it should be."""


class OutcomeUnknown(PerhapsDone):
    """A request that changes something was sent, and its answer is missing or is a server error."""
