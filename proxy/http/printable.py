"""Addresses without what is secret in them: a redirect to a blob store carries its signature in the query."""

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
    """A log filter: cuts the query off every path among a record's arguments, and lets the record pass."""
    if isinstance(record.args, tuple):
        record.args = tuple(_cut(argument) for argument in record.args)
    return True


def keep_queries_out_of_logs() -> None:
    """Have urllib3 log paths without their queries; doing it again changes nothing."""
    logging.getLogger("urllib3.connectionpool").addFilter(without_queries)


def _cut(argument: object) -> object:
    if isinstance(argument, str) and "?" in argument and argument.startswith(("/", "http")):
        return f"{argument.partition('?')[0]}?..."
    return argument
