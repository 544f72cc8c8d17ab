"""Failures of upstreams belong to one family of exceptions, which packages do not translate."""

import ast
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from proxy import errors

ROOT = Path(__file__).parents[2]
ROOMS = ("provider", "proxy")
FAMILY = {
    name: kind
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.OutsideFailure)
}
GROUPS = (errors.Never, errors.NotNow, errors.PerhapsDone)


def test_no_handler_only_renames_a_failure() -> None:
    """An exception that replaces a failure adds to its message, or belongs to another group."""
    trees = list(_trees())
    own = {node.name for _, tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    assert [f"{path}:{line}" for path, line in _renamed(trees, own)] == []


def test_provider_has_no_failures_of_its_own() -> None:
    """A subclass in provider would be a second name for the same outcome."""
    derived = [
        f"{path}:{node.lineno}: {node.name}"
        for path, tree in _trees()
        if path.parts[0] == "provider"
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and any(_name(base) in FAMILY for base in node.bases)
    ]
    assert derived == []


def test_a_handler_that_only_renames_is_found() -> None:
    """Copying the text and the time adds nothing; more text or another group does."""
    handler = "try:\n    ask()\nexcept {} as error:\n    raise {} from error\n"
    cases = {
        ("NotFound", "NotFound(str(error))"): True,
        ("errors.NotFound", "Refused(str(error))"): True,
        ("(Unavailable, Garbage)", "errors.Unavailable(str(error), error.retry_at)"): True,
        ("Unavailable", "Unavailable(str(error), retry_at=error.retry_at)"): True,
        ("NotFound", "SourceNotFound(str(error))"): True,
        ("NotFound", "werkzeug.NotListed(str(error))"): False,
        ("NotFound", "NotFound(f'{where}: {error}')"): False,
        ("Unavailable", "OutcomeUnknown(str(error))"): False,
        ("OSError", "Unavailable(str(error))"): False,
    }
    trees = {case: ast.parse(handler.format(*case)) for case in cases}
    assert {
        case: bool(list(_renamed([(Path("a.py"), tree)], {"SourceNotFound"}))) for case, tree in trees.items()
    } == cases


def _trees() -> Iterator[tuple[Path, ast.Module]]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            yield path.relative_to(ROOT), ast.parse(path.read_text())


def _renamed(trees: Iterable[tuple[Path, ast.Module]], own: Collection[str]) -> Iterator[tuple[Path, int]]:
    """Where a handler of a failure raises a class of this project with only the text of the failure."""
    for path, tree in trees:
        for handler in ast.walk(tree):
            if isinstance(handler, ast.ExceptHandler) and (caught := _caught(handler)):
                for node in ast.walk(handler):
                    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and _adds_nothing(node.exc):
                        name = _name(node.exc.func)
                        regrouped = name in FAMILY and _group(FAMILY[name]) not in map(_group, caught)
                        if name in {*FAMILY, *own} and not regrouped:
                            yield path, node.lineno


def _caught(handler: ast.ExceptHandler) -> list[type[errors.OutsideFailure]]:
    listed = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return [FAMILY[name] for each in listed if (name := _name(each)) in FAMILY]


def _adds_nothing(call: ast.Call) -> bool:
    return bool(call.args) and isinstance(call.args[0], ast.Call) and _name(call.args[0].func) == "str"


def _group(kind: type[errors.OutsideFailure]) -> type[errors.OutsideFailure]:
    return next((group for group in GROUPS if issubclass(kind, group)), errors.OutsideFailure)


def _name(node: ast.expr | None) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""
