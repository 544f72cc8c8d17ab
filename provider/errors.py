"""The errors of `provider`, which callers may catch; `proxy.errors` has the failures of other services."""

from collections.abc import Mapping
from datetime import datetime


class ProviderError(Exception):
    """An operation of this service failed; the message says what failed, where, and what to do.

    Attributes:
        transient: the failure may be temporary: a later try may succeed.
    """

    transient: bool = False


class InternalError(ProviderError):
    """An unexpected exception while working on one item; the log has its traceback. `provider.containment` makes it."""

    transient = True


class RepositoryBroken(ProviderError):
    """A git repository has a problem that a person must solve; the message says what to do."""


class DatabaseGone(ProviderError):
    """The file of the database was removed while the service was running; it is used again as soon as it is back."""

    transient = True


class NewerDatabase(ProviderError):
    """The database has had a migration that this version of the program does not know."""


class CheckoutInUse(ProviderError):
    """Another process uses the checkout of the config repository."""


class CheckoutUnwritable(ProviderError):
    """The checkout cannot be written (a full disk, missing permission); nothing was committed."""

    transient = True


class EditRefused(ProviderError):
    """A requested change of a file in the config repository is not possible; nothing was written."""


class NameTaken(EditRefused):
    """There is an entry with this name already."""


class ReferenceTaken(EditRefused):
    """Another entry has this image."""


class EntryRefused(EditRefused):
    """Fields of an entry are not possible; `fields` has a message for each, by the name as in images.yaml."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {message}" for field, message in fields.items()))
        self.fields = fields


class ReviewNotPossible(EditRefused):
    """The change has to be reviewed, and no pull request can be opened for it."""


class ChangeNotAllowed(ProviderError):
    """The caller may not change this entry; the message names the missing permission or rule."""


class NameNotFound(EditRefused):
    """The file has no entry with this name."""


class JobsInUse(ProviderError):
    """The jobs of this process or of this executor id are already running."""


class NotTracked(ProviderError):
    """The release tracker has no repository or release with this id."""


class Duplicate(ProviderError):
    """It is already tracked, as the repository or the release with this `id`."""

    def __init__(self, message: str, id: int) -> None:  # noqa: A002 - the name in the API
        super().__init__(message)
        self.id = id


class ComponentNeeded(ProviderError):
    """The releases are of several components, and none is most common; the message has the choices."""


class Conflict(ProviderError):
    """Another request changed it at the same time; nothing was written."""


class PolledJustNow(ProviderError):
    """A tracked repository was polled a moment ago; it may be polled again from `retry_at`."""

    transient = True

    def __init__(self, message: str, retry_at: datetime) -> None:
        super().__init__(message)
        self.retry_at = retry_at
