"""Tests of the pages that import the repositories of an owner, without a browser."""

import re

import pytest
from flask.testing import FlaskClient

from provider.tracker.ports import OwnerList, OwnerListKind, OwnerRepository
from proxy.errors import Unavailable
from tests.provider.tracker.pages.test_blueprint import TOOL, send
from tests.provider.tracker.pages.tracker_pages_web import TrackerWorld

PAGE = "/repositories/transfer/owner"
OWN = OwnerListKind.REPOSITORIES


@pytest.fixture(name="world")
def made_world() -> TrackerWorld:
    """An organization with four repositories, of which one is tracked."""
    world = TrackerWorld()
    own = (
        OwnerRepository("acme/tool"),
        OwnerRepository("acme/app", "<b>App</b>"),
        OwnerRepository("acme/old", archived=True),
        OwnerRepository("acme/z"),
    )
    world.owners.lists["acme", OWN] = OwnerList(own, whole=False)
    world.add_unpolled(TOOL, "tool")
    return world


@pytest.fixture(name="client")
def made_client(world: TrackerWorld) -> FlaskClient:
    """A client on this machine, which is an admin."""
    return world.client()


def test_tracker_repositories_of_an_owner_are_chosen_and_tracked(world: TrackerWorld, client: FlaskClient) -> None:
    """The page shows them with counts; those that are tracked cannot be chosen again."""
    assert 'href="/repositories/transfer/owner"' in client.get("/repositories/transfer").text
    shown = send(client, PAGE, owner="acme", list=OWN.value)
    assert shown.status_code == 200
    text = " ".join(re.sub(r"<[^>]+>", " ", shown.text).split())
    assert "3 repositories, 1 of them already tracked. Left out: 0 forks and 1 archived." in text
    assert "only the first 1,000 repositories were read" in text
    assert "&lt;b&gt;App&lt;/b&gt;" in shown.text
    assert len(re.findall(r'name="repository"[^>]* checked', shown.text)) == 2
    assert len(re.findall(r'name="repository"[^>]* disabled', shown.text)) == 1

    chosen = ["acme/app", "acme/tool"]
    assert send(client, PAGE, owner="acme", list=OWN.value, chosen="1", repository=chosen).status_code == 303
    assert "1 repository was added. 1 was already tracked." in client.get("/").text
    assert world.store.counts().repositories == 2


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"owner": ""}, "Enter the name of a user or an organization."),
        ({"owner": "nobody"}, "There is no owner nobody at GitHub."),
        ({"owner": "acme", "chosen": "1"}, "Choose at least one repository."),
        ({"owner": "acme", "chosen": "1", "repository": "x y"}, "Line 1: url: "),
    ],
)
def test_what_cannot_be_imported_is_shown_at_its_field(
    world: TrackerWorld, client: FlaskClient, fields: dict[str, str], message: str
) -> None:
    """Nothing is tracked."""
    refused = send(client, PAGE, list=OWN.value, **fields)
    assert refused.status_code == 422
    assert message in refused.text
    assert world.store.counts().repositories == 1


def test_a_list_that_cannot_be_read_is_shown(world: TrackerWorld, client: FlaskClient) -> None:
    """With the cause."""
    world.owners.failure = Unavailable("api.github.com does not answer")
    assert "api.github.com does not answer" in send(client, PAGE, owner="acme", list=OWN.value).text
