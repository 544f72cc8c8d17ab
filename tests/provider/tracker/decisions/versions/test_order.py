"""Tests of the order of versions, compared with the package `semver`, and of the latest release."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import semver
from hypothesis import given
from hypothesis import strategies as st

from provider.tracker.decisions.kinds import TagForm
from provider.tracker.decisions.release import FoundRelease, Release
from provider.tracker.decisions.versions.order import latest, precedence, sort_text

NOW = datetime(2026, 3, 1, tzinfo=UTC)
numbers = st.integers(0, 2).map(str) | st.integers(0, 120).map(str) | st.integers(0, 10**24).map(str)
identifiers = st.from_regex(r"0|[1-9][0-9]{0,3}|[0-9A-Za-z-]*[A-Za-z-][0-9A-Za-z-]*", fullmatch=True)
behind = st.lists(identifiers, max_size=3).map(lambda parts: "-" + ".".join(parts) if parts else "")
build = st.sampled_from(["", "+build.01", "+7"])
versions = st.builds(
    lambda core, pre, meta: ".".join(core) + pre + meta, st.tuples(numbers, numbers, numbers), behind, build
)
texts = versions | st.from_regex(r"[vV]?[0-9]{1,4}([.-][0-9a-z]{1,4}){0,4}", fullmatch=True) | st.text(max_size=12)


@given(versions, versions)
def test_semantic_versions_compare_as_in_semver(one: str, other: str) -> None:
    """Two semantic versions compare as in `semver`, with or without `v`, by key and by stored text."""
    expected = semver.Version.parse(one).compare(other)
    key, its = precedence(f"v{one}", TagForm.SEMVER), precedence(other, TagForm.SEMVER)

    assert key is not None
    assert its is not None
    assert (key > its) - (key < its) == expected
    assert (sort_text(key) > sort_text(its)) - (sort_text(key) < sort_text(its)) == expected


@given(texts, texts, st.sampled_from(TagForm))
def test_stored_texts_sort_as_keys_compare(one: str, other: str, form: TagForm) -> None:
    """This is true for any tags and forms; a tag that is no version sorts first."""
    key, its = precedence(one, form), precedence(other, form)
    if key is None or its is None:
        assert (sort_text(key) < sort_text(its)) == (key is None and its is not None)
    else:
        assert (sort_text(key) < sort_text(its)) == (key < its)
        assert (sort_text(key) == sort_text(its)) == (key == its)


@pytest.mark.parametrize(
    ("version", "forms"),
    [
        ("1.2.3", {"semver", "partial", "suffixed", "any"}),
        ("v1.2.3", {"semver", "partial", "suffixed", "any"}),
        ("2024.01.15", {"semver", "partial", "suffixed", "any"}),
        ("24.04.1", {"semver", "partial", "suffixed", "any"}),
        ("1.2", {"partial", "any"}),
        ("22", {"partial", "any"}),
        ("1.02.3", {"partial", "suffixed", "any"}),
        ("4.0.9.2278", {"partial", "suffixed", "any"}),
        ("release-1.2", {"any"}),
        ("REL_16_1", {"any"}),
        ("latest", set()),
        ("main-3f2a1b", set()),
        ("sha256-0123abc.sig", set()),
        ("", set()),
    ],
)
def test_tracker_a_form_says_which_tags_are_versions(version: str, forms: set[str]) -> None:
    """Strict versions with or without `v` and calendar versions always count; others depend on the form."""
    assert {form.value for form in TagForm if precedence(version, form)} == forms


@pytest.mark.parametrize(
    ("lower", "higher", "form"),
    [
        ("2023.12.31", "2024.01.15", TagForm.SEMVER),
        ("2024.01.15", "2024.1.16", TagForm.SEMVER),
        ("2024.01.15", "2024.01.15.1", TagForm.SEMVER),
        ("1.9", "1.10.0", TagForm.PARTIAL),
        ("1.2.3-rc1", "1.2.3-alpine", TagForm.SUFFIXED),
        ("1.2.3-alpine", "1.2.3", TagForm.SUFFIXED),
        ("1.2.3", "1.2.4-alpine", TagForm.SUFFIXED),
        ("1.21rc2", "go1.21", TagForm.ANY),
        ("REL_9_6_24", "REL_15_3", TagForm.ANY),
        ("RELEASE.2024-01-15T01-02-03Z", "RELEASE.2024-02-01T00-00-00Z", TagForm.ANY),
    ],
)
def test_other_versions_are_ordered_by_their_numbers(lower: str, higher: str, form: TagForm) -> None:
    """Calendar, partial, suffixed and prefixed versions are ordered by their numbers."""
    one, other = precedence(lower, form), precedence(higher, form)

    assert one is not None
    assert other is not None
    assert one < other


def test_tracker_the_latest_is_the_highest_stable_release() -> None:
    """Neither the last to arrive, nor a pre-release by its version or its mark, nor a draft, nor one withdrawn."""
    highest = FoundRelease("1.10.0", NOW - timedelta(days=9))
    others = [
        FoundRelease("1.9.0", NOW),
        FoundRelease("2.0.0-rc.1", NOW),
        FoundRelease("3.0.0", NOW, prerelease=True),
        FoundRelease("4.0.0", NOW, draft=True),
        FoundRelease("nightly", NOW),
    ]
    assert latest([*others, highest], TagForm.ANY, "app") == highest
    assert latest(others[1:], TagForm.ANY, "app") == others[2]
    assert latest(others[3:], TagForm.ANY, "app") == others[4]
    assert latest(others[3:4], TagForm.ANY, "app") is None
    gone = Release(1, "9.0.0", withdrawn=True)
    assert latest([gone, replace(gone, id=2, version="1.0.0", withdrawn=False)], TagForm.SEMVER, "app") == Release(
        2, "1.0.0"
    )


@given(st.lists(texts, max_size=8))
def test_the_order_of_arrival_changes_nothing(tags: list[str]) -> None:
    """The latest of the same releases is the same."""
    releases = [FoundRelease(tag) for tag in tags]
    assert latest(releases, TagForm.ANY, "app") == latest(releases[::-1], TagForm.ANY, "app")


@pytest.mark.parametrize(
    ("form", "ascending"),
    [
        # The example of semver.org, version 2.0.0, clause 11.
        (
            TagForm.SEMVER,
            "1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1 1.0.0",
        ),
        (TagForm.SEMVER, f"1.0.0-0 1.0.0-{'9' * 30} 1.0.0-{'1' * 31} 1.0.0-alpha"),
        (TagForm.SEMVER, "2024.01.15-rc 2024.01.15-rc.2 2024.01.15-rc.10 2024.01.15-rc.x 2024.01.15 2024.01.15.2"),
        (TagForm.PARTIAL, "1-rc.1 1-rc.2 1 1.2-rc.1 1.2-rc.2 1.2 1.10"),
        (TagForm.ANY, "1.2-alpine 1.2 1.3rc2 1.3rc10 1.3 release-1.3.0.1"),
    ],
)
def test_pre_releases_come_before_their_version(form: TagForm, ascending: str) -> None:
    """In the order of their identifiers, numbers before texts; keys and stored texts agree."""
    keys = [precedence(version, form) for version in ascending.split()]
    texts = [sort_text(key) for key in keys]

    assert None not in keys
    assert all(one < other for one, other in pairwise(texts))
    assert all(one is not None and other is not None and one < other for one, other in pairwise(keys))


@pytest.mark.parametrize(
    ("one", "other", "form"),
    [
        ("1", "1.0.0", TagForm.PARTIAL),
        ("1.2", "1.2.0", TagForm.PARTIAL),
        ("2024.01.15-rc.1", "2024.1.15-rc.1", TagForm.SEMVER),
        ("app-1", "1.0.0", TagForm.ANY),
        ("release-1.2", "1.2.0", TagForm.ANY),
        ("1.2.3-rc1+13", "1.2.3-rc1", TagForm.SEMVER),
        ("node-20/v1.2.0", "1.2.0", TagForm.ANY),
    ],
)
def test_two_spellings_of_a_version_have_the_same_precedence(one: str, other: str, form: TagForm) -> None:
    """Missing numbers are zeros; build metadata, and the name of a component before a '/', do not count."""
    assert precedence(one, form) is not None
    assert precedence(one, form) == precedence(other, form)


@pytest.mark.parametrize(
    ("version", "form"),
    [
        ("1.2.3-01", TagForm.SEMVER),
        ("1.2-rc..1", TagForm.PARTIAL),
        ("main-3f.sig", TagForm.ANY),
    ],
)
def test_a_number_that_a_form_does_not_allow_makes_no_version(version: str, form: TagForm) -> None:
    """Semver forbids a leading zero in a pre-release, and a number within a commit hash is no version."""
    assert precedence(version, form) is None


def test_a_number_of_any_length_can_be_read() -> None:
    """Python refuses to convert more than 4,300 digits."""
    assert precedence(f"1.0.0-{'9' * 5_000}", TagForm.SEMVER) is not None


@pytest.mark.parametrize(
    ("version", "text"),
    [
        ("v1.10.0", "0110210010!2"),
        ("1.2.3-rc.12+7", "011012013!01rc!00212"),
        ("2024.01.15.1.12-rc.2", "0420240110215,011,0212!01rc!0012"),
    ],
)
def test_the_stored_text_of_a_version_never_changes(version: str, text: str) -> None:
    """It is compared with texts that earlier versions of this service stored."""
    assert sort_text(precedence(version, TagForm.SEMVER)) == text


def test_of_releases_with_equal_precedence_the_last_published_is_the_latest() -> None:
    """If a source publishes a version twice, the first one counts."""
    newer, older = FoundRelease("1.0.0", NOW), FoundRelease("v1.0.0", NOW - timedelta(days=1))
    assert latest([newer, older], TagForm.SEMVER, "app") == newer
    assert latest([FoundRelease("v1.0.0"), newer], TagForm.SEMVER, "app") == newer

    twice = [FoundRelease("1.0.0", NOW, "first"), FoundRelease("1.0.0", NOW, "second")]
    assert latest(twice, TagForm.SEMVER, "app") == twice[0]
