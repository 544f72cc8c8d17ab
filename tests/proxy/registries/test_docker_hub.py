"""The differences of Docker Hub from other registries."""

from datetime import timedelta

import pytest

from catalog.reference import ImageReference
from proxy.errors import Unavailable
from proxy.http.budgets.budget import Limits
from proxy.registries.docker_hub import DockerHub
from tests.fakes.registry import OCI_MANIFEST, digest_of
from tests.peers.exchange import Answer, Request
from tests.proxy.clocks import Clock
from tests.proxy.scripted import ScriptedHost, limited, open_transport


def test_docker_hub_has_three_names_and_one_api() -> None:
    """Each name has the API host registry-1.docker.io."""
    for name in ("docker.io", "index.docker.io", "registry-1.docker.io"):
        assert DockerHub.serves(name)
        assert DockerHub.api_host(name) == "registry-1.docker.io"
    assert not DockerHub.serves("docker.io.example.com")


@pytest.mark.parametrize(
    ("method", "path", "counts"),
    [
        ("GET", "/v2/library/node/manifests/22", True),
        ("HEAD", "/v2/library/node/manifests/22", False),
        ("GET", "/v2/library/node/tags/list", False),
    ],
)
def test_only_pulls_count(method: str, path: str, counts: bool) -> None:
    """GET of a manifest is a pull, HEAD is not."""
    assert DockerHub.counts(method, path) is counts


def test_when_pulls_run_out_digests_are_still_checked() -> None:
    """At the reserve no manifest is fetched, but HEAD continues; a recovered limit allows manifests again."""
    clock, remaining = Clock(), ["3"]
    config = f'{{"digest": "{digest_of("c")}", "size": 1}}'
    body = f'{{"mediaType": "{OCI_MANIFEST}", "config": {config}, "layers": []}}'.encode()

    def hub(request: Request) -> Answer:
        headers = (("ratelimit-limit", "100;w=600"), ("ratelimit-remaining", f"{remaining[0]};w=600"))
        return Answer(200, body, (("Docker-Content-Digest", digest_of(body.decode())), *headers))

    reference = ImageReference("docker.io", "library/node", "22")
    with ScriptedHost(hub) as host, open_transport(clock) as transport:
        registry = limited(transport, host.host, Limits(None, 0, 4, reserve=10), DockerHub)
        assert registry.digest(reference) == digest_of(body.decode())
        with pytest.raises(Unavailable) as caught:
            registry.manifest(reference)
        assert caught.value.retry_at == clock.now() + timedelta(minutes=10)
        assert [request.method for request in host.requests] == ["HEAD"]

        remaining[0] = "90"
        registry.digest(reference)
        assert registry.manifest(reference).size == 1
