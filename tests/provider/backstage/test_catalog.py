"""Tests of the requests to Backstage's catalog, with a peer that answers as Backstage does."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provider.backstage.catalog import HttpBackstageCatalog
from proxy.errors import AddressRefused, Garbage, NotFound, OutsideFailure, Refused, Unavailable, Unreachable
from proxy.http.addresses import AddressPolicy
from proxy.http.transport import Transport
from proxy.secrets.secret import Secret
from tests.peers.backstage_catalog import ENTITIES, REFRESH, TOKEN, TRIGGER, CatalogOfBackstage

NOW = datetime(2026, 3, 1, tzinfo=UTC)
DOCUMENT = "https://factory.example.com/catalog/catalog-info.yaml?token=the-token-of-the-catalog"
Ask = Callable[[HttpBackstageCatalog], object]
ASKS: dict[str, Ask] = {
    TRIGGER: lambda catalog: catalog.run_provider(),
    ENTITIES: lambda catalog: catalog.locations(),
    REFRESH: lambda catalog: catalog.refresh("location:default/generated-1"),
}


@pytest.fixture(name="peer")
def running() -> Iterator[CatalogOfBackstage]:
    """A Backstage with the entity provider and one location."""
    with CatalogOfBackstage() as peer:
        peer.add_location("generated-1", DOCUMENT)
        yield peer


def catalog_of(peer: CatalogOfBackstage, token: str = TOKEN, policy: AddressPolicy | None = None) -> HttpBackstageCatalog:
    """The adapter; requests end after half a second, and are repeated without pauses."""
    allowed = policy or AddressPolicy(insecure_registries=(peer.host,))
    transport = Transport(allowed, now=lambda: NOW, sleep=lambda _: None, whole_seconds=0.5)
    return HttpBackstageCatalog(peer.url, Secret(token), transport, lambda: NOW)


def test_the_provider_runs_at_once(peer: CatalogOfBackstage) -> None:
    """With the token, and without a body."""
    assert catalog_of(peer).run_provider()
    assert (peer.reads, [request.authorized for request in peer.log]) == (["provider"], [True])


def test_a_provider_that_is_running_says_so(peer: CatalogOfBackstage) -> None:
    """It is no failure: the push follows after the run."""
    peer.running = True
    assert not catalog_of(peer).run_provider()
    assert peer.reads == []


def test_locations_are_read_and_refreshed(peer: CatalogOfBackstage) -> None:
    """By their references in lower case, as the catalog keeps them."""
    peer.add_location("Shared", "https://example.org/a.yaml", DOCUMENT, namespace="Team-A")
    catalog = catalog_of(peer)
    found = {location.reference: location.targets for location in catalog.locations()}

    assert found == {
        "location:default/generated-1": (DOCUMENT,),
        "location:team-a/shared": ("https://example.org/a.yaml", DOCUMENT),
    }
    for reference in found:
        catalog.refresh(reference)
    assert peer.reads == list(found)


def test_entities_of_others_hide_no_location(peer: CatalogOfBackstage) -> None:
    """One that cannot be read is left out."""
    strange: list[dict[str, object]] = [
        {},
        {"metadata": None, "spec": {}},
        {"metadata": {"name": 1}, "spec": {"target": "a"}},
        {"metadata": {"name": "none"}, "spec": None},
        {"metadata": {"name": "odd"}, "spec": {"target": 1, "targets": "abc"}},
        {"metadata": {"name": "mixed"}, "spec": {"targets": [None, "b", {}]}},
    ]
    peer.entities = [*strange, *peer.entities]
    found = {location.reference: location.targets for location in catalog_of(peer).locations()}
    assert found == {
        "location:default/odd": (),
        "location:default/mixed": ("b",),
        "location:default/generated-1": (DOCUMENT,),
    }


@pytest.mark.parametrize("path", ASKS)
@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (301, Refused, "is a redirect; IMAGE_FACTORY_BACKSTAGE_URL"),
        (400, Refused, "version 1.55 or newer"),
        (401, Refused, "backend.auth.externalAccess"),
        (403, Refused, "plugin: catalog"),
        (404, NotFound, "answered 404"),
        (405, Refused, "IMAGE_FACTORY_BACKSTAGE_URL"),
        (408, Unavailable, "retried later"),
        (429, Unavailable, "retried later"),
        (500, Unavailable, "retried later"),
        (503, Unavailable, "retried later"),
    ],
)
def test_each_status_has_its_failure(
    path: str, status: int, kind: type[OutsideFailure], words: str, peer: CatalogOfBackstage
) -> None:
    """The message has the host, the status and what to do, and no token."""
    peer.fail(path, status, times=3)
    with pytest.raises(kind) as caught:
        ASKS[path](catalog_of(peer))

    assert type(caught.value) is kind
    assert f"Backstage at {peer.host} answered {status} when asked" in str(caught.value)
    assert words in str(caught.value)
    assert TOKEN not in str(caught.value)
    assert peer.reads == []


@pytest.mark.parametrize("path", [TRIGGER, REFRESH])
def test_a_refresh_is_sent_once(path: str, peer: CatalogOfBackstage) -> None:
    """The service repeats it in its own time."""
    peer.fail(path, 503)
    with pytest.raises(Unavailable):
        ASKS[path](catalog_of(peer))
    assert len(peer.log) == 1


@pytest.mark.parametrize("path", ASKS)
def test_the_time_of_the_next_request_is_kept(path: str, peer: CatalogOfBackstage) -> None:
    """Where Backstage, or a proxy before it, gives one."""
    peer.fail(path, 429, headers={"Retry-After": "17"})
    with pytest.raises(Unavailable) as caught:
        ASKS[path](catalog_of(peer))
    assert caught.value.retry_at == NOW + timedelta(seconds=17)


@pytest.mark.parametrize("path", ASKS)
@pytest.mark.parametrize("token", ["another-token-that-is-long", f"{TOKEN}x", TOKEN[:-1]])
def test_another_token_is_refused(path: str, token: str, peer: CatalogOfBackstage) -> None:
    """Nothing is read."""
    with pytest.raises(Refused, match="answered 401"):
        ASKS[path](catalog_of(peer, token))
    assert peer.reads == []


@pytest.mark.parametrize("path", ASKS)
def test_a_token_without_the_catalog_is_refused(path: str, peer: CatalogOfBackstage) -> None:
    """The message says which restriction it needs."""
    peer.restricted = True
    with pytest.raises(Refused, match="accessRestrictions with plugin: catalog"):
        ASKS[path](catalog_of(peer))


@pytest.mark.parametrize("path", ASKS)
def test_a_login_page_is_no_success(path: str, peer: CatalogOfBackstage) -> None:
    """A proxy before Backstage answers 200 with a page for people."""
    peer.fail(path, 200, headers={"Content-Type": "text/html; charset=utf-8"})
    with pytest.raises(Refused, match="a proxy may want a login there"):
        ASKS[path](catalog_of(peer))


@pytest.mark.parametrize("path", ASKS)
def test_a_silent_backstage_costs_the_time_of_a_request(path: str, peer: CatalogOfBackstage) -> None:
    """As one that is down."""
    peer.fall_silent()
    with pytest.raises(Unavailable, match=r"did not answer completely within 0\.5 s"):
        ASKS[path](catalog_of(peer))
    peer.down()
    with pytest.raises(Unreachable):
        ASKS[path](catalog_of(peer))


@pytest.mark.parametrize("path", ASKS)
def test_the_address_is_judged_as_every_other(path: str, peer: CatalogOfBackstage) -> None:
    """Plain http only where the host is listed."""
    with pytest.raises(AddressRefused):
        ASKS[path](catalog_of(peer, policy=AddressPolicy(private_hosts=(peer.host,))))
    assert peer.log == []


@pytest.mark.parametrize("body", ["", "{", "{}", '"text"', "null", "[" * 100_000, '{"items": []}'])
def test_what_is_no_list_of_entities_is_garbage(body: str, peer: CatalogOfBackstage) -> None:
    """It may be right at the next request."""
    catalog = catalog_of(peer)
    peer.answer(ENTITIES, body.encode())
    with pytest.raises(Garbage):
        catalog.locations()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["metadata", "spec", "name", "namespace", "target", "targets"]), inner)
    ),
    max_leaves=8,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.lists(json_values, max_size=4))
def test_any_list_of_entities_is_read(peer: CatalogOfBackstage, entities: list[object]) -> None:
    """Each location has a reference and texts as targets."""
    peer.answer(ENTITIES, json.dumps(entities).encode())
    for location in catalog_of(peer).locations():
        assert location.reference.startswith("location:")
        assert all(isinstance(target, str) for target in location.targets)
