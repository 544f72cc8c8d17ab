"""Tests of the versions page of an image."""

import dataclasses
from datetime import timedelta

import pytest

from catalog.image import OriginDocument, UpdateDocument
from provider.redaction import use_redactor
from proxy.errors import Garbage, NotFound, OutsideFailure, Refused, StillReading, Unavailable
from proxy.secrets.redactor import Redactor
from proxy.secrets.secret import Secret
from proxy.version_types import PlatformImage, VersionQuery, Vulnerabilities
from tests.contracts.version_world import open_world
from tests.fakes.registry import FakeRegistry, digest_of
from tests.provider.api.version_web import client_of
from tests.provider.pages.upstream_web import Scripted, varied, version
from tests.provider.web_images import NOW, dependency, digest, managed
from tests.proxy.clocks import Clock

PATH = "/images/backstage/versions"


def shown(scripted: Scripted, query: str = "") -> str:
    """The text of the page."""
    answer = scripted.app().test_client().get(f"{PATH}{query}")
    assert answer.status_code == 200
    return answer.text


def test_a_version_shows_all_known_values() -> None:
    """Tag, aliases, digest with the reference to copy, size, time and platforms are shown."""
    page = shown(varied())
    for text in (
        ">1.12.1</a>",
        "latest, 1.12, 1</span>",
        f"sha256:{'b' * 12}<",
        f'data-copy="ghcr.io/acme/backstage:1.12.1@{digest("b")}"',
        'title="118,400,000 bytes, compressed">118 MB<',
        'title="2026-03-10 09:00 UTC">3 hours ago</time>',
        '<li title="1.0 kB">linux/arm64/v8</li>',
        "36 tags, newest first",
        "Page 1 of 2",
        "Fetched from ghcr.io",
    ):
        assert text in page, text
    assert "may be out of date" not in page


def test_unknown_values_are_marked() -> None:
    """Unknown values are marked, and a list without times has no column for them."""
    unknown = version("1", digest=None, size=None, published_at=None, platforms=())
    page = shown(Scripted([unknown], dated=False))
    assert page.count("Unknown") == 3
    assert "Published" not in page
    both = shown(Scripted([unknown, unknown], dated=False))
    assert "sorted by version: this registry has no dates" in both


def test_a_version_says_what_it_is() -> None:
    """Its kind if it is no image, revision, signature, when it was built, and why it cannot be read."""
    windows = PlatformImage("windows", "amd64", None, None, None, "10.0.26100")
    page = shown(
        Scripted(
            [
                version("1", kind="chart", revision="4f2a0c1d9e8b7a6f", signed=True, provenance=True),
                version("2", published_at=None, built_at=NOW - timedelta(hours=2), platforms=(windows,)),
                version("3", problem="the registry answered 401", sbom=True),
            ]
        )
    )
    for text in (
        ">Helm chart<",
        'revision <span title="4f2a0c1d9e8b7a6f">4f2a0c1d9e8b</span>',
        ">signed, provenance<",
        ">SBOM<",
        "built <time",
        "windows/amd64 (10.0.26100)",
        "✕ the registry answered 401",
    ):
        assert text in page, text
    assert "Artifact" not in page


def test_what_is_ours_is_marked() -> None:
    """The enrolled tag, the current digest and since when it is known, and what it was built from, with links."""
    seen = UpdateDocument(digest("b"), None, NOW - timedelta(days=3), None, "check", repoint=False, platforms=())
    image = managed(
        "backstage",
        tag="stable",
        digest=digest("b"),
        updates=(seen,),
        origins=(OriginDocument(digest("b"), (digest("c"),)),),
        dependencies=(dataclasses.replace(dependency("node"), built_on=digest("c")),),
    )
    labels = {"revision": "4f2a0c1d9e8b", "source": "https://github.com/acme/portal", "version": "1.12.1"}
    versions = [version("1.12.1", "b", **labels), version("stable", "a"), version("old", "b", published_at=None)]
    page = shown(Scripted(versions, images=[image]))

    for text in (
        f'built from <a href="/images/node">node</a> <code title="{digest("c")}">',
        'known here since <time datetime="2026-03-07T12:00:00Z"',
        'first seen <time datetime="2026-03-07T12:00:00Z"',
        '<a href="https://github.com/acme/portal/commit/4f2a0c1d9e8b" rel="noreferrer" title="4f2a0c1d9e8b">',
        'source <a href="https://github.com/acme/portal" rel="noreferrer">',
        ">version 1.12.1<",
        f'data-copy="{digest("b")}" data-name="Copy digest of 1.12.1" hidden>Copy digest<',
        f'data-copy="docker pull ghcr.io/acme/backstage:1.12.1@{digest("b")}" hidden>Copy docker pull<',
    ):
        assert text in page, text
    assert (page.count("Enrolled tag"), page.count("Current digest")) == (1, 2)
    assert "Watched tag" not in page


