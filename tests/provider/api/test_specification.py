"""Tests of the OpenAPI document."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

import pytest

from provider.composition.parts import Parts
from provider.composition.web import web_app
from provider.settings import read_settings
from tests.provider.web_images import MemoryIndex
from tests.provider.web_part import web

Document = Mapping[str, Any]
_METHODS = frozenset({"get", "post", "put", "delete"})
# Flask-Smorest describes its own header under this name.
_FOREIGN = frozenset({"PaginationMetadata"})


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Document:
    """The document of the whole service."""
    url = f"sqlite:///{tmp_path_factory.mktemp('service') / 'factory.db'}"
    with Parts.open(read_settings({"IMAGE_FACTORY_DATABASE_URL": url})) as parts:
        found: Document = web_app(parts).test_client().get("/api/openapi.json").get_json()
        return found


def test_the_document_describes_every_resource() -> None:
    """It has the paths, their parameters and the ways to authenticate."""
    document = web(MemoryIndex()).test_client().get("/api/openapi.json").get_json()
    assert {path.rpartition("/")[2] for path in document["paths"]} >= {
        "images",
        "{name}",
        "updates",
        "rebuilds",
        "impact",
    }
    parameters = {one["name"] for one in document["paths"]["/api/v1/images"]["get"]["parameters"]}
    assert {"page", "pageSize", "dependsOn", "sort"} <= parameters
    assert document["components"]["schemas"]["Image"]["properties"]["nextEligibleAt"]["format"] == "date-time"
    assert set(document["components"]["securitySchemes"]) == {"token", "bearer"}
    assert document["info"]["version"] == "1.2.3"


def test_every_operation_has_a_summary_and_a_description(document: Document) -> None:
    """A newcomer can read what each operation does."""
    operations = list(_operations(document))

    assert len(operations) > 20
    assert [
        name for name, operation in operations if not (operation.get("summary") and operation.get("description"))
    ] == []


def test_every_parameter_has_a_description(document: Document) -> None:
    """Parameters in the path and in the query."""
    in_paths = [(path, one) for path, item in document["paths"].items() for one in item.get("parameters", [])]
    in_queries = [(name, one) for name, operation in _operations(document) for one in operation.get("parameters", [])]

    assert [(where, one["name"]) for where, one in in_paths + in_queries if not one.get("description")] == []


def test_every_field_has_a_description(document: Document) -> None:
    """Fields of bodies and of responses."""
    schemas = document["components"]["schemas"]
    fields = [
        (f"{schema}.{name}", field)
        for schema, described in schemas.items()
        if schema not in _FOREIGN
        for name, field in described.get("properties", {}).items()
    ]

    assert [name for name, field in fields if not field.get("description")] == []


def test_every_status_says_more_than_its_name(document: Document) -> None:
    """The 401 response, for example, says that the credentials are missing or invalid."""
    names = {None, *(status.phrase for status in HTTPStatus)} - {"Created"}
    shared = document["components"]["responses"].items()
    responses = [
        (f"{name} {code}", response)
        for name, operation in _operations(document)
        for code, response in operation["responses"].items()
        if "$ref" not in response
    ]
    described = [*shared, *responses]

    assert [where for where, response in described if response.get("description") in names] == []


def _operations(document: Document) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for path, item in document["paths"].items():
        for method in _METHODS & item.keys():
            yield f"{method} {path}", item[method]
