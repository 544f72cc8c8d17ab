"""One entry as text: written, or changed while its comments, order and quotes stay (ruamel.yaml's round trip)."""

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
from provider.domain.enrollment import Document
from provider.yaml_lines import Path, UnreadableYaml, read_yaml

_NEVER_FOLDED = 1_000_000
# For valid but unexpected YAML, such as a mapping as a key, ruamel.yaml raises these errors of Python (measured, 0.19).
RUAMEL_ERRORS = (YAMLError, TypeError, ValueError)
# A key without a value in its line, comments and blank lines, then the first line of its value.
_KEY = r"^(?P<margin> *)[^\s#-][^\n]*:[ ]*(#[^\n]*)?\n([ ]*(#[^\n]*)?\n)*(?P=margin)"
_NESTED_MAPPING = re.compile(_KEY + r"(?P<step> +)[^\s#-]", re.MULTILINE)
_OUTERMOST_LIST = re.compile(r"(---[ ]*\n)?([ ]*(#[^\n]*)?\n)*(?P<step> *)- ")
_NESTED_LIST = re.compile(_KEY + r"(?P<step> *)- ", re.MULTILINE)


def written(document: Document) -> str:
    """The lines of a new entry, at column 0 and without a dash."""
    return dumped(round_trip(""), as_written(document))


def changed(entry: str, before: Document, after: Document) -> str:
    """The lines of an entry (at column 0, without a dash), changed from one meaning to the other.

    Parts that are equal in both documents are not changed, in whichever way they are written.

    Raises:
        Unchangeable: the entry cannot be read without the rest of the file, or is not a mapping.
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
    """Change the mapping where `after` differs from `before`; returns whether anything changed."""
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
    """The value in this service's style: lists in brackets, long texts as blocks, quotes where YAML 1.1 needs them.

    Other programs still read YAML 1.1, in which `on`, `1:30` and `2024-01-01` are not text without quotes.
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
    """The YAML text of the value."""
    stream = io.StringIO()
    round_trip.dump(value, stream)
    # ruamel.yaml ends the document after a text that keeps its last line breaks; here more lines may follow.
    return stream.getvalue().removesuffix("...\n")


def round_trip(text: str) -> YAML:
    """A YAML reader and writer that keeps comments, order and quotes, and indents like the text."""
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
    """The entry without the lines of a key, while the comments below it stay; unchanged where that is not possible."""
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
    """The indentation of the first nested mapping, and of the dashes of the outermost list, else of the first list."""
    mapping = _NESTED_MAPPING.search(text)
    dash = _OUTERMOST_LIST.match(text) or _NESTED_LIST.search(text)
    return len(mapping["step"]) if mapping else 2, len(dash["step"]) if dash else 0