def test_what_the_registry_found_is_shown() -> None:
    """Vulnerabilities by severity, when a tag expires, and that nobody pulls it; without them there is no column."""
    page = shown(
        Scripted(
            [
                version("1", vulnerabilities=Vulnerabilities(critical=2, low=1_300)),
                version(
                    "2", vulnerabilities=Vulnerabilities(), expires_at=NOW + timedelta(days=2), activity="inactive"
                ),
                version("3", vulnerabilities=Vulnerabilities(applicable=False), activity="active"),
            ]
        )
    )
    for text in (
        ">2 critical, 1,300 low<",
        ">no vulnerabilities found<",
        ">not applicable<",
        'expires <time datetime="2026-03-12T12:00:00Z"',
        ">Security<",
    ):
        assert text in page, text
    assert page.count("Inactive on Docker Hub") == 1
    assert ">Security<" not in shown(varied())


def test_the_last_list_says_that_a_newer_one_is_read() -> None:
    """It is not called unavailable, and the page loads itself again."""
    scripted = varied()
    scripted.stale = scripted.reading = True
    scripted.complete = False
    page = shown(scripted)
    assert "A newer list is being read from ghcr.io" in page
    assert ">10 Mar 2026, 11:56 UTC</time>)" in page
    assert "may be out of date" not in page
    assert 'hx-get="/images/backstage/versions" hx-trigger="load delay:2s"' in page
    assert "hx-trigger" not in shown(varied())


def test_a_page_that_is_not_complete_says_so() -> None:
    """It leads to the same page, which has more a moment later, and loads it by itself."""
    scripted = Scripted([version("1", digest=None, size=None, platforms=(), pending=True)], complete=False)
    page = shown(scripted, "?q=1")
    assert page.count(">Loading<") == 3
    assert 'href="/images/backstage/versions?q=1">Show them</a>' in page
    assert 'hx-get="/images/backstage/versions?q=1" hx-trigger="load delay:2s"' in page
    assert "being read" not in shown(varied())


def test_a_size_that_was_not_read_is_read_on_request() -> None:
    """That of an image for several platforms costs further requests."""
    scripted = Scripted([version("1.2", size=None)])
    page = shown(scripted, "?q=1")
    assert 'href="/images/backstage/versions?opened=1.2&amp;q=1">Read<' in page
    assert scripted.opened == []
    shown(scripted, "?opened=1.2")
    assert scripted.opened == ["ghcr.io/acme/backstage:1.2"]


def test_the_form_filters_and_keeps_its_values() -> None:
    """The text and the checkbox are sent to the registry, and all links keep them."""
    scripted = varied()
    page = shown(scripted, "?q=1.1&semver=true&page=1")
    assert scripted.asked == [VersionQuery("1.1", True, 1, 20, False)]
    assert scripted.places == ["ghcr.io/acme/backstage"]
    assert 'value="1.1"' in page
    assert 'value="true" checked' in page
    assert 'rel="next" href="/images/backstage/versions?q=1.1&amp;semver=true&amp;page=2"' in page
    assert "tags match" in page


def test_refresh_reads_from_the_registry_again() -> None:
    """The link keeps the filters and the page."""
    scripted = varied()
    assert "?refresh=true&amp;q=1&amp;page=2" in shown(scripted, "?q=1&page=2")
    shown(scripted, "?refresh=true")
    assert [query.refresh for query in scripted.asked] == [False, True]


@pytest.mark.parametrize("query", ["?page=0", f"?page={'9' * 5000}", "?page=%C2%B2", "?q=&semver=&refresh="])
def test_invalid_page_numbers_and_empty_filters_are_ignored(query: str) -> None:
    """They show the list without a filter."""
    shown(varied(), query)


@pytest.mark.parametrize("query", ["?semver=maybe", f"?q={'x' * 200}", "?semver=1", "?semver=TRUE"])
def test_a_filter_that_cannot_be_used_is_refused(query: str) -> None:
    """A list without the filter would look filtered."""
    scripted = varied()
    assert scripted.app().test_client().get(f"{PATH}{query}").status_code == 422
    assert scripted.asked == []


@pytest.mark.parametrize(
    ("scripted", "query", "words"),
    [
        (Scripted(), "", "No versions yet"),
        (varied(), "?q=zzz", "No tag matches"),
        (varied(), "?page=3", "There are 2 pages"),
    ],
)
def test_each_empty_list_has_its_message(scripted: Scripted, query: str, words: str) -> None:
    """There are messages for no versions, no match, and a page past the end."""
    assert words in shown(scripted, query)


