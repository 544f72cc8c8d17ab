"""Tests of which tags are variants of one version."""

import time

import pytest

from provider.tracker.decisions.versions.variants import is_variant, names_architecture, version_of_variant


@pytest.mark.parametrize(
    ("tag", "version"),
    [
        ("1.1.0-amd64", "1.1.0"),
        ("1.1.0-arm64v8", "1.1.0"),
        ("1.1.0-linux-amd64", "1.1.0"),
        ("1.1.0-linux_x86-64", "1.1.0"),
        ("1.1.0_arm32v7", "1.1.0"),
        ("v1.1.0-386", "v1.1.0"),
        ("1.1.0-s390x", "1.1.0"),
        ("1.1.0-windows-x64", "1.1.0"),
        ("go1.22.1-darwin-arm64", "go1.22.1"),
        ("10.0.0-preview.7-alpine3.20-amd64", "10.0.0-preview.7"),
        ("amd64-1.1.0", "1.1.0"),
        ("windowsltsc2022-amd64-2.9.3", "2.9.3"),
        ("1.1.0-arm64-alpine", "1.1.0"),
    ],
)
def test_tracker_an_architecture_is_no_version(tag: str, version: str) -> None:
    """It is a build of the version that is left without it."""
    assert version_of_variant(tag) == version
    assert names_architecture(tag)


@pytest.mark.parametrize(
    ("tag", "version"),
    [
        ("8.0.10-jammy", "8.0.10"),
        ("8.0.10-alpine3.20", "8.0.10"),
        ("8.0.10-bookworm-slim", "8.0.10"),
        ("8.0.10-debug", "8.0.10"),
        ("8.0.10-noble-chiseled-extra", "8.0.10"),
        ("1.1.0-nanoserver-ltsc2022", "1.1.0"),
        ("1.1.0-windowsservercore-1809", "1.1.0"),
        ("3.9.9-eclipse-temurin-21-alpine", "3.9.9"),
        ("6.6.1-php8.3-fpm-alpine", "6.6.1"),
        ("1.20.0-scala_2.12-java17-ubuntu", "1.20.0"),
        ("2.16.1-pg16", "2.16.1"),
        ("12.4.1-cudnn-runtime-ubuntu22.04", "12.4.1"),
        ("1.1.0-ubi-9", "1.1.0"),
        ("27.1.1-dind-rootless", "27.1.1"),
        ("v17.3.1-ee", "v17.3.1"),
        ("22-alpine", "22"),
        ("3.13-management-alpine", "3.13"),
        ("20240806-bookworm", "20240806"),
        ("22.0.2_9-jdk", "22.0.2_9"),
        ("1.1.0-rc1-alpine", "1.1.0-rc1"),
        ("1.2.3-r9-alpine", "1.2.3-r9"),
    ],
)
def test_tracker_a_distribution_or_a_flavour_is_no_version(tag: str, version: str) -> None:
    """It is a build of the version that is left without it; of a pre-release, it is a build of that."""
    assert version_of_variant(tag) == version
    assert not names_architecture(tag)


@pytest.mark.parametrize(
    "tag",
    [
        *("1.1.0", "v1.1.0", "22", "2024.01.15", "REL_16_4", "OpenSSL_1_1_1w", "RELEASE.2024-08-03T04-33-23Z"),
        *("1.1.0-rc1", "1.1.0-beta.2", "11.0.0-M9", "1.1.0-alpha", "3.13.0b4", "1.1.0-edge", "1.1.0-dev"),
        *("1.2.3-debian-12-r9", "4.0.8.1874-ls250", "17.3.1-ee.1", "1.1.0-alpine-2", "1.27.0-1", "1.0.0-build.7"),
        *(
            "linux-6.6",
            "cli-1.2.0",
            "jdk-21.0.1",
            "php-8.3.1",
            "debian-12",
            "arm-1.0",
            "jammy",
            "amd64",
            "bookworm-20240722",
        ),
        *("1.0.0-node", "1.0.0-java", "1.1.0-lts", "1.0.0-sdk", "jdk-21.0.4+7", "1.43.3.10896-cb3ebc72d"),
    ],
)
def test_a_version_of_its_own_is_no_variant(tag: str) -> None:
    """A pre-release is one, and so is a build that its publisher counts, or a component's version."""
    assert version_of_variant(tag) is None
    assert not names_architecture(tag)


@pytest.mark.parametrize("suffix", ["-debian-12-r9", "-alpine", "-php8.3-apache", "-s390x", "-ls10"])
def test_a_counted_build_of_a_variant_is_no_prerelease(suffix: str) -> None:
    """Its suffix begins with the word of a variant."""
    assert is_variant(suffix)


@pytest.mark.parametrize("suffix", ["-rc1", "-alpine-rc1", "-unheard.1", ""])
def test_other_suffixes_are_no_variants(suffix: str) -> None:
    """Semver calls them pre-releases."""
    assert not is_variant(suffix)


@pytest.mark.parametrize(
    "tag", ["1" + "-arm-v7" * 17 + "!", "amd64-" * 21, "1" + "-debian-12-12" * 9, "1-" * 64, "a" * 9_999]
)
def test_no_tag_takes_long_to_read(tag: str) -> None:
    """The time does not double with each piece."""
    start = time.process_time()
    assert version_of_variant(tag) is None
    assert time.process_time() - start < 0.2


@pytest.mark.parametrize("piece", ["1-", "1_", "20261128-", "jdk1.1.1-", "x86-64.", "amd64-1-"])
def test_tracker_a_list_of_tags_made_of_pieces_is_read_in_time(piece: str) -> None:
    """Tags of the greatest length, of which each part may begin a variant, cost at most a third of a millisecond."""
    tags = [f"1-{piece * 60}"[: 124 - len(str(number))] + f"{number}!!" for number in range(1_000)]

    start = time.process_time()
    found = {version_of_variant(tag) for tag in tags}

    assert found == {None}
    assert time.process_time() - start < 0.5
