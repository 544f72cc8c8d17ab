"""Tests of the page /overview."""

import re
from html import unescape
from urllib.parse import unquote

import pytest

from catalog.image import Conclusion, Status
from provider.auth.callers import Caller, CallerRole
from provider.ports import Beat, ReportedProblem
from provider.services.health import CONFIG, WORKER
from provider.store.beats import SqlBeats
from tests.provider.overview_world import OverviewWorld, behind, organization
from tests.provider.web_images import NOW, MemoryIndex, base, managed, rebuild
from tests.provider.web_part import web

WRONG = "'7x' is not a duration"


def text_of(world: OverviewWorld, query: str = "", *, tracked: bool = True) -> str:
    """The words of the page, with one space between them."""
    page = page_of(world, query, tracked=tracked)
    content = page[page.index("<main") :]
    return " ".join(unescape(re.sub("<[^>]+>", " ", content)).split())


def page_of(world: OverviewWorld, query: str = "", *, tracked: bool = True) -> str:
    """The page."""
    answer = world.app(tracked=tracked).test_client().get(f"/overview{query}")
    assert answer.status_code == 200
    return answer.text


def test_the_page_answers_first_how_many_images_are_up_to_date(world: OverviewWorld) -> None:
    """Then how many are behind and since when, failing, not known and held, each with its list."""
    world.put([*organization(300), managed("broken", status=Status.ERROR)])
    words, page = text_of(world), page_of(world)
    assert words.startswith("Overview 200 of 301 managed images are proven up to date 80 Behind the first since 20 Jan")
    for text in ("11 Failing 10 failed , 1 error", "20 Not known 10 unknown , 10 unverified", "10 Held a person"):
        assert text in words, text
    for status in (
        "up-to-date",
        "failed",
        "error",
        "unknown",
        "unverified",
        "held",
        "waiting",
        "due",
        "rebuilding",
        "failed,error",
        "unknown,unverified",
        "rebuilding,due,waiting",
    ):
        assert f'href="/images?role=managed&status={status}"' in unquote(unescape(page)), status
    assert 'href="/images?behind=true&amp;sort=behindSince"' in page


def test_one_image_is_said_in_the_singular(world: OverviewWorld) -> None:
    """Also where it is not up to date."""
    world.put([managed("app", status=Status.UNKNOWN)])
    assert "0 of 1 managed image is proven up to date" in text_of(world)
    world.put([managed("app")])
    assert "1 of 1 managed image is proven up to date" in text_of(world)


def test_the_worst_images_are_shown_with_reason_and_owner(world: OverviewWorld) -> None:
    """Each leads to its page."""
    world.put([behind("late", 30, owner="group:default/payments"), behind("later", 2)])
    words = text_of(world)
    assert "late 8 Feb (1 month ago) ◷ Waiting node-22 changed on 5 Mar 2026" in words
    assert words.index("late 8 Feb") < words.index("later 8 Mar")
    assert '<span title="group:default/payments">payments</span>' in page_of(world)
    assert 'href="/images/late"' in page_of(world)


def test_what_happened_in_seven_days_is_shown(world: OverviewWorld) -> None:
    """Changes with how many images use the base image, rebuilds by conclusion, and releases."""
    world.put(organization(60))
    world.release("1.0.0", "1.1.0", "1.2.0")
    words, page = text_of(world), page_of(world)
    assert "2 base images changed node just now" in words
    assert "used by 30 images" in words
    assert "Rebuilt in 7 days" in words
    assert "✓ Success 2" in words
    assert "2 releases of tracked repositories tool 1.2.0" in words
    assert 'href="/repositories/1/releases/3"' in page
    assert 'href="/releases?since=2026-03-03"' in page


def test_every_conclusion_has_its_sign(world: OverviewWorld) -> None:
    """A rebuild that has not ended is in progress."""
    conclusions = [*Conclusion, None]
    world.put(
        managed(f"app-{number}", rebuilds=(rebuild(1, conclusion=each, status="running"),))
        for number, each in enumerate(conclusions)
    )
    words = text_of(world)
    for text in ("✓ Success 1", "✕ Failed 1", "Cancelled 1", "Timed out 1", "↻ In progress 1", "↻ Running"):
        assert text in words, text


def test_problems_are_shown_with_file_and_line(world: OverviewWorld) -> None:
    """The summary leads to them; more than five are counted."""
    world.put([managed("app")])
    world.report(*(ReportedProblem("app", f"{line}", WRONG, "images.d/a.yaml", line) for line in range(1, 8)))
    words = text_of(world)
    assert "7 problems in the config repository" in words
    assert "images.d/a.yaml:5" in words
    assert "images.d/a.yaml:6" not in words
    assert "All 7 problems" in words


