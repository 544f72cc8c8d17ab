"""A hostile team's file beside other entries, with all parts of a process and a real git repository."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from catalog.image import DiscoveryStatus, Image
from provider.auth.callers import Caller, CallerRole
from provider.auth.permissions import Action, may
from provider.composition.parts import Parts
from provider.composition.web import web_app
from provider.composition.worker import open_worker
from tests.peers.github.controls import TOKEN
from tests.peers.github.server import GitHub
from tests.provider.composition.checking import Service
from tests.provider.config_repo.repositories import Remote

READER = "reader-token-of-tests-1"
VICTIM = """- name: payments
  registry: ghcr.io
  repository: acme/payments
  rebuildDelay: 7d
  source: {provider: github, repo: acme/payments, workflow: build.yml}
  owner: group:default/payments
"""
COPY = VICTIM.replace("build.yml", "deploy-prod.yml").replace("group:default/payments", "user:default/other-team")
CLAIM = """- name: busybox-hardened
  registry: docker.io
  repository: library/busybox
  tag: "1.36"
  source: {provider: github, repo: acme/evil, workflow: build.yml}
"""
ABUSE = """- name: abuse
  registry: ghcr.io
  repository: other/abuse
  source: {provider: github, repo: acme/payments}
  build: {system: github-actions, workflow: deploy-prod.yml, ref: refs/heads/unreviewed}
  owner: user:default/other-team
- name: leak
  registry: ghcr.io
  repository: other/leak
  source: {provider: github, repo: acme/secrets, dockerfile: config/prod.env}
"""
HOSTILE = "images.d/a-team.yaml"
OTHER_TEAM = Caller("user:default/other-team", CallerRole.READ, frozenset({"user:default/other-team"}))


@pytest.fixture(name="remote")
def config_remote(tmp_path: Path) -> Remote:
    """The config repository with the victim's entry."""
    return Remote.make(tmp_path / "remote.git", {"images.d/payments.yaml": VICTIM})


@pytest.fixture(name="parts")
def opened_parts(tmp_path: Path, github: GitHub, remote: Remote) -> Iterator[Parts]:
    """The parts of a service whose token reads two private repositories."""
    github.add_repository("acme/payments", {"Dockerfile": "FROM busybox:1.36\n"}, private=True)
    github.add_repository("acme/secrets", {"config/prod.env": "DB_PASSWORD=hunter2-the-real-one\n"}, private=True)
    settings = {
        "CONFIG_REPO": str(remote.folder),
        "GITHUB_API_URL": github.url,
        "GITHUB_TOKEN": TOKEN,
        "API_TOKENS": f"reader:read:{READER}",
        # No registry answers, which is no part of what is tested.
        "REGISTRY_MIRRORS": "docker.io=http://127.0.0.1:9,ghcr.io=http://127.0.0.1:9",
    }
    with Service(tmp_path, settings).parts() as parts:
        yield parts


def checked(parts: Parts) -> dict[str, Image]:
    """The images that readers see after a check of everything."""
    with open_worker(parts) as worker:
        worker.check([])
    return {name: image for name in NAMES if (image := parts.index.image(name))}


NAMES = ("payments", "busybox-1-36", "busybox-hardened", "abuse", "leak")


def test_a_hostile_file_takes_nothing_reads_nothing_and_gets_no_rights(parts: Parts, remote: Remote) -> None:
    """The victim is as it was; what the file may not do is reported with the rule that is missing."""
    before = checked(parts)
    assert set(before) == {"payments", "busybox-1-36"}

    remote.push({HOSTILE: COPY + CLAIM + ABUSE})
    beside = checked(parts)
    assert set(beside) == {"payments", "busybox-1-36", "abuse", "leak"}
    assert replace(beside["payments"], notes=()) == replace(before["payments"], notes=())
    assert beside["busybox-1-36"] == before["busybox-1-36"]

    remote.push({"images.d/payments.yaml": VICTIM.replace("7d", "1d")})
    after = checked(parts)
    assert after["payments"].owner == "group:default/payments"
    assert (after["payments"].enrollment or {})["rebuildDelay"] == "1d"

    leak, abuse = after["leak"], after["abuse"]
    assert leak.discovery is not None
    assert leak.discovery.status is DiscoveryStatus.FAILED
    assert str(leak.discovery.error).startswith("config/prod.env: line 1: ")
    assert not may(OTHER_TEAM, Action.REBUILD, abuse.acting_owner, ())
    _is_shown_to_nobody(parts)
    _says_nothing_of_the_secret(parts, remote)


def _is_shown_to_nobody(parts: Parts) -> None:
    """The repository that only the hostile file names is closed; that of the victim is too, until a rule allows it."""
    client, headers = web_app(parts).test_client(), {"Authorization": f"Bearer {READER}"}
    for path in ("/api/v1/images/abuse/runs", "/images/abuse/runs", "/proxy/github/repos/acme/payments"):
        assert client.get(path, headers=headers).status_code == 403
    assert "no rule" in client.get("/api/v1/images/abuse/runs", headers=headers).get_json()["message"]


def _says_nothing_of_the_secret(parts: Parts, remote: Remote) -> None:
    """Neither in the API nor in the state."""
    client, headers = web_app(parts).test_client(), {"Authorization": f"Bearer {READER}"}
    assert "hunter2" not in client.get("/api/v1/images/leak", headers=headers).text.lower()
    assert "hunter2" not in "".join(remote.read(path) for path in remote.paths() if path.startswith("state/")).lower()


def test_a_rule_opens_what_it_names_and_nothing_else(parts: Parts, remote: Remote) -> None:
    """The victim's team gets its rights and its runs; the hostile file gets none of it."""
    rule = "rules: [{files: images.d/payments.yaml, sources: ['github:acme/payments'], owners: ['group:default/*']}]\n"
    checked(parts)
    remote.push({HOSTILE: COPY + ABUSE, "policy.yaml": rule})
    images = checked(parts)

    assert images["payments"].acting_owner == "group:default/payments"
    assert images["abuse"].acting_owner is None
    client, headers = web_app(parts).test_client(), {"Authorization": f"Bearer {READER}"}
    assert client.get("/proxy/github/repos/acme/payments", headers=headers).status_code == 200
    assert client.get("/api/v1/images/abuse/runs", headers=headers).status_code == 403
