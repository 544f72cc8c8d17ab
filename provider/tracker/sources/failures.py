"""What a failure of the room below means for a poll. Pure."""

from provider.errors import ProviderError, SourceNotAllowed, SourceNotFound, SourceRefused, SourceUnavailable
from proxy.errors import AddressRefused, NotFound, OutsideFailure, Refused, Unavailable


def source_failure(error: OutsideFailure) -> ProviderError:
    """The same failure in this room's words."""
    match error:
        case NotFound():
            return SourceNotFound(str(error))
        case AddressRefused():
            return SourceNotAllowed(str(error))
        case Refused():
            return SourceRefused(str(error))
        case Unavailable():
            return SourceUnavailable(str(error), error.retry_at)
        case _:
            return SourceUnavailable(str(error))
