"""The operations of the API as the page shows them: groups, commands and examples of the real document."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # the package ships no types

from provider.commands.openapi import openapi_document
from provider.pages.documentation.curl import curl_of
from provider.pages.documentation.examples import PLACEHOLDER, Examples
from provider.pages.documentation.operations import GROUPS, METHODS, Operation, groups_of

Document = Mapping[str, Any]


@pytest.fixture(name="document", scope="module")
def made_document() -> Document:
    """The OpenAPI document of the service."""
    document = openapi_document()
    assert isinstance(document, dict)
    return document


def operations(document: Document) -> Iterator[Operation]:
    """All operations."""
    return (operation for group in groups_of(document) for operation in group.operations)


def test_every_operation_is_under_one_heading(document: Document) -> None:
    """The headings have their order, and no operation is missing or shown twice."""
    found = [(operation.method, operation.path) for operation in operations(document)]
    expected = {(method, path) for path, item in document["paths"].items() for method in METHODS if method in item}

    assert set(found) == expected
    assert len(found) == len(expected)
    titles = [group.title for group in groups_of(document)]
    assert titles[: len(GROUPS)] == list(GROUPS)
    assert len(titles) == len(set(titles))


def test_a_tag_without_a_heading_has_one_of_its_own() -> None:
    """It is that of the tag in the document; the operation is not lost."""
    get = {"tags": ["moons"], "responses": {}}
    tags = [{"name": "moons", "description": "Moons of planets"}]
    rest = {"servers": [{"url": "http://a"}], "components": {"schemas": {}}}
    document = {**rest, "tags": tags, "paths": {"/m": {"get": get}}}
    (group,) = groups_of(document)

    assert (group.title, [each.path for each in group.operations]) == ("Moons of planets", ["/m"])


def test_addresses_in_the_page_are_unique(document: Document) -> None:
    """A link of the contents leads to one place."""
    ids = [group.id for group in groups_of(document)] + [operation.id for operation in operations(document)]

    assert len(ids) == len(set(ids))


def test_everything_has_a_meaning(document: Document) -> None:
    """No operation is without a description, and no parameter is without a meaning."""
    for operation in operations(document):
        assert operation.summary, operation.id
        assert operation.description, operation.id
        for parameter in operation.parameters:
            text = parameter.get("description") or parameter["schema"].get("description")
            assert len((text or "").split()) > 1, (operation.id, parameter["name"])


def test_success_is_listed_first(document: Document) -> None:
    """It is what a reader looks for."""
    for operation in operations(document):
        assert operation.answers[0].code.startswith("2"), operation.id


def test_examples_are_what_the_schemas_allow(document: Document) -> None:
    """Each is JSON that a response of the operation can be."""
    checked = 0
    for operation in operations(document):
        if operation.example:
            (schema, *_) = _successes(operation)
            validator = Draft202012Validator({**schema, "components": document["components"]})
            problems = [error.message for error in validator.iter_errors(json.loads(operation.example))]
            assert problems == [], operation.id
            checked += 1
    assert checked > 40


def _successes(operation: Operation) -> list[Mapping[str, Any]]:
    """The schemas of responses that succeed, without tables."""
    answers = (answer for answer in operation.answers if answer.code.startswith("2"))
    return [schema for answer in answers for schema in answer.schemas if schema.get("type") != "CSV"]


def test_no_command_sends_a_placeholder(document: Document) -> None:
    """Who copies it gets an answer about an image that there could be."""
    assert [operation.id for operation in operations(document) if f'"{PLACEHOLDER}"' in operation.curl] == []


def test_a_command_has_what_the_operation_needs(document: Document) -> None:
    """The token comes from a variable, a body has its type, and no parameter of the path is left in braces."""
    found = {operation.id: operation.curl for operation in operations(document)}

    assert found["post-api-v1-images-name-rebuilds"] == (
        "curl -X POST \\\n"
        '  -H "Authorization: Bearer $TOKEN" \\\n'
        "  -H 'Content-Type: application/json' \\\n"
        '  -d \'{"reason": "the certificates of the base image expired", "cve": "CVE-2026-12345"}\' \\\n'
        "  http://127.0.0.1:8080/api/v1/images/backstage/rebuilds"
    )
    assert found["get-api-v1-rebuilds"].splitlines()[-1] == "  http://127.0.0.1:8080/api/v1/rebuilds"
    assert found["post-webhooks-quay-secret"].endswith('"http://127.0.0.1:8080/webhooks/quay/$SECRET"')
    assert all("{" not in command.splitlines()[-1] for command in found.values())
    assert all(
        ("$TOKEN" in command) == ("webhooks-" not in name) or name == "get-api-v1-webhooks"
        for name, command in found.items()
    )


def test_required_parameters_of_the_query_are_written() -> None:
    """Text with a meaning for the shell is quoted, also in a body."""
    parameters: list[Mapping[str, Any]] = [
        {"name": "format", "in": "query", "required": True, "schema": {"type": "string", "enum": ["csv"]}},
        {"name": "page", "in": "query", "schema": {"type": "integer"}},
    ]
    command = curl_of("get", "http://a/b", parameters, {"reason": "it's $5; rm"})

    assert command.splitlines()[-1] == "  'http://a/b?format=csv'"
    assert '\'{"reason": "it\'"\'"\'s $5; rm"}\'' in command


def test_a_schema_that_contains_itself_ends() -> None:
    """The example is cut where it is deep enough."""
    node = {
        "type": "object",
        "properties": {"nodes": {"type": "array", "items": {"$ref": "#/components/schemas/Node"}}},
    }
    made = json.dumps(Examples({"Node": node}).of(node))

    assert made.count("nodes") == 3


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string", "example": "x"}, "x"),
        ({"type": ["string", "null"]}, None),
        ({"type": ["string", "null"], "format": "date-time"}, "2026-11-28T09:30:00Z"),
        ({"anyOf": [{"type": "null"}, {"type": "string", "enum": ["b", "a"]}]}, "b"),
        ({"type": "integer", "default": 20}, 20),
        ({"type": "array", "items": {"type": "boolean"}}, [False]),
        ({"allOf": [{"$ref": "#/components/schemas/None"}], "description": "gone"}, PLACEHOLDER),
        ({"type": "number"}, 1.5),
        ({}, PLACEHOLDER),
    ],
)
def test_a_value_is_that_of_the_schema_where_it_says_one(schema: Mapping[str, Any], value: object) -> None:
    """An unknown schema is no error."""
    assert Examples({}).of(schema) == value
