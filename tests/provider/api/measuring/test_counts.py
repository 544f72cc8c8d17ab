"""Tests of the metrics about requests to other hosts, the cache and pushes, through the database."""

from pathlib import Path

from provider.composition.config_checkout import opened_repository
from provider.composition.parts import Parts
from provider.composition.web import web_app
from provider.config_repo.repository.edits import Change
from provider.domain.records.counted import Counted, CountKind
from provider.settings import read_settings
from provider.store.operations.work_counts import SqlWorkCounts


def environ(folder: Path) -> dict[str, str]:
    """The settings of a service in this folder."""
    return {
        "IMAGE_FACTORY_DATABASE_URL": f"sqlite:///{folder / 'factory.db'}",
        "IMAGE_FACTORY_CONFIG_CHECKOUT": str(folder / "config"),
    }


def test_sums_grow_over_processes_and_restarts(tmp_path: Path) -> None:
    """Two processes add to the same sums."""
    ok, late = Counted(CountKind.UPSTREAM, "ghcr.io", "ok"), Counted(CountKind.UPSTREAM, "other", "unreachable")
    for counts in ({ok: 2, late: 1}, {ok: 3}):
        with Parts.open(read_settings(environ(tmp_path))) as parts:
            SqlWorkCounts(parts.engine).add(counts)
            text = web_app(parts).test_client().get("/metrics").text
    assert 'image_factory_upstream_requests_total{host="ghcr.io",outcome="ok"} 5.0' in text
    assert 'image_factory_upstream_requests_total{host="other",outcome="unreachable"} 1.0' in text


def test_the_cache_and_pushes_are_counted(tmp_path: Path) -> None:
    """A push that changes nothing does not count."""
    with Parts.open(read_settings(environ(tmp_path))) as parts:
        repository = opened_repository(parts, tmp_path / "config")
        try:
            change = Change("state/images/app.yaml", lambda _: "name: app\n")
            repository.commit([change], "Enroll app")
            repository.commit([change], "Enroll app")
        finally:
            repository.close()
        parts.counts.add(CountKind.CACHE, "", "hit")
        text = web_app(parts).test_client().get("/metrics").text
    assert 'image_factory_git_pushes_total{outcome="pushed"} 1.0' in text
    assert 'image_factory_cache_answers_total{outcome="hit"} 1.0' in text
