"""The platforms for which a Dockerfile is read: those of the enrollment, else those that the image has."""

from collections.abc import Iterable

from provider.domain.dockerfile.errors import InvalidSyntaxError
from provider.domain.dockerfile.platforms import parse_platform
from provider.domain.ledger import Ledger
from provider.domain.state import ImageState

_MOST = 50


def known_platforms(image: ImageState) -> tuple[str, ...]:
    """`os/architecture[/variant]` of each platform; empty: the registry has not shown them yet."""
    return image.enrollment.platforms or own_platforms(image.ledger)


def own_platforms(ledger: Ledger) -> tuple[str, ...]:
    """The platforms of the current index, sorted; empty for an image of one platform, and before the first check."""
    current = ledger.current
    return tuple(sorted(platform_names(current.platforms if current else ())))


def platform_names(written: Iterable[str]) -> tuple[str, ...]:
    """The platforms in BuildKit's form, each once and at most 50; what is no platform is left out."""
    names = (_name(text) for text in written)
    return tuple(dict.fromkeys(name for name in names if name))[:_MOST]


def is_read_again(before: ImageState, after: ImageState) -> bool:
    """Whether the Dockerfile has to be read again, because it was read for other platforms than the image has now."""
    changed = own_platforms(before.ledger) != own_platforms(after.ledger)
    return changed and not after.enrollment.platforms


def _name(written: str) -> str | None:
    try:
        return str(parse_platform(written))
    except InvalidSyntaxError:
        # An index may say anything; what is no platform cannot be built for.
        return None
