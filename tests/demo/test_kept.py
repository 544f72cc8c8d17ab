"""Whoever keeps the demo running can try the service in it."""

import os
import re
import signal
import subprocess
import sys
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest

from tests.demo.conftest import ROOT, KeptDemo
from tests.peers.proc import children
from tests.peers.process import LOOPBACK, wait_until

_LINK = re.compile(r'<a [^>]*?href="([^"]+)"')


def _image(kept: KeptDemo, name: str) -> dict[str, Any]:
    return dict(kept.http.request("GET", f"{kept.url}/api/v1/images/{name}").json())


@pytest.fixture(scope="module")
def enrolled(kept: KeptDemo, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The image that a person enrolls with the lines that the demo prints, after its rebuild."""
    script = kept.output[kept.output.index('cd "$(mktemp') : kept.output.index("Within seconds")]
    folder = tmp_path_factory.mktemp("person")
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(["bash", "-e", "-c", script], cwd=folder, env=environment, check=True, capture_output=True)
    wait_until(lambda: _image(kept, "web").get("status") == "up-to-date", "web should be rebuilt")
    return _image(kept, "web")


def test_the_printed_lines_enroll_an_image_and_rebuild_it(kept: KeptDemo, enrolled: dict[str, Any]) -> None:
    """Git needs no identity of its own. The image was behind, so it is built on the newest node:22 at once."""
    (base,) = enrolled["dependencies"]

    assert enrolled["lastRebuild"]["conclusion"] == "success"
    assert base["builtOn"] == base["newest"] == _image(kept, "node-22")["digest"]


@pytest.mark.usefixtures("enrolled")
def test_every_link_leads_to_what_is_there(kept: KeptDemo) -> None:
    """The pages of images link to repositories, workflows and runs of the demo's GitHub and to its registry."""
    found: set[str] = set()
    for name in ("base", "portal", "api", "web"):
        page = f"{kept.url}/images/{name}"
        document = kept.http.request("GET", page).data.decode()
        found |= {urljoin(page, unescape(link)).partition("#")[0] for link in _LINK.findall(document)}
        image = _image(kept, name)
        last = image["lastRebuild"] or {"url": None}
        found |= set(filter(None, (*image["links"].values(), last["url"])))
    found.add(kept.address("GitHub of the demo"))
    entities = kept.http.request("GET", f"{kept.url}/catalog/catalog-info.yaml").data.decode()
    found |= set(re.findall(r"url: (http\S+)", entities))
    own = {url for url in found if urlsplit(url).hostname == LOOPBACK}

    assert {urlsplit(url).hostname for url in found - own} <= {"hub.docker.com"}
    assert {urlsplit(url).path for url in own} >= {"/acme/web", "/acme/web/actions/workflows/build.yml"}
    assert [path for path in sorted(urlsplit(url).path for url in own) if "/actions/runs/" in path]
    wrong = {url: status for url in own if (status := kept.http.request("GET", url).status) not in (200, 302)}
    assert wrong == {}


@pytest.mark.usefixtures("enrolled")
def test_a_new_base_image_can_be_published_again(kept: KeptDemo) -> None:
    """The signal that the demo names does it; all images that are built from it follow."""
    assert f"kill -USR1 {kept.process.pid}" in kept.output
    said = kept.publish()
    digest = said.removeprefix("node:22 is now ").strip()
    assert digest.startswith("sha256:")

    def is_built_on(name: str) -> bool:
        image = _image(kept, name)
        known = {base["name"]: base["builtOn"] for base in image["dependencies"]}
        return bool(image["status"] == "up-to-date" and known["node-22"] == digest)

    wait_until(lambda: all(map(is_built_on, ("base", "portal", "web"))), "the images should be rebuilt", 90)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_during_the_story_ends_everything(number: signal.Signals, tmp_path: Path) -> None:
    """The registry and the service end too, and the folder is removed; nothing is printed as an error."""
    command = [sys.executable, "-m", "demo"]
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline().startswith("Image Factory: http://")
        started = children(process.pid)
        process.send_signal(number)
        _, errors = process.communicate(timeout=60)

    assert started
    assert (process.returncode, errors) == (128 + number, "")
    assert list(tmp_path.iterdir()) == []
    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in started), "all processes should end")
