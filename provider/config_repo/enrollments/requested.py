"""An entry that a caller sends, by API or by the command line: the form of images.yaml, and the file it belongs in."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from provider.config_repo.enrollments.entry import InvalidEntry, load_entry
from provider.config_repo.enrollments.problems import dotted
from provider.domain.enrolling.files import file_problem
from provider.domain.enrollment import Enrollment
from provider.errors import EntryRefused
from provider.yaml_lines import Path

_WHOLE = "entry"
# A terminal, a database or YAML cannot hold these; lone surrogates cannot be encoded. Tabs and line breaks are text.
_UNUSABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class RequestedEntry:
    """An entry, and the file that the caller named for it."""

    entry: Enrollment
    file: str | None


def requested_entry(document: object, http_hosts: Collection[str], *, name: str | None = None) -> RequestedEntry:
    """Parse an entry that a caller sends.

    Args:
        document: plain values: the keys of an entry, and perhaps `file`.
        http_hosts: hosts for which plain http is allowed.
        name: the name, where the entry has none.

    Raises:
        EntryRefused: fields are not valid; the messages are by field, such as `source.repo`.
    """
    if not isinstance(document, dict):
        raise EntryRefused({_WHOLE: "must be one entry: a mapping with name, registry and repository"})
    keys = cast("dict[str, Any]", document)
    fields = {_named(path): "has characters that cannot be stored; remove them" for path in _unusable(keys, ())}
    file = keys.get("file")
    if "file" in keys and (problem := file_problem(file) if isinstance(file, str) else "must be text"):
        fields.setdefault("file", problem)
    entry = {key: value for key, value in keys.items() if key != "file"}
    if name is not None:
        entry.setdefault("name", name)
    try:
        loaded = load_entry(entry, http_hosts)
    except InvalidEntry as error:
        for one in error.problems:
            fields.setdefault(_named(one.where), one.message)
        raise EntryRefused(fields) from error
    if fields:
        raise EntryRefused(fields)
    return RequestedEntry(loaded, file)


def _named(path: Path) -> str:
    text = dotted(path) or _WHOLE
    return _UNUSABLE.sub("\ufffd", text)


def _unusable(value: object, path: Path) -> Iterator[Path]:
    """The places of keys and texts that cannot be stored."""
    match value:
        case str() if _UNUSABLE.search(value):
            yield path
        case Mapping():
            for key, item in value.items():
                if _UNUSABLE.search(str(key)):
                    yield (*path, str(key))
                yield from _unusable(item, (*path, str(key)))
        case list():
            for index, item in enumerate(value):
                yield from _unusable(item, (*path, index))
        case _:
            return
