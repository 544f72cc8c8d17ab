"""Tests of the parts of a process."""

import json
import os
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import provider.store.engine
import provider.store.reading
from provider.__main__ import main
from provider.builds.github_actions import GitHubActions
from provider.composition.messages import message_worker
from provider.composition.opening import CannotOpen
from provider.composition.parts import Parts
from provider.composition.tracker import poll_round
from provider.composition.web import web_app
from provider.composition.worker import open_worker
from provider.domain.enrollment import Source
from provider.settings import Settings, read_settings
from provider.sources.github import GitHubSource
from proxy.errors import InvalidSetting, Refused
from proxy.github.credentials import FixedToken
from proxy.github.session import GitHubSession
from proxy.http.transport import Transport
from proxy.registries.router import Registries
from proxy.secrets.redactor import Redactor
from proxy.secrets.registry_credentials import RegistryCredentials
from proxy.secrets.secret import Secret
from tests.peers.github.server import GitHub
from tests.provider.builds.samples import REPOSITORY, WORKFLOWS, request
from tests.provider.sources.reading import read
from tests.proxy.github.keys import APP_ID, private_pem, public_pem

ONE_OF_EACH = {
    "engine": 1,
    "migration": 1,
    "Transport": 1,
    "Registries": 1,
    "RegistryCredentials": 1,
    "FixedToken": 1,
    "Redactor": 1,
}


def settings_in(folder: Path, **environ: str) -> Settings:
    """The parts of a service with its data in this folder."""
    return read_settings(
        {
            "IMAGE_FACTORY_DATABASE_URL": f"sqlite:///{folder / 'factory.db'}",
            "IMAGE_FACTORY_CONFIG_CHECKOUT": str(folder / "config"),
            **{f"IMAGE_FACTORY_{name}": value for name, value in environ.items()},
        }
    )