def test_an_old_list_is_marked() -> None:
    """The page says that the list may be out of date, and when it was read."""
    scripted = varied()
    scripted.stale = True
    page = shown(scripted)
    assert "This list may be out of date" in page
    assert ">10 Mar 2026, 11:56 UTC</time>)" in page


def test_a_list_that_broke_off_is_marked() -> None:
    """The page says why versions are missing, without markup of the registry."""
    scripted = varied()
    assert "Versions are missing" not in shown(scripted)
    scripted.problem = "it answered 500 (<b>no</b>)"
    page = shown(scripted)
    assert "Versions are missing" in page
    assert "it answered 500 (&lt;b&gt;no&lt;/b&gt;)" in page


@pytest.mark.parametrize(
    ("error", "status", "retry_after", "words"),
    [
        (NotFound("no such repository"), 404, None, "Check the names"),
        (Refused("denied by <registry>"), 502, None, "Ask an operator"),
        (Garbage("no list"), 502, None, "Try again later"),
        (Unavailable("it is down"), 503, None, "Try again in a moment"),
        (Unavailable("used up", NOW + timedelta(minutes=5)), 503, "300", "10 Mar 2026, 12:05 UTC</time>"),
    ],
)
def test_an_upstream_failure_is_a_page_with_a_next_step(
    error: OutsideFailure, status: int, retry_after: str | None, words: str
) -> None:
    """It has the status, the escaped message, what to do, and the navigation."""
    answer = Scripted(error=error).app().test_client().get(f"{PATH}?q=1&page=2")
    assert (answer.status_code, answer.headers.get("Retry-After")) == (status, retry_after)
    assert words in answer.text
    assert str(error).replace("<", "&lt;").replace(">", "&gt;") in answer.text
    assert 'href="/images/backstage/versions?q=1&amp;page=2">Try again' in answer.text
    assert 'href="/images/backstage/versions" aria-current="page"' in answer.text
    assert 'href="/images/backstage/runs"' in answer.text


def test_a_list_that_is_still_being_read_is_no_failure() -> None:
    """The page says how far it was read, and loads again by itself, with the same filters."""
    error = StillReading("12,300 tags so far; try again in a moment", NOW + timedelta(seconds=5))
    answer = Scripted(error=error).app().test_client().get(f"{PATH}?q=1&page=2&refresh=true")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.headers["Refresh"] == "5; url=/images/backstage/versions?q=1&page=2"
    assert "The versions are still being read" in answer.text
    assert "12,300 tags so far" in answer.text
    assert "Could not" not in answer.text


def test_an_upstream_failure_shows_no_secret() -> None:
    """A message that contains a secret shows `***` in its place."""
    app = Scripted(error=Unavailable("refused secret-token-1")).app()
    app.before_request(lambda: use_redactor(Redactor([Secret("secret-token-1")])))
    page = app.test_client().get(PATH).text
    assert "secret-token-1" not in page
    assert "refused ***" in page


def test_texts_of_a_registry_are_never_markup() -> None:
    """Tags and addresses from a registry are escaped."""
    hostile = version("<b>1", url="javascript:alert(1)", aliases=('"><script>alert(1)</script>',), reference='"><i>')
    page = shown(Scripted([hostile]))
    for text in ("<b>1", "javascript:", "<script>alert", '"><i>'):
        assert text not in page


def test_a_lone_surrogate_does_not_break_the_page() -> None:
    """JSON can contain a lone surrogate, which UTF-8 cannot encode."""
    assert "x?y</a>" in shown(Scripted([version("x\ud800y")]))


def test_the_pages_of_an_image_link_to_each_other() -> None:
    """Every page has tabs with the current one marked; a base image has no builds."""
    client = varied().app().test_client()
    for path in ("", "/versions", "/runs"):
        assert f'href="/images/backstage{path}" aria-current="page"' in client.get(f"/images/backstage{path}").text
    assert "/images/node/runs" not in client.get("/images/node").text
    assert client.get("/images/nobody/versions").status_code == 404


def test_the_page_shows_no_credential() -> None:
    """A page with a tag that equals a password of the service is refused, through all layers."""
    registry, secret = FakeRegistry(), "robot-password-1"
    registry.put("registry.example.com/acme/app:1.0.0", digest_of("1"), platforms=["linux/amd64"])
    with open_world(Clock(), registry=registry) as world:
        image = managed("app", registry="registry.example.com", repository="acme/app")
        client = client_of(world, [image], Redactor([Secret(secret)]))
        assert f"acme/app:1.0.0@{digest_of('1')}" in client.get("/images/app/versions").text
        assert "/images/app/runs" not in client.get("/images/app").text
        registry.put(f"registry.example.com/acme/app:{secret}", digest_of("x"))
        answer = client.get("/images/app/versions?refresh=true")
    assert answer.status_code == 502
    assert secret not in answer.text
