"""Tests of making the release tracker."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from provider.composition.messages import message_worker
from provider.composition.parts import Parts
from provider.composition.tracker import hosts_of, poll_round
from provider.composition.web import web_app
from provider.settings import read_settings
from provider.tracker.decisions.addresses import parse_address
from proxy.github.credentials import FixedToken


@pytest.fixture(name="parts")
def opened(tmp_path: Path) -> Iterator[Parts]:
    """The parts of a service with an empty database."""
    settings = read_settings({"IMAGE_FACTORY_DATABASE_URL": f"sqlite:///{tmp_path / 'factory.db'}"})
    with Parts.open(settings) as parts:
        yield parts


@pytest.fixture(name="client")
def made_client(parts: Parts) -> FlaskClient:
    """A test client of the web part."""
    return web_app(parts).test_client()


def test_hosts_are_named_by_their_rate_limits() -> None:
    """On GitHub a token has one limit for all repositories; elsewhere each host has its own."""
    named = hosts_of(FixedToken(None))
    assert named(parse_address("acme/portal")) == named(parse_address("other/tool"))
    assert named(parse_address("https://git.example.com/a/b.git")) == "git.example.com"


def test_the_web_part_serves_an_empty_tracker(client: FlaskClient) -> None:
    """The list is empty, and a private address is refused."""
    assert client.get("/api/v1/repositories").get_json()["total"] == 0
    for url in ("https://127.0.0.1:1/a/b.git", "http://169.254.169.254/latest.git", "10.0.0.1/team/app"):
        answer = client.post("/api/v1/repositories", json={"url": url})
        assert answer.status_code == 422
        assert answer.get_json()["errors"]["json"]["url"]


def test_tracker_flask_serves_what_a_sqlite3_database_holds(client: FlaskClient, tmp_path: Path) -> None:
    """The database is one file, which sqlite3 can read."""
    assert isinstance(client.application, Flask)
    sent = {"format": "csv", "text": "url,notes\nghcr.io/acme/app,ours\n"}
    assert client.post("/api/v1/repositories/import", json=sent).status_code == 200
    with closing(sqlite3.connect(tmp_path / "factory.db")) as database:
        rows = database.execute("SELECT name, url, type, notes FROM tracked_repositories").fetchall()
    assert rows == [("app", "ghcr.io/acme/app", "container", "ours")]


def test_a_worker_with_nothing_to_do_ends(parts: Parts) -> None:
    """Polling and tidying an empty database ends; announcing ends when the worker stops."""
    releases, messages = poll_round(parts), message_worker(parts)
    releases.run()
    messages.tidy()
    messages.stop()
    messages.announce()
