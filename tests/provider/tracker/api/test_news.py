"""Tests of GET /api/v1/releases and of the search for versions."""

import csv
import io

import pytest

from provider.tracker.decisions.release import FoundRelease
from tests.provider.tracker.api.tracker_web import REPOSITORIES, TrackerWeb

RELEASES = "/api/v1/releases"


@pytest.fixture
def web() -> TrackerWeb:
    """Three repositories; two have releases that are new."""
    web = TrackerWeb()
    for path in ("acme/app", "git.example.com/team/tool", "ghcr.io/acme/base"):
        web.world.tracked(path, "1.0.0", "1.1.0")
    web.world.clock.sleep(3600)
    web.world.publish("acme/app", "1.0.0", "1.1.0", "v2.1.0", "2.2.0-rc.1")
    web.world.poller.poll_one(1)
    web.world.clock.sleep(3600)
    web.world.publish("ghcr.io/acme/base", "1.0.0", "1.1.0", "2.0.0")
    web.world.poller.poll_one(3)
    return web


def _versions(web: TrackerWeb, query: str = "") -> list[str]:
    return [item["version"] for item in web.get(f"{RELEASES}{query}")["items"]]


def test_tracker_releases_of_all_repositories_are_listed(web: TrackerWeb) -> None:
    """Newest first, each with its repository; what the first poll found is no news."""
    found = web.get(RELEASES)
    newest, *others = found["items"]
    assert found["total"] == 3
    assert newest["version"] == "2.0.0"
    assert {key: newest["repository"][key] for key in ("id", "name", "type", "labels")} == {
        "id": 3,
        "name": "base",
        "type": "container",
        "labels": [],
    }
    assert newest["firstSeen"] > others[0]["firstSeen"] == others[1]["firstSeen"]
    assert {item["version"]: item["prerelease"] for item in others} == {"v2.1.0": False, "2.2.0-rc.1": True}
    assert [item["baseline"] for item in found["items"]] == [False] * 3
    assert {"id", "notes", "url", "hash", "date", "withdrawn", "moved", "byHand", "draft"} <= set(newest)


@pytest.mark.parametrize(
    ("query", "versions"),
    [
        ("?repository=1&prereleases=false", ["v2.1.0"]),
        ("?type=container", ["2.0.0"]),
        ("?q=BASE", ["2.0.0"]),
        ("?q=v2.1", ["v2.1.0"]),
        ("?label=none", []),
        ("?repository=77", []),
        ("?repository=2&baseline=true", ["1.1.0", "1.0.0"]),
        ("?since=2999-01-01T00:00:00Z", []),
        ("?until=2000-01-01T00:00:00Z&baseline=true", []),
        ("?q=&prereleases=false&type=github", ["v2.1.0"]),
    ],
)
def test_tracker_releases_of_all_repositories_are_filtered(web: TrackerWeb, query: str, versions: list[str]) -> None:
    """By repository, type, label, text, pre-releases and period."""
    assert _versions(web, query) == versions


def test_since_and_until_compare_when_a_release_was_first_seen(web: TrackerWeb) -> None:
    """`since` is included and `until` is not; any offset counts."""
    newest, older, _ = web.get(RELEASES)["items"]
    assert _versions(web, f"?since={newest['firstSeen']}") == [newest["version"]]
    assert older["version"] in _versions(web, f"?until={newest['firstSeen']}")
    assert newest["version"] not in _versions(web, f"?until={newest['firstSeen']}")
    assert newest["date"] is None


