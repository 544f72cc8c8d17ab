"""Parameters that may be left out, and the calls that pass them. By name: `f(x=1)` counts for every callable f."""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests.architecture.source_tree import Module, last_name

_ALL = 1_000
"""Positional arguments of a call with `*arguments`: nobody can tell how many."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One that has a default; `position` is None where it can only be passed by name."""

    path: str
    callable: str
    name: str
    position: int | None

    def __str__(self) -> str:
        return f"{self.path}: {self.callable}({self.name}=)"


@dataclass(frozen=True, slots=True)
class Call:
    """How something is called: how many positional arguments, and which names; "**" for a mapping of names."""

    positional: int
    names: frozenset[str]

    def passes(self, parameter: Parameter) -> bool:
        """Whether this call may pass the parameter."""
        by_position = parameter.position is not None and self.positional > parameter.position
        return by_position or parameter.name in self.names or "**" in self.names


Calls = Mapping[str, Sequence[Call]]


def parameters(module: Module) -> Iterator[Parameter]:
    """Those of a module's public functions, methods, constructors and dataclasses."""
    yield from _parameters(module.path, module.tree.body, None)


def calls(modules: Sequence[Module]) -> Calls:
    """Every call in these modules, by the last name of what is called; `cls(...)` counts as `cls`."""
    found: dict[str, list[Call]] = defaultdict(list)
    for module in modules:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and (name := last_name(node.func)):
                call = _call(node.args, node.keywords)
                found[name].append(call)
                if name == "partial" and node.args and (inner := last_name(node.args[0])):
                    found[inner].append(Call(call.positional - 1, call.names))
    return found


def is_passed(parameter: Parameter, found: Calls) -> bool:
    """Whether any call passes it; `replace(value, name=...)` passes a field of any dataclass."""
    by_name = (*found.get(parameter.callable, ()), *found.get("cls", ()))
    replaced = any(parameter.name in call.names for call in found.get("replace", ()))
    return replaced or any(call.passes(parameter) for call in by_name)


def _parameters(path: str, body: Sequence[ast.stmt], within: str | None) -> Iterator[Parameter]:
    for node in body:
        match node:
            case ast.ClassDef(name=name) if not name.startswith("_"):
                if _is_dataclass(node):
                    yield from _fields(path, node)
                yield from _parameters(path, node.body, name)
            case ast.FunctionDef(name=name):
                yield from _arguments(path, node, within if within and name == "__init__" else name, within)
            case _:
                pass


def _arguments(path: str, node: ast.FunctionDef, called: str, within: str | None) -> Iterator[Parameter]:
    listed = [*node.args.posonlyargs, *node.args.args]
    first = len(listed) - len(node.args.defaults)
    is_static = any(last_name(each) == "staticmethod" for each in node.decorator_list)
    bound = 1 if within and not is_static else 0
    for position, argument in enumerate(listed):
        if position >= first:
            yield Parameter(path, called, argument.arg, position - bound)
    for argument, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True):
        if default is not None:
            yield Parameter(path, called, argument.arg, None)


def _fields(path: str, node: ast.ClassDef) -> Iterator[Parameter]:
    """A dataclass's constructor; a name that begins with "_" is the object's own memory."""
    fields = [each for each in node.body if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)]
    for position, field in enumerate(fields):
        assert isinstance(field.target, ast.Name)
        if field.value is not None and not field.target.id.startswith("_") and not _is_own(field.value):
            yield Parameter(path, node.name, field.target.id, position)


def _is_own(default: ast.expr) -> bool:
    """Whether it is the object's own memory: `field(init=False)`."""
    match default:
        case ast.Call(func=ast.Name(id="field"), keywords=keywords):
            return any(each.arg == "init" for each in keywords)
        case _:
            return False


def _is_dataclass(node: ast.ClassDef) -> bool:
    named = (each.func if isinstance(each, ast.Call) else each for each in node.decorator_list)
    return any(last_name(each) == "dataclass" for each in named)


def _call(arguments: Sequence[ast.expr], keywords: Sequence[ast.keyword]) -> Call:
    is_open = any(isinstance(each, ast.Starred) for each in arguments)
    return Call(_ALL if is_open else len(arguments), frozenset(each.arg or "**" for each in keywords))
