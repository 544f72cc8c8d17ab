"""One entry as text: written anew, or changed with its comments, order and quotes kept (ruamel.yaml's round trip)."""

import io
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString
from yaml.resolver import Resolver

from provider.config_repo.enrollments.block_lines import Unchangeable, key_block, lines_of
from provider.config_repo.enrollments.yaml_lines import Path, UnreadableYaml, read_yaml
from provider.domain.enrollment import Document

_NEVER_FOLDED = 1_000_000
# It raises these of Python's for what is YAML and is not foreseen, such as a mapping as a key (measured, 0.19).
RUAMEL_ERRORS = (YAMLError, TypeError, ValueError)
# A key without a value in its line, comments and blank lines, then the first line of what it holds.
_KEY = r"^(?P<margin> *)[^\s#-][^\n]*:[ ]*(#[^\n]*)?\n([ ]*(#[^\n]*)?\n)*(?P=margin)"
_NESTED_MAPPING = re.compile(_KEY + r"(?P<step> +)[^\s#-]", re.MULTILINE)
_OUTERMOST_LIST = re.compile(r"(---[ ]*\n)?([ ]*(#[^\n]*)?\n)*(?P<step> *)- ")
_NESTED_LIST = re.compile(_KEY + r"(?P<step> *)- ", re.MULTILINE)


def written(document: Document) -> str:
    """A new entry's lines, at column 0 and without a dash."""
    return dumped(round_trip(""), as_written(document))


def changed(entry: str, before: Document, after: Document) -> str:
    """An entry's lines (at column 0, without a dash), changed from one meaning to the other.

    What both documents say alike is not touched, however it is written.

    Raises:
        Unchangeable: the entry is no mapping by itself: it needs the rest of the file.
    """
    for path in _removed(before, after, ()):
        entry = _without_lines_of(entry, path)
    editor = round_trip(entry)
    try:
        mapping = editor.load(entry)
        if not isinstance(mapping, CommentedMap):
            raise TypeError("not a mapping")
        return dumped(editor, mapping) if apply(mapping, before, after) else entry
    except RUAMEL_ERRORS as error:
        raise Unchangeable("the entry cannot be read on its own") from error


def apply(mapping: CommentedMap, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Make the mapping's keys say what `after` says where it differs from `before`; whether anything was to do."""
    touched = False
    for key in [key for key in before if key not in after and key in mapping]:
        del mapping[key]
        touched = True
    for key, value in after.items():
        here, old = mapping.get(key), before.get(key)
        if isinstance(here, CommentedMap) and isinstance(old, Mapping) and isinstance(value, Mapping):
            touched |= apply(here, old, value)
        elif value != old or key not in before:
            mapping[as_written(key)] = as_written(value)
            touched = True
    return touched


def as_written(value: object) -> object:
    """The value as this service writes it: lists in brackets, long texts as a block, quotes where YAML 1.1 needs them.

    Other programs still read YAML 1.1, where `on`, `1:30` or `2024-01-01` without quotes are no text.
    """
    match value:
        case dict():
            return CommentedMap({as_written(key): as_written(item) for key, item in value.items()})
        case list():
            sequence = CommentedSeq([as_written(item) for item in value])
            sequence.fa.set_flow_style()
            return sequence
        case str() if "\n" in value:
            return LiteralScalarString(value)
        case str() if any(kind.match(value) for _, kind in Resolver.yaml_implicit_resolvers.get(value[:1], ())):
            return DoubleQuotedScalarString(value)
        case _:
            return value


def dumped(round_trip: YAML, value: object) -> str:
    """The value's text."""
    stream = io.StringIO()
    round_trip.dump(value, stream)
    # ruamel.yaml ends the document behind a text that keeps its last line breaks; here more may follow it.
    return stream.getvalue().removesuffix("...\n")


def round_trip(text: str) -> YAML:
    """What reads and writes YAML with comments, order and quotes kept, indenting as the text does."""
    mapping, offset = _indents(text)
    editor = YAML()
    editor.preserve_quotes = True
    editor.width = _NEVER_FOLDED
    editor.indent(mapping=mapping, sequence=offset + 2, offset=offset)
    return editor


def _removed(before: Mapping[str, Any], after: Mapping[str, Any], path: Path) -> Iterator[Path]:
    for key, value in before.items():
        if key not in after:
            yield (*path, key)
        elif isinstance(value, Mapping) and isinstance(after[key], Mapping):
            yield from _removed(value, after[key], (*path, key))


def _without_lines_of(entry: str, path: Path) -> str:
    """The entry without the lines of a key, so that the comments below it stay; unchanged where that cannot be."""
    try:
        document = read_yaml(entry)
        if path not in document.lines:
            return entry
        lines = lines_of(entry)
        block = key_block(lines, document, path)
        shorter = "".join(lines[: block.start] + lines[block.end :])
        return shorter if read_yaml(shorter).value == _without(document.value, path) else entry
    except (UnreadableYaml, Unchangeable):
        return entry


def _without(value: Any, path: Path) -> Any:
    key, *deeper = path
    if not deeper:
        return {other: item for other, item in value.items() if other != key}
    return {**value, key: _without(value[key], tuple(deeper))}


def _indents(text: str) -> tuple[int, int]:
    """How far the text indents its first nested mapping, and its dashes: the outermost list's, else the first's."""
    mapping = _NESTED_MAPPING.search(text)
    dash = _OUTERMOST_LIST.match(text) or _NESTED_LIST.search(text)
    return len(mapping["step"]) if mapping else 2, len(dash["step"]) if dash else 0
