"""Tests of the pages for deployed versions, skipped and new releases, without a browser."""

import re

import pytest
from flask.testing import FlaskClient

from provider.tracker.decisions.deployed.updates import TagInUse, TagsInUse
from provider.tracker.decisions.kinds import RepositoryType
from tests.provider.tracker.pages.test_blueprint import TOOL, send
from tests.provider.tracker.pages.tracker_pages_web import TrackerWorld, release

PAGE = "/repositories/1"


@pytest.fixture(name="world")
def made_world() -> TrackerWorld:
    """One repository with three releases; ids count from 1."""
    world = TrackerWorld()
    world.publish(RepositoryType.GITHUB, "acme/tool", *(release(f"1.{each}.0", 9 - each) for each in range(3)))
    world.add(TOOL)
    return world


@pytest.fixture(name="client")
def made_client(world: TrackerWorld) -> FlaskClient:
    """A client on this machine, which is an admin."""
    return world.client()


def _text(client: FlaskClient, path: str = PAGE) -> str:
    """The words of a page, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", client.get(path).text).split())


def _number(world: TrackerWorld, version: str) -> int:
    return next(each.id for each in world.store.known(1) if each.version == version)


def test_tracker_a_button_says_which_version_runs(world: TrackerWorld, client: FlaskClient) -> None:
    """The page then says what is newer; an old page changes nothing."""
    path = f"{PAGE}/releases/{_number(world, '1.0.0')}/deploy"
    assert send(client, path, PAGE, version="1").status_code == 303
    text = _text(client)
    assert "1.0.0 is the deployed version." in text
    assert "Behind 2 newer versions (2 minor), up to 1.2.0" in text
    assert text.count("Newer than deployed") == 2
    assert "We run 1.0.0" not in text
    assert "Behind" in _text(client, "/?deployed=behind&sort=-deployed")
    assert "No repository matches" in _text(client, "/?deployed=current")

    old = f"{PAGE}/releases/{_number(world, '1.2.0')}/deploy"
    for version in ("1", "", "x"):
        assert send(client, old, PAGE, version=version).status_code == 303
        assert "Nothing was changed." in _text(client)
    assert world.store.get(1).deployed_version == "1.0.0"
    send(client, old, PAGE, version="2")
    assert "✓ Current" in _text(client)


def test_tracker_a_release_is_skipped_by_a_form(world: TrackerWorld, client: FlaskClient) -> None:
    """It needs a reason; list and page name the skipped release, and it can be taken back."""
    path = f"{PAGE}/releases/{_number(world, '1.2.0')}"
    assert send(client, f"{path}/skip", reason=" ").status_code == 422
    assert send(client, f"{path}/skip", reason="Breaks <b>login</b>").status_code == 303
    assert "1.2.0 is skipped." in _text(client)
    page = client.get(PAGE).text
    assert "Breaks &lt;b&gt;login&lt;/b&gt;" in page
    assert "Skipped by local" in _text(client)
    assert "1.2.0 is skipped" in _text(client, "/")
    assert world.store.get(1).latest == world.store.release(1, _number(world, "1.1.0"))
    assert "Breaks" in _text(client, path)

    assert send(client, f"{path}/unskip", PAGE).status_code == 303
    assert "1.2.0 is not skipped any more." in _text(client)
    assert "is skipped" not in _text(client, "/")
    assert client.get(f"{PAGE}/releases/99/skip").status_code == 404


def test_tracker_new_releases_are_marked_until_somebody_has_seen_them(world: TrackerWorld, client: FlaskClient) -> None:
    """One button marks all that are new."""
    assert "✦" not in _text(client)
    world.publish(RepositoryType.GITHUB, "acme/tool", *(release(f"1.{each}.0", 9 - each) for each in range(5)))
    send(client, f"{PAGE}/poll", PAGE)
    assert "✦ 2 new" in _text(client, "/")
    assert _text(client).count("✦ New") == 2
    newest = world.store.get(1).updates.newest_unseen
    assert "Mark 2 new as seen" in _text(client)
    assert send(client, f"{PAGE}/releases/{newest}/acknowledge", PAGE).status_code == 303
    assert "Marked as seen." in _text(client)
    assert "✦" not in _text(client)


def test_tracker_tags_in_use_are_on_the_page(world: TrackerWorld, client: FlaskClient) -> None:
    """With their status and links to the images; digests and latest are shown as such."""
    world.publish(RepositoryType.CONTAINER, "docker.io/library/node", release("20.1.0"), release("22.1.0"))
    number = world.add("docker.io/library/node")
    tags = (
        TagInUse("", True, ("c",), 1),
        TagInUse("20-slim", False, ("a", "b"), 22),
        TagInUse("22", False, ("a",), 1),
        TagInUse("latest", False, ("d",), 1),
    )
    world.store.note_in_use({"docker.io/library/node": TagsInUse(tags)})
    text = _text(client, f"/repositories/{number}")
    for words in (
        "Deployed version 20-slim ↑ Behind 1 newer version (1 major), up to 22.1.0 As used by images of this service.",
        "20-slim ↑ Behind 1 newer version (1 major), up to 22.1.0 a , b and 20 more",
        "22 ✓ Current a",
        "a digest ? Cannot be compared only a digest is named, so no version is known c",
        "latest ? Cannot be compared latest moves with each release, so no version is known d",
    ):
        assert words in text
    assert 'href="/images/a"' in client.get(f"/repositories/{number}").text
