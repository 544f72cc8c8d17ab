"""Tests of tracked repositories over HTTP."""

import logging
from datetime import timedelta
from typing import Any

import pytest

from provider.services.auditing import AUDIT
from provider.tracker.decisions.release import FoundRelease
from proxy.errors import AddressRefused, Garbage, NotFound, OutsideFailure, Refused, Unavailable
from tests.provider.tracker.api.tracker_web import READER, REBUILDER, REPOSITORIES, TrackerWeb

PATH = "acme/portal"
PROMISED = (
    "id name dateAdded url type lastPolled notes latestRelease lastError state tagForm failures nextPoll version "
    "source include exclude prereleases announce labels deployedVersion deployed inUse skipped unseen retryAt renamed"
)


def added(web: TrackerWeb, path: str = PATH, **fields: object) -> dict[str, object]:
    """Track a repository with the API, and return its document."""
    web.world.publish(path, "1.0.0")
    answer = web.ask("POST", REPOSITORIES, {"url": path, **fields})
    assert answer.status_code == 201, answer.get_json()
    document: dict[str, object] = answer.get_json()
    return document


def test_tracker_a_repository_has_its_fields() -> None:
    """It has all promised fields, and adding returns the same document as reading."""
    web = TrackerWeb()
    document = added(web, notes="ours")
    assert set(document) == set(PROMISED.split())
    assert (document["name"], document["type"], document["notes"]) == ("portal", "github", "ours")
    assert document["dateAdded"] == document["lastPolled"] == "2026-11-22T12:00:00Z"
    latest = {"id": 1, "version": "1.0.0", "date": None, "url": None, "hash": "hash of 1.0.0"}
    assert document["latestRelease"] == {**latest, "prerelease": False, "draft": False, "variants": [], "tag": None}
    assert web.get(f"{REPOSITORIES}/1") == document
    assert web.ask("POST", REPOSITORIES, {"url": "acme/none"}).headers.get("Location") is None


def test_tracker_adding_can_be_tried_first() -> None:
    """A dry run returns name, type, latest release and the number of releases, and tracks nothing."""
    web = TrackerWeb()
    web.world.publish(PATH, "1.0.0", "2.0.0")
    answer = web.ask("POST", f"{REPOSITORIES}?dryRun=true", {"url": f"https://github.com/{PATH}"})
    assert answer.status_code == 200
    found = answer.get_json()
    assert (found["name"], found["type"], found["releases"], found["problem"]) == ("portal", "github", 2, None)
    assert found["latestRelease"]["version"] == "2.0.0"
    assert web.get(REPOSITORIES)["total"] == 0


def test_tracker_a_duplicate_is_refused_with_a_link() -> None:
    """The response is 409 with the id and the path of the existing repository."""
    web = TrackerWeb()
    added(web)
    answer = web.ask("POST", REPOSITORIES, {"url": "https://github.com/Acme/Portal.git"})
    assert answer.status_code == 409
    assert answer.get_json()["errors"]["existing"] == {"id": 1, "link": f"{REPOSITORIES}/1"}
    assert web.client.get(answer.get_json()["errors"]["existing"]["link"], headers=as_reader()).status_code == 200


def as_reader() -> dict[str, str]:
    """The header with the token of a reader."""
    return {"Authorization": f"Bearer {READER}"}


@pytest.mark.parametrize(
    "error",
    [NotFound("there is none"), Refused("not allowed"), Unavailable("no answer"), Garbage("no JSON")],
)
def test_an_address_that_cannot_be_read_is_an_error_of_its_field(error: OutsideFailure) -> None:
    """The error has the cause and the next step, and with `unchecked` the repository is tracked."""
    web = TrackerWeb()
    web.world.github.fail(PATH, error)
    answer = web.ask("POST", REPOSITORIES, {"url": PATH})
    assert answer.status_code == 422
    assert answer.get_json()["errors"] == {
        "json": {"url": [f"{error}; to track it without this check, send `unchecked: true`"]}
    }
    unchecked = web.ask("POST", REPOSITORIES, {"url": PATH, "unchecked": True})
    assert (unchecked.status_code, unchecked.get_json()["lastPolled"]) == (201, None)


