"""Tests of GitHub as a source: requests, their cost, and the meaning of each answer."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from github.Requester import Requester

from provider.tracker.decisions.addresses import parse_address
from provider.tracker.decisions.kinds import RepositoryType, TagForm
from provider.tracker.decisions.outcomes import Found, UnchangedList
from provider.tracker.decisions.release import FoundRelease, ReleaseList
from provider.tracker.decisions.repository import Address
from provider.tracker.decisions.wanted import ListSource, WantedVersions
from provider.tracker.sources.github import GitHubReleases
from proxy.errors import NotFound, Refused, Unavailable
from proxy.github.credentials import FixedToken
from proxy.github.renames import Renamed
from proxy.secrets.secret import Secret
from tests.peers.github.scripts import next_page_at
from tests.peers.github.server import GitHub
from tests.proxy.github.sessions import open_session

NAME = "acme/portal"
DAY = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def source(github: GitHub) -> Iterator[GitHubReleases]:
    """The source, for a repository without releases and tags."""
    github.add_repository(NAME, {"README.md": "# Portal\n"})
    with open_session(github.url) as session:
        yield GitHubReleases(session)


def address(name: str = NAME) -> Address:
    """The address of a repository at GitHub."""
    return parse_address(name, RepositoryType.GITHUB)


def polled(source: GitHubReleases, memory: str | None = None, known: tuple[str, ...] = ()) -> Found:
    """The result of a poll, which must have read a list."""
    outcome = source.poll(
        address(), wanted=WantedVersions(TagForm.ANY), memory=memory, known=known, thorough=memory is None
    )
    assert isinstance(outcome, Found)
    return outcome


def asked(github: GitHub, since: int = 0) -> list[str]:
    """The lists that were requested: `releases`, `tags`."""
    return [request.path.rpartition("/")[2] for request in github.log[since:]]


def test_tracker_github_releases_have_date_version_notes_url_and_hash(github: GitHub, source: GitHubReleases) -> None:
    """Pre-releases and drafts are marked; a draft has no hash, because its tag may not exist yet."""
    commit = github.commit(NAME, {"a": "1"})
    github.add_release(NAME, "v1.0.0", body="# First", published_at=DAY)
    github.add_release(NAME, "v1.1.0-rc.1", prerelease=True, published_at=DAY)
    github.add_release(NAME, "v2.0.0", draft=True, published_at=DAY)

    found = {release.version: release for release in polled(source).releases}

    url = f"https://github.com/{NAME}/releases/tag/v1.0.0"
    assert found["v1.0.0"] == FoundRelease("v1.0.0", DAY, "# First", url, commit, listed_in=ReleaseList.RELEASES)
    assert (found["v1.1.0-rc.1"].prerelease, found["v1.1.0-rc.1"].draft) == (True, False)
    assert (found["v2.0.0"].draft, found["v2.0.0"].hash) == (True, None)


def test_tracker_every_page_of_releases_is_read(github: GitHub, source: GitHubReleases) -> None:
    """A page has a hundred releases; an unchanged list is read with one conditional request, which costs nothing."""
    for number in range(250):
        github.add_release(NAME, f"1.{number}.0", published_at=DAY + timedelta(hours=number))
    first = polled(source)
    assert len({release.version for release in first.releases}) == 250
    assert all(release.hash for release in first.releases)
    assert asked(github) == ["releases"] * 3 + ["tags"] * 3

    used, since = github.rate_limit.used, len(github.log)
    assert (
        source.poll(address(), wanted=WantedVersions(TagForm.ANY), memory=first.memory, thorough=False)
        == UnchangedList()
    )

    assert asked(github, since) == ["releases"]
    assert github.rate_limit.used == used


def test_tracker_github_is_asked_by_pygithub(
    github: GitHub, source: GitHubReleases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PyGithub sends every request, for releases and for tags with their hashes."""
    sent: list[str] = []
    request = Requester.requestJson

    def noted(self: Requester, verb: str, url: str, *others: Any) -> Any:
        sent.append(f"{verb} {url}")
        return request(self, verb, url, *others)

    monkeypatch.setattr(Requester, "requestJson", noted)
    github.add_release(NAME, "1.0.0")
    polled(source)

    assert sent == [f"GET /repos/{NAME}/releases", f"GET /repos/{NAME}/tags", f"GET /repos/{NAME}"]
    assert sent == [f"{each.method} {each.path}" for each in github.log]


