"""Tests of how the parts are put together."""

from datetime import timedelta
from pathlib import Path

import pytest

from provider.builds.github_actions import GitHubActions
from provider.composition.app import access_of, create_app, jobs_url, open_worker, periods_of, poll_period
from provider.composition.outside import github_credentials
from provider.domain.enrollment import Source
from provider.errors import SourceRefused
from provider.github_client import GitHubClients
from provider.settings import read_settings
from provider.sources.github import GitHubSource
from proxy.errors import InvalidSetting
from proxy.http.addresses import AddressPolicy
from proxy.http.transport import Transport
from proxy.secrets.secret import Secret
from tests.peers.github.server import GitHub
from tests.provider.builds.samples import REPOSITORY, WORKFLOWS, request
from tests.proxy.clocks import Clock
from tests.proxy.github.keys import APP_ID, private_pem, public_pem


@pytest.mark.parametrize(
    ("database", "jobs"),
    [
        ("sqlite:////srv/factory.db", "sqlite:////srv/jobs.db"),
        ("sqlite:///data/factory.db", "sqlite:///data/jobs.db"),
        ("postgresql+psycopg://jane@db/factory", "postgresql+psycopg://jane@db/factory"),
    ],
)
def test_queues_have_a_file_of_their_own_or_share_the_server(database: str, jobs: str) -> None:
    """Beside a SQLite database; in the same PostgreSQL."""
    assert jobs_url(read_settings({"IMAGE_FACTORY_DATABASE_URL": database})) == jobs


def test_what_is_under_way_is_followed_at_least_as_often() -> None:
    """Every fifteen seconds, or as often as everything."""
    assert periods_of(read_settings({})) == (timedelta(minutes=15), timedelta(seconds=15))
    often = timedelta(seconds=2)
    assert periods_of(read_settings({"IMAGE_FACTORY_CHECK_INTERVAL": "2s"})) == (often, often)


def test_tracker_the_poll_frequency_is_a_setting() -> None:
    """What is due is polled within a minute, or within the frequency where that is shorter."""
    assert poll_period(read_settings({})) == timedelta(minutes=1)
    assert poll_period(read_settings({"IMAGE_FACTORY_POLL_INTERVAL": "5s"})) == timedelta(seconds=5)


def test_the_web_part_answers_from_an_empty_database(tmp_path: Path) -> None:
    """It is alive, has no image, and is not ready before a worker has spoken."""
    settings = read_settings({"IMAGE_FACTORY_DATABASE_URL": f"sqlite:///{tmp_path / 'factory.db'}"})
    client = create_app(settings).test_client()
    assert client.get("/healthz").status_code == 200
    assert client.get("/api/v1/images").get_json()["total"] == 0
    assert client.get("/readyz").status_code == 503


def test_a_github_app_reads_sources_and_starts_builds(github: GitHub) -> None:
    """One token for each owner who installed it; who did not is told to, and nothing is asked as nobody."""
    app = github.apps.register(APP_ID, public_pem())
    github.apps.install(app, "acme")
    github.add_repository(REPOSITORY, {"Dockerfile": "FROM node:22\n", **WORKFLOWS}, private=True)
    github.add_repository("stranger/portal", {"Dockerfile": "FROM node:22\n"})
    settings = read_settings(
        {
            "IMAGE_FACTORY_GITHUB_API_URL": github.url,
            "IMAGE_FACTORY_GITHUB_APP_ID": APP_ID,
            "IMAGE_FACTORY_GITHUB_APP_PRIVATE_KEY": private_pem().reveal(),
        }
    )
    clock = Clock()
    transport = Transport(AddressPolicy(settings.listed_hosts, settings.http_hosts), now=clock.now, sleep=clock.sleep)

    with GitHubClients(github.url, github_credentials(settings, transport), seconds_between_writes=0) as clients:
        assert GitHubSource(clients).dockerfile(Source("github", REPOSITORY)).text == "FROM node:22\n"
        dispatched = GitHubActions(clients).dispatch(request())
        github.apps.revoke_tokens()
        found = GitHubActions(clients).run(request(), dispatched.run_id or "")
        with pytest.raises(SourceRefused, match="is not installed for stranger; install it"):
            GitHubSource(clients).dockerfile(Source("github", "stranger/portal"))
    transport.close()

    assert found is not None
    assert [run.actor for run in github.runs()] == ["image-factory[bot]"]
    assert all(seen.authorized for seen in github.log)


def test_without_an_app_the_token_asks() -> None:
    """For every owner; or nobody asks."""
    clock = Clock()
    transport = Transport(AddressPolicy(), now=clock.now, sleep=clock.sleep)
    set_up = read_settings({"IMAGE_FACTORY_GITHUB_TOKEN": "ghp_x"})

    assert github_credentials(set_up, transport).token("acme") == Secret("ghp_x")
    assert github_credentials(read_settings({}), transport).token("acme") is None


def test_a_wrong_key_of_an_app_is_told_at_the_start(tmp_path: Path) -> None:
    """Before anything is asked; the message names the setting and repeats none of it."""
    settings = read_settings(
        {
            "IMAGE_FACTORY_DATABASE_URL": f"sqlite:///{tmp_path / 'factory.db'}",
            "IMAGE_FACTORY_CONFIG_CHECKOUT": str(tmp_path / "config"),
            "IMAGE_FACTORY_GITHUB_APP_ID": "1",
            "IMAGE_FACTORY_GITHUB_APP_PRIVATE_KEY": "swordfish",
        }
    )
    with pytest.raises(InvalidSetting, match="IMAGE_FACTORY_GITHUB_APP_PRIVATE_KEY: ") as caught, open_worker(settings):
        raise AssertionError("it opened")

    assert "swordfish" not in str(caught.value)


@pytest.mark.parametrize(
    ("environ", "configured"),
    [
        ({}, False),
        ({"IMAGE_FACTORY_API_TOKENS": "ci:read:good"}, True),
        ({"IMAGE_FACTORY_BACKSTAGE_URL": "https://backstage.example"}, True),
    ],
)
def test_tokens_or_a_backstage_make_callers_known(environ: dict[str, str], configured: bool) -> None:
    """Either of them; then being on this machine is no longer enough."""
    clock = Clock()
    transport = Transport(AddressPolicy(), now=clock.now, sleep=clock.sleep)
    assert access_of(read_settings(environ), transport).configured is configured
