"""The findings of `image-factory doctor`, with real peers: what works, what does not, and what to do."""

import base64
import json
import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from provider.__main__ import main
from provider.composition.diagnosis.diagnosing import diagnose
from provider.composition.diagnosis.finding import Diagnosis, Verdict
from provider.ports import Beat
from provider.services.health import WORKER
from tests.peers.backstage_catalog import TOKEN, CatalogOfBackstage
from tests.peers.exchange import Answer, Request
from tests.peers.github.server import GitHub
from tests.peers.open_id_provider import OpenIdPeer
from tests.peers.registry import DockerRegistry
from tests.peers.slack.server import Slack
from tests.peers.token_server import DEFAULT_LOGIN
from tests.provider.composition.checking import Service
from tests.provider.config_repo.repositories import Remote
from tests.provider.git.keys import make_key
from tests.proxy.github.keys import private_pem
from tests.proxy.scripted import ScriptedHost

NOW = datetime.now(UTC)
OK, NOT_OK, NOT_KNOWN = Verdict.OK, Verdict.NOT_OK, Verdict.NOT_KNOWN
CLOSED = "127.0.0.1:1"
NOTHING_OUTSIDE = {"GITHUB_API_URL": f"http://{CLOSED}"}


def found(folder: Path, settings: Mapping[str, str], seconds: float = 30) -> Mapping[str, Diagnosis]:
    """The findings by their subject."""
    with Service(folder, {**NOTHING_OUTSIDE, **settings}).parts() as parts:
        return {finding.subject: finding for finding in diagnose(parts, NOW, seconds)}


def log_in(folder: Path, host: str, password: str) -> None:
    """Write the auth file of a registry."""
    login = base64.b64encode(f"{DEFAULT_LOGIN.user}:{password}".encode()).decode()
    (folder / "auth.json").write_text(json.dumps({"auths": {host: {"auth": login}}}), encoding="utf-8")


def test_nothing_is_made_before_the_first_start(tmp_path: Path) -> None:
    """What is not there yet is no problem, and stays away."""
    seen = found(tmp_path, {})

    local = ("data folder", "disk", "git", "signed commits", "database")
    assert {subject: finding.verdict for subject, finding in seen.items()} == {
        **dict.fromkeys((*local, "config repository", "backstage", "sign-in", "messages"), OK),
        **dict.fromkeys(("github", "clock"), NOT_KNOWN),
    }
    assert list(tmp_path.iterdir()) == []
    assert all(finding.remedy for finding in seen.values() if finding.verdict is not OK)


