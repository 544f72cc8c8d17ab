"""The contract of Backstage's catalog: the adapter with a peer, and the fake."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from provider.backstage.catalog import HttpBackstageCatalog
from provider.push_ports import BackstageCatalog
from proxy.errors import NotFound
from proxy.http.addresses import AddressPolicy
from proxy.http.transport import Transport
from proxy.secrets.secret import Secret
from tests.fakes.backstage_catalog import FakeBackstageCatalog
from tests.peers.backstage_catalog import TOKEN, CatalogOfBackstage

DOCUMENT = "https://factory.example.com/catalog/catalog-info.yaml"
ONE = "location:default/one"


@dataclass(frozen=True, slots=True)
class Subject:
    """A catalog with the location `one`; `set` changes the provider, and `reads` are what it was made to read."""

    catalog: BackstageCatalog
    set: Callable[[bool, bool], None]
    reads: list[str]


@contextmanager
def over_http() -> Iterator[Subject]:
    """The adapter."""
    with CatalogOfBackstage() as peer:
        peer.add_location("one", DOCUMENT)
        transport = Transport(AddressPolicy((), (peer.host,)), now=lambda: datetime.now(UTC), sleep=lambda _: None)
        catalog = HttpBackstageCatalog(peer.url, Secret(TOKEN), transport, transport.now)

        def change(installed: bool, running: bool) -> None:
            peer.provider, peer.running = installed, running

        yield Subject(catalog, change, peer.reads)
        transport.close()


@contextmanager
def in_memory() -> Iterator[Subject]:
    """The fake."""
    fake = FakeBackstageCatalog()
    fake.targets = {ONE: (DOCUMENT,)}

    def change(installed: bool, running: bool) -> None:
        fake.provider, fake.running = installed, running

    yield Subject(fake, change, fake.reads)


@pytest.fixture(name="subject", params=[over_http, in_memory], ids=["http", "fake"])
def each(request: pytest.FixtureRequest) -> Iterator[Subject]:
    """Each catalog."""
    with request.param() as subject:
        yield subject


def test_the_provider_reads_the_catalog_unless_it_does_already(subject: Subject) -> None:
    """True where it will run, False where it is running."""
    assert subject.catalog.run_provider()
    subject.set(True, True)
    assert not subject.catalog.run_provider()
    assert subject.reads == ["provider"]


def test_a_provider_that_is_not_there_is_not_found(subject: Subject) -> None:
    """Nothing is read."""
    subject.set(False, False)
    with pytest.raises(NotFound):
        subject.catalog.run_provider()
    assert subject.reads == []


def test_locations_have_their_targets_and_are_refreshed(subject: Subject) -> None:
    """By the reference that they were listed with."""
    assert [(found.reference, found.targets) for found in subject.catalog.locations()] == [(ONE, (DOCUMENT,))]
    subject.catalog.refresh(ONE)
    assert subject.reads == [ONE]


def test_a_location_that_is_not_there_is_not_found(subject: Subject) -> None:
    """Nothing is read."""
    with pytest.raises(NotFound):
        subject.catalog.refresh("location:default/two")
    assert subject.reads == []
