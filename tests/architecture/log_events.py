"""The events that the product can log, read from its source."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.architecture.source_tree import Module, modules

_LEVELS = frozenset({"debug", "info", "warning", "error", "critical", "exception"})
_OPTIONS = frozenset({"exc_info", "level"})
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


@dataclass(frozen=True, slots=True, order=True)
class LogEvent:
    """An event that one place of the source logs.

    Attributes:
        name: of the event; empty where it does not stand in the source.
        levels: on which it is logged; `exception` is an error with its traceback.
        sentence: for people, with keys in braces.
        keys: the names of its values.
        place: file and line.
    """

    name: str
    levels: tuple[str, ...]
    sentence: str
    keys: frozenset[str]
    place: str

    @property
    def well_named(self) -> bool:
        """Whether the name is words in lower case, joined by underscores."""
        return _NAME.fullmatch(self.name) is not None


def log_events() -> tuple[LogEvent, ...]:
    """Every place of the product that logs an event."""
    return tuple(event for module in modules() for event in _events_of(module))


def _events_of(module: Module) -> Iterator[LogEvent]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and (levels := tuple(_levels(node.func))):
            name, sentence = map(_text, node.args) if len(node.args) == 2 else ("", "")
            keys = frozenset(str(keyword.arg) for keyword in node.keywords) - _OPTIONS
            yield LogEvent(name, levels, sentence, keys, f"{module.path}:{node.lineno}")


def _levels(callee: ast.expr) -> Iterator[str]:
    """The levels on which this logs: of `_log.info`, and of `(_log.info if calm else _log.error)`."""
    match callee:
        case ast.Attribute(value=ast.Name(id="_log"), attr=level) if level in _LEVELS:
            yield level
        case ast.IfExp(body=one, orelse=other):
            yield from _levels(one)
            yield from _levels(other)
        case _:
            pass


def _text(node: ast.expr) -> str:
    """The text that stands in the source; empty for what is computed."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
