"""Rooms have front doors, and none is so full that a room is missing."""

import ast
from collections import Counter
from pathlib import PurePosixPath

import pytest

from tests.architecture.source_tree import Module, modules

LARGE = 4
"""Modules from which on a folder says at its door what is inside."""

MOST = 20
"""Modules that one folder may hold."""


def _rooms() -> dict[str, int]:
    """Folders of the product with the number of modules in each."""
    inside = (PurePosixPath(module.path) for module in modules() if "/versions/r0" not in module.path)
    return Counter(path.parent.as_posix() for path in inside if path.name != "__init__.py")


def _door(room: str) -> Module:
    (found,) = (module for module in modules() if module.path == f"{room}/__init__.py")
    return found


@pytest.mark.parametrize("room", sorted(room for room, count in _rooms().items() if count >= LARGE))
def test_a_large_room_has_a_front_door(room: str) -> None:
    """Its docstring names a file to start in, and the file is there."""
    said = ast.get_docstring(_door(room).tree) or ""

    named = [word.strip("`.,;:()") for word in said.split() if word.strip("`.,;:()").endswith(".py")]
    assert named, f"{room}/__init__.py names no file to start in"
    paths = {module.path for module in modules()}
    assert [name for name in named if not {f"{room}/{name}", name} & paths] == []


@pytest.mark.parametrize("room", sorted(_rooms()))
def test_no_room_is_overfull(room: str) -> None:
    """A flat folder of more files is a sign that a room is missing."""
    assert _rooms()[room] <= MOST
