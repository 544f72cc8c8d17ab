"""Requests and answers against GitHub's own OpenAPI description.

`github-subset.json` is cut from it (github/rest-api-description, MIT licence): the operations that are used here, with
everything that those refer to.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from openapi_schema_validator import oas30_format_checker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

from tests.peers.github.validating import validator_of_new

Json = Any
"""A JSON value; which shape it has is what the contract checks."""

_DOCUMENT = "urn:github"
# The values of these parameters may hold slashes.
_SLASHED = {"branch", "path", "ref"}
_LARGEST_PAGE = 100
# PyGithub asks for a page size wherever a list comes back; GitHub ignores it where it does not page.
_IGNORED = {"per_page"}
# Described as a single moment, but it takes the search syntax for dates (prose of "List workflow runs").
_SEARCHED = {"created"}
# What every GitHub endpoint may answer, although the description does not list it for each one.
_ANYWHERE = {301, 304, 307, 400, 401, 403, 404, 422, 429}


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path of the description."""

    id: str
    method: str
    template: str
    pattern: re.Pattern[str] = field(repr=False)
    parameters: tuple[Mapping[str, Json], ...] = field(repr=False)
    body: Mapping[str, Json] = field(repr=False)
    responses: Mapping[str, Json] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Match:
    """An operation and the values of its path's parameters, percent signs resolved."""

    operation: Operation
    path_parameters: Mapping[str, str]


class Contract:
    """The description, which finds operations and checks requests and answers."""

    def __init__(self, document: Mapping[str, Json]) -> None:
        self.document: Mapping[str, Json] = _with_null_among_values(_without_discriminators(document))
        resource: Resource[Json] = DRAFT4.create_resource(self.document)
        self._registry: Registry[Json] = Registry().with_resource(_DOCUMENT, resource)
        self._validator = validator_of_new()
        # Literal paths win over those with parameters.
        self.operations = sorted(self._operations(), key=lambda operation: operation.template.count("{"))

    @classmethod
    @cache
    def published(cls) -> "Contract":
        """GitHub's description; read once."""
        return cls(json.loads(Path(__file__).with_name("github-subset.json").read_text()))

    def example(self, name: str) -> Json:
        """One of GitHub's own examples, a fresh copy."""
        return json.loads(json.dumps(self.document["components"]["examples"][name]["value"]))

    def required(self, schema: str) -> list[str]:
        """The properties that a named schema requires."""
        return list(self.document["components"]["schemas"][schema]["required"])

    def find(self, method: str, path: str) -> Match | None:
        """The operation that a request means; None when the description has none."""
        for operation in self.operations:
            if operation.method == method and (found := operation.pattern.fullmatch(path)):
                return Match(operation, {name: unquote(value) for name, value in found.groupdict().items()})
        return None

    def request_problems(self, match: Match, query: Mapping[str, str], body: Json) -> list[str]:
        """What is wrong with a request; `body` is None without one."""
        problems: list[str] = []
        known = set()
        for parameter in match.operation.parameters:
            if parameter["in"] == "query":
                known.add(parameter["name"])
            problems += self._parameter_problems(parameter, match.path_parameters, query)
        problems += [f"query.{name}: not documented here" for name in query if name not in known | _IGNORED]
        # The largest page is said in prose only.
        if query.get("per_page", "").isdigit() and int(query["per_page"]) > _LARGEST_PAGE:
            problems.append(f"query.per_page: at most {_LARGEST_PAGE}")
        return problems + self._body_problems(match.operation, body)

    def answer_problems(self, operation: Operation, status: int, media_type: str, body: Json) -> list[str]:
        """What is wrong with an answer; `body` is None without one, text where the type is not JSON."""
        documented = operation.responses.get(str(status))
        if documented is None:
            tolerated = status in _ANYWHERE or status >= 500
            return [] if tolerated else [f"status {status}: not documented for {operation.id}"]
        contents = self._resolved(documented).get("content")
        if not contents:
            return [] if body in (None, "") else [f"status {status}: has no body"]
        bare = media_type.partition(";")[0].strip()
        content = contents.get(bare) or (contents.get("application/json") if is_json(bare) else None)
        if content is None:
            return [f"content type {bare!r}: documented are {sorted(contents)}"]
        return self._problems(content["schema"], body, str(status)) if "schema" in content else []

    def _operations(self) -> Iterator[Operation]:
        for template, methods in self.document["paths"].items():
            shared = methods.get("parameters", [])
            for method, operation in methods.items():
                if method == "parameters":
                    continue
                parameters = [*shared, *operation.get("parameters", [])]
                yield Operation(
                    id=operation["operationId"],
                    method=method.upper(),
                    template=template,
                    pattern=_pattern(template),
                    parameters=tuple(self._resolved(parameter) for parameter in parameters),
                    body=self._resolved(operation.get("requestBody", {})),
                    responses=operation["responses"],
                )

    def _parameter_problems(
        self, parameter: Mapping[str, Json], path: Mapping[str, str], query: Mapping[str, str]
    ) -> list[str]:
        name, place = parameter["name"], parameter["in"]
        values = {"path": path, "query": query}.get(place, {})
        if name not in values:
            return [f"{place}.{name}: required"] if parameter.get("required") and place != "header" else []
        if name in _SEARCHED:
            return []
        schema = self._resolved(parameter["schema"])
        return self._problems(schema, _typed(schema, values[name]), f"{place}.{name}")

    def _body_problems(self, operation: Operation, body: Json) -> list[str]:
        schema = operation.body.get("content", {}).get("application/json", {}).get("schema")
        if body is None:
            return ["body: required"] if operation.body.get("required") else []
        if schema is None:
            return []
        problems = self._problems(schema, body, "body")
        properties = self._resolved(schema).get("properties", {})
        if properties and isinstance(body, dict):
            problems += [f"body.{name}: not documented" for name in body if name not in properties]
        return problems

    def _problems(self, schema: Json, value: Json, where: str) -> list[str]:
        validator = self._validator(_absolute(schema), registry=self._registry, format_checker=oas30_format_checker)
        return [
            f"{'/'.join((where, *map(str, error.absolute_path)))}: {error.message[:200]}"
            for error in sorted(validator.iter_errors(value), key=str)
        ]

    def _resolved(self, part: Json) -> Json:
        while "$ref" in part:
            found = self.document
            for key in part["$ref"].removeprefix("#/").split("/"):
                found = found[key]
            part = found
        return part