def test_tracker_an_address_that_may_not_be_asked_is_refused_to_all_who_insist() -> None:
    """It is refused when adding and when changing, and the message does not offer `unchecked`."""
    web = TrackerWeb()
    existing = added(web)
    web.world.github.fail("acme/inner", AddressRefused("acme/inner is at a private address"))
    change = {"url": "acme/inner", "unchecked": True, "version": existing["version"]}
    for method, path, body in (
        ("POST", "", {"url": "acme/inner"}),
        ("POST", "", {"url": "acme/inner", "unchecked": True}),
        ("PUT", f"/{existing['id']}", change),
    ):
        answer = web.ask(method, f"{REPOSITORIES}{path}", body)
        assert answer.status_code == 422
        assert answer.get_json()["errors"] == {"json": {"url": ["acme/inner is at a private address"]}}
    assert web.get(REPOSITORIES)["total"] == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "url"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": "https://user:secret@example.com/a/b.git"}, "url"),
        ({"url": PATH, "type": "svn"}, "type"),
        ({"url": PATH, "name": "two\nlines"}, "name"),
        ({"url": PATH, "name": " "}, "name"),
        ({"url": PATH, "notes": "x" * 10_001}, "notes"),
        ({"url": PATH, "tagForm": "odd"}, "tagForm"),
        ({"url": PATH, "unchecked": "yes"}, "unchecked"),
        ({"url": PATH, "nmae": "x"}, "nmae"),
    ],
)
def test_an_invalid_field_is_named(body: dict[str, object], field: str) -> None:
    """The response is 422 and contains no secret, and no source is read."""
    web = TrackerWeb()
    answer = web.ask("POST", REPOSITORIES, body)
    assert answer.status_code == 422
    assert answer.get_json()["errors"]["json"][field]
    assert "secret" not in answer.text
    assert web.world.github.asked == []


def test_tracker_a_repository_can_be_changed_and_removed() -> None:
    """A change needs the version that was read; an old version or the address of another repository is 409."""
    web = TrackerWeb()
    document = added(web)
    added(web, "acme/other")
    body = {"url": PATH, "name": "Portal", "notes": "new", "version": document["version"]}
    changed = web.ask("PUT", f"{REPOSITORIES}/1", body)
    assert (changed.status_code, changed.get_json()["name"], changed.get_json()["notes"]) == (200, "Portal", "new")

    stale = web.ask("PUT", f"{REPOSITORIES}/1", body)
    assert (stale.status_code, list(stale.get_json()["errors"]["json"])) == (409, ["version"])
    taken = web.ask("PUT", f"{REPOSITORIES}/1", {"url": "acme/other", "version": changed.get_json()["version"]})
    assert (taken.status_code, taken.get_json()["errors"]["existing"]["id"]) == (409, 2)
    assert "version" in web.ask("PUT", f"{REPOSITORIES}/1", {"url": PATH}).get_json()["errors"]["json"]

    assert web.ask("DELETE", f"{REPOSITORIES}/1").status_code == 204
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/poll")):
        assert web.ask(method, f"{REPOSITORIES}/1{path}").status_code == 404


def test_lists_are_filtered_sorted_and_paged() -> None:
    """Filters are type, state and text; pages are read by number and by cursor, with totals."""
    web = TrackerWeb()
    for path in ("acme/b", "acme/a", "acme/c", "git.example.com/team/d"):
        web.world.tracked(path, "1.0.0")
    web.world.github.fail("acme/c", NotFound("gone"))
    web.ask("POST", f"{REPOSITORIES}/3/poll")

    def names(query: str) -> list[str]:
        return [item["name"] for item in web.get(f"{REPOSITORIES}?{query}")["items"]]

    assert names("") == ["a", "b", "c", "d"]
    assert names("sort=-name&type=github") == ["c", "b", "a"]
    assert names("state=error") == ["c"]
    assert names("q=TEAM") == ["d"]
    assert names("page=2&pageSize=3") == ["d"]
    page, seen = web.get(f"{REPOSITORIES}?pageSize=3"), []
    while True:
        seen += [item["name"] for item in page["items"]]
        assert page["total"] == 4
        if page["next"] is None:
            break
        page = web.get(page["next"])
    assert seen == ["a", "b", "c", "d"]