@pytest.mark.parametrize("count", [101, 250, 450, 1_000])
def test_tracker_counters_that_change_cost_one_request(github: GitHub, source: GitHubReleases, count: int) -> None:
    """Popular repositories change with every download; nothing is withdrawn for what was not read."""
    for number in range(count):
        github.add_release(NAME, f"1.{number}.0", published_at=DAY + timedelta(hours=number))
    first = polled(source)
    releases = github.state.repositories[NAME].releases
    releases[-1] = replace(releases[-1], body="Corrected")
    used, since, known = github.rate_limit.used, len(github.log), tuple(each.version for each in first.releases)

    second = polled(source, first.memory, known)

    assert (asked(github, since), github.rate_limit.used - used) == (["releases"], 1)
    assert (len(second.releases), second.whole) == (100, frozenset())
    assert {release.notes for release in second.releases if release.version == f"1.{count - 1}.0"} == {"Corrected"}
    again = source.poll(
        address(), wanted=WantedVersions(TagForm.ANY), memory=second.memory, known=known, thorough=False
    )
    assert again == UnchangedList()

    github.add_release(NAME, "2.0.0")
    third = polled(source, second.memory, known)
    assert (len(third.releases), third.whole) == (count + 1, frozenset({ReleaseList.RELEASES}))
    assert {release.version for release in third.releases if release.hash} >= {"2.0.0"}


def test_a_change_on_a_later_page_is_seen_by_a_thorough_poll(github: GitHub, source: GitHubReleases) -> None:
    """New notes of an old release, and a tag that was moved."""
    for number in range(200):
        github.add_release(NAME, f"1.{number}.0", published_at=DAY + timedelta(hours=number))
    first = polled(source)
    releases = github.state.repositories[NAME].releases
    releases[0] = replace(releases[0], body="Corrected")
    moved = github.commit(NAME, {"moved": "1"})
    github.add_tag(NAME, "1.7.0")
    known = tuple(each.version for each in first.releases)

    second = source.poll(address(), wanted=WantedVersions(TagForm.ANY), memory=first.memory, known=known)

    assert isinstance(second, Found)
    found = {release.version: release for release in second.releases}
    assert (found["1.0.0"].notes, found["1.7.0"].hash) == ("Corrected", moved)


def test_tracker_a_release_of_an_old_tag_hides_no_newer_tags(github: GitHub, source: GitHubReleases) -> None:
    """A repository that has only tags gets a release for an old one: both lists are read from then on, silently."""
    for tag in ("v1.0.0", "v1.1.0", "v1.2.0"):
        github.add_tag(NAME, tag)
    first = polled(source)
    github.add_release(NAME, "v1.1.0", published_at=DAY)

    second = polled(source, first.memory)
    assert ({release.version for release in second.releases}, second.silent) == ({"v1.0.0", "v1.1.0", "v1.2.0"}, True)

    github.add_tag(NAME, "v1.3.0")
    third = polled(source, second.memory)
    assert ("v1.3.0" in {release.version for release in third.releases}, third.silent) == (True, False)


def test_tracker_a_gap_in_the_releases_does_not_lead_back_to_tags(github: GitHub, source: GitHubReleases) -> None:
    """A nightly release that is made anew is gone for a moment: its tags are no releases."""
    for minor in range(5):
        github.add_tag(NAME, f"v0.{minor}.0")
    github.add_release(NAME, "nightly", prerelease=True)
    first = polled(source)
    github.state.repositories[NAME].releases.clear()

    gap = polled(source, first.memory, ("nightly",))

    assert (gap.releases, gap.whole) == ((), frozenset({ReleaseList.RELEASES}))


def test_a_page_with_long_notes_is_read(github: GitHub, source: GitHubReleases) -> None:
    """The size limit allows a hundred releases with the longest notes that GitHub accepts."""
    for number in range(100):
        github.add_release(NAME, f"1.{number}.0", body="n" * 125_000, published_at=DAY + timedelta(hours=number))

    assert len(polled(source).releases) == 100


def test_known_releases_cost_no_list_of_tags(github: GitHub, source: GitHubReleases) -> None:
    """If only notes changed, the hashes are not requested."""
    github.add_release(NAME, "1.0.0")

    first = polled(source)
    since = len(github.log)
    github.state.repositories[NAME].releases[0] = replace(github.state.repositories[NAME].releases[0], body="New")

    polled(source, first.memory, ("1.0.0",))

    assert asked(github, since) == ["releases"]


def test_tracker_an_empty_list_of_releases_falls_back_to_tags(github: GitHub, source: GitHubReleases) -> None:
    """The requests for tags are conditional too; after a release of a newer version, tags are not used any more."""
    commit = github.commit(NAME, {"a": "1"})
    github.add_tag(NAME, "v1.0.0")
    first = polled(source)
    url = f"https://github.com/{NAME}/releases/tag/v1.0.0"
    assert first.releases == (FoundRelease("v1.0.0", url=url, hash=commit, listed_in=ReleaseList.TAGS),)

    used = github.rate_limit.used
    assert (
        source.poll(address(), wanted=WantedVersions(TagForm.ANY), memory=first.memory, thorough=False)
        == UnchangedList()
    )
    assert github.rate_limit.used == used

    github.add_release(NAME, "v1.1.0", body="Notes")
    assert [release.notes for release in polled(source, first.memory).releases] == ["Notes"]


