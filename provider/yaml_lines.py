"""Read YAML from outside into plain values, within limits of size, depth and repetition.

YAML 1.2's core schema: text, numbers, true and false, null, lists and mappings. `yes`, `on`, dates and times stay text.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeAlias

import yaml

YamlValue: TypeAlias = "bool | int | float | str | list[YamlValue] | dict[str, YamlValue] | None"
Path: TypeAlias = tuple[str | int, ...]

LARGEST = 1024 * 1024
"""Bytes of one document that people write."""
_DEEPEST = 32
_MOST_VALUES = 200_000
_MOST_REPEATED = 100_000
# The service's own state files have at least 20 bytes for each value.
_BYTES_OF_A_VALUE = 16
# Git's texts have one for each byte that is not UTF-8; libyaml cannot encode it.
_SURROGATE = re.compile("[\ud800-\udfff]")
_TOO_MANY = ("there are too many values", "too many values come from aliases; write the values out")
_TAG = "tag:yaml.org,2002:"
_TEXT = f"{_TAG}str"
_SHOWN = 60
# All characters outside YAML 1.2, production 1, c-printable; among them surrogates, which cannot be encoded.
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TEXT_LOADER = yaml.CBaseLoader
_UNCLOSED = {"found unexpected end of stream", "found unexpected document indicator"}
_CORE = {
    "null": re.compile(r"(~|null|Null|NULL|)\Z"),
    "bool": re.compile(r"(true|True|TRUE|false|False|FALSE)\Z"),
    "int": re.compile(r"([-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)\Z"),
    "float": re.compile(
        r"([-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))\Z"
    ),
}

# Every pattern above begins with one of these; the empty text is null.
_CORE_STARTS = frozenset(("", *"~nNtTfF+-.0123456789"))


class UnreadableYaml(ValueError):
    """The whole text cannot be read.

    Attributes:
        line: the line of the cause, counted from 1.
        kind: what is wrong, without text of the document.
    """

    def __init__(self, line: int, message: str, kind: str = "its syntax is wrong") -> None:
        super().__init__(message)
        self.line = line
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Fault:
    """A node that is wrong, in a document that can be read."""

    path: Path
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """The content of a YAML text.

    Attributes:
        value: the document in plain values; None when the text is empty.
        lines: path to line, counted from 1: of the key for an entry of a mapping, of the item for an item of a list.
        faults: duplicate keys, tags outside YAML's core, keys that are not text; a node with a fault has no value.
        is_block: whether the outermost list or mapping is written in lines, not in brackets.
    """

    value: YamlValue
    lines: Mapping[Path, int]
    faults: tuple[Fault, ...]
    is_block: bool

    def line_of(self, path: Path) -> int:
        """The line of the node at the path, or of the nearest node around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


class _CoreLoader(yaml.CSafeLoader):
    """The safe loader, with only the core schema."""

    def resolve(self, kind: type[yaml.Node], value: str | None, implicit: tuple[bool, bool]) -> str:
        """The tag of a node without a written tag; `implicit` says whether a scalar is written without quotes."""
        if kind is not yaml.ScalarNode:
            return f"{_TAG}seq" if kind is yaml.SequenceNode else f"{_TAG}map"
        if value is None or not implicit[0] or value[:1] not in _CORE_STARTS:
            return _TEXT
        return next((f"{_TAG}{name}" for name, pattern in _CORE.items() if pattern.match(value)), _TEXT)


def read_yaml(text: str) -> YamlDocument:
    """Read one document, with the line of every value; an empty text has the value None.

    Raises:
        UnreadableYaml: the syntax is wrong, there are several documents, or the text is too large, too deep, has too
            many values or repeats too much by aliases.
    """
    _check_characters(text)
    with _yaml_errors():
        written = _check_values(text, _MOST_VALUES)
        root = yaml.compose(text, Loader=_CoreLoader)
    if root is None:
        return YamlDocument(None, {}, (), is_block=False)
    reading = _Reading(limit=written + _MOST_REPEATED)
    value = reading.value(root, ())
    is_block = isinstance(root, yaml.CollectionNode) and not root.flow_style
    return YamlDocument(value, reading.lines, tuple(reading.faults), is_block)