def test_without_problems_the_page_says_so(world: OverviewWorld) -> None:
    """As soon as the files were read, and not before: then it is not known."""
    world.put([managed("app")])
    assert "no problem" not in text_of(world)
    world.check()
    words = text_of(world)
    assert "✓ no problem in its files" in words
    assert "roblems in the config repository" not in words


def test_each_part_shows_its_last_and_next_check(world: OverviewWorld) -> None:
    """What is not known is said so, and what is late is due."""
    world.put([managed("app")])
    assert text_of(world).count("Not known Not known") == 4
    world.check()
    words = text_of(world)
    assert "Config repository just now ✓ no problem in its files in 14 minutes" in words
    assert "Registries 2 minutes ago in 13 minutes" in words
    beats = SqlBeats(world.engine)
    beats.beat(Beat(CONFIG, NOW.replace(hour=1)))
    beats.beat(Beat(WORKER, NOW, "git is gone"))
    assert "11 hours ago ✕ git is gone Due" in text_of(world)


def test_an_empty_service_leads_on(world: OverviewWorld) -> None:
    """To the config repository, the list of images and the API; releases are there too."""
    words, page = text_of(world), page_of(world)
    assert "No images yet To enroll the first image, add an entry to images.yaml of the config repository" in words
    assert 'href="/api/docs"' in page
    assert "No repository is tracked. Add the first repository" in words
    assert "proven up to date" not in words


def test_a_service_with_base_images_alone_is_not_empty(world: OverviewWorld) -> None:
    """It says that no managed image is tracked."""
    world.put([base("node"), base("debian", status=Status.UNKNOWN)])
    words = text_of(world)
    assert "No managed image is tracked yet." in words
    assert "2 base images watched, 1 unknown" in words


@pytest.mark.parametrize("owner", ["group:default/a", "GROUP:default/a", "group:default/a,user:default/mia"])
def test_an_owner_is_kept_in_the_links(world: OverviewWorld, owner: str) -> None:
    """And can be taken back."""
    world.put([behind("mine", 1, owner="group:default/a"), behind("theirs", 2, owner="group:default/b")])
    page = page_of(world, f"?owner={owner}")
    assert "mine" in page
    assert "theirs" not in page
    assert f"/images?behind=true&sort=behindSince&owner={owner}" in unquote(unescape(page))
    assert '<a href="/overview">All teams</a>' in page


def test_an_owner_without_images_is_said(world: OverviewWorld) -> None:
    """The page leads back to everything."""
    world.put([managed("app")])
    assert "No managed image has the owner group:default/nobody. Show all teams" in text_of(
        world, "?owner=group:default/nobody"
    )


def test_without_a_release_tracker_there_is_nothing_about_releases(world: OverviewWorld) -> None:
    """Neither in the week nor among the checks; the front page leads to the overview."""
    world.put([managed("app")])
    words = text_of(world, tracked=False)
    assert "Released" not in words
    assert "Tracked repositories" not in words
    assert world.app(tracked=False).test_client().get("/").headers["Location"] == "/overview"


def test_brand_and_menu_lead_to_the_overview(world: OverviewWorld) -> None:
    """The front page stays the list of repositories where there is a tracker."""
    page = page_of(world)
    assert '<a class="brand" href="/overview">' in page
    assert '<a href="/overview" aria-current="page">Overview</a>' in page
    assert "<h1>Releases" in world.app().test_client().get("/").text
    assert '<a class="brand" href="/">' in web(MemoryIndex([managed("app")])).test_client().get("/images").text


def test_page_and_api_agree(world: OverviewWorld) -> None:
    """The numbers of both come from the same place."""
    world.put(organization(100))
    found = world.app().test_client().get("/api/v1/overview").json
    assert found is not None
    words = text_of(world)
    assert f"{found['images']['upToDate']} of {found['images']['total']} managed images" in words
    assert f"{found['images']['behind']} Behind" in words
    assert f"{found['changes']['bases']} base images changed" in words


def test_my_teams_are_offered_to_whoever_has_some(world: OverviewWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """The link has all of them; a service token has none."""
    world.put([behind("mine", 1, owner="group:default/a"), behind("theirs", 2, owner="group:default/b")])
    assert "My teams" not in page_of(world)
    caller = Caller("jane", CallerRole.READ, frozenset({"group:default/a", "user:default/jane"}))
    monkeypatch.setattr("provider.auth.rights.current_caller", lambda: caller)
    page = page_of(world)
    link = re.search(r'<a href="(/overview\?owner=[^"]+)">My teams</a>', page)
    assert link
    own = page_of(world, unescape(link[1]).removeprefix("/overview"))
    assert 'href="/images/mine"' in own
    assert 'href="/images/theirs"' not in own
    assert 'aria-current="true">My teams</a>' in own
