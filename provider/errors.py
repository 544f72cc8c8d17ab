"""The errors of this room: what callers may catch."""

from datetime import datetime


class ProviderError(Exception):
    """Something this service does could not be done; the message says what, where and what would be right.

    Attributes:
        transient: trying again later may help.
    """

    transient: bool = False


class GitUnavailable(ProviderError):
    """A git server cannot be asked now, or its answer did not arrive; what was sent may have arrived all the same."""

    transient = True


class GitRefused(ProviderError):
    """A git server said no: credentials, permissions, a protected branch; the message has its words."""


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


class SourceNotFound(ProviderError):
    """There is no such source repository, branch or file; the message says which."""


class SourceRefused(ProviderError):
    """A source repository may not be read: credentials, or an address that is not allowed."""


class SourceNotAllowed(SourceRefused):
    """The service may not be pointed at this address; nobody was asked, and only a setting can change that."""


class SourceUnavailable(ProviderError):
    """A source repository cannot be asked now; `retry_at` is when it may be, where that is known."""

    transient = True

    def __init__(self, message: str, retry_at: datetime | None = None) -> None:
        super().__init__(message)
        self.retry_at = retry_at


class BuildRefused(ProviderError):
    """A build system did not take a request, and asking again changes nothing; the message has its words."""


class BuildUnavailable(ProviderError):
    """A build system did certainly not carry out a request; `retry_at` is when it may, where that is known."""

    transient = True

    def __init__(self, message: str, retry_at: datetime | None = None) -> None:
        super().__init__(message)
        self.retry_at = retry_at


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


class NotifierUnavailable(ProviderError):
    """A message certainly did not arrive, and later it may; `retry_at` is when, where that is known."""

    transient = True

    def __init__(self, message: str, retry_at: datetime | None = None) -> None:
        super().__init__(message)
        self.retry_at = retry_at


class NotifierRefused(ProviderError):
    """A channel does not take a message, and sending it again changes nothing; the message has its words."""


class NotifierUncertain(ProviderError):
    """A message may have arrived: the answer is missing or is a server error; look for it before it is sent again."""

    transient = True


class PolledJustNow(ProviderError):
    """A tracked repository was asked for a moment ago; `retry_at` is when it may be asked for again."""

    transient = True

    def __init__(self, message: str, retry_at: datetime) -> None:
        super().__init__(message)
        self.retry_at = retry_at
