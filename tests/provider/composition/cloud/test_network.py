"""Where the clouds' libraries may go, and by which way."""

import os
from contextlib import ExitStack
from pathlib import Path

import pytest

from proxy.cloud.offers import METADATA_HOSTS
from proxy.errors import AddressRefused
from tests.peers.cloud.names import set_identity
from tests.peers.cloud.worlds import WORLDS
from tests.peers.connect_proxy import ConnectProxy
from tests.peers.process import LOOPBACK
from tests.provider.composition.checking import Service
from tests.provider.composition.cloud.services import opened

PROXY = "http://proxy.example.com:3128"


@pytest.mark.parametrize("host", METADATA_HOSTS)
def test_only_the_libraries_reach_a_metadata_server(host: str, tmp_path: Path) -> None:
    """An image that names it as its registry is refused before anything is sent."""
    with Service(tmp_path, {}).parts() as parts:
        assert parts.cloud_transport.policy.allowed_scheme("http", host) == "http"
        with pytest.raises(AddressRefused, match="plain http"):
            parts.transport.policy.allowed_scheme("http", host)
        assert not parts.transport.policy.lists(host)


def test_libraries_leave_through_the_egress_proxy(tmp_path: Path) -> None:
    """All but their requests to metadata servers, which a proxy cannot reach."""
    with Service(tmp_path, {"EGRESS_PROXY": PROXY}).parts() as parts:
        egress = parts.cloud_transport.policy.egress
        for host in ("sts.eu-west-1.amazonaws.com", "oauth2.googleapis.com", "login.microsoftonline.com"):
            found = egress.proxy_of("https", host, 443)
            assert found is not None
            assert found.url == PROXY
        for host in METADATA_HOSTS:
            assert egress.proxy_of("http", host, 80) is None


def test_an_endpoint_that_a_variable_names_may_be_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The libraries alone may reach it, by the scheme that the variable has."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_ECR", "http://10.0.0.8:4566")
    with Service(tmp_path, {}).parts() as parts:
        assert parts.cloud_transport.policy.lists("10.0.0.8:4566")
        assert parts.cloud_transport.policy.allowed_scheme("http", "10.0.0.8:4566") == "http"
        assert not parts.transport.policy.lists("10.0.0.8:4566")


def test_credentials_are_issued_through_the_egress_proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The names of the endpoints are resolved by the proxy, and no request goes around it."""
    folder = tmp_path / "cloud"
    folder.mkdir()
    with ExitStack() as ends, ConnectProxy() as proxy:
        world = WORLDS["ecr by a pod's role"](ends, folder, monkeypatch)
        identity = {
            name: value.replace(LOOPBACK, "api.eu-west-1.amazonaws.com") for name, value in world.identity.items()
        }
        set_identity(monkeypatch, identity, dict(os.environ))
        with opened(world, tmp_path, EGRESS_PROXY=proxy.url) as parts:
            assert parts.registries.digest(world.image) == world.digest

        port = world.endpoint.host.rpartition(":")[2]
        assert any(f"api.eu-west-1.amazonaws.com:{port}" in target for target in proxy.targets)
        assert any(world.image.registry in target for target in proxy.targets)