def test_a_renamed_repository_is_a_failure_with_the_new_name(github: GitHub, source: GitHubReleases) -> None:
    """The message has the new name; it is not read automatically, because it may belong to someone else."""
    github.add_release(NAME, "1.0.0")
    github.rename_repository(NAME, "acme/gateway")

    with pytest.raises(Renamed, match="renamed or moved to acme/gateway; use its new name"):
        source.poll(address(), wanted=WantedVersions(TagForm.ANY), memory=None)


def test_a_private_or_deleted_repository_is_not_found(github: GitHub, source: GitHubReleases) -> None:
    """GitHub does not say which it is, so the message names both causes."""
    github.add_repository("acme/secret", {}, private=True)
    github.remove_repository(NAME)

    with (
        open_session(github.url, FixedToken(None)) as anonymous,
        pytest.raises(NotFound, match=r"/repos/acme/secret/releases .*or the service's token"),
    ):
        GitHubReleases(anonymous).poll(address("acme/secret"), wanted=WantedVersions(TagForm.ANY), memory=None)
    with pytest.raises(NotFound, match=r"/repos/acme/portal/releases .*or the service's token"):
        source.poll(address(), wanted=WantedVersions(TagForm.ANY), memory=None)


def test_a_wrong_token_is_refused(github: GitHub, source: GitHubReleases) -> None:
    """The message contains GitHub's message."""
    with (
        open_session(github.url, FixedToken(Secret("wrong"))) as wrong,
        pytest.raises(Refused, match="Bad credentials"),
    ):
        GitHubReleases(wrong).poll(address(), wanted=WantedVersions(TagForm.ANY), memory=None)


def test_tracker_a_rate_limit_of_github_has_its_reset(github: GitHub, source: GitHubReleases) -> None:
    """The failure has the reset time, so that the host is not polled before it."""
    github.rate_limit.used = github.rate_limit.limit

    with pytest.raises(Unavailable, match="rate limit") as caught:
        source.poll(address(), wanted=WantedVersions(TagForm.ANY), memory=None)

    assert caught.value.retry_at is not None
    assert int(caught.value.retry_at.timestamp()) == github.rate_limit.reset


def test_the_address_of_a_next_page_is_not_followed(github: GitHub, source: GitHubReleases) -> None:
    """Pages are requested by number; the Link header only shows that there is another one."""
    github.add_release(NAME, "1.0.0")
    github.script("GET /repos/acme/portal/releases", next_page_at("https://elsewhere.example/page"))

    assert [release.version for release in polled(source).releases] == ["1.0.0"]


def test_a_path_that_is_no_repository_is_refused(github: GitHub, source: GitHubReleases) -> None:
    """A path that is not OWNER/NAME is refused without a request."""
    astray = replace(address(), path="acme/../../user")

    with pytest.raises(NotFound, match="OWNER/NAME"):
        source.poll(astray, wanted=WantedVersions(TagForm.ANY), memory=None)

    assert github.log == []


@pytest.mark.parametrize(
    ("wished", "versions"),
    [
        (None, {"v1.0.0", "v1.1.0"}),
        (ListSource.RELEASES, {"v1.0.0", "v1.1.0"}),
        (ListSource.TAGS, {"v1.0.0", "v1.2.0", "nightly"}),
        (ListSource.BOTH, {"v1.0.0", "v1.1.0", "v1.2.0", "nightly"}),
    ],
)
def test_tracker_the_list_that_is_wanted_is_read(
    github: GitHub, source: GitHubReleases, wished: ListSource | None, versions: set[str]
) -> None:
    """Releases, tags or both, and each of them is unchanged until one of its lists changes."""
    for tag in ("v1.0.0", "v1.2.0", "nightly"):
        github.commit(NAME, {tag: "1"})
        github.add_tag(NAME, tag)
    github.add_release(NAME, "v1.0.0", published_at=DAY)
    github.add_release(NAME, "v1.1.0", draft=True, published_at=DAY)
    wanted = WantedVersions(TagForm.ANY, wished)

    outcome = source.poll(address(), wanted=wanted, memory=None)

    assert isinstance(outcome, Found)
    assert {release.version for release in outcome.releases} == versions
    assert source.poll(address(), wanted=wanted, memory=outcome.memory, thorough=False) == UnchangedList()
    if wished is ListSource.BOTH:
        github.add_tag(NAME, "v1.3.0")
        again = source.poll(address(), wanted=wanted, memory=outcome.memory, thorough=False)
        assert isinstance(again, Found)
        assert {release.version for release in again.releases} == {*versions, "v1.3.0"}


def test_tracker_a_repository_without_releases_has_none_where_only_they_are_wanted(
    github: GitHub, source: GitHubReleases
) -> None:
    """Its tags are not read."""
    github.add_tag(NAME, "v1.0.0")
    outcome = source.poll(address(), wanted=WantedVersions(TagForm.ANY, ListSource.RELEASES), memory=None)
    assert isinstance(outcome, Found)
    assert outcome.releases == ()
    assert asked(github) == ["releases", "portal"]
