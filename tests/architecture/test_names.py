"""One word means one thing."""

import ast
from collections import defaultdict

from tests.architecture.source_tree import modules

# Marshmallow reads a class of this name inside each schema.
_EVERYWHERE = frozenset({"Meta"})


def test_a_class_name_means_one_thing() -> None:
    """No two classes of the product share a name; twins carry what they are for in it."""
    places: dict[str, list[str]] = defaultdict(list)
    for module in modules():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef) and node.name not in _EVERYWHERE:
                places[node.name].append(module.path)

    assert {name: paths for name, paths in places.items() if len(paths) > 1} == {}
