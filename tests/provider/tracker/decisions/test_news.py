"""Tests of news: which releases are new, and how a text finds versions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.tracker.decisions.news import NewsGroup, WantedNumber, news_group, number_text


@pytest.mark.parametrize(
    ("query", "version", "finds"),
    [
        ("v2.1", "v2.1.0", True),
        ("v2.1", "2.1.3", True),
        ("2.1", "v2.1.0", True),
        ("2.1", "2.10.0", True),
        ("2.1.", "2.10.0", False),
        ("2.1", "1.2.1", False),
        ("V2.1", "v2.1.0", True),
        (" 2.1 ", "2.1.0", True),
        ("controller-v1.11", "controller-v1.11.2", True),
        ("controller-v1.11", "helm-chart-1.11.2", False),
        ("1.11", "controller-v1.11.2", True),
        ("rel_16", "REL_16_4", True),
        ("jdk-21", "jdk-21.0.1+9", True),
        ("k8s-1", "k8s-1.2", True),
        ("2.0.0-RC", "v2.0.0-rc.1", True),
        ("deadbeef1", "v-deadbeef12", True),
        ("1", "latest", False),
    ],
)
def test_tracker_a_text_finds_the_versions_that_begin_with_it(query: str, version: str, *, finds: bool) -> None:
    """The numbers begin alike, in any case, whatever stands before them, unless the text has that too."""
    wanted = WantedNumber.of(query)
    assert wanted is not None
    assert wanted.finds(version) is finds


@pytest.mark.parametrize("text", ["", "v", "postgres", "٣", "²"])
def test_a_text_without_a_digit_names_no_version(text: str) -> None:
    """So a search for a name is not disturbed by versions."""
    assert WantedNumber.of(text) is None
    assert number_text(text) == ""


@given(st.text(max_size=12))
def test_every_version_with_a_digit_is_found_by_itself(version: str) -> None:
    """Whatever its characters are."""
    query = WantedNumber.of(version)
    assert query is None or query.finds(version.strip())


@pytest.mark.parametrize(
    ("draft", "prerelease", "baseline", "group"),
    [
        (False, False, False, NewsGroup.RELEASE),
        (False, True, False, NewsGroup.PRERELEASE),
        (False, False, True, NewsGroup.KNOWN_RELEASE),
        (False, True, True, NewsGroup.KNOWN_PRERELEASE),
        (True, False, False, NewsGroup.UNLISTED),
        (True, True, True, NewsGroup.UNLISTED),
    ],
)
def test_a_release_is_in_one_group(*, draft: bool, prerelease: bool, baseline: bool, group: NewsGroup) -> None:
    """Drafts are not listed; what was known from the start is listed apart, and so are pre-releases."""
    assert news_group(draft=draft, prerelease=prerelease, baseline=baseline) is group