@pytest.mark.parametrize("kind", ["registry_with_htpasswd", "registry_with_tokens"])
def test_the_credentials_of_a_registry(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """They are accepted, or not, whatever repositories it has."""
    registry: DockerRegistry = request.getfixturevalue(kind)
    subject = f"registry {registry.host}"
    hosts = {"INSECURE_REGISTRIES": registry.host}
    if kind == "registry_with_tokens":
        token_host = request.getfixturevalue("token_server").host
        hosts = {
            "INSECURE_REGISTRIES": f"{registry.host},{token_host}",
            "TRUSTED_REALMS": f"{registry.host}={token_host}",
        }
    log_in(tmp_path, registry.host, DEFAULT_LOGIN.password)
    assert found(tmp_path, hosts)[subject].verdict is OK
    log_in(tmp_path, registry.host, "not-the-password")
    refused = found(tmp_path, hosts)[subject]
    assert refused.verdict is NOT_OK
    assert "not-the-password" not in str(refused)


def test_the_key_for_signatures(tmp_path: Path) -> None:
    """It can sign, or the finding names the file and what to do."""
    key = tmp_path / "key"
    setting = {"COMMIT_SIGNING_KEY": str(key)}
    missing = found(tmp_path, setting)["signed commits"]
    assert missing.verdict is NOT_OK
    assert f"{key}: there is no such file" in missing.message

    make_key(key)
    assert found(tmp_path, setting)["signed commits"].verdict is OK


def test_a_registry_that_does_not_answer_is_not_known(tmp_path: Path) -> None:
    """Nothing is said about its credentials."""
    log_in(tmp_path, CLOSED, "x")
    assert found(tmp_path, {"INSECURE_REGISTRIES": CLOSED})[f"registry {CLOSED}"].verdict is NOT_KNOWN


def test_the_token_of_github(github: GitHub, tmp_path: Path) -> None:
    """It is accepted, with what is left of the limit, or not."""
    github.add_token("ghp_the-right-token-of-github", login="robot")
    outside = {"GITHUB_API_URL": github.url}
    assert "anonymous" in found(tmp_path, outside)["github"].message
    right = found(tmp_path, {**outside, "GITHUB_TOKEN": "ghp_the-right-token-of-github"})["github"]
    assert (right.verdict, "requests are left" in right.message) == (OK, True)
    refused = found(tmp_path, {**outside, "GITHUB_TOKEN": "ghp_wrong-token-of-github"})["github"]
    assert refused.verdict is NOT_OK
    assert "ghp_" not in f"{right}{refused}"


@pytest.mark.parametrize(
    ("status", "permissions", "verdict", "said"),
    [
        (200, {"contents": "read", "actions": "write", "packages": "read"}, OK, "actions: write"),
        (200, {"contents": "read"}, NOT_OK, "lacks the permissions actions, packages"),
        (401, {}, NOT_OK, "IMAGE_FACTORY_GITHUB_APP_ID"),
        (502, {}, NOT_KNOWN, "502"),
    ],
)
def test_the_key_of_a_github_app(
    status: int, permissions: Mapping[str, str], verdict: Verdict, said: str, tmp_path: Path
) -> None:
    """An App is accepted with its permissions, or the message says what is missing."""
    body = json.dumps({"slug": "factory", "permissions": permissions}).encode()
    key = {"GITHUB_APP_ID": "77", "GITHUB_APP_PRIVATE_KEY": private_pem().reveal()}
    with ScriptedHost(lambda _: Answer(status, body)) as host:
        finding = found(tmp_path, {"GITHUB_API_URL": host.url, **key})["github"]
    assert (finding.verdict, said in finding.message) == (verdict, True)


def test_the_config_repository(tmp_path: Path) -> None:
    """It can be read and pushed to, the branch is missing, or it is not there; nothing is pushed."""
    remote = Remote.make(tmp_path / "remote.git", {"images.yaml": "[]\n"})
    before = remote.git("for-each-ref")
    works = found(tmp_path, {"CONFIG_REPO": str(remote.folder)})["config repository"]
    assert (works.verdict, remote.git("for-each-ref")) == (OK, before)
    branch = found(tmp_path, {"CONFIG_REPO": str(remote.folder), "CONFIG_BRANCH": "other"})["config repository"]
    assert (branch.verdict, "IMAGE_FACTORY_CONFIG_BRANCH" in branch.remedy) == (NOT_OK, True)
    gone = found(tmp_path, {"CONFIG_REPO": str(tmp_path / "gone.git")})["config repository"]
    assert gone.verdict is NOT_OK
    empty = Remote.make(tmp_path / "empty.git", {})
    assert found(tmp_path, {"CONFIG_REPO": str(empty.folder)})["config repository"].verdict is NOT_KNOWN


def test_slack_and_backstage(slack: Slack, tmp_path: Path) -> None:
    """Both are asked about their tokens; no message is sent, and nothing is refreshed."""
    with CatalogOfBackstage() as backstage:
        settings = {"BACKSTAGE_URL": backstage.url, "BACKSTAGE_TOKEN": TOKEN, "INSECURE_REGISTRIES": backstage.host}
        talk = {"SLACK_API_URL": slack.api_url, "SLACK_CHANNEL": "#builds", "SLACK_TOKEN": "xoxb-wrong-token"}
        seen = found(tmp_path, {**settings, **talk})
        wrong = found(tmp_path, {**settings, "BACKSTAGE_TOKEN": "not-the-token-of-it"})["backstage"]

        assert (seen["backstage"].verdict, wrong.verdict) == (OK, NOT_OK)
        assert backstage.reads == []
    assert seen["messages"].verdict is NOT_OK
    assert slack.messages == []


def test_the_provider_at_which_people_sign_in(tmp_path: Path) -> None:
    """Its document has to be there and to name the issuer of the settings."""
    with OpenIdPeer(()) as peer:
        settings = {
            "OIDC_ISSUER": peer.url,
            "OIDC_CLIENT_ID": "factory",
            "GROUP_ROLES": "*:read",
            "PUBLIC_URL": "https://factory.example.com",
        }
        seen = found(tmp_path, settings)["sign-in"]
        assert (seen.verdict, peer.url in seen.message) == (OK, True)
        other = found(tmp_path, {**settings, "OIDC_ISSUER": f"{peer.url}/other"})["sign-in"]
        assert (other.verdict, "IMAGE_FACTORY_OIDC_ISSUER" in other.message) == (NOT_OK, True)
        peer.does.document["issuer"] = "https://login.example.com"
        wrong = found(tmp_path, settings)["sign-in"]
    assert (wrong.verdict, "names https://login.example.com as its issuer" in wrong.message) == (NOT_OK, True)


def test_the_database_and_the_worker(tmp_path: Path) -> None:
    """The last report of each part is judged, and a damaged or newer database is named."""
    service = Service(tmp_path, NOTHING_OUTSIDE)
    with service.parts() as parts:
        parts.beats.beat(Beat(WORKER, NOW, None, {}))
        seen = found(tmp_path, {})
        assert (seen["database"].verdict, seen[f"worker: {WORKER}"].verdict) == (OK, OK)
        assert seen["worker: follow"].verdict is NOT_KNOWN
        parts.beats.beat(Beat(WORKER, NOW, "the disk is full", {}))
        assert found(tmp_path, {})[f"worker: {WORKER}"].message == "the disk is full"
    with closing(sqlite3.connect(tmp_path / "factory.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = 'later'")
    assert found(tmp_path, {})["database"].verdict is NOT_OK
    (tmp_path / "factory.db").write_bytes(b"no database" * 1000)
    assert found(tmp_path, {})["database"].verdict is NOT_OK


def test_a_clock_that_is_off_is_named(tmp_path: Path) -> None:
    """It is compared with the hosts that were asked."""

    def answer(_request: Request) -> Answer:
        headers = (("Date", "Mon, 01 Jan 2024 00:00:00 GMT"),)
        return Answer(200, b'{"resources": {"core": {"limit": 60, "remaining": 59}}}', headers)

    with ScriptedHost(answer) as host:
        clock = found(tmp_path, {"GITHUB_API_URL": host.url})["clock"]
    assert clock.verdict is NOT_OK
    assert "days off" in clock.message


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_data_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """The remedy gives it to this user."""
    tmp_path.chmod(0o500)
    try:
        assert "chown" in found(tmp_path, {})["data folder"].remedy
    finally:
        tmp_path.chmod(0o700)


def test_the_command_prints_each_line_and_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As text and as JSON; a setting that is not valid is the only line."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IMAGE_FACTORY_GITHUB_API_URL", f"http://{CLOSED}")
    monkeypatch.setenv("IMAGE_FACTORY_GITHUB_TOKEN", "ghp_a-token-that-is-secret")
    assert main(["doctor"]) == 0
    text = capsys.readouterr().out
    assert "ok         settings" in text
    assert main(["doctor", "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {"subject": "settings", "verdict": "ok", "message": "they can be used", "remedy": None} in rows
    assert "secret" not in text + str(rows)
    monkeypatch.setenv("IMAGE_FACTORY_CHECK_INTERVAL", "often")
    assert main(["doctor"]) == 1
    assert capsys.readouterr().out.startswith("not ok     settings  ")