@pytest.mark.parametrize(
    ("query", "field"),
    [
        *((f"since={text}", "since") for text in ("yesterday", "2026-11-01", "1764547200", "2026-11-01T00:00:00", "")),
        ("until=2026-13-01T00:00:00Z", "until"),
        ("type=svn", "type"),
        ("repository=0", "repository"),
        ("repository=99999999999", "repository"),
        ("prereleases=yes", "prereleases"),
        ("baseline=1", "baseline"),
        ("label=", "label"),
        ("format=xml", "format"),
        ("format=csv&page=2", "page"),
        ("cursor=x", "cursor"),
        ("pageSize=101", "pageSize"),
    ],
)
def test_tracker_a_parameter_that_cannot_be_read_is_refused(web: TrackerWeb, query: str, field: str) -> None:
    """422, with the error on the parameter."""
    answer = web.ask("GET", f"{RELEASES}?{query}")
    assert answer.status_code == 422
    assert list(answer.get_json()["errors"]["query"]) == [field]


@pytest.mark.parametrize("name", ["Since", "latestSince", "sort", "prerelease"])
def test_an_unknown_parameter_is_refused_with_the_known_ones(web: TrackerWeb, name: str) -> None:
    """As on every path."""
    answer = web.ask("GET", f"{RELEASES}?{name}=x")
    assert answer.status_code == 422
    assert "prereleases" in answer.get_data(as_text=True)


def test_next_leads_through_all_releases(web: TrackerWeb) -> None:
    """Each release occurs once, with the filters kept; pages can be opened by their number too."""
    found, path = [], f"{RELEASES}?pageSize=2&baseline=true"
    while path:
        page = web.get(path)
        assert (page["total"], page["pageSize"]) == (9, 2)
        found += [item["id"] for item in page["items"]]
        path = page["next"]
    assert len(set(found)) == len(found) == 9
    assert [item["id"] for item in web.get(f"{RELEASES}?pageSize=2&baseline=true&page=3")["items"]] == found[4:6]
    assert web.get(f"{RELEASES}?page=50")["items"] == []


def test_the_list_is_a_csv_too(web: TrackerWeb) -> None:
    """All releases in one document."""
    answer = web.ask("GET", f"{RELEASES}?format=csv")
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))
    assert answer.content_type == "text/csv; charset=utf-8"
    assert {row["version"]: row["repository"] for row in rows} == {
        "2.0.0": "base",
        "v2.1.0": "app",
        "2.2.0-rc.1": "app",
    }
    assert rows[0]["firstSeen"].endswith("Z")


def test_a_moved_tag_has_both_hashes(web: TrackerWeb) -> None:
    """The old hash and the time are in JSON and in CSV."""
    web.world.github.put("acme/app", FoundRelease("v2.1.0", hash="new"))
    web.world.clock.sleep(3600 * 25)
    web.world.poller.poll_one(1)
    (item,) = web.get(f"{RELEASES}?q=v2.1")["items"]
    assert (item["hash"], item["moved"]["previousHash"]) == ("new", "hash of v2.1.0")
    answer = web.ask("GET", f"{RELEASES}?format=csv&q=v2.1")
    (row,) = csv.DictReader(io.StringIO(answer.get_data(as_text=True)))
    assert row["moved"] == f"hash of v2.1.0 {item['moved']['at']}"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("v2.1", {"app": "v2.1.0"}),
        ("2.", {"app": "v2.1.0", "base": "2.0.0"}),
        ("1.1", {"app": "1.1.0", "tool": "1.1.0", "base": "1.1.0"}),
        ("rc.1", {}),
        ("tool", {"tool": None}),
        ("2.2.0-RC", {"app": "2.2.0-rc.1"}),
    ],
)
def test_tracker_repositories_are_found_by_their_versions(
    web: TrackerWeb, query: str, found: dict[str, str | None]
) -> None:
    """The list says which version the text found."""
    page = web.get(f"{REPOSITORIES}?q={query}")
    assert {item["name"]: item["matchedVersion"] for item in page["items"]} == found
    assert page["total"] == len(found)


def test_without_a_text_no_version_matched(web: TrackerWeb) -> None:
    """`matchedVersion` is null."""
    assert {item["matchedVersion"] for item in web.get(REPOSITORIES)["items"]} == {None}