def is_json(media_type: str) -> bool:
    """Whether a body of that type is JSON; `application/vnd.github.raw+json` is not, despite its name."""
    return "json" in media_type and not re.search(r"\.(raw|html|diff|patch)\b", media_type)


def _pattern(template: str) -> re.Pattern[str]:
    def group(found: re.Match[str]) -> str:
        return f"(?P<{found[1]}>{'.+' if found[1] in _SLASHED else '[^/]+'})"

    return re.compile(re.sub(r"\\{(\w+)\\}", group, re.escape(template)))


def _typed(schema: Mapping[str, Json], text: str) -> int | bool | str:
    """The value of a text in an address, if its schema requires a number or a boolean."""
    variants = [schema, *schema.get("anyOf", []), *schema.get("oneOf", [])]
    types = {variant.get("type") for variant in variants}
    if "integer" in types and re.fullmatch(r"-?\d+", text):
        return int(text)
    if "boolean" in types and text in {"true", "false"}:
        return text == "true"
    return text


def _without_discriminators(part: Json) -> Json:
    """GitHub's discriminators lack mappings, and validators take them as a short cut round `oneOf`."""
    if isinstance(part, dict):
        union = "oneOf" in part or "anyOf" in part
        return {
            key: _without_discriminators(value) for key, value in part.items() if not (union and key == "discriminator")
        }
    return [_without_discriminators(value) for value in part] if isinstance(part, list) else part


def _with_null_among_values(part: Json) -> Json:
    """GitHub's enumerations omit null although it is allowed: a job that has not ended has no conclusion."""
    if isinstance(part, dict):
        changed = {key: _with_null_among_values(value) for key, value in part.items()}
        if changed.get("nullable") is True and isinstance(changed.get("enum"), list):
            changed["enum"] = [*changed["enum"], None]
        return changed
    return [_with_null_among_values(value) for value in part] if isinstance(part, list) else part


def _absolute(part: Json) -> Json:
    """References into the registered document instead of into this piece of it."""
    if isinstance(part, dict):
        return {
            key: f"{_DOCUMENT}{value}" if key == "$ref" and isinstance(value, str) else _absolute(value)
            for key, value in part.items()
        }
    return [_absolute(value) for value in part] if isinstance(part, list) else part
