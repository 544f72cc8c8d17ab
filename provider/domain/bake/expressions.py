"""The expressions of a bake file, as far as they are understood: literals, variables, texts, lists and mappings."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

MOST_CHARACTERS = 1024 * 1024
"""The longest text that variables may expand to."""
_DEEPEST = 16
_PART = re.compile(r"(?P<escaped>[$%])(?P=escaped)\{|\$\{\s*(?P<name>[A-Za-z_][A-Za-z0-9_-]*)\s*\}|[$%]\{")


class Unknown(Enum):
    """The value of an expression that is not understood, such as the call of a function."""

    VALUE = "unknown"


UNKNOWN = Unknown.VALUE
Value: TypeAlias = "str | Unknown | list[Value] | dict[str, Value] | None"


@dataclass(frozen=True, slots=True)
class Literal:
    """A text; numbers and booleans as texts; null as None; Unknown for what is not understood."""

    value: str | Unknown | None


@dataclass(frozen=True, slots=True)
class Variable:
    """The value of a variable."""

    name: str


@dataclass(frozen=True, slots=True)
class Template:
    """A text in parts."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list."""

    items: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class MapOf:
    """A mapping, in order."""

    pairs: tuple[tuple["Expression", "Expression"], ...]


Expression: TypeAlias = Literal | Variable | Template | ListOf | MapOf


class Variables:
    """The variables of one bake file.

    Args:
        defaults: name to its default; None for a variable without one, which is empty.
        given: name to a value that takes the place of the default.
    """

    def __init__(self, defaults: Mapping[str, Expression | None], given: Mapping[str, str]) -> None:
        self._defaults = defaults
        self._known: dict[str, Value] = {name: given[name] for name in defaults if name in given}
        self._depth = 0

    def value(self, expression: Expression) -> Value:
        """The value of an expression; a part that is not understood makes a text unknown, and nothing else."""
        match expression:
            case Literal(value=value):
                return value
            case Variable(name=name):
                return self._variable(name)
            case Template(parts=parts):
                return self._joined(parts)
            case ListOf(items=items):
                return [self.value(item) for item in items]
            case MapOf(pairs=pairs):
                named = ((self.value(key), self.value(item)) for key, item in pairs)
                return {key: item for key, item in named if isinstance(key, str)}

    def _variable(self, name: str) -> Value:
        if name not in self._known:
            self._known[name] = self._default(name)
        return self._known[name]

    def _default(self, name: str) -> Value:
        if name not in self._defaults or self._depth >= _DEEPEST:
            return UNKNOWN
        default = self._defaults[name]
        self._depth += 1
        try:
            found = self.value(default) if default else ""
        finally:
            self._depth -= 1
        return "" if found is None else found

    def _joined(self, parts: tuple[Expression, ...]) -> str | Unknown:
        texts: list[str] = []
        for part in parts:
            text = self.value(part)
            if not isinstance(text, str):
                return UNKNOWN
            texts.append(text)
        joined = "".join(texts)
        return joined if len(joined) <= MOST_CHARACTERS else UNKNOWN


def template(text: str) -> Expression:
    """The expression of a text with `${NAME}`; with another expression within braces the text is not understood."""
    parts: list[Expression] = []
    end = 0
    for found in _PART.finditer(text):
        parts.append(Literal(text[end : found.start()]))
        end = found.end()
        if sign := found["escaped"]:
            parts.append(Literal(f"{sign}{{"))
        elif name := found["name"]:
            parts.append(Variable(name))
        else:
            return Literal(UNKNOWN)
    return Template((*parts, Literal(text[end:])))
