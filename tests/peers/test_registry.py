"""The real registry, tested with its clients."""

import json
import subprocess
from pathlib import Path

import pytest
import requests

from tests.peers.exchange import Answer, Login, Request
from tests.peers.fixtures import peers_installed
from tests.peers.images import delete, push
from tests.peers.loopback import LoopbackServer
from tests.peers.process import require, wait_until
from tests.peers.registry import DockerRegistry, Notifications


def skopeo(*arguments: str) -> str:
    """The output of skopeo, without TLS."""
    with peers_installed():
        command = [require("skopeo", "skopeo"), "inspect", "--tls-verify=false", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_skopeo_reads_a_pushed_index(registry: DockerRegistry) -> None:
    """A real client finds both platforms and their attestations under the tag."""
    pushed = push(registry.url, "team/app", ["1.0"], platforms=("linux/amd64", "linux/arm64"), attest=True)

    index = json.loads(skopeo("--raw", f"docker://{registry.host}/team/app:1.0"))

    assert [child["digest"] for child in index["manifests"][:2]] == list(pushed.platforms.values())
    assert [child["platform"]["os"] for child in index["manifests"]] == ["linux", "linux", "unknown", "unknown"]


def test_skopeo_reads_a_single_image_with_its_labels(registry: DockerRegistry) -> None:
    """A real client agrees on the digest and finds the labels of the configuration."""
    pushed = push(registry.url, "app", ["latest"], labels={"org.opencontainers.image.version": "7"})

    seen = json.loads(skopeo(f"docker://{registry.host}/app:latest"))

    assert seen["Digest"] == pushed.digest
    assert seen["Labels"] == {"org.opencontainers.image.version": "7"}
    assert seen["Layers"] == [layer.digest for layer in pushed.layers["linux/amd64"]]


def test_a_registry_with_htpasswd_needs_a_login(registry_with_htpasswd: DockerRegistry) -> None:
    """Without a login and with a wrong password 401 is sent; with the right one push and pull work."""
    registry = registry_with_htpasswd
    assert registry.login is not None

    with pytest.raises(requests.HTTPError, match="401"):
        push(registry.url, "app", ["1"], credentials=Login("ci", "wrong"))
    push(registry.url, "app", ["1"], credentials=registry.login)

    answer = requests.get(f"{registry.url}/v2/app/tags/list", timeout=60)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


def test_a_deleted_image_is_gone(registry: DockerRegistry) -> None:
    """A deleted digest removes its tags; then `tags` is null."""
    pushed = push(registry.url, "app", ["1"])

    delete(registry.url, "app", pushed.digest)

    assert requests.get(f"{registry.url}/v2/app/tags/list", timeout=60).json()["tags"] is None


def test_a_push_is_notified_with_its_header(tmp_path: Path) -> None:
    """The endpoint gets one event for the tag, with the secret header."""
    seen: list[tuple[str | None, str | None]] = []

    def sink(request: Request) -> Answer:
        events = json.loads(request.body)["events"]
        seen.extend((event["target"].get("tag"), request.headers["Authorization"]) for event in events)
        return Answer(200)

    with (
        LoopbackServer(sink) as endpoint,
        DockerRegistry(
            tmp_path, notifications=Notifications(f"{endpoint.url}/hook", {"Authorization": "Bearer hook-secret"})
        ) as registry,
    ):
        push(registry.url, "app", ["1.0"])
        wait_until(lambda: ("1.0", "Bearer hook-secret") in seen, "the push should be notified")


def test_a_stopped_registry_refuses_connections(tmp_path: Path) -> None:
    """The process ends with the context, also after an error."""
    with pytest.raises(KeyError), DockerRegistry(tmp_path) as registry:
        raise KeyError

    with pytest.raises(requests.ConnectionError):
        requests.get(registry.url, timeout=60)


def test_a_killed_registry_comes_back_with_its_images(registry: DockerRegistry) -> None:
    """While it is down it refuses connections; then it has the same address and the same images."""
    push(registry.url, "app", ["1"])

    registry.kill()
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{registry.url}/v2/", timeout=60)
    registry.revive()

    assert requests.get(f"{registry.url}/v2/app/tags/list", timeout=60).json()["tags"] == ["1"]