@pytest.fixture(name="made")
def counted(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How many of each part have been made in this process."""
    made: Counter[str] = Counter()

    def count(where: Any, attribute: str, name: str) -> None:
        original = getattr(where, attribute)

        def counting(*arguments: Any, **named: Any) -> Any:
            made[name] += 1
            return original(*arguments, **named)

        monkeypatch.setattr(where, attribute, counting)

    for kind in (Transport, Registries, RegistryCredentials, GitHubSession, FixedToken, Redactor):
        count(kind, "__init__", kind.__name__)
    for module in (provider.store.engine, provider.store.reading):
        count(module, "create_engine", "engine")
    count(provider.store.engine, "migrate_in", "migration")
    return made


def test_the_web_part_has_one_of_each(tmp_path: Path, made: Counter[str]) -> None:
    """Images, release tracker, API and pages use the same parts."""
    with Parts.open(settings_in(tmp_path)) as parts:
        assert web_app(parts).test_client().get("/").status_code == 200

    assert made == {**ONE_OF_EACH, "GitHubSession": 1}


def test_the_worker_and_the_tracker_together_have_one_of_each(tmp_path: Path, made: Counter[str]) -> None:
    """Images and tracked repositories share their budgets."""
    with Parts.open(settings_in(tmp_path)) as parts, open_worker(parts) as worker:
        releases, messages = poll_round(parts), message_worker(parts)
        worker.round()
        releases.run()
        messages.tidy()

    assert made == {**ONE_OF_EACH, "GitHubSession": 1}


@pytest.fixture(name="folder")
def working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory, and no settings except a registry auth file that does not exist."""
    for name in [name for name in os.environ if name.startswith("IMAGE_FACTORY_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("IMAGE_FACTORY_REGISTRY_AUTH_FILE", str(tmp_path / "none.json"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_check_has_one_of_each(made: Counter[str]) -> None:
    """Checking and printing the result use the same database."""
    assert main(["check"]) == 0

    assert made == {**ONE_OF_EACH, "GitHubSession": 1}


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("command", ["status", "catalog"])
def test_reading_the_database_needs_no_other_part(
    command: str, made: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Invalid credentials do not matter, and nothing is upgraded."""
    with Parts.open(read_settings({})) as parts:
        parts.engine.dispose()
    made.clear()
    monkeypatch.setenv("IMAGE_FACTORY_GITHUB_APP_ID", "1")
    monkeypatch.setenv("IMAGE_FACTORY_GITHUB_APP_PRIVATE_KEY", "swordfish")
    assert main([command]) == 0

    assert made == {"engine": 1, "Redactor": 1}


def test_the_parts_that_were_made_are_closed(tmp_path: Path) -> None:
    """The connections to the database and to other hosts are closed, and no part is made only to be closed."""
    with Parts.open(settings_in(tmp_path)) as parts:
        parts.index.image("portal")
        pool = parts.engine.pool
    assert parts.engine.pool is not pool
    assert "transport" not in vars(parts)


def test_a_github_app_reads_sources_and_starts_builds(github: GitHub, tmp_path: Path) -> None:
    """There is one token for each owner who installed the App; for another owner the request is refused."""
    app = github.apps.register(APP_ID, public_pem())
    github.apps.install(app, "acme")
    github.add_repository(REPOSITORY, {"Dockerfile": "FROM node:22\n", **WORKFLOWS}, private=True)
    github.add_repository("stranger/portal", {"Dockerfile": "FROM node:22\n"})
    key = private_pem().reveal()
    settings = settings_in(tmp_path, GITHUB_API_URL=github.url, GITHUB_APP_ID=APP_ID, GITHUB_APP_PRIVATE_KEY=key)

    with Parts.open(settings) as parts:
        session = parts.github
        assert read(GitHubSource(session), Source("github", REPOSITORY)).text == "FROM node:22\n"
        dispatched = GitHubActions(session).dispatch(request())
        github.apps.revoke_tokens()
        found = GitHubActions(session).run(request(), dispatched.run_id or "")
        with pytest.raises(Refused, match="is not installed for stranger; install it"):
            read(GitHubSource(session), Source("github", "stranger/portal"))

    assert found is not None
    assert [run.actor for run in github.runs()] == ["image-factory[bot]"]
    assert all(seen.authorized for seen in github.log)


def test_without_an_app_the_token_is_used(tmp_path: Path) -> None:
    """It is used for every owner; without a token requests are anonymous."""
    with Parts.open(settings_in(tmp_path, GITHUB_TOKEN="ghp_x")) as parts:
        assert parts.github_credentials.token("acme") == Secret("ghp_x")
    with Parts.open(settings_in(tmp_path)) as parts:
        assert parts.github_credentials.token("acme") is None


def test_an_invalid_key_of_an_app_is_reported_at_the_start(tmp_path: Path) -> None:
    """No request is sent before; the message names the setting and does not repeat the key."""
    settings = settings_in(tmp_path, GITHUB_APP_ID="1", GITHUB_APP_PRIVATE_KEY="swordfish")
    with Parts.open(settings) as parts:
        with pytest.raises(InvalidSetting, match="IMAGE_FACTORY_GITHUB_APP_PRIVATE_KEY: ") as caught:
            parts.check()
        with pytest.raises(InvalidSetting), open_worker(parts):
            raise AssertionError("it opened")

    assert "swordfish" not in str(caught.value)


def test_a_database_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    """The message has the setting to check."""
    (tmp_path / "factory.db").write_text("no database\n" * 100, encoding="utf-8")
    with (
        Parts.open(settings_in(tmp_path)) as parts,
        pytest.raises(CannotOpen, match=r"^IMAGE_FACTORY_DATABASE_URL: .*factory\.db cannot be opened: "),
    ):
        parts.check()


def test_hosts_of_a_changed_auth_file_count_as_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A registry in our own network may be asked as soon as the file has it, without a restart."""
    monkeypatch.setattr("proxy.secrets.auth_file.LOOK_INTERVAL", timedelta())
    file = tmp_path / "auth.json"
    with Parts.open(settings_in(tmp_path, REGISTRY_AUTH_FILE=str(file))) as parts:
        policy = parts.transport.policy
        assert not policy.lists("registry.internal:5000")
        login = {"username": "ci", "password": "hunter2-do-not-print"}
        auths = {"registry.internal:5000": login, "*.internal": login, "path.internal/team": login}
        file.write_text(json.dumps({"auths": auths}), encoding="utf-8")

        assert [policy.lists(host) for host in ("registry.internal:5000", "path.internal", "other.internal")] == [
            True,
            True,
            False,
        ]
