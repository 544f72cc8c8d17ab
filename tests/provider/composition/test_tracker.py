"""Tests of how the release tracker is put together."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from provider.composition.app import create_app
from provider.composition.tracker import git_tokens, github_site, hosts_of, open_tracker_worker
from provider.settings import Settings, read_settings
from provider.tracker.decisions.addresses import parse_address
from proxy.github.credentials import FixedToken
from proxy.secrets.secret import Secret


@pytest.fixture(name="settings")
def made_settings(tmp_path: Path) -> Settings:
    """Of a service with an empty database."""
    return read_settings({"IMAGE_FACTORY_DATABASE_URL": f"sqlite:///{tmp_path / 'factory.db'}"})


@pytest.fixture(name="client")
def made_client(settings: Settings) -> FlaskClient:
    """A client of the web part."""
    return create_app(settings).test_client()


@pytest.mark.parametrize(
    ("api", "site"),
    [
        ("https://api.github.com", "https://github.com"),
        ("https://github.example.com/api/v3", "https://github.example.com"),
    ],
)
def test_github_is_opened_where_its_api_says(api: str, site: str) -> None:
    """A company's own server has both on one host."""
    assert github_site(read_settings({"IMAGE_FACTORY_GITHUB_API_URL": api})) == site


def test_git_gets_tokens_of_its_own_hosts_alone() -> None:
    """GitLab's and GitHub's, by https only."""
    tokens = {"IMAGE_FACTORY_GITHUB_TOKEN": "ghp_x", "IMAGE_FACTORY_GITLAB_TOKEN": "glpat-x"}
    assert git_tokens(read_settings({})) == {}
    assert git_tokens(read_settings(tokens)) == {"github.com": Secret("ghp_x"), "gitlab.com": Secret("glpat-x")}
    plain = read_settings({**tokens, "IMAGE_FACTORY_GITLAB_URL": "http://gitlab.example.com"})
    assert git_tokens(plain) == {"github.com": Secret("ghp_x")}


def test_hosts_are_named_by_what_limits_them() -> None:
    """One allowance of a token for all of GitHub; elsewhere the host."""
    named = hosts_of(FixedToken(None))
    assert named(parse_address("acme/portal")) == named(parse_address("other/tool"))
    assert named(parse_address("https://git.example.com/a/b.git")) == "git.example.com"


def test_the_web_part_serves_an_empty_tracker(client: FlaskClient) -> None:
    """Lists nothing, and refuses an address that leads into the network."""
    assert client.get("/api/v1/repositories").get_json()["total"] == 0
    for url in ("https://127.0.0.1:1/a/b.git", "http://169.254.169.254/latest.git", "10.0.0.1/team/app"):
        answer = client.post("/api/v1/repositories", json={"url": url})
        assert answer.status_code == 422
        assert answer.get_json()["errors"]["json"]["url"]


def test_tracker_flask_serves_what_a_sqlite3_database_holds(client: FlaskClient, tmp_path: Path) -> None:
    """One file, which sqlite3 alone can read."""
    assert isinstance(client.application, Flask)
    sent = {"format": "csv", "text": "url,notes\nghcr.io/acme/app,ours\n"}
    assert client.post("/api/v1/repositories/import", json=sent).status_code == 200
    with closing(sqlite3.connect(tmp_path / "factory.db")) as database:
        rows = database.execute("SELECT name, url, type, notes FROM tracked_repositories").fetchall()
    assert rows == [("app", "ghcr.io/acme/app", "container", "ours")]


def test_a_worker_with_nothing_to_do_ends(settings: Settings) -> None:
    """Polling and tidying an empty database; told to stop, announcing ends at once."""
    with open_tracker_worker(settings) as worker:
        worker.poll()
        worker.tidy()
        worker.stop()
        worker.announce()
