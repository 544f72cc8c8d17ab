"""The product's source as syntax trees, read once."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("catalog", "proxy", "provider")


@dataclass(frozen=True, slots=True)
class Module:
    """A module of the product.

    Attributes:
        name: dotted, such as `provider.git.command`.
        path: relative to the project, with slashes.
    """

    name: str
    path: str
    tree: ast.Module


@cache
def modules() -> tuple[Module, ...]:
    """Every module of the product."""
    return tuple(_read(file) for room in ROOMS for file in sorted((ROOT / room).rglob("*.py")))


@cache
def tests() -> tuple[Module, ...]:
    """Every module of the tests, the demo, the benchmarks and the soak."""
    return tuple(
        _read(file) for room in ("tests", "demo", "bench", "soak") for file in sorted((ROOT / room).rglob("*.py"))
    )


def names_used(tree: ast.AST) -> Iterator[str]:
    """Every identifier that code reads: names, attributes, keywords and imported names."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Load()) | ast.Attribute(attr=name, ctx=ast.Load()):
                yield name
            case ast.keyword(arg=str(name)):
                yield name
            case ast.ImportFrom(names=aliases):
                yield from (alias.name for alias in aliases)
            case _:
                pass


def last_name(callee: ast.expr) -> str | None:
    """The name by which a call names what it calls: `g` of `f.g(...)`."""
    match callee:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(value=value):
            return last_name(value)
        case _:
            return None


def _read(file: Path) -> Module:
    path = file.relative_to(ROOT)
    name = ".".join(path.with_suffix("").parts).removesuffix(".__init__")
    return Module(name, path.as_posix(), ast.parse(file.read_text(encoding="utf-8")))
