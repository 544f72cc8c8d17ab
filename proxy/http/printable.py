"""Addresses without their secret parts: a redirect to a blob store has its signature in the query."""

import logging
from urllib.parse import urlsplit


def printable(url: str) -> str:
    """The address without user, query and fragment, for messages; an invalid one is not shown."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "an invalid address"
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def without_queries(record: logging.LogRecord) -> bool:
    """A log filter that removes the query of each path in a record's arguments, and keeps the record."""
    if isinstance(record.args, tuple):
        record.args = tuple(_cut(argument) for argument in record.args)
    return True


def keep_queries_out_of_logs() -> None:
    """Make urllib3 log paths without their queries; a second call changes nothing."""
    logging.getLogger("urllib3.connectionpool").addFilter(without_queries)


def _cut(argument: object) -> object:
    if isinstance(argument, str) and "?" in argument and argument.startswith(("/", "http")):
        return f"{argument.partition('?')[0]}?..."
    return argument