@pytest.mark.parametrize("query", ["sort=size", "type=svn", "state=odd", "cursor=x", "page=0", "pageSize=101"])
def test_an_invalid_query_parameter_is_named(query: str) -> None:
    """The response is 422."""
    answer = TrackerWeb().client.get(f"{REPOSITORIES}?{query}", headers=as_reader())
    assert answer.status_code == 422
    assert answer.get_json()["errors"]["query"][query.partition("=")[0]]


def test_tracker_a_poll_on_demand_returns_what_it_found() -> None:
    """New releases are announced; a second poll within seconds is 429 with Retry-After."""
    web = TrackerWeb()
    added(web)
    web.world.publish(PATH, "1.1.0")
    answer = web.ask("POST", f"{REPOSITORIES}/1/poll")
    assert answer.status_code == 200
    polled = answer.get_json()
    assert [release["version"] for release in polled["newReleases"]] == ["1.1.0"]
    assert polled["repository"]["latestRelease"]["version"] == "1.1.0"
    assert len(web.world.messages()) == 1

    again = web.ask("POST", f"{REPOSITORIES}/1/poll")
    assert (again.status_code, again.headers["Retry-After"]) == (429, "5")


def test_a_failed_poll_is_an_upstream_failure() -> None:
    """The response is 404, 502 or 503, with Retry-After if known, and the error is stored."""
    web = TrackerWeb()
    later = web.world.clock.at + timedelta(minutes=2)
    failures = (
        (404, NotFound("there is none")),
        (502, Refused("not allowed")),
        (502, Garbage("the list is no JSON")),
        (503, Unavailable("slow down", later)),
    )
    for number, (status, error) in enumerate(failures, start=1):
        added(web, f"acme/app{number}")
        web.world.github.fail(f"acme/app{number}", error)
        answer = web.ask("POST", f"{REPOSITORIES}/{number}/poll")
        assert (answer.status_code, answer.get_json()["message"]) == (status, str(error))
        document = web.get(f"{REPOSITORIES}/{number}")
        limited = status == 503
        assert (document["lastError"] and document["lastError"]["message"]) == (None if limited else str(error))
        assert (document["state"], bool(document["retryAt"])) == ("waiting" if limited else "error", limited)
    assert answer.headers["Retry-After"] == "120"


def test_tracker_only_who_may_change_everything_does(caplog: pytest.LogCaptureFixture) -> None:
    """Other callers are refused before the body is read; each attempt has an audit record."""
    web = TrackerWeb()
    with caplog.at_level(logging.INFO, AUDIT):
        for token in (READER, REBUILDER):
            for method, path in (
                ("POST", ""),
                ("PUT", "/1"),
                ("DELETE", "/1"),
                ("POST", "/1/poll"),
                ("POST", "/import"),
            ):
                assert web.ask(method, f"{REPOSITORIES}{path}", {"odd": 1}, token).status_code == 403
        added(web)
    lines = [record.getMessage() for record in caplog.records if record.name == AUDIT]
    assert lines[0] == f"change caller=dashboard method=POST path={REPOSITORIES} outcome=403"
    assert lines[-1] == f"change caller=ops method=POST path={REPOSITORIES} outcome=done"
    assert web.client.get(REPOSITORIES).status_code == 401


