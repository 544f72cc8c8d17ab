"""Addresses without their secret parts: a redirect to a blob store has its signature in the query."""

from urllib.parse import urlsplit


def printable(url: str) -> str:
    """The address without user, query and fragment, for messages; an invalid one is not shown."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "an invalid address"
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
