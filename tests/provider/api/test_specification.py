"""Tests of the OpenAPI document."""

from tests.provider.web_images import MemoryIndex
from tests.provider.web_part import web


def test_the_document_describes_every_resource() -> None:
    """Paths, their parameters and the ways to show who calls."""
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
