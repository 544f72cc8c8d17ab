"""Tests of deployed versions, and of skipped and acknowledged releases, over HTTP."""

from typing import Any

import pytest

from provider.tracker.decisions.deployed.updates import TagInUse, TagsInUse
from tests.provider.tracker.api.tracker_web import READER, REPOSITORIES, TrackerWeb

PORTAL = f"{REPOSITORIES}/1"


@pytest.fixture(name="web")
def made_web() -> TrackerWeb:
    """A repository with three releases, of which the oldest is deployed."""
    web = TrackerWeb()
    web.world.publish("acme/portal", "1.0.0", "1.1.0", "2.0.0")
    assert web.ask("POST", REPOSITORIES, {"url": "acme/portal", "deployedVersion": "1.0.0"}).status_code == 201
    return web


def _id_of(web: TrackerWeb, version: str) -> int:
    every = web.get(f"{PORTAL}/releases")["items"]
    return next(int(each["id"]) for each in every if each["version"] == version)


def _names(document: dict[str, Any]) -> list[str]:
    return [each["name"] for each in document["items"]]


def test_tracker_the_deployed_version_is_compared(web: TrackerWeb) -> None:
    """The repository says how far it is behind, and which release to update to."""
    assert web.get(PORTAL)["deployed"] == {
        "version": "1.0.0",
        "source": "person",
        "status": "behind",
        "newer": {"releases": 2, "major": 1, "minor": 1, "patch": 0},
        "updateTo": {"id": _id_of(web, "2.0.0"), "version": "2.0.0"},
        "reason": None,
    }
    body = {"url": "acme/portal", "version": web.get(PORTAL)["version"], "deployedVersion": "1.2.x"}
    deployed = web.ask("PUT", PORTAL, body).get_json()["deployed"]
    assert (deployed["status"], deployed["updateTo"]) == ("unknown", None)
    assert deployed["reason"] == "1.2.x is no version of this repository"


def test_tracker_the_list_is_filtered_and_sorted_by_what_is_behind(web: TrackerWeb) -> None:
    """Repositories without a deployed version are in no status."""
    web.world.tracked("acme/other", "1.0.0")
    assert _names(web.get(f"{REPOSITORIES}?deployed=behind")) == ["portal"]
    assert _names(web.get(f"{REPOSITORIES}?deployed=current")) == []
    assert _names(web.get(f"{REPOSITORIES}?sort=-deployed")) == ["portal", "other"]
    refused = web.client.get(f"{REPOSITORIES}?deployed=old", headers={"Authorization": f"Bearer {READER}"})
    assert refused.status_code == 422


def test_tracker_a_release_is_skipped_and_that_is_taken_back(web: TrackerWeb) -> None:
    """The latest release, the deployed version and the list of skipped ones follow; who and why is kept."""
    path = f"{PORTAL}/releases/{_id_of(web, '2.0.0')}"
    skipped = web.ask("POST", f"{path}/skip", {"reason": " breaks the login "})
    assert skipped.status_code == 200
    assert skipped.get_json()["skipped"] == {"reason": "breaks the login", "by": "ops", "at": "2026-11-22T12:00:00Z"}
    document = web.get(PORTAL)
    assert (document["latestRelease"]["version"], document["deployed"]["newer"]["releases"]) == ("1.1.0", 1)
    assert [each["version"] for each in document["skipped"]] == ["2.0.0"]

    assert web.ask("DELETE", f"{path}/skip").status_code == 204
    assert (web.get(path)["skipped"], web.get(PORTAL)["skipped"]) == (None, [])
    assert web.get(PORTAL)["latestRelease"]["version"] == "2.0.0"
    assert web.ask("DELETE", path).status_code == 204
    assert web.ask("POST", f"{path}/skip", {"reason": "x"}).status_code == 404


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "  "}, {"reason": "a\nb"}, {"reason": "x" * 501}])
def test_a_skip_needs_a_reason(web: TrackerWeb, body: dict[str, object]) -> None:
    """The error is at the field, and nothing is skipped."""
    answer = web.ask("POST", f"{PORTAL}/releases/{_id_of(web, '2.0.0')}/skip", body)
    assert answer.status_code == 422
    assert set(answer.get_json()["errors"]["json"]) == {"reason"}
    assert web.get(PORTAL)["skipped"] == []


def test_tracker_a_new_release_is_acknowledged_for_everybody(web: TrackerWeb) -> None:
    """What a later poll finds is unseen until somebody acknowledges it."""
    assert web.get(PORTAL)["unseen"] == 0
    web.world.publish("acme/portal", "1.0.0", "1.1.0", "2.0.0", "2.1.0", "2.2.0")
    web.ask("POST", f"{PORTAL}/poll")
    assert web.get(PORTAL)["unseen"] == 2
    path = f"{PORTAL}/releases/{_id_of(web, '2.2.0')}"
    assert web.get(path)["unseen"] is True
    answer = web.ask("POST", f"{path}/acknowledge")
    assert (answer.status_code, answer.get_json()["unseen"]) == (200, False)
    assert web.get(PORTAL)["unseen"] == 0


def test_tracker_tags_in_use_are_shown_with_their_images() -> None:
    """Each tag has its status; the furthest behind is what is deployed."""
    web = TrackerWeb()
    web.world.tracked("ghcr.io/acme/base", "1.0.0", "2.0.0")
    web.world.store.note_in_use({"ghcr.io/acme/base": TagsInUse((TagInUse("1", False, ("api", "web"), 2),))})
    document = web.get(PORTAL)
    (tag,) = document["inUse"]
    assert (tag["tag"], tag["pinned"], tag["images"], tag["number"]) == ("1", False, ["api", "web"], 2)
    assert (tag["status"], tag["updateTo"]["version"]) == ("behind", "2.0.0")
    assert (document["deployed"]["version"], document["deployed"]["source"]) == ("1", "images")
    assert document["deployedVersion"] == ""


def test_only_an_admin_marks_releases(web: TrackerWeb) -> None:
    """A reader gets 403, and nothing is changed."""
    path = f"{PORTAL}/releases/{_id_of(web, '2.0.0')}"
    for method, mark in (("POST", "skip"), ("DELETE", "skip"), ("POST", "acknowledge")):
        assert web.ask(method, f"{path}/{mark}", {"reason": "x"}, token=READER).status_code == 403
    assert web.get(path)["skipped"] is None
