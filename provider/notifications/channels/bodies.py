"""Reads the bodies of messages: JSON values that may be missing, because an older version may have written them."""

from collections.abc import Mapping, Sequence

Body = Mapping[str, object]
_NONE: Body = {}


def text(body: Body, key: str) -> str:
    """A text; empty if it is missing."""
    found = body.get(key)
    return found if isinstance(found, str) else ""


def part(body: Body, key: str) -> Body:
    """An object; empty if it is missing."""
    found = body.get(key)
    return found if isinstance(found, Mapping) else _NONE


def parts(body: Body, key: str) -> Sequence[Body]:
    """A list of objects; empty if it is missing."""
    found = body.get(key)
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list | tuple) else ()


def texts(body: Body, key: str) -> Sequence[str]:
    """A list of texts; empty if it is missing."""
    found = body.get(key)
    return [each for each in found if isinstance(each, str) and each] if isinstance(found, list | tuple) else ()


def total(body: Body, found: int) -> int:
    """How many there are, of which the body has `found`."""
    count = body.get("count")
    return max(count, found) if isinstance(count, int) else found


def day(body: Body, key: str) -> str:
    """The date of a time in the format of RFC 3339."""
    return text(body, key)[:10]
