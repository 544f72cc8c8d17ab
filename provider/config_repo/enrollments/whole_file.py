"""Edits of a whole file of enrollments, by ruamel.yaml's round trip: for files whose entries share lines."""

import re
from typing import cast

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from provider.config_repo.enrollments.block_lines import Unchangeable
from provider.config_repo.enrollments.entry_text import RUAMEL_ERRORS, apply, as_written, dumped, round_trip
from provider.domain.enrollment import Document

_HEAD = re.compile(r"(?:[ ]*(?:#[^\n]*)?\n)*")


def with_new(text: str, document: Document) -> str:
    """The text with one more entry at the end.

    Raises:
        Unchangeable: ruamel.yaml cannot read the text, or write it again.
    """
    head, body = _parted(text)
    entries = _load(body)
    if not entries:
        entries.fa.set_block_style()
    entries.append(as_written(document))
    return head + _dump(body, entries)


def with_changed(text: str, index: int, before: Document, after: Document) -> str:
    """The text with one entry changed from one meaning to another; raises like `with_new`."""
    head, body = _parted(text)
    entries = _load(body)
    apply(cast("CommentedMap", entries[index]), before, after)
    return head + _dump(body, entries)


def without(text: str, index: int) -> str:
    """The text without one entry; raises like `with_new`."""
    head, body = _parted(text)
    entries = _load(body)
    del entries[index]
    return head + _dump(body, entries)


def _parted(text: str) -> tuple[str, str]:
    """The comments and blank lines at the beginning (ruamel.yaml loses them above brackets), and the rest."""
    match = _HEAD.match(text)
    end = match.end() if match else 0
    return text[:end], text[end:]


def _load(text: str) -> CommentedSeq:
    try:
        entries = round_trip(text).load(text)
    except RUAMEL_ERRORS as error:
        raise Unchangeable(_first_line(error)) from error
    if not isinstance(entries, CommentedSeq):
        raise Unchangeable("it is not a list of entries")
    return entries


def _dump(text: str, entries: CommentedSeq) -> str:
    try:
        return dumped(round_trip(text), entries)
    except RUAMEL_ERRORS as error:
        raise Unchangeable(_first_line(error)) from error


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), "it is not YAML")
