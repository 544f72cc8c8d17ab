"""The errors of this room: what callers may catch beside the failures of the world outside (`proxy.errors`)."""

from datetime import datetime


class ProviderError(Exception):
    """Something this service does could not be done; the message says what, where and what would be right.

    Attributes:
        transient: trying again later may help.
    """

    transient: bool = False


class RepositoryBroken(ProviderError):
    """A git repository is not as it must be, and a person has to decide; the message says what to do."""


class CheckoutInUse(ProviderError):
    """Another process works in the checkout of the config repository."""


class CheckoutUnwritable(ProviderError):
    """This machine could not write the checkout (a full disk, a folder without permission); nothing was committed."""

    transient = True


class EditRefused(ProviderError):
    """A file of the config repository cannot be changed as asked; nothing was written, the message says why."""


class NameTaken(EditRefused):
    """The file has an entry of that name already."""


class NameNotFound(EditRefused):
    """The file has no entry of that name."""


class JobsInUse(ProviderError):
    """The jobs of this process or of this executor id run already: stop those, or give each process its own id."""


class NotTracked(ProviderError):
    """The release tracker has no repository or release of that id."""


class Duplicate(ProviderError):
    """It is tracked already, as the repository or the release with this `id`."""

    def __init__(self, message: str, id: int) -> None:  # noqa: A002 - the word that the API uses
        super().__init__(message)
        self.id = id


class Conflict(ProviderError):
    """Somebody changed it meanwhile; nothing was written."""


class PolledJustNow(ProviderError):
    """A tracked repository was asked for a moment ago; `retry_at` is when it may be asked for again."""

    transient = True

    def __init__(self, message: str, retry_at: datetime) -> None:
        super().__init__(message)
        self.retry_at = retry_at