def test_a_page_on_another_site_changes_nothing() -> None:
    """Another Origin is refused, and so is a form."""
    web = TrackerWeb()
    assert web.ask("POST", REPOSITORIES, {"url": PATH}, Origin="https://evil.example").status_code == 403
    form = web.client.post(REPOSITORIES, data={"url": PATH}, headers={"Authorization": "Bearer admin-token-1"})
    assert form.status_code == 415
    assert web.world.github.asked == []


def test_the_size_of_a_body_is_limited() -> None:
    """The response is 413, and the body is not read."""
    web = TrackerWeb()
    assert web.ask("POST", REPOSITORIES, {"url": PATH, "notes": "x" * 3_000_000}).status_code == 413


def test_a_name_with_markup_stays_text() -> None:
    """The response is JSON, so a browser runs nothing in it."""
    web = TrackerWeb()
    name = "<script>alert(1)</script>"
    document = added(web, name=name)
    answer = web.client.get(f"{REPOSITORIES}/{document['id']}", headers=as_reader())
    assert (answer.get_json()["name"], answer.mimetype) == (name, "application/json")


def test_a_draft_is_never_the_latest() -> None:
    """A pre-release is not the latest either if there is a stable release."""
    web = TrackerWeb()
    releases = FoundRelease("3.0.0", draft=True), FoundRelease("2.0.0", prerelease=True), FoundRelease("1.0.0")
    web.world.github.put(PATH, *releases)
    document = web.ask("POST", REPOSITORIES, {"url": PATH}).get_json()
    assert document["latestRelease"]["version"] == "1.0.0"


def test_tracker_a_repository_says_what_is_wanted_of_it() -> None:
    """All fields can be written and read; what is left out has its default."""
    web = TrackerWeb()
    wanted: dict[str, Any] = {
        "source": "both",
        "include": "^1",
        "exclude": "rc",
        "prereleases": "show",
        "announce": "major-minor",
        "labels": ["ours", "team:a"],
        "deployedVersion": "1.0.0",
    }
    document = added(web, **wanted)
    assert {name: document[name] for name in wanted} == wanted
    kept = {"url": PATH, "version": document["version"]}
    plain = web.ask("PUT", f"{REPOSITORIES}/{document['id']}", kept).get_json()
    assert {name: plain[name] for name in wanted} == {
        "source": None,
        "include": "",
        "exclude": "",
        "prereleases": "tell",
        "announce": "all",
        "labels": [],
        "deployedVersion": "",
    }


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("include", "(", "missing )"),
        ("exclude", "(?=x)", "not a regular expression of RE2"),
        ("source", "branches", "Must be one of"),
        ("prereleases", "mute", "Must be one of"),
        ("announce", "majors", "Must be one of: all, stable, major-minor, nothing"),
        ("labels", ["two words"], "is not a label"),
        ("labels", ["a", "a"], "must occur once"),
        ("deployedVersion", " 1", "one line"),
    ],
)
def test_tracker_a_wrong_wish_is_refused_at_its_field(field: str, value: object, words: str) -> None:
    """The message says what would be right."""
    web = TrackerWeb()
    answer = web.ask("POST", REPOSITORIES, {"url": PATH, field: value})
    assert answer.status_code == 422
    assert words in str(answer.get_json()["errors"]["json"][field])


def test_tracker_a_dry_run_shows_what_a_filter_lets_through() -> None:
    """Its highest versions, how many are left out, and the components of the repository."""
    web = TrackerWeb()
    web.world.publish(PATH, "controller-v1.0.0", "controller-v1.1.0", "helm-chart-4.0.0")
    found = web.ask("POST", f"{REPOSITORIES}?dryRun=true", {"url": PATH, "include": "^helm"}).get_json()
    assert ([one["version"] for one in found["versions"]], found["leftOut"]) == (["helm-chart-4.0.0"], 2)
    assert [one["include"] for one in found["choices"]] == ["^controller-v?[0-9]", "^helm-chart-[0-9]"]
    assert found["choices"][0] == {"include": "^controller-v?[0-9]", "highest": "controller-v1.1.0", "releases": 2}
