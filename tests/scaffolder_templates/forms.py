"""The forms of the templates, as a browser checks them."""

from functools import cache
from pathlib import Path
from typing import Any

import regress
import yaml

FOLDER = Path(__file__).parents[2] / "scaffolder-templates"
TEMPLATES = ("enroll-image", "change-image", "remove-image")
Schema = dict[str, Any]


@cache
def template(name: str) -> Schema:
    """The template as Backstage reads it."""
    return dict(yaml.safe_load((FOLDER / name / "template.yaml").read_text("utf-8")))


def fields(name: str) -> dict[str, Schema]:
    """The schema of each field of all pages, by its dotted name as in images.yaml."""
    found: dict[str, Schema] = {}
    for page in template(name)["spec"]["parameters"]:
        found |= dict(_inside("", page))
    return found


def variants(name: str, field: str) -> dict[str, Schema]:
    """The schemas of a part of the form that depends on a choice, by that choice."""
    part = fields(name)[field]
    ((chosen, choices),) = part["dependencies"].items()
    return {option["properties"][chosen]["enum"][0]: option for option in choices["oneOf"]}


def accepts(schema: Schema, text: str) -> bool:
    """Whether a field for text takes it; its pattern is one of JavaScript."""
    if "enum" in schema:
        return text in schema["enum"]
    within = len(text) <= schema.get("maxLength", len(text))
    return within and ("pattern" not in schema or regress.Regex(schema["pattern"], "u").find(text) is not None)


def _inside(prefix: str, schema: Schema) -> list[tuple[str, Schema]]:
    found = []
    for key, inner in schema.get("properties", {}).items():
        name = f"{prefix}{key}"
        found += [(name, inner), *_inside(f"{name}.", inner)]
    for dependency in schema.get("dependencies", {}).values():
        for option in dependency["oneOf"]:
            found += [(each, inner) for each, inner in _inside(prefix, option) if "pattern" in inner]
    return found
