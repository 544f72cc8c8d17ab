"""How asking the outside world fails.

Every message says what was asked, where, and what to do next, and holds no secret.
"""

from datetime import datetime
from typing import ClassVar


class InvalidSetting(ValueError):
    """A variable or file of the operator's cannot be used; the message names it, never its content."""


class ProxyError(Exception):
    """The outside world gave no usable answer.

    `transient` is true where asking again later may help without anybody changing anything.
    """

    transient: ClassVar[bool] = False


class NotFound(ProxyError):
    """There is no such repository, tag, digest or platform."""


class Refused(ProxyError):
    """Credentials are missing or not enough."""


class AddressRefused(ProxyError):
    """The host is at an address, or speaks a protocol, that only listed hosts may have."""


class Garbage(ProxyError):
    """The answer is not what it should be."""

    transient = True


class Unavailable(ProxyError):
    """The host cannot be asked now.

    `retry_at` is when it may be asked again, in UTC; None where nobody knows.
    """

    transient = True

    def __init__(self, message: str, retry_at: datetime | None = None) -> None:
        super().__init__(message)
        self.retry_at = retry_at
