"""From an enrollment in git to the dispatch at GitHub: a base image is used once its signature verifies."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from demo.world import CONFIG, World
from tests.peers.cosign.signatures import Key, bundle, push_bundles, statement
from tests.peers.cosign.sigstore_world import GITHUB, SigstoreWorld
from tests.peers.fixtures import peers_installed
from tests.peers.process import wait_until

_NODE = "library/node"
_ENTRY = """\
- name: base
  registry: {registry}
  repository: acme/base
  rebuildDelay: 2s
  source: {{provider: github, repo: acme/base, workflow: build.yml}}
  verify:
    cosign: {cosign}
    bases: [node]
"""
KEY, SIGSTORE = Key.new(), SigstoreWorld()


@dataclass(frozen=True)
class Rule:
    """A rule of an enrollment with its file, who signs by it, and who does not."""

    cosign: str
    files: dict[str, str]
    signer: str
    sign: Callable[[str], bytes]
    foreign: Callable[[str], bytes]


RULES = {
    "a key": Rule(
        "{keys: [keys/team.pem]}",
        {"keys/team.pem": KEY.pem},
        "keys/team.pem",
        lambda digest: bundle(KEY, statement(digest)),
        lambda digest: bundle(Key.new(), statement(digest)),
    ),
    "an identity": Rule(
        f'{{identity: {{issuer: "{GITHUB}", subject: "https://github.com/acme/*", trustedRoot: keys/root.json}}}}',
        {"keys/root.json": SIGSTORE.trusted_root},
        f"https://github.com/acme/* by {GITHUB}",
        SIGSTORE.bundle,
        SigstoreWorld().bundle,
    ),
}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Peers and the service; no image is enrolled."""
    with peers_installed(), World(tmp_path, delay="2s") as world:
        yield world


def _base(world: World, until: Callable[[dict[str, Any]], bool], what: str) -> dict[str, Any]:
    """The image as soon as it is so."""
    wait_until(lambda: bool(found := world.image("base")) and until(found), what, 120)
    return world.image("base")


def _check(world: World) -> None:
    """Ask for a check now, as a person does who has signed an image."""
    body = json.dumps({"names": ["base"]})
    answer = world.http.request(
        "POST", f"{world.url}/api/v1/checks", body=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status == 202


@pytest.mark.parametrize("name", RULES)
def test_an_unsigned_digest_is_not_built_on_until_its_signature_verifies(name: str, world: World) -> None:
    """Without a signature and with one of somebody else nothing is dispatched, and the reason says why."""
    rule = RULES[name]
    entry = _ENTRY.format(registry=world.registry.host, cosign=rule.cosign)
    world.git.repositories.commit(CONFIG, {"images.yaml": entry, **rule.files}, message="Enroll base")
    _base(world, lambda image: image["status"] in ("up-to-date", "unverified"), "the first check")

    moved = world.move().digest
    held = _base(world, lambda image: image["status"] == "held", "the image to be held")

    assert moved[:19] in held["reason"]
    assert f"has no signature that verifies with {rule.signer}: none is stored beside it" in held["reason"]
    assert held["dependencies"][0]["verification"]["outcome"] == "failed"

    push_bundles(world.registry.url, _NODE, moved, [rule.foreign(moved)])
    _check(world)
    held = _base(world, lambda image: "of 1 that are stored" in image["reason"], "the second check")

    assert held["status"] == "held"
    assert world.builds == []

    push_bundles(world.registry.url, _NODE, moved, [rule.foreign(moved), rule.sign(moved)])
    _check(world)
    built = _base(world, lambda image: image["status"] == "up-to-date", "the rebuild")

    ((image, inputs),) = world.builds
    (base,) = json.loads(inputs["image_factory_base_images"])
    assert (image, base["digest"], base["cause"]) == ("base", moved, True)
    assert [cause["signedBy"] for cause in built["lastRebuild"]["causes"]] == [rule.signer]
    verification = built["dependencies"][0]["verification"]
    assert (verification["outcome"], verification["by"], verification["digest"]) == ("verified", rule.signer, moved)
    state = world.git.repositories.read(CONFIG, "state/base-images/node-22.yaml")
    assert f"by: {rule.signer}" in state
    assert any("Record the signatures of base images" in message for message in world.commits())
