"""One process has one budget for a registry, whoever asks: the worker, pages of versions, or a check on request."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from catalog.reference import ImageReference
from provider.composition.parts import Parts
from provider.composition.web import web_app
from provider.composition.worker import open_worker
from provider.services.worker import Worker
from proxy.errors import KeptBack, Unavailable
from proxy.registries.known_hosts import limits_of
from tests.peers.exchange import Answer
from tests.provider.composition.checking import Service
from tests.provider.config_repo.repositories import Remote
from tests.provider.services.good_registry import GoodRegistry
from tests.proxy.scripted import in_turn

VERSIONS = "/api/v1/images/app/versions?refresh=true"
WAIT = in_turn(Answer(429, b"", (("Retry-After", "600"),)))


@pytest.fixture
def host() -> Iterator[GoodRegistry]:
    """A registry that has every image."""
    with GoodRegistry() as running:
        yield running


@pytest.fixture
def parts(host: GoodRegistry, tmp_path: Path) -> Iterator[Parts]:
    """The parts of a process whose configuration has one image, at that host."""
    entry = f"- name: app\n  registry: {host.host}\n  repository: team/app\n"
    remote = Remote.make(tmp_path / "remote.git", {"images.yaml": entry})
    mirrors = f"docker.io={host.url},ghcr.io={host.url}/hub"
    variables = {"CONFIG_REPO": str(remote.folder), "INSECURE_REGISTRIES": host.host, "REGISTRY_MIRRORS": mirrors}
    with Service(tmp_path, variables).parts() as parts:
        yield parts


@pytest.fixture
def worker(parts: Parts) -> Iterator[Worker]:
    """The worker of that process, after its first round."""
    with open_worker(parts) as worker:
        worker.check([])
        yield worker


@pytest.fixture
def client(parts: Parts) -> FlaskClient:
    """The web part of the same process."""
    return web_app(parts).test_client()


def test_what_the_worker_is_told_to_wait_for_versions_wait_for_too(
    worker: Worker, client: FlaskClient, host: GoodRegistry
) -> None:
    """No request is sent, and the answer says until when."""
    host.odd["team/app"] = WAIT
    worker.check(["app"])
    host.requests.clear()
    answer = client.get(VERSIONS)

    assert answer.status_code >= 500
    assert "no requests go to" in answer.get_data(as_text=True)
    assert host.requests == []


def test_what_a_page_of_versions_is_told_to_wait_for_the_worker_waits_for_too(
    worker: Worker, client: FlaskClient, host: GoodRegistry, parts: Parts
) -> None:
    """The check was not made: the image has neither an error nor a new time of its check."""
    before = parts.index.neighbours(["app"])["app"].last_checked
    host.script = WAIT
    assert client.get(VERSIONS).status_code >= 500
    host.requests.clear()
    worker.check(["app"])

    image = parts.index.image("app")
    assert image
    assert host.requests == []
    assert image.last_error is None
    assert parts.index.neighbours(["app"])["app"].last_checked == before is not None


def test_a_pause_holds_for_a_check_of_an_enrollment(worker: Worker, client: FlaskClient, host: GoodRegistry) -> None:
    """What a person asks for is no way around it."""
    host.odd["team/app"] = WAIT
    worker.check(["app"])
    host.requests.clear()
    entry = {"name": "other", "registry": host.host, "repository": "team/other"}
    answer = client.post("/api/v1/images?dryRun=true", json=entry)

    assert answer.status_code < 500
    assert host.requests == []


def test_what_the_worker_found_and_heard_is_in_the_metrics(
    worker: Worker, client: FlaskClient, host: GoodRegistry
) -> None:
    """Checks by their outcome, what is left of the registry's limit, and what images wait for."""
    host.odd["team/app"] = in_turn(
        Answer(404, b"", (("RateLimit-Limit", "100;w=21600"), ("RateLimit-Remaining", "76;w=21600")))
    )
    worker.check(["app"])
    worker.follow()
    text = client.get("/metrics").text

    assert 'image_factory_digest_checks_total{outcome="changed"} 1.0' in text
    assert 'image_factory_digest_checks_total{outcome="missing"} 1.0' in text
    assert f'image_factory_registry_budget_left{{host="{host.host.partition(":")[0]}"}} 76.0' in text
    assert 'image_factory_images_waiting{reason="delay"} 0.0' in text


@pytest.mark.parametrize(
    ("one", "others"),
    [
        ("docker.io", ["ghcr.io", "index.docker.io", "registry-1.docker.io", "HOST"]),
        ("HOST", ["docker.io", "ghcr.io"]),
        ("registry-1.docker.io", ["docker.io", "HOST"]),
    ],
)
def test_one_host_has_one_breaker_under_each_of_its_names(
    one: str, others: list[str], host: GoodRegistry, parts: Parts
) -> None:
    """Also where it is the mirror of several registries."""
    host.script = in_turn(Answer(503, b"", (("Retry-After", "600"),)))
    with pytest.raises(Unavailable):
        parts.registries.digest(ImageReference(one.replace("HOST", host.host), "team/app", "1"))
    host.requests.clear()
    for other in others:
        with pytest.raises(KeptBack):
            parts.registries.digest(ImageReference(other.replace("HOST", host.host), "team/other", "1"))

    assert host.requests == []


@pytest.mark.parametrize(("named", "own"), [("auth file", True), ("setting", True), (None, False)])
def test_a_host_in_the_auth_file_or_a_setting_is_our_own(named: str | None, own: bool, tmp_path: Path) -> None:
    """Any other unknown registry is asked politely."""
    registry = "registry.corp.example"
    if named == "auth file":
        (tmp_path / "auth.json").write_text('{"auths": {"registry.corp.example": {"auth": "YTpi"}}}', "utf-8")
    variables = {"PRIVATE_HOSTS": registry} if named == "setting" else {}
    with Service(tmp_path, variables).parts() as parts:
        client = parts.registries.of(ImageReference(registry, "team/app"))

        assert client._session.budget.limits == limits_of(registry, own=own)  # type: ignore[attr-defined]
