"""The order of versions against semver's, and which release is the latest."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import semver
from hypothesis import given
from hypothesis import strategies as st

from provider.tracker.decisions.release import FoundRelease, Release
from provider.tracker.decisions.repository import TagForm
from provider.tracker.decisions.version_order import latest, precedence, sort_text

NOW = datetime(2026, 3, 1, tzinfo=UTC)
numbers = st.integers(0, 120).map(str) | st.integers(0, 10**24).map(str)
identifiers = st.from_regex(r"0|[1-9][0-9]{0,3}|[0-9A-Za-z-]*[A-Za-z-][0-9A-Za-z-]*", fullmatch=True)
behind = st.lists(identifiers, max_size=3).map(lambda parts: "-" + ".".join(parts) if parts else "")
build = st.sampled_from(["", "+build.01", "+7"])
versions = st.builds(
    lambda core, pre, meta: ".".join(core) + pre + meta, st.tuples(numbers, numbers, numbers), behind, build
)
texts = versions | st.from_regex(r"[vV]?[0-9]{1,4}([.-][0-9a-z]{1,4}){0,4}", fullmatch=True) | st.text(max_size=12)


@given(versions, versions)
def test_semver_has_the_last_word(one: str, other: str) -> None:
    """Two semantic versions compare as `semver` compares them, with a `v` or without, as keys and as stored texts."""
    expected = semver.Version.parse(one).compare(other)
    key, its = precedence(f"v{one}", TagForm.SEMVER), precedence(other, TagForm.SEMVER)

    assert key is not None
    assert its is not None
    assert (key > its) - (key < its) == expected
    assert (sort_text(key) > sort_text(its)) - (sort_text(key) < sort_text(its)) == expected


@given(texts, texts, st.sampled_from(TagForm))
def test_stored_texts_sort_as_keys_compare(one: str, other: str, form: TagForm) -> None:
    """Whatever the tags and the form; what is no version sorts first, and nothing fails."""
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
        ("1.02.3", {"any"}),
        ("release-1.2", {"any"}),
        ("REL_16_1", {"any"}),
        ("latest", set()),
        ("main-3f2a1b", set()),
        ("sha256-0123abc.sig", set()),
        ("", set()),
    ],
)
def test_tracker_a_form_says_which_tags_are_versions(version: str, forms: set[str]) -> None:
    """Strict with or without a `v` and calendar versions always, the rest by the repository's own setting."""
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
def test_what_is_no_semver_has_an_order_too(lower: str, higher: str, form: TagForm) -> None:
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
    assert latest([*others, highest], TagForm.ANY) == highest
    assert latest(others[1:], TagForm.ANY) == others[2]
    assert latest(others[3:], TagForm.ANY) == others[4]
    assert latest(others[3:4], TagForm.ANY) is None
    gone = Release(1, "9.0.0", withdrawn=True)
    assert latest([gone, replace(gone, id=2, version="1.0.0", withdrawn=False)], TagForm.SEMVER) == Release(2, "1.0.0")


@given(st.lists(texts, max_size=8))
def test_the_order_of_arrival_changes_nothing(tags: list[str]) -> None:
    """The latest of the same releases is the same."""
    releases = [FoundRelease(tag) for tag in tags]
    assert latest(releases, TagForm.ANY) == latest(releases[::-1], TagForm.ANY)
