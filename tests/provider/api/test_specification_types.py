"""Every answer in the OpenAPI document has a type, so that clients can be generated from it."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from provider.commands.openapi import openapi_document
from provider.config_repo.enrollments.schema import BakeSchema, BuildSchema, EnrollmentSchema, SourceSchema
from provider.config_repo.enrollments.verification_schema import CosignIdentitySchema, CosignSchema, VerifySchema

Node = Mapping[str, Any]
_METHODS = ("get", "post", "put", "delete")
_DONE = ("200", "201", "202")
_FREE: Mapping[str, str] = {
    # A mapping whose keys are names that people choose.
    "Source.buildArgs": "build arguments by name",
    "Source.contexts": "build contexts by name",
    # It refers to itself, and its keys are names of fields.
    "FieldMessages": "messages by field",
}
"""The objects without properties, and why they have none."""
_ENUMERATIONS = (
    "Verification.outcome",
    "Image.status",
    "Image.role",
    "Dependency.status",
    "Dependency.role",
    "Dependency.evidence",
    "Dependent.status",
    "Discovery.status",
    "Rebuild.status",
    "Rebuild.conclusion",
    "Rebuild.freshness",
    "OpenRequest.kind",
    "AcceptedRequest.kind",
    "AuditRecord.outcome",
    "WebhookDelivery.state",
    "VersionPage.order",
    "Caller.kind",
    "Caller.role",
    "Finding.level",
    "FoundBase.availability",
    "PullRequest.state",
    "Repository.type",
    "Repository.state",
    "Source.provider",
    "Build.system",
    "Enrollment.criticality",
    "Enrollment.rebuildOn",
)
# Flask-Smorest describes its own header under this name.
_FOREIGN = "PaginationMetadata"


@pytest.fixture(scope="module", name="document")
def made_document() -> Any:
    """The document that the command writes."""
    return openapi_document()


def test_every_answer_has_a_schema(document: Node) -> None:
    """JSON refers to a named schema, and CSV is a text; YAML is what its text contains."""
    contents = [
        (f"{method} {path} {code}", kind, content.get("schema", {}))
        for path, item in document["paths"].items()
        for method in _METHODS
        if method in item
        for code in _DONE
        if code in item[method]["responses"]
        for kind, content in item[method]["responses"][code].get("content", {"none": {}}).items()
    ]

    assert len(contents) > 40
    assert [where for where, kind, schema in contents if not _is_known(kind, schema)] == []


def test_every_error_has_the_schema_of_errors(document: Node) -> None:
    """Also the default, which every operation has."""
    shared = document["components"]["responses"]
    errors = [
        (f"{method} {path} {code}", shared[_name(answer)] if "$ref" in answer else answer)
        for path, item in document["paths"].items()
        for method in _METHODS
        if method in item
        for code, answer in item[method]["responses"].items()
        if code == "default" or code >= "400"
    ]

    assert len(errors) > 200
    wrong = [where for where, one in errors if one["content"]["application/json"]["schema"] != _ref("Problem")]
    assert wrong == []


def test_every_value_has_a_type(document: Node) -> None:
    """No value is anything, no list has items of any type, and an object without properties has a reason."""
    untyped = {where for where, node in _nodes(document) if _is_untyped(node)}

    assert untyped == set(_FREE)


def test_every_enumeration_has_a_type(document: Node) -> None:
    """Generators make one type of its words, so null is a choice beside them and no word."""
    enumerations = [(where, node) for where, node in _nodes(document) if "enum" in node]

    assert len(enumerations) > 20
    assert [where for where, node in enumerations if node.get("type") != "string" or None in node["enum"]] == []


def test_the_fields_with_a_few_words_are_enumerations(document: Node) -> None:
    """Status, evidence, conclusion, role and others: each word is in the document."""
    schemas = document["components"]["schemas"]
    for name in _ENUMERATIONS:
        schema, field = name.split(".")
        node = schemas[schema]["properties"][field]
        assert any("enum" in choice for choice in node.get("anyOf", [node])), name


def test_an_answer_always_has_all_its_fields(document: Node) -> None:
    """Only the entries of images.yaml leave out what has its default."""
    schemas = document["components"]["schemas"]
    entries = {"Enrollment", "Source", "Build", "Bake", "Verify", "Cosign", "CosignIdentity"}
    answers = _reached(document, "responses") - entries - {_FOREIGN, "FieldMessages"}

    assert {"Image", "ImagePage", "Problem", "Caller", "Permitted", "RunPage", "RepositoryPage"} <= answers
    partial = [name for name in sorted(answers) if set(schemas[name]["required"]) != set(schemas[name]["properties"])]
    assert partial == []


def test_an_entry_in_an_answer_is_the_entry_of_the_files(document: Node) -> None:
    """The keys, and which of them are required, are those that the files are checked by."""
    schemas = document["components"]["schemas"]
    for name, schema in {
        "Enrollment": EnrollmentSchema,
        "Source": SourceSchema,
        "Build": BuildSchema,
        "Bake": BakeSchema,
        "Verify": VerifySchema,
        "Cosign": CosignSchema,
        "CosignIdentity": CosignIdentitySchema,
    }.items():
        fields = {field.data_key or key: field for key, field in schema().fields.items()}
        assert set(schemas[name]["properties"]) == set(fields)
        assert set(schemas[name].get("required", ())) == {key for key, field in fields.items() if field.required}


def test_bodies_say_what_they_need(document: Node) -> None:
    """An entry needs its name only where it is new; the file is no key of an entry."""
    schemas = document["components"]["schemas"]

    assert set(schemas["EntryRequest"]["required"]) == {"name", "registry", "repository"}
    assert set(schemas["EntryChange"]["required"]) == {"registry", "repository"}
    assert "file" in schemas["EntryRequest"]["properties"]
    assert "file" not in schemas["Enrollment"]["properties"]
    assert schemas["RebuildRequest"]["required"] == ["reason"]


def _nodes(document: Node) -> Iterator[tuple[str, Node]]:
    """Every schema in the components, and every schema in them, by `Schema.field`."""
    for name, schema in document["components"]["schemas"].items():
        if name != _FOREIGN:
            yield from _below(name, schema)


def _below(where: str, node: Node) -> Iterator[tuple[str, Node]]:
    yield where, node
    for key, value in node.get("properties", {}).items():
        yield from _below(f"{where}.{key}", value)
    for value in (*node.get("anyOf", ()), *([node["items"]] if "items" in node else [])):
        yield from _below(where, value)


def _is_known(kind: str, schema: Node) -> bool:
    match kind:
        case "application/json":
            return "$ref" in schema
        case "application/yaml":
            return schema == {"type": "object"}
        case _:
            return kind == "text/csv" and schema == {"type": "string"}


def _is_untyped(node: Node) -> bool:
    if "$ref" in node or "anyOf" in node:
        return False
    kinds = node.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    free_list = "array" in kinds and "items" not in node
    free_object = "object" in kinds and not node.get("properties")
    return not kinds or free_list or free_object


def _reached(document: Node, part: str) -> set[str]:
    """The names of the schemas that are in the responses, also inside others."""
    schemas = document["components"]["schemas"]
    open_names = [
        name
        for item in document["paths"].values()
        for method in _METHODS
        if method in item
        for name in _names(item[method][part])
    ]
    found: set[str] = {"Problem"}
    while open_names:
        name = open_names.pop()
        if name not in found and name in schemas:
            found.add(name)
            open_names += _names(schemas[name])
    return found


def _names(node: object) -> Iterator[str]:
    if isinstance(node, Mapping):
        if "$ref" in node:
            yield _name(node)
        for value in node.values():
            yield from _names(value)
    elif isinstance(node, list):
        for value in node:
            yield from _names(value)


def _name(node: Node) -> str:
    return str(node["$ref"]).rpartition("/")[2]


def _ref(name: str) -> Node:
    return {"$ref": f"#/components/schemas/{name}"}
