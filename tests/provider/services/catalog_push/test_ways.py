"""Tests of how Backstage is made to read the catalog again."""

from datetime import UTC, datetime, timedelta

import pytest

from provider.services.catalog_push.ways import KNOWN_FOR, CatalogWays
from proxy.errors import NotFound, Refused, Unavailable
from tests.fakes.backstage_catalog import FakeBackstageCatalog

PUBLIC = "https://factory.example.com"
DOCUMENT = f"{PUBLIC}/catalog/catalog-info.yaml"
ONE, TWO = "location:default/one", "location:default/two"


class Way:
    """A Backstage, and the ways to it; the test moves the clocks."""

    def __init__(self, *locations: str, provider: bool) -> None:
        self.backstage = FakeBackstageCatalog(provider=provider)
        self.backstage.targets = dict.fromkeys(locations, (f"{DOCUMENT}?token=secret",))
        self.now = datetime(2026, 3, 1, tzinfo=UTC)
        self.seconds = 0.0
        self.ways = CatalogWays(self.backstage, PUBLIC, lambda: self.now, lambda: self.seconds)

    def push(self) -> list[str]:
        """Push; what was asked for that."""
        before = len(self.backstage.asked)
        assert self.ways.push()
        return self.backstage.asked[before:]


def test_the_provider_goes_before_locations() -> None:
    """One request for each push, whatever locations there are."""
    way = Way(ONE, provider=True)
    assert [way.push(), way.push()] == [["provider"], ["provider"]]


def test_a_provider_that_is_running_is_asked_again_later() -> None:
    """The locations are not asked for."""
    way = Way(ONE, provider=True)
    way.backstage.running = True
    assert not way.ways.push()
    assert way.backstage.asked == ["provider"]


def test_without_a_provider_locations_are_refreshed_and_remembered() -> None:
    """All of them, with one request each from the second push on."""
    way = Way(ONE, TWO, provider=False)
    way.backstage.targets["location:default/other"] = ("https://github.com/acme/app/blob/main/catalog-info.yaml",)
    assert way.push() == ["provider", "locations", ONE, TWO]
    assert way.push() == [ONE, TWO]


def test_after_a_while_a_provider_is_asked_for_again() -> None:
    """It may have been installed; the same after the clock was set back."""
    way = Way(ONE, provider=False)
    way.push()
    way.now += KNOWN_FOR
    assert way.push() == ["provider", "locations", ONE]
    way.now -= 2 * KNOWN_FOR
    way.backstage.provider = True
    assert way.push() == ["provider"]


def test_a_location_that_is_gone_is_looked_for_again_at_once() -> None:
    """A new one takes its place, or the provider does."""
    way = Way(ONE, provider=False)
    way.push()
    way.backstage.targets = {TWO: (DOCUMENT,)}
    assert way.push() == [ONE, "provider", "locations", TWO]
    way.backstage.targets, way.backstage.provider = {}, True
    assert way.push() == [TWO, "provider"]
    assert way.push() == ["provider"]


def test_a_provider_that_is_removed_is_replaced_by_locations() -> None:
    """With the next push."""
    way = Way(ONE, provider=True)
    way.push()
    way.backstage.provider = False
    assert way.push() == ["provider", "locations", ONE]


def test_neither_is_an_error_that_says_what_to_install() -> None:
    """With the address of the document, and never with the target of a location."""
    way = Way(provider=False)
    way.backstage.targets = {ONE: ("https://other.example/catalog-info.yaml?token=secret",)}
    with pytest.raises(NotFound) as caught:
        way.ways.push()
    assert f"nor a url location of {DOCUMENT}" in str(caught.value)
    assert "image-factory-entities" in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("failing", [0, 1])
def test_a_location_that_fails_keeps_no_other_from_its_refresh(failing: int) -> None:
    """The push is still a failure, and is tried again with the same locations."""
    way = Way(ONE, TWO, provider=False)
    way.push()
    way.backstage.failures = [*[None] * failing, Unavailable("not now")]
    with pytest.raises(Unavailable, match="not now"):
        way.ways.push()
    assert way.backstage.asked[-2:] == [ONE, TWO]
    assert way.push() == [ONE, TWO]


@pytest.mark.parametrize("failure", [Refused("401"), Unavailable("500"), ZeroDivisionError()])
@pytest.mark.parametrize("step", [0, 1, 2])
def test_another_failure_is_no_reason_to_try_another_way(failure: Exception, step: int) -> None:
    """It would fail too."""
    way = Way(ONE, provider=False)
    way.backstage.failures = [*[None] * step, failure]
    with pytest.raises(type(failure)):
        way.ways.push()
    assert len(way.backstage.asked) == step + 1


def test_a_push_ends_by_its_deadline() -> None:
    """However many locations there are, and however slow each is."""
    way = Way(*(f"location:default/{number:02}" for number in range(30)), provider=False)

    def wait() -> None:
        way.seconds += 5
        way.now += timedelta(seconds=5)

    way.backstage.on_read = wait
    with pytest.raises(Unavailable, match="within 20 s"):
        way.ways.push()
    assert len(way.backstage.reads) == 4
