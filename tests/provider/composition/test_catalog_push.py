"""Pushes of the catalog, from the settings to Backstage and to what people see."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from catalog.image import Image, Role, Status
from provider.composition.catalog_push import catalog_pushes
from provider.composition.parts import Parts
from provider.composition.problems import problem_sources
from provider.composition.web import web_app
from provider.domain.catalog_push.pacing import REPEATED
from provider.push_ports import PushRecord
from provider.services.catalog_push.pushes import CatalogPushes
from provider.settings import SettingsError, read_settings
from provider.store.operations.catalog_pushes import SqlPushRecords
from tests.peers.backstage_catalog import REFRESH, TOKEN, TRIGGER, CatalogOfBackstage
from tests.provider.composition.checking import Service

PUBLIC = "http://factory.example.com"
CATALOG_TOKEN = "the-token-of-the-catalog"
READER = "a-token-that-only-reads"


@pytest.fixture(name="peer")
def running() -> Iterator[CatalogOfBackstage]:
    """A Backstage with the entity provider."""
    with CatalogOfBackstage() as peer:
        yield peer


@contextmanager
def pushing(tmp_path: Path, peer: CatalogOfBackstage, token: str = TOKEN) -> Iterator[tuple[Parts, CatalogPushes]]:
    """The parts of a process, and its pushes."""
    variables = {
        "BACKSTAGE_URL": peer.url,
        "BACKSTAGE_TOKEN": token,
        "PUBLIC_URL": PUBLIC,
        "API_TOKENS": f"reader:read:{READER}",
    }
    with Service(tmp_path, variables).parts() as parts:
        pushes = catalog_pushes(parts, lambda: True)
        assert pushes is not None
        pushes.begin()
        yield parts, pushes


def publish(parts: Parts, *names: str) -> None:
    """Write images for readers, as whichever process does."""
    where = Role.BASE, "docker.io", "library/node", "22"
    images = [Image(name, *where, Status.WATCHED, "is watched", "group:default/platform") for name in names]
    parts.index.replace(images, {name: f"name: {name}\n" for name in names})


def test_a_catalog_that_another_process_wrote_is_pushed(tmp_path: Path, peer: CatalogOfBackstage) -> None:
    """At the address of the settings, with its token, although it is at a loopback address and plain http."""
    with pushing(tmp_path, peer) as (parts, pushes):
        pushes.look()
        assert peer.reads == ["provider"]
        pushes.look()
        assert peer.reads == ["provider"]
    with Service(tmp_path, {}).parts() as other:
        publish(other, "node-22")
    with pushing(tmp_path, peer) as (parts, pushes):
        pushes.look()
        assert peer.reads == ["provider", "provider"]
        publish(parts, "node-22")
        pushes.look()
    assert peer.asked == [f"POST {TRIGGER}"] * 2
    assert all(request.authorized for request in peer.log)


def test_without_a_provider_the_location_of_the_document_is_refreshed(
    tmp_path: Path, peer: CatalogOfBackstage, caplog: pytest.LogCaptureFixture
) -> None:
    """The token in its address is logged nowhere, at no level."""
    caplog.set_level(logging.DEBUG)
    peer.provider = False
    ours = peer.add_location("generated-1", f"{PUBLIC}/catalog/catalog-info.yaml?token={CATALOG_TOKEN}")
    peer.add_location("generated-2", "https://github.com/acme/app/blob/main/catalog/catalog-info.yaml")
    with pushing(tmp_path, peer) as (_, pushes):
        pushes.look()
    assert peer.reads == [ours]
    assert peer.asked[-1] == f"POST {REFRESH}"
    assert "Backstage reads it again" in caplog.text
    assert CATALOG_TOKEN not in caplog.text
    assert TOKEN not in caplog.text


def test_a_backstage_that_refuses_is_shown_calmly(tmp_path: Path, peer: CatalogOfBackstage) -> None:
    """One problem, in /api/v1/problems and in /readyz, where the service stays able; the metrics count it."""
    with pushing(tmp_path, peer, token="another-token-for-backstage") as (parts, pushes):
        records = SqlPushRecords(parts.engine, peer.url)
        began = datetime(2026, 3, 1, tzinfo=UTC)
        records.note(PushRecord(failures=REPEATED - 1, since=began))
        pushes.begin()
        pushes.look()
        pushes.look()
        assert len(peer.log) == 1
        (problem,) = [
            each
            for source in problem_sources(parts.engine, parts.settings)
            for each in source()
            if each.kind == "backstage"
        ]
        assert "answered 401" in problem.message
        assert "backend.auth.externalAccess" in problem.message
        assert (problem.where, problem.since) == (peer.url, began)
        assert "another-token" not in str(problem)

        client = web_app(parts).test_client()
        headers = {"X-Image-Factory-Token": READER}
        shown = {part["name"]: part for part in client.get("/readyz", headers=headers).get_json()["parts"]}
        assert shown["backstage"] == {"name": "backstage", "able": True, "cause": problem.message}
        assert samples(client.get("/metrics", headers=headers).text) == {
            "image_factory_backstage_pushes_total": 0,
            "image_factory_backstage_push_failures": REPEATED,
        }


def test_a_push_that_is_taken_is_counted(tmp_path: Path, peer: CatalogOfBackstage) -> None:
    """And a part that works has no cause."""
    with pushing(tmp_path, peer) as (parts, pushes):
        pushes.look()
        client = web_app(parts).test_client()
        headers = {"X-Image-Factory-Token": READER}
        shown = {part["name"]: part for part in client.get("/readyz", headers=headers).get_json()["parts"]}
        assert shown["backstage"] == {"name": "backstage", "able": True, "cause": None}
        assert samples(client.get("/metrics", headers=headers).text) == {
            "image_factory_backstage_pushes_total": 1,
            "image_factory_backstage_push_failures": 0,
        }


@pytest.mark.parametrize("variables", [{}, {"BACKSTAGE_URL": "https://backstage.example.com"}])
def test_without_a_token_nothing_is_sent(variables: dict[str, str], tmp_path: Path) -> None:
    """And there are no metrics for it."""
    with Service(tmp_path, {**variables, "API_TOKENS": f"reader:read:{READER}"}).parts() as parts:
        assert catalog_pushes(parts, lambda: True) is None
        assert [
            each
            for source in problem_sources(parts.engine, parts.settings)
            for each in source()
            if each.kind == "backstage"
        ] == []
        metrics = web_app(parts).test_client().get("/metrics", headers={"X-Image-Factory-Token": READER}).text
    assert samples(metrics) == {}


def test_a_token_without_an_address_is_an_error_at_the_start() -> None:
    """It names the setting that is missing."""
    with pytest.raises(SettingsError, match="IMAGE_FACTORY_BACKSTAGE_URL: missing"):
        read_settings({"IMAGE_FACTORY_BACKSTAGE_TOKEN": TOKEN})


def samples(metrics: str) -> dict[str, float]:
    """The metrics of pushes."""
    return {
        sample.name: sample.value
        for family in text_string_to_metric_families(metrics)
        for sample in family.samples
        if sample.name.startswith("image_factory_backstage_")
    }
