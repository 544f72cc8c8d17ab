"""Tests of which Location entities read the catalog document."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.domain.catalog_push.locations import CatalogLocation, reads_the_document

PUBLIC = "https://factory.example.com"
DOCUMENT = f"{PUBLIC}/catalog/catalog-info.yaml"


def found(*targets: str, public_url: str = PUBLIC) -> list[str]:
    """Those of these targets whose locations are found."""
    locations = [CatalogLocation(f"location:default/{number}", (target,)) for number, target in enumerate(targets)]
    return [targets[int(each.rpartition("/")[2])] for each in reads_the_document(locations, public_url)]


@pytest.mark.parametrize(
    "target",
    [
        DOCUMENT,
        f"{DOCUMENT}?token=the-token-of-the-catalog",
        "https://FACTORY.example.com:443/catalog/catalog-info.yaml#top",
        "http://factory.example.com/catalog/catalog-info.yaml",
        "http://image-factory:8080/catalog/catalog-info.yaml?token=x",
        "http://[::1]:8080/catalog/catalog-info.yaml",
    ],
)
def test_the_document_is_found_by_any_of_its_addresses(target: str) -> None:
    """With the token of the catalog, and by the name that Backstage knows the service by."""
    assert found(target) == [target]


@pytest.mark.parametrize(
    "target",
    [
        "https://github.com/acme/app/blob/main/catalog/catalog-info.yaml",
        "https://factory.example.com/catalog/images/app/catalog-info.yaml",
        "https://factory.example.com/catalog/catalog-info.yaml.bak",
        "https://factory.example.com/?path=/catalog/catalog-info.yaml",
        "https://factory.example.com//catalog/catalog-info.yaml",
        "/catalog/catalog-info.yaml",
        "./catalog/catalog-info.yaml",
        "file:///catalog/catalog-info.yaml",
        "https://[::1/catalog/catalog-info.yaml",
        "https://host:port/catalog/catalog-info.yaml",
        "",
    ],
)
def test_nothing_else_is_found(target: str) -> None:
    """Files in repositories, documents of single images, and what is no address."""
    assert found(target) == []


def test_of_several_those_that_are_most_alike_are_found() -> None:
    """The same origin, else the same host, else the same path: another service may have the same path."""
    other = "https://factory.other.example/catalog/catalog-info.yaml"
    same_host = "http://factory.example.com:8080/catalog/catalog-info.yaml"
    assert found(other, same_host, DOCUMENT, f"{DOCUMENT}?token=x") == [DOCUMENT, f"{DOCUMENT}?token=x"]
    assert found(other, same_host) == [same_host]
    assert found(other, "http://factory/catalog/catalog-info.yaml") == [
        other,
        "http://factory/catalog/catalog-info.yaml",
    ]


def test_a_service_below_a_path_is_found_with_and_without_it() -> None:
    """A proxy before it may remove the path; another path is another service."""
    public = "https://example.com/factory"
    below, above = f"{public}/catalog/catalog-info.yaml", "http://factory:8080/catalog/catalog-info.yaml"
    assert found(below, public_url=public) == [below]
    assert found(above, public_url=public) == [above]
    assert found("https://example.com/other/catalog/catalog-info.yaml", public_url=public) == []


def test_a_location_with_several_targets_is_found_once() -> None:
    """And its reference is given, which has no token."""
    many = CatalogLocation("location:default/all", ("https://example.org/a.yaml", DOCUMENT, f"{DOCUMENT}?token=secret"))
    assert reads_the_document([many, many], PUBLIC) == ("location:default/all",)
    assert "secret" not in repr(many)


def test_a_location_without_targets_reads_nothing() -> None:
    """Others are found beside it."""
    empty, ours = CatalogLocation("location:default/empty", ()), CatalogLocation("location:default/ours", (DOCUMENT,))
    assert reads_the_document([empty], PUBLIC) == ()
    assert reads_the_document([empty, ours], PUBLIC) == ("location:default/ours",)


@given(st.lists(st.text(max_size=60), max_size=5), st.sampled_from([PUBLIC, "http://127.0.0.1:8080", "not an address"]))
def test_any_target_is_one_or_not(targets: list[str], public_url: str) -> None:
    """A target that somebody else wrote is never an error."""
    assert set(found(*targets, public_url=public_url)) <= set(targets)
