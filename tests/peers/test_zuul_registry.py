"""The second real registry, tested with its clients."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.peers.exchange import Login
from tests.peers.fixtures import peers_installed
from tests.peers.images import push
from tests.peers.process import require
from tests.peers.token_server import DEFAULT_LOGIN
from tests.peers.zuul_registry import ZuulRegistry

_TIMEOUT = 60


@pytest.fixture
def zuul(tmp_path: Path) -> Iterator[ZuulRegistry]:
    """A registry from which anybody pulls, with a token."""
    with peers_installed(), ZuulRegistry(tmp_path, login=DEFAULT_LOGIN) as running:
        yield running


def test_skopeo_reads_a_pushed_index(zuul: ZuulRegistry) -> None:
    """Another client of the same API finds both platforms and their attestations under the tag."""
    pushed = push(
        zuul.url, "team/app", ["1.0"], platforms=("linux/amd64", "linux/arm64"), attest=True, credentials=zuul.login
    )
    with peers_installed():
        program = require("skopeo", "skopeo")
    command = [program, "inspect", "--raw", "--tls-verify=false", "--creds", f"{zuul.login.user}:{zuul.login.password}"]
    shown = subprocess.run([*command, f"docker://{zuul.host}/team/app:1.0"], check=True, capture_output=True, text=True)

    index = json.loads(shown.stdout)
    assert [child["digest"] for child in index["manifests"][:2]] == list(pushed.platforms.values())
    assert [child["platform"]["os"] for child in index["manifests"]] == ["linux", "linux", "unknown", "unknown"]


def test_a_push_needs_its_login(zuul: ZuulRegistry) -> None:
    """With a wrong password there is no token to push with."""
    with pytest.raises(requests.HTTPError, match="401"):
        push(zuul.url, "app", ["1"], credentials=Login("ci", "wrong"))


def test_a_removed_image_is_gone_with_its_tags(zuul: ZuulRegistry) -> None:
    """What is lost stays in the list of tags."""
    lost, removed = (push(zuul.url, "app", [text], content=text, credentials=zuul.login) for text in "12")
    zuul.lose(lost.digest)
    zuul.remove("app", removed.digest)
    granted = requests.get(
        f"{zuul.url}/auth/token",
        params={"scope": "repository:app:pull"},
        auth=(zuul.login.user, zuul.login.password),
        timeout=_TIMEOUT,
    ).json()["token"]
    headers = {"Authorization": f"Bearer {granted}", "Accept": "application/vnd.oci.image.manifest.v1+json"}

    listed = requests.get(f"{zuul.url}/v2/app/tags/list", headers=headers, timeout=_TIMEOUT)
    assert listed.json()["tags"] == ["1"]
    assert [
        requests.head(f"{zuul.url}/v2/app/manifests/{tag}", headers=headers, timeout=_TIMEOUT).status_code
        for tag in "12"
    ] == [404, 404]


def test_it_runs_again_on_the_same_port_with_the_same_images(zuul: ZuulRegistry) -> None:
    """While it is stopped, connections are refused."""
    push(zuul.url, "app", ["1"], credentials=zuul.login)
    zuul.down()
    with pytest.raises(requests.ConnectionError):
        requests.get(zuul.url, timeout=_TIMEOUT)

    zuul.up()
    assert requests.get(f"{zuul.url}/v2/", timeout=_TIMEOUT).status_code == 401
