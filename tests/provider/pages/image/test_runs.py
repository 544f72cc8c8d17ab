"""Tests of the builds page of an image and its re-run form."""

import logging

import pytest

from provider.auth.access import Access
from provider.services.auditing import AUDIT
from proxy.errors import NotFound, OutcomeUnknown, OutsideFailure, Unavailable
from proxy.github.run_types import NotRerunnable, RunQuery
from tests.peers.github.server import GitHub
from tests.provider.api.github_worlds import READER, REBUILDER, TOKENS, add_runs, as_caller, world
from tests.provider.pages.upstream_web import OURS, PUBLIC_URL, Scripted, run, varied

PATH = "/images/backstage/runs"
BUTTON = "Re-run failed jobs"


def shown(scripted: Scripted, query: str = "") -> str:
    """The text of the page."""
    answer = scripted.app().test_client().get(f"{PATH}{query}")
    assert answer.status_code == 200
    return answer.text


def test_a_build_shows_all_known_values() -> None:
    """It has status, title, workflow, event, actor, attempt, branch, commit, start, duration and links to GitHub."""
    page = shown(Scripted(runs=[run(1, conclusion="failure", attempt=3, event="workflow_dispatch")]))
    for text in (
        'href="https://github.com/acme/portal/actions/runs/8999999999"',
        "Bump the base image (1)",
        "Build image · workflow dispatch by mia · attempt 3",
        '<tr class="failed">',
        "✕</span>Failed</span>",
        "<code>main</code>",
        f'href="https://github.com/acme/portal/commit/{"1".rjust(40, "c")}"',
        "<code>ccccccc</code>",
        'title="2026-03-10 11:00 UTC">1 hour ago</time>',
        "4 min 12 s",
    ):
        assert text in page, text


def test_running_builds_are_counted_and_the_list_refreshes() -> None:
    """The page shows how many run and for how long; the script starts only if a build is running."""
    page = shown(varied())
    assert "2 builds are running." in page
    assert 'data-live="15" data-live-words="2 builds are running.' in page
    assert '2 min 40 s</span> <span class="quiet">so far' in page
    assert "Not started" in page
    assert 'data-live="0"' in shown(Scripted(runs=[run(1)]))


def test_the_form_filters_and_keeps_its_values() -> None:
    """Status and branch are sent to GitHub and kept in links; an invalid page is the first one."""
    scripted = varied()
    page = shown(scripted, "?status=success&branch=main")
    assert scripted.asked == [RunQuery("success", "main", 1, 20, False)]
    assert scripted.places == ["acme/portal backstage.yml"]
    assert '<option value="success" selected>' in page
    assert 'rel="next" href="/images/backstage/runs?status=success&amp;branch=main&amp;page=2"' in page
    shown(scripted, f"?status=&branch=&page=-1&refresh=true&again={'9' * 5000}")
    assert scripted.asked[1] == RunQuery(None, None, 1, 20, refresh=True)


@pytest.mark.parametrize("query", ["?status=broken", "?branch=a%20b", f"?branch={'x' * 256}"])
def test_a_filter_that_cannot_be_used_is_refused(query: str) -> None:
    """A list without the filter would look filtered."""
    scripted = varied()
    assert scripted.app().test_client().get(f"{PATH}{query}").status_code == 422
    assert scripted.asked == []


@pytest.mark.parametrize(
    ("scripted", "query", "words"),
    [
        (Scripted(), "", "has not run"),
        (varied(), "?branch=none", "No build matches"),
        (varied(), "?page=9", "past the end"),
    ],
)
def test_each_empty_list_has_its_message(scripted: Scripted, query: str, words: str) -> None:
    """There are messages for no builds, no match, and a page past the end."""
    assert words in shown(scripted, query)


@pytest.mark.parametrize(
    ("name", "words"), [("node", "base image"), ("mailer", "The enrollment of this image does not name")]
)
def test_an_image_without_a_workflow_has_a_message(name: str, words: str) -> None:
    """No request is sent to GitHub."""
    scripted = varied()
    assert words in scripted.app().test_client().get(f"/images/{name}/runs").text
    assert scripted.asked == []


def test_a_failure_of_github_is_shown_as_a_page() -> None:
    """The status is 503 and the page has the navigation; an outdated list is marked."""
    answer = Scripted(error=Unavailable("it is down")).app().test_client().get(PATH)
    assert (answer.status_code, "Could not load the builds" in answer.text) == (503, True)
    assert 'href="/images/backstage/versions"' in answer.text
    assert "This list may be out of date" in shown(Scripted(runs=[run(1)], stale=True))