def read_texts(text: str, most_bytes: int) -> object:
    """Read one document into lists, mappings and texts: no scalar has another type. It is faster than `read_yaml`.

    Raises:
        UnreadableYaml: as `read_yaml`; the size is the caller's.
    """
    if len(text) > most_bytes:
        raise UnreadableYaml(1, f"the file is larger than {most_bytes // LARGEST} MiB", "it is too large")
    if found := _SURROGATE.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise UnreadableYaml(line, "this is not UTF-8; save the file in UTF-8")
    with _yaml_errors():
        _check_values(text, most_bytes // _BYTES_OF_A_VALUE)
        # The base loader makes nothing but texts, lists and mappings.
        return yaml.load(text, Loader=_TEXT_LOADER)  # noqa: S506


@contextmanager
def _yaml_errors() -> Iterator[None]:
    """Turn the errors of the library into ours."""
    try:
        yield
    except yaml.MarkedYAMLError as error:
        raise _unreadable(error) from error
    except yaml.YAMLError as error:
        raise UnreadableYaml(1, f"this is not YAML: {str(error).splitlines()[0]}") from error


def _unreadable(error: yaml.MarkedYAMLError) -> UnreadableYaml:
    if error.context == "while scanning a quoted scalar" and error.problem in _UNCLOSED and error.context_mark:
        # The parser notices the missing quote at the end of the document; people look for the line that opens it.
        return UnreadableYaml(error.context_mark.line + 1, "this is not YAML: the quote that opens here is not closed")
    mark = error.problem_mark or error.context_mark
    cause = ", ".join(filter(None, (error.context, error.problem)))
    return UnreadableYaml(mark.line + 1 if mark else 1, f"this is not YAML: {cause}")


def _check_characters(text: str) -> None:
    if found := _UNPRINTABLE.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise UnreadableYaml(line, f"this is not YAML: it holds the character U+{ord(found[0]):04X}; remove it")
    if len(text.encode()) > LARGEST:
        raise UnreadableYaml(
            1, "the file is larger than 1 MiB; spread its entries over several files", "it is too large"
        )


def _check_values(text: str, most: int) -> int:
    """Check the depth and the number of values, also of those that aliases repeat; returns how many are written.

    Before the composer, which recurses: a deep text would overflow the C stack and end the process.
    """
    written = repeated = 0
    sizes: dict[str, int] = {}
    # The anchor of each open list or mapping, and how many values came before it.
    around: list[tuple[str | None, int]] = []
    for event in yaml.parse(text, Loader=_TEXT_LOADER):
        if isinstance(event, yaml.AliasEvent):
            # An alias inside its own anchor is not known yet here; the loaders refuse it, or stop at the depth.
            repeated += sizes.get(str(event.anchor), 1)
        elif isinstance(event, yaml.NodeEvent):
            if isinstance(event, yaml.CollectionStartEvent):
                around.append((event.anchor, written + repeated))
            elif event.anchor:
                sizes[event.anchor] = 1
            written += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before = around.pop()
            if anchor:
                sizes[anchor] = written + repeated - before
        if len(around) > _DEEPEST:
            deep = f"the value is nested deeper than {_DEEPEST} levels"
            raise UnreadableYaml(_line(event), deep, "it is too deep")
        if written > most or repeated > _MOST_REPEATED:
            raise UnreadableYaml(_line(event), _TOO_MANY[written <= most], _TOO_MANY[written <= most])
    return written


class _Reading:
    """Reads the nodes of a document once; the value of an alias is read at each use, up to the limit."""

    def __init__(self, limit: int) -> None:
        self.lines: dict[Path, int] = {}
        self.faults: list[Fault] = []
        self._left = limit

    def value(self, node: yaml.Node, path: Path) -> YamlValue:
        line = _line(node)
        self.lines.setdefault(path, line)
        self._left -= 1
        # An alias inside its own anchor has no end; the depth stops it.
        if self._left < 0 or len(path) > _DEEPEST:
            raise UnreadableYaml(line, _TOO_MANY[True], _TOO_MANY[True])
        match node:
            case yaml.MappingNode(tag="tag:yaml.org,2002:map"):
                return {key: self.value(item, (*path, key)) for key, item in self._items(node, path)}
            case yaml.SequenceNode(tag="tag:yaml.org,2002:seq"):
                return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
            case yaml.ScalarNode():
                return self._scalar(node, path)
            case _:
                return self._fault(node, path, f"the tag {_tag(node)} is not known here; leave it out")

    def _items(self, node: yaml.MappingNode, path: Path) -> Iterator[tuple[str, yaml.Node]]:
        seen: set[str] = set()
        for key, item in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag != f"{_TAG}str":
                self._fault(key, path, "a key must be text; put it in quotes")
            elif key.value in seen:
                self._fault(key, path, f"{key.value[:_SHOWN]!r} is written twice; keep one")
            else:
                seen.add(key.value)
                self.lines[(*path, key.value)] = _line(key)
                yield key.value, item

    def _scalar(self, node: yaml.ScalarNode, path: Path) -> YamlValue:
        kind = node.tag.removeprefix(_TAG)
        if kind != "str" and kind not in _CORE:
            return self._fault(node, path, f"the tag {_tag(node)} is not known here; leave it out")
        try:
            return _plain_value(kind, node.value)
        except ValueError:
            return self._fault(node, path, "this value cannot be read; put it in quotes if it is text")

    def _fault(self, node: yaml.Node, path: Path, message: str) -> YamlValue:
        self.faults.append(Fault(path, _line(node), message))
        return None


def _plain_value(kind: str, text: str) -> YamlValue:
    """The value of a scalar.

    Raises:
        ValueError: the text does not match its tag, or has more digits than Python reads.
    """
    if kind == "str":
        return text
    if not _CORE[kind].match(text):
        raise ValueError(kind)
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() == "true"
    if kind == "float":
        return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
    return int(text, base=0 if text.startswith(("0o", "0x")) else 10)


def _line(marked: yaml.Node | yaml.Event) -> int:
    return marked.start_mark.line + 1 if marked.start_mark else 1


def _tag(node: yaml.Node) -> str:
    tag = str(node.tag).replace(_TAG, "!!")
    return repr(tag[:_SHOWN])
