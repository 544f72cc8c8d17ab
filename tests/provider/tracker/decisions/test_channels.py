"""Pre-releases and channels, by their versions."""

import pytest

from provider.tracker.decisions.channels import channel_of, is_unstable
from provider.tracker.decisions.kinds import TagForm
from provider.tracker.decisions.release import FoundRelease


@pytest.mark.parametrize(
    ("version", "channel"),
    [
        ("nightly", "nightly"),
        ("nightly-20261129", "nightly"),
        ("v1.2.3-nightly.4", "nightly"),
        ("edge-24.8.2", "edge"),
        ("weekly.2012-03-27", "weekly"),
        ("1.0-SNAPSHOT", "snapshot"),
        ("canary/2026-01-02", "canary"),
        ("v2.0.0-rc.1", None),
        ("11.0.0-M9", None),
        ("v1.2.3", None),
        ("1.2.3-alpine", None),
        ("knowledge-1.2", None),
        ("", None),
    ],
)
def test_tracker_a_version_can_name_a_channel(version: str, channel: str | None) -> None:
    """A whole word of it does; the stages on the way to a version are no channels."""
    assert channel_of(version) == channel


@pytest.mark.parametrize(
    "version",
    ["v2.0-rc.1", "v11.2.0-rc1", "1.1.0rc1", "3.0-beta2", "jdk-22-ea", "nightly", "edge-24.8"],
)
def test_tracker_a_prerelease_is_known_by_its_version(version: str) -> None:
    """Git and registries have no marks, and publishers forget them."""
    assert is_unstable(FoundRelease(version), TagForm.ANY)


@pytest.mark.parametrize("version", ["v1.0.0", "1.2.3-alpine", "jdk-21+35", "REL_16_4", "release-3.6.20", "3.5a"])
def test_tracker_other_versions_are_none(version: str) -> None:
    """Unless the publisher says so."""
    assert not is_unstable(FoundRelease(version), TagForm.ANY)
    assert is_unstable(FoundRelease(version, prerelease=True), TagForm.ANY)
