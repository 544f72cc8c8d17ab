"""Tests of releases over HTTP."""

import pytest

from provider.tracker.decisions.release import FoundRelease
from tests.provider.tracker.api.tracker_web import READER, REPOSITORIES, TrackerWeb

RELEASES = f"{REPOSITORIES}/1/releases"
PROMISED = (
    "id date version notes url hash prerelease draft byHand withdrawn firstSeen moved variants tag skipped unseen"
)
BODY = {
    "version": "2.0.0",
    "date": "2026-03-01T12:00:00Z",
    "notes": "# New",
    "url": "https://example.com/2.0.0",
    "hash": "abc",
}


@pytest.fixture(name="web")
def made_web() -> TrackerWeb:
    """A repository with three releases."""
    web = TrackerWeb()
    web.world.tracked("acme/portal", "1.0.0", "1.10.0", "1.9.0")
    return web


def test_tracker_releases_can_be_added_changed_and_removed(web: TrackerWeb) -> None:
    """All fields are stored, and nothing is announced."""
    made = web.ask("POST", RELEASES, BODY)
    assert (made.status_code, set(made.get_json())) == (201, set(PROMISED.split()))
    path = made.headers["Location"]
    assert web.get(path) == made.get_json()
    assert {key: made.get_json()[key] for key in BODY} == BODY
    assert web.get(f"{REPOSITORIES}/1")["latestRelease"]["version"] == "2.0.0"

    changed = web.ask("PUT", path, {**BODY, "version": "2.0.1", "prerelease": True})
    assert (changed.status_code, changed.get_json()["version"], changed.get_json()["prerelease"]) == (
        200,
        "2.0.1",
        True,
    )
    assert web.ask("DELETE", path).status_code == 204
    assert web.client.get(path, headers={"Authorization": f"Bearer {READER}"}).status_code == 404
    assert web.world.messages() == []


def test_polls_do_not_change_releases_of_people(web: TrackerWeb) -> None:
    """A release that a person changed or deleted stays so, even if it is still published."""
    number = web.get(f"{RELEASES}?sort=version")["items"][0]["id"]
    web.ask("PUT", f"{RELEASES}/{number}", {"version": "1.0.0", "notes": "mine"})
    other = web.get(f"{RELEASES}?sort=version")["items"][1]["id"]
    web.ask("DELETE", f"{RELEASES}/{other}")
    web.world.github.put("acme/portal", FoundRelease("1.0.0", notes="theirs"))
    web.ask("POST", f"{REPOSITORIES}/1/poll")

    now = {each["version"]: each for each in web.get(RELEASES)["items"]}
    assert set(now) == {"1.0.0", "1.10.0"}
    assert (now["1.0.0"]["notes"], now["1.0.0"]["byHand"]) == ("mine", True)


def test_releases_are_listed_by_version_and_by_date(web: TrackerWeb) -> None:
    """The highest version is first; pages are read by number and by cursor, with totals."""
    versions = [each["version"] for each in web.get(RELEASES)["items"]]
    assert versions == ["1.10.0", "1.9.0", "1.0.0"]
    page = web.get(f"{RELEASES}?pageSize=2&sort=version")
    assert ([each["version"] for each in page["items"]], page["total"]) == (["1.0.0", "1.9.0"], 3)
    assert [each["version"] for each in web.get(page["next"])["items"]] == ["1.10.0"]
    assert web.get(f"{RELEASES}?sort=-date")["total"] == 3


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"version": " "}, "version"),
        ({"version": "x" * 301}, "version"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": "https://user:secret@example.com/"}, "url"),
        ({"date": "yesterday"}, "date"),
        ({"date": "2026-03-01T12:00:00"}, "date"),
        ({"date": "0001-01-01T00:00:00+14:00"}, "date"),
        ({"notes": "x" * 200_001}, "notes"),
        ({"prerelease": 1}, "prerelease"),
    ],
)
def test_an_invalid_field_is_named(web: TrackerWeb, changes: dict[str, object], field: str) -> None:
    """The response is 422, and nothing is written."""
    answer = web.ask("POST", RELEASES, {**BODY, **changes})
    assert answer.status_code == 422
    assert answer.get_json()["errors"]["json"][field]
    assert web.get(RELEASES)["total"] == 3


def test_a_version_is_unique(web: TrackerWeb) -> None:
    """The response is 409 with the existing release."""
    answer = web.ask("POST", RELEASES, {"version": "1.0.0"})
    assert answer.status_code == 409
    existing = answer.get_json()["errors"]["existing"]
    assert web.get(existing["link"])["version"] == "1.0.0"


def test_an_unknown_repository_or_release_is_404(web: TrackerWeb) -> None:
    """This includes ids that are too large for a database."""
    for method, path in (
        ("GET", f"{REPOSITORIES}/9/releases"),
        ("POST", f"{REPOSITORIES}/9/releases"),
        ("GET", f"{RELEASES}/99"),
        ("PUT", f"{RELEASES}/99"),
        ("DELETE", f"{RELEASES}/99"),
        ("GET", f"{RELEASES}/{2**31}"),
    ):
        assert web.ask(method, path, BODY).status_code == 404, (method, path)


def test_readers_cannot_change_anything(web: TrackerWeb) -> None:
    """The response is 403."""
    for method, path in (("POST", ""), ("PUT", "/1"), ("DELETE", "/1")):
        assert web.ask(method, f"{RELEASES}{path}", BODY, READER).status_code == 403
