"""Tests of the pages of tracked repositories, without a browser."""

import io
import logging
import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from provider.tracker.decisions.kinds import RepositoryType
from provider.tracker.decisions.polling import DEAD_AFTER
from provider.tracker.decisions.release import FoundRelease
from proxy.errors import AddressRefused, Unavailable
from tests.provider.tracker.pages.tracker_pages_web import PUBLIC_URL, TrackerWorld, release

TOOL = "https://github.com/acme/tool"
OWN_PAGE = {"Origin": PUBLIC_URL}


@pytest.fixture(name="world")
def made_world() -> TrackerWorld:
    """One repository with two releases."""
    world = TrackerWorld()
    world.publish(RepositoryType.GITHUB, "acme/tool", release("1.0.0", 30), release("1.1.0", 3, notes="**New** things"))
    world.add(TOOL, notes="Ask Mia.")
    return world


@pytest.fixture(name="client")
def made_client(world: TrackerWorld) -> FlaskClient:
    """A client on this machine, which is an admin."""
    return world.client()


def send(client: FlaskClient, path: str, page: str | None = None, **fields: object) -> TestResponse:
    """Send a form of a page."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(page or path).text)
    assert found, page or path
    return client.post(path, data={**fields, "csrf_token": found[1]}, headers=OWN_PAGE)


def test_tracker_ui_1_the_list_is_the_default_page(client: FlaskClient) -> None:
    """It lists all repositories with notes and latest release, sorted and filtered, with links to the other pages."""
    page = client.get("/").text
    for text in ("tool", "Ask Mia.", "1.1.0", "3 days ago", 'href="/repositories/1"', 'href="/repositories/new"'):
        assert text in page
    assert 'aria-sort="ascending"' in page
    assert "No repository matches" in client.get("/?q=zzz").text
    assert "No repository matches" in client.get("/?type=git").text
    assert "1 repository" in client.get("/?q=MIA&type=github&state=ok").text


def test_tracker_an_empty_list_says_what_to_do() -> None:
    """It has a link to add the first repository."""
    assert "Add the first repository" in TrackerWorld().client().get("/").text


def test_tracker_long_lists_come_in_pages(world: TrackerWorld, client: FlaskClient) -> None:
    """The pages contain each repository once, in order, and are reached by links."""
    for number in range(120):
        world.add_unpolled(f"https://github.com/acme/z{number}", f"z-{number:03}")
    seen: list[str] = []
    address: str | None = "/?q=z-"
    while address:
        page = client.get(address).text
        seen += re.findall(r">(z-\d{3})</a>", page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = following[1].replace("&amp;", "&") if following else None
    assert seen == [f"z-{number:03}" for number in range(120)]


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/?state=fine", "state"),
        ("/?type=svn", "type"),
        ("/?sort=stars", "sort"),
        ("/?after=not%00a+time&id=1&sort=lastPolled", "after"),
        ("/?after=x", "id"),
        ("/repositories/1?sort=stars", "sort"),
        ("/repositories/1?after=x&id=y", "id"),
        ("/repositories/1?after=not%00a+version&id=1&sort=date", "after"),
    ],
)
def test_tracker_ui_1_an_invalid_value_is_a_page_that_says_so(client: FlaskClient, address: str, name: str) -> None:
    """A list without the filter would be a wrong answer."""
    answer = client.get(address)
    assert (answer.status_code, answer.mimetype) == (422, "text/html")
    assert f"Query parameter {name}: " in answer.text


def test_tracker_ui_2_the_detail_shows_every_release(client: FlaskClient) -> None:
    """It shows notes as Markdown, dates, hashes, and links to the release pages."""
    page = client.get("/repositories/1").text
    assert page.index("1.1.0") < page.index(">1.0.0<")
    for text in ("<strong>New</strong>", TOOL, "https://vendor.example/1.0.0", "Latest"):
        assert text in page
    missing = client.get("/repositories/99")
    assert missing.status_code == 404
    assert "There is no tracked repository 99" in missing.text
    assert "Show all releases" in missing.text
    assert client.get("/repositories/1/releases/99").status_code == 404


def test_tracker_ui_3_a_repository_is_added_in_two_steps(world: TrackerWorld, client: FlaskClient) -> None:
    """The result of the check is shown before anything is saved."""
    world.publish(RepositoryType.CONTAINER, "ghcr.io/acme/app", release("2.0.0"), release("latest"))
    found = send(client, "/repositories/new", step="check", url="ghcr.io/acme/app", type="").text
    for text in ("Container", "2.0.0", 'value="app"'):
        assert text in found
    assert world.store.counts().repositories == 1
    fields = {"url": "ghcr.io/acme/app", "type": "container", "name": "App", "notes": "a\r\nb", "tag_form": "semver"}
    saved = send(client, "/repositories/new", step="save", **fields)
    assert (saved.status_code, saved.headers["Location"]) == (303, "/repositories/2")
    added = world.store.get(2)
    assert (added.name, added.notes, added.latest and added.latest.version) == ("App", "a\nb", "2.0.0")
    assert "App was added. 1 release was found." in client.get("/repositories/2").text


@pytest.mark.parametrize("url", ["", "not an address", "javascript:alert(1)", "https://user:secret@git.example.org/x"])
def test_tracker_a_wrong_address_is_refused_at_its_field(client: FlaskClient, url: str) -> None:
    """The field shows a message and keeps the input, and the input never becomes a link."""
    answer = send(client, "/repositories/new", step="check", url=url, type="")
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert 'id="url-error"' in answer.text
    assert 'href="javascript' not in answer.text


def test_tracker_a_duplicate_is_refused_with_a_link(client: FlaskClient) -> None:
    """Any way to write the address is found, in both steps and in the edit form."""
    for step in ("check", "save"):
        fields = {"url": "github.com/Acme/Tool.git", "type": "github", "name": "x", "tag_form": "any"}
        answer = send(client, "/repositories/new", step=step, **fields)
        assert answer.status_code == 422
        assert "is already tracked" in answer.text
        assert 'href="/repositories/1"' in answer.text


def test_tracker_a_forbidden_address_is_refused(world: TrackerWorld, client: FlaskClient) -> None:
    """The form does not offer to save it; it does for a host that is only unreachable."""
    world.sources[RepositoryType.GIT].fail("10.0.0.1/x", AddressRefused("10.0.0.1 is a private address"))
    private = {"url": "https://10.0.0.1/x", "type": "git", "name": "x", "tag_form": "any"}
    for step in ({"step": "check"}, {"step": "save"}, {"step": "save", "unchecked": "y"}):
        refused = send(client, "/repositories/new", **private, **step)
        assert refused.status_code == 422
        assert "10.0.0.1 is a private address" in refused.text
        assert "Save even though" not in refused.text
    assert world.store.counts().repositories == 1
    world.sources[RepositoryType.GIT].fail("git.example.org/x", Unavailable("git.example.org is away"))
    fields = {"url": "https://git.example.org/x", "type": "git"}
    away = send(client, "/repositories/new", step="check", **fields)
    assert "Save even though the check failed" in away.text
    assert "the next polls try to read its releases" in away.text
    saved = send(client, "/repositories/new", step="save", name="x", tag_form="any", unchecked="y", **fields)
    assert saved.status_code == 303


def test_tracker_ui_4_a_repository_is_changed(world: TrackerWorld, client: FlaskClient) -> None:
    """If someone else changed it in the meantime, nothing is saved."""
    fields = {"url": TOOL, "type": "github", "notes": "Ask Tom.", "tag_form": "any", "version": "1"}
    assert send(client, "/repositories/1/edit", name="The tool", **fields).status_code == 303
    assert world.store.get(1).name == "The tool"
    late = send(client, "/repositories/1/edit", name="Mine", **fields)
    assert late.status_code == 409
    assert "Someone else changed this repository" in late.text
    assert 'value="Mine"' in late.text
    assert send(client, "/repositories/1/edit", **{**fields, "version": "2"}, name=" ").status_code == 422


def test_tracker_deleting_needs_a_confirmation(world: TrackerWorld, client: FlaskClient) -> None:
    """Opening the confirmation page deletes nothing."""
    assert "Delete tool?" in client.get("/repositories/1/delete").text
    assert world.store.counts().repositories == 1
    assert send(client, "/repositories/1/delete").headers["Location"] == "/"
    assert world.store.counts().repositories == 0


def test_tracker_releases_are_kept_by_hand(world: TrackerWorld, client: FlaskClient) -> None:
    """A release can be added, changed and deleted; an invalid address is refused."""
    new = "/repositories/1/releases/new"
    fields = {"version": "1.2.0", "date": "2026-03-01T10:30", "url": "https://vendor.example/a", "notes": "x"}
    added = send(client, new, **fields)
    assert added.status_code == 303
    address = added.headers["Location"]
    assert "2026-03-01 10:30 UTC" in client.get(address).text
    assert "By hand" in client.get(address).text
    again = send(client, new, **fields)
    assert again.status_code == 422
    assert f'href="{address}"' in again.text
    assert send(client, new, **{**fields, "version": "9", "url": "javascript:alert(1)"}).status_code == 422
    assert send(client, f"{address}/edit", **{**fields, "notes": "y"}).status_code == 303
    assert send(client, f"{address}/delete").status_code == 303
    assert client.get(address).status_code == 404
    assert world.store.count_releases(1) == 2


def test_tracker_polling_now_shows_its_result(world: TrackerWorld, client: FlaskClient) -> None:
    """The page shows the number of new releases, or why the poll failed."""
    world.publish(RepositoryType.GITHUB, "acme/tool", release("1.2.0"))
    polled = send(client, "/repositories/1/poll", "/repositories/1")
    assert polled.status_code == 303
    assert "Polled. 1 new release." in client.get("/repositories/1").text
    send(client, "/repositories/1/poll", "/repositories/1")
    assert "polled a moment ago" in client.get("/repositories/1").text
    world.add_unpolled("https://github.com/acme/gone", "gone")
    send(client, "/repositories/2/poll", "/repositories/2")
    page = client.get("/repositories/2").text
    assert page.count("there is no repository acme/gone") + page.count("There is no repository acme/gone") == 2
    assert "Failed" in client.get("/?state=error").text


def test_tracker_pre_releases_drafts_and_withdrawn_releases_are_marked(
    world: TrackerWorld, client: FlaskClient
) -> None:
    """The mark is next to the version; none of them is the latest release."""
    world.publish(RepositoryType.GITHUB, "acme/tool", release("2.0.0", prerelease=True), release("3.0.0", draft=True))
    world.sources[RepositoryType.GITHUB].withdraw("acme/tool", "1.0.0")
    send(client, "/repositories/1/poll", "/repositories/1")
    parts = re.split(r'<li class="release">', client.get("/repositories/1").text)[1:]
    marks = [re.findall("Latest|Pre-release|Draft|Withdrawn", part) for part in parts]
    assert marks == [["Draft"], ["Pre-release"], ["Latest"], ["Withdrawn"]]


def test_tracker_a_prerelease_is_marked_by_its_version(world: TrackerWorld, client: FlaskClient) -> None:
    """In the list, on the page of its repository and on its own, although the publisher does not mark it."""
    world.publish(RepositoryType.GITHUB, "acme/early", release("v1.0.0-rc.1"))
    number = world.add("https://github.com/acme/early")
    latest = world.store.get(number).latest
    assert latest is not None

    for path in ("/?q=early", f"/repositories/{number}", f"/repositories/{number}/releases/{latest.id}"):
        assert "Pre-release" in client.get(path).text


def test_tracker_a_dead_repository_is_marked(world: TrackerWorld, client: FlaskClient) -> None:
    """The list and the page show the cause, the number of failures, and that it is polled daily."""
    world.add_unpolled("https://github.com/acme/gone", "gone")
    for _ in range(DEAD_AFTER):
        world.store.record([world.parts.poller.poll(world.store.get(2)).result])
    assert "1 repository" in client.get("/?state=dead").text
    page = client.get("/repositories/2").text
    for text in ("Dead", "there is no repository acme/gone", "100 failures in a row", "polled once a day only"):
        assert text in page


def test_tracker_lists_are_imported(world: TrackerWorld, client: FlaskClient) -> None:
    """All lines are imported or none, and each problem is shown with its line."""
    wrong = io.BytesIO(b"url,type\nghcr.io/acme/app,\nnot an address,git\n"), "list.csv"
    refused = send(client, "/repositories/transfer", file=wrong)
    assert refused.status_code == 422
    assert "line 3: url:" in refused.text
    right = io.BytesIO(f"url,name\nghcr.io/acme/app,App\n{TOOL},x\n".encode()), "list.csv"
    assert send(client, "/repositories/transfer", file=right).status_code == 303
    assert "1 repository was added. 1 was already tracked." in client.get("/").text
    assert client.get("/api/v1/repositories/export?format=csv").text.startswith("name,type,url")
    assert send(client, "/repositories/transfer", file=(io.BytesIO(b"x"), "list.xlsx")).status_code == 422
    plain = io.BytesIO(b"# ours\nhttps://github.com/acme/other\n"), "list.txt"
    assert send(client, "/repositories/transfer", file=plain).status_code == 303


def test_tracker_pasted_addresses_are_imported(world: TrackerWorld, client: FlaskClient) -> None:
    """One per line; after a problem the list is still in its field."""
    page, text = "/repositories/transfer", "acme/one # why\r\n\r\nnot an address\r\n"
    refused = send(client, f"{page}/list", page, addresses=text)
    assert refused.status_code == 422
    assert "line 3: url:" in refused.text
    assert "acme/one # why" in refused.text
    assert send(client, f"{page}/list", page, addresses="").status_code == 422
    assert send(client, f"{page}/list", page, addresses=f"acme/one # why\r\n{TOOL}\r\n").status_code == 303
    assert "1 repository was added. 1 was already tracked." in client.get("/").text
    assert world.store.counts().repositories == 2


def test_tracker_the_page_of_imports_names_every_field(client: FlaskClient) -> None:
    """An export, which has all of them, can be imported."""
    page = client.get("/repositories/transfer").text
    fields = client.get("/api/v1/repositories/export?format=csv").text.partition("\r\n")[0].split(",")
    assert f"<code>{', '.join(fields)}</code>" in page


def test_tracker_the_two_choices_about_messages_explain_each_other(client: FlaskClient) -> None:
    """What happens to pre-releases, and which listed releases are announced, are set beside each other."""
    page = client.get("/repositories/1/edit").text
    choice = page.partition('id="prereleases"')[2].partition('id="announce"')[0]
    for words in ("List and announce them", "List them, but do not announce them", "Do not list them"):
        assert words in choice
    assert "They are announced only if Announce, below, is All listed releases." in choice


@pytest.mark.parametrize(
    "path", ["new", "1/edit", "1/delete", "1/poll", "1/releases/new", "1/releases/1/edit", "transfer", "transfer/list"]
)
def test_tracker_a_form_without_its_token_is_refused(world: TrackerWorld, client: FlaskClient, path: str) -> None:
    """Nothing is changed."""
    before = world.store.get(1)
    answer = client.post(f"/repositories/{path}", data={"step": "save", "url": "ghcr.io/acme/app"}, headers=OWN_PAGE)
    assert answer.status_code == 400
    assert "Nothing was changed" in answer.text
    assert (world.store.get(1), world.store.counts().repositories) == (before, 1)


def test_tracker_changes_are_audited(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    """The audit log has the caller, the action and the result."""
    with caplog.at_level(logging.INFO, "image_factory.audit"):
        send(client, "/repositories/1/delete")
    assert "change caller=local method=POST path=/repositories/1/delete outcome=303" in caplog.messages


def test_tracker_stored_script_is_shown_as_text(world: TrackerWorld, client: FlaskClient) -> None:
    """This is true for names, notes, versions and addresses, on every page."""
    script = "<script>alert(1)</script>"
    hostile = release(f"1{script}", notes=f"{script}[x](javascript:alert(1))", url="javascript:alert(1)")
    world.publish(RepositoryType.GITHUB, "acme/evil", hostile)
    world.add("https://github.com/acme/evil", name=script, notes=script)
    pages = ("/", "/repositories/2", "/repositories/2/releases/3", "/repositories/2/edit", "/repositories/2/delete")
    for path in (*pages, "/repositories/2/releases/3/edit", "/repositories/2/releases/3/delete"):
        page = client.get(path).text
        assert script not in page
        assert "&lt;script&gt;" in page
        assert 'href="javascript' not in page


@pytest.mark.parametrize("path", ["/", "/repositories/new", "/repositories/1", "/repositories/1/edit"])
def test_tracker_pages_load_nothing_from_other_sites(client: FlaskClient, path: str) -> None:
    """Every asset exists and is served by this service, and nothing is inline."""
    answer = client.get(path)
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert not re.search(r"<script(?! src)|\sstyle=|\son[a-z]+=", answer.text)
    for asset in re.findall(r'<(?:link|script)[^>]*(?:href|src)="([^"]+)"', answer.text):
        assert asset.startswith(("/static/", "/bootstrap/static/"))
        with client.get(asset) as served:
            assert served.status_code == 200


def test_tracker_a_component_is_chosen_when_a_repository_is_added(world: TrackerWorld, client: FlaskClient) -> None:
    """The second step asks which component is meant, shows what a filter lets through, and keeps it."""
    tags = ("controller-v1.0.0", "controller-v1.1.0", "helm-chart-4.0.0")
    world.publish(RepositoryType.GITHUB, "acme/mono", *map(FoundRelease, tags))
    asked = send(client, "/repositories/new", step="check", url="acme/mono", type="")
    assert "Which one do you mean?" in asked.text
    fields = {"url": "acme/mono", "type": "github", "name": "Mono", "tag_form": "any"}
    chosen = send(client, "/repositories/new", choice="^helm-chart-[0-9]", **fields)
    assert chosen.status_code == 200
    for text in ('value="^helm-chart-[0-9]"', "2 left out by the filter", "helm-chart-4.0.0"):
        assert text in chosen.text
    tried = send(client, "/repositories/new", step="preview", include="(", **fields)
    assert (tried.status_code, "missing )" in tried.text) == (422, True)
    saved = send(client, "/repositories/new", step="save", include="^helm-chart-[0-9]", labels="ours, x", **fields)
    assert saved.status_code == 303
    tracked = world.store.get(2)
    assert (tracked.wanted.include, tracked.labels) == ("^helm-chart-[0-9]", ("ours", "x"))
    page = client.get("/repositories/2").text
    assert "Only versions that match" in page
    assert "ours, x" in page


def test_tracker_another_part_of_an_address_is_added(world: TrackerWorld, client: FlaskClient) -> None:
    """The first step refuses an address that is tracked, and offers to track another part of it."""
    refused = send(client, "/repositories/new", step="check", url=TOOL, type="")
    assert "Track another part of this address" in refused.text
    again = send(client, "/repositories/new", step="check", url=TOOL, type="", again="yes")
    assert again.status_code == 200
    fields = {"url": TOOL, "type": "github", "name": "Part", "tag_form": "any"}
    assert send(client, "/repositories/new", step="save", **fields).status_code == 422
    assert send(client, "/repositories/new", step="save", include="^1", **fields).status_code == 303
    assert world.store.counts().repositories == 2
