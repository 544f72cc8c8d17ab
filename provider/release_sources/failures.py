"""What a failure of the room below means for a poll. Pure."""

from provider.errors import ProviderError, SourceNotFound, SourceRefused, SourceUnavailable
from proxy.errors import AddressRefused, NotFound, ProxyError, Refused, Unavailable


def source_failure(error: ProxyError) -> ProviderError:
    """The same failure in this room's words."""
    match error:
        case NotFound():
            return SourceNotFound(str(error))
        case Refused() | AddressRefused():
            return SourceRefused(str(error))
        case Unavailable():
            return SourceUnavailable(str(error), error.retry_at)
        case _:
            return SourceUnavailable(str(error))