def test_texts_of_builds_are_never_markup() -> None:
    """Titles, branches and actors can come from the author of any pull request."""
    text = '"><script>alert(1)</script>'
    page = shown(
        Scripted(runs=[run(1, title=text, name=text, head_branch=text, actor=text, event=text, url="javascript:1")])
    )
    assert "<script>alert" not in page
    assert "javascript:" not in page


def test_only_failed_builds_can_run_again() -> None:
    """Running and successful builds have no button."""
    assert shown(varied()).count(BUTTON) == 3
    assert BUTTON not in shown(Scripted(runs=[run(1), run(2, status="queued", conclusion=None)]))


def test_a_rerun_redirects_back_with_a_message() -> None:
    """The redirect keeps the filters and the page, and uses GET."""
    scripted = varied()
    client = scripted.app().test_client()
    answer = client.post(f"{PATH}/77/rerun?status=failure&page=2", headers=OURS)
    assert (answer.status_code, scripted.reruns) == (303, [("backstage", "backstage.yml", 77, True)])
    assert answer.headers["Location"] == f"{PATH}?status=failure&page=2&again=77"
    assert "re-run of the failed jobs of build 77" in client.get(answer.headers["Location"]).text


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": PUBLIC_URL, "Sec-Fetch-Site": "cross-site"},
        {"Origin": PUBLIC_URL, "Sec-Fetch-Site": "same-site"},
    ],
)
def test_another_site_cannot_rerun_a_build(headers: dict[str, str]) -> None:
    """This is true even though every local caller is admin; a GET of the address changes nothing either."""
    scripted = varied()
    client = scripted.app().test_client()
    assert client.post(f"{PATH}/77/rerun", headers=headers).status_code == 403
    assert client.get(f"{PATH}/77/rerun", headers=OURS).status_code == 405
    assert scripted.reruns == []


@pytest.mark.parametrize(
    "headers",
    [
        OURS,
        {"Origin": PUBLIC_URL},
        {"Sec-Fetch-Site": "same-origin"},
        {"Origin": PUBLIC_URL, "Sec-Fetch-Site": "none"},
        {**OURS, "Origin": "http://localhost:8080"},
    ],
)
def test_a_page_of_this_service_can_rerun_a_build(headers: dict[str, str]) -> None:
    """It works without Fetch Metadata, and under another host name if the browser reports the same origin."""
    assert varied().app().test_client().post(f"{PATH}/77/rerun", headers=headers).status_code == 303


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (NotRerunnable("it still runs"), 409, "its current state"),
        (OutcomeUnknown("nobody knows"), 502, "does not run twice"),
        (NotFound("no such run"), 404, "Check the names"),
        (Unavailable("it is down"), 503, "Try again in a moment"),
    ],
)
def test_a_refused_rerun_says_why(error: OutsideFailure, status: int, words: str) -> None:
    """The page links back and does not report success."""
    answer = Scripted(rerun_error=error).app().test_client().post(f"{PATH}/77/rerun?page=2", headers=OURS)
    assert answer.status_code == status
    for text in ("Build 77 was not re-run", str(error), words, f'href="{PATH}?page=2">Back to the builds'):
        assert text in answer.text


def test_the_button_needs_permission() -> None:
    """A reader sees the builds without the button, and a caller who may rebuild sees it."""
    client = varied().app(Access(tokens=TOKENS)).test_client()
    assert BUTTON not in client.get(PATH, headers=as_caller(READER)).text
    assert BUTTON in client.get(PATH, headers=as_caller(REBUILDER)).text


def test_builds_work_through_all_layers(github: GitHub, caplog: pytest.LogCaptureFixture) -> None:
    """With a GitHub peer: the list, the button, the audit of re-runs, and the next attempt."""
    with world(github) as found, caplog.at_level(logging.INFO, AUDIT):
        client = found.app.test_client()
        (run_id,) = add_runs(found, 1)
        path = f"/images/portal/runs/{run_id}/rerun"
        assert BUTTON in client.get("/images/portal/runs", headers=as_caller(REBUILDER)).text
        assert client.post(path, headers={**OURS, **as_caller(READER)}).status_code == 403
        answer = client.post(path, headers={**OURS, **as_caller(REBUILDER)})
        page = client.get(answer.headers["Location"], headers=as_caller(READER)).text
    assert "attempt 2" in page
    assert "1 build is running." in page
    outcomes = [record.getMessage().rpartition("outcome=")[2] for record in caplog.records if record.name == AUDIT]
    assert outcomes == ["not-allowed", "done"]
