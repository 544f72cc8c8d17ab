"""Tests of versions as people read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.tracker.decisions.versions.natural import natural_version, numbers_of


@pytest.mark.parametrize(
    ("ascending"),
    [
        "1.2.3-debian-12-r9 1.2.3-debian-12-r10 1.2.3",
        "8.4.59-ls9 8.4.59-ls10 8.4.60-ls1",
        "11.0.0-M9 11.0.0-M10 11.0.0-RC1 11.0.0",
        "1.0.0-rc9 1.0.0-rc10 1.0.0",
        "1.0.0rc9 1.0.0rc10 1.0.0",
        "1.0.0.Alpha1 1.0.0.Beta1 1.0.0.CR1 1.0.0.Final",
        "jdk-21.0.1+9 jdk-21.0.1+12 jdk-21.0.2+1",
        "jdk8u402-b06 jdk8u412-b08 jdk8u422-b05 jdk-11.0.24+8",
        "2026-08-10 20260828 2026-08-28.1 2026-09-01",
        "3.4 3.5 3.5a 3.5b 3.6",
        "1.1.1 1.1.1a 1.1.1w 1.1.2",
        "9.8 9.8p1 9.8p2 9.9",
        "1.2.post1 1.2.post2 1.2.1.post1",
        "RELEASE.2024-07-31T05-46-26Z RELEASE.2024-08-03T04-33-23Z RELEASE.2024-08-03T04-33-24Z",
        "REL_9_6_24 REL_16_4 REL_17_BETA1 REL_17_RC1 REL_17_0",
        "4.0.8.1874 4.0.9.2278 4.0.10.1",
        "v0.9 v0.10 v0.10.1",
    ],
)
def test_tracker_versions_are_ordered_as_people_order_them(ascending: str) -> None:
    """Numbers count as numbers wherever they are; dates count as dates in all spellings."""
    found = [natural_version(tag) for tag in ascending.split()]
    keys = [version.key for version in found if version]
    assert len(keys) == len(found)
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(
    "tag",
    [
        "latest", "main-3f2a1b", "7f3c2d1", "v-deadbeef12", "sha256-0123abc.sig", "12345678", "83746523", "pr-12",
        "build-20240901.1", "jenkins-42", "ci-7", "run-2024-09-01", "test-foo", "", "-", "v", "main-3f.sig",
        "0a1b2c3d4e5f6a7b8c9d0a1b2c3d4e5f6a7b8c9d",
    ],
)  # fmt: skip
def test_tracker_hashes_and_counts_of_builds_are_no_versions(tag: str) -> None:
    """Nor are branches."""
    assert natural_version(tag) is None


@pytest.mark.parametrize(
    ("tag", "family"),
    [
        ("1.2.3", ""), ("v1.2.3", ""), ("release-1.2", ""), ("REL_16_1", ""), ("stable-2.14.10", ""), ("V_9_8_P1", ""),
        ("nightly-20240901", ""), ("edge-24.8.2", ""), ("weekly.2012-03-27", ""), ("nightly/2024-09-01", ""),
        ("controller-v1.11.2", "controller"), ("helm-chart-4.11.2", "helm-chart"), ("gopls/v1.16.2", "gopls"),
        ("app-a@1.2.0", "app-a"), ("@scope/pkg@1.0.0", "scope-pkg"), ("go1.23.0", "go"), ("jdk-21+35", "jdk"),
        ("OpenSSL_1_1_1w", "openssl"), ("openssl-3.3.1", "openssl"), ("22-alpine3.20", ""),
        ("windowsltsc2022-amd64-2.9.3", "windowsltsc2022-amd64"), ("service/s3/v1.58.2", "service-s3"),
    ],
)  # fmt: skip
def test_a_tag_names_the_component_of_its_version(tag: str, family: str) -> None:
    """Channels, `v` and words such as `release` name none."""
    found = natural_version(tag)
    assert found is not None
    assert found.family == family


@pytest.mark.parametrize(
    ("tag", "prerelease"),
    [
        ("nightly-20240901", True), ("edge-24.8.2", True), ("weekly.2012-03-27", True), ("beta-1.2", True),
        ("rc-1.0", True), ("jdk-22+36-ea", True), ("1.0.0-rc.1", True), ("1.0.0rc1", True), ("3.12.0b4", True),
        ("llvmorg-19-init", True), ("v0.0.0-20240807123456-abcdef123456", True), ("n7.1-dev", True),
        ("1.2.3", False), ("1.2.3-alpine", False), ("1.2.3.Final", False), ("v1.30.3+k3s1", False),
        ("1.43.3.10896-cb3ebc72d", False), ("app-a@1.2.0", False), ("stable-2.14.10", False), ("17.05.0-ce", False),
    ],
)  # fmt: skip
def test_tracker_a_word_before_or_after_the_numbers_marks_a_prerelease(tag: str, prerelease: bool) -> None:
    """A variant, a commit or the word Final does not."""
    found = natural_version(tag)
    assert found is not None
    assert found.prerelease is prerelease


@pytest.mark.parametrize(
    ("core", "numbers"),
    [
        ("20260828", (2026, 8, 28)),
        ("2026-08-28", (2026, 8, 28)), ("20150213.1", (2015, 2, 13, 1)), ("22.04", (22, 4)),
        ("12345678", None), ("20261340", None), ("99999", (99999,)), ("123456", None), ("16_4", (16, 4)),
    ],
)  # fmt: skip
def test_dates_are_read_in_all_spellings(core: str, numbers: tuple[int, ...] | None) -> None:
    """A longer single number that is no date is no version."""
    assert numbers_of(core) == numbers


@given(st.text(max_size=40) | st.from_regex(r"[a-z]{0,6}[-_/@.]?v?[0-9]{1,9}([._-][0-9a-z]{1,6}){0,4}", fullmatch=True))
def test_any_text_can_be_read(text: str) -> None:
    """It is a version or none; a version has at least one number as its own."""
    found = natural_version(text)
    assert found is None or (found.core in text and any(map(str.isdecimal, found.core)))
