"""Test of the versions page in the container, for an image that is enrolled in git and stored in a real registry."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.image.container import Container
from tests.peers.fixtures import peers_installed
from tests.peers.git_repositories import GitRepositories
from tests.peers.images import push
from tests.peers.process import reserved_port, wait_until
from tests.peers.registry import DockerRegistry

pytestmark = pytest.mark.image

TAGS = ("1.9", "1.10", "2.0")
CONFIG = "acme/image-config"
ENROLLMENT = """
- name: web
  registry: {host}
  repository: acme/web
  tag: "2.0"
"""


@pytest.fixture
def service(registry: DockerRegistry, tmp_path: Path) -> Iterator[Container]:
    """The service in its container, with one image enrolled in the config repository of its volume."""
    data = tmp_path / "data"
    with peers_installed(), reserved_port() as port:
        GitRepositories(data).create(CONFIG, {"images.yaml": ENROLLMENT.format(host=registry.host)}, (), "main")
        settings = {
            "IMAGE_FACTORY_CONFIG_REPO": f"/data/{CONFIG}.git",
            "IMAGE_FACTORY_INSECURE_REGISTRIES": registry.host,
            "IMAGE_FACTORY_CHECK_INTERVAL": "1s",
            # The first check can come before the test has pushed the image.
            "IMAGE_FACTORY_BASE_CHECK_INTERVAL": "1s",
        }
        command = ("serve", "--host", "127.0.0.1", "--port", str(port))
        with Container(*command, settings=settings, data=data, serves=port, shares_network=True) as running:
            yield running


def test_a_versions_page_of_a_real_registry(registry: DockerRegistry, service: Container) -> None:
    """It has every tag with its digest, size and platforms, the newest first, and the full reference to copy."""
    digests = {tag: push(registry.url, "acme/web", [tag], content=tag).digest for tag in TAGS}
    wait_until(lambda: service.get("/api/v1/images/web").json().get("digest") == digests["2.0"], "web should be known")

    answer = service.get("/api/v1/images/web/versions")

    assert answer.status_code == 200, answer.text
    page = answer.json()
    assert (page["total"], page["order"], page["stale"]) == (3, "version", False)
    assert [item["tag"] for item in page["items"]] == ["2.0", "1.10", "1.9"]
    assert {item["tag"]: item["digest"] for item in page["items"]} == digests
    for item in page["items"]:
        assert item["reference"] == f"{registry.host}/acme/web:{item['tag']}@{item['digest']}"
        assert [(platform["os"], platform["architecture"]) for platform in item["platforms"]] == [("linux", "amd64")]
        assert item["size"] > 0
