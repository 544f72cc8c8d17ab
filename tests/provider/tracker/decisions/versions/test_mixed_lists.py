"""Tests of the latest version of lists that mix components, schemes, channels, variants, and tags without a version."""

import pytest

from provider.tracker.decisions.kinds import TagForm
from provider.tracker.decisions.one_version import one_version_each
from provider.tracker.decisions.release import FoundRelease
from provider.tracker.decisions.versions.order import latest, precedence

_ANY, _SEMVER, _PARTIAL, _SUFFIXED = TagForm.ANY, TagForm.SEMVER, TagForm.PARTIAL, TagForm.SUFFIXED


@pytest.mark.parametrize(
    ("form", "tags", "right"),
    [
        # Components.
        (_ANY, "controller-v1.11.2 helm-chart-4.11.2", "controller-v1.11.2"),
        (_ANY, "v0.27.0 gopls/v1.16.2", "v0.27.0"),
        (_ANY, "cluster-autoscaler-1.30.2 cluster-autoscaler-1.30.1 chart-9.37.0", "cluster-autoscaler-1.30.2"),
        (_ANY, "release-3.6.20 3.7.0.300", "release-3.6.20"),
        # Other schemes of numbers.
        (_SEMVER, "4.6.2 20.04.1", "4.6.2"),
        (_SEMVER, "10.11.4 2021.12.16", "10.11.4"),
        (_ANY, "2.0.0 20150213.1", "2.0.0"),
        (_PARTIAL, "3.20.3 20240807", "3.20.3"),
        (_ANY, "v3.20.3 v20210804", "v3.20.3"),
        (_PARTIAL, "12.6 12.5 20230901", "12.6"),
        # Variants.
        (_ANY, "2.27.1 windowsltsc2022-amd64-2.9.3", "2.27.1"),
        (_SEMVER, "7.0.0 8.0.10-jammy", "8.0.10-jammy"),
        (_SEMVER, "7.0.0 8.0.10-jammy 8.0.10-alpine3.20", "8.0.10"),
        (_SEMVER, "1.0.0 1.1.0-amd64", "1.1.0"),
        # Channels, branches, commits and counts of builds.
        (_ANY, "stable-2.14.10 edge-24.8.2", "stable-2.14.10"),
        (_ANY, "go1.23.0 weekly.2012-03-27", "go1.23.0"),
        (_ANY, "build-20240901.1 deploy/prod/2024-09-01 jenkins-42 test-foo v1.0.0", "v1.0.0"),
        (_ANY, "1.0.0 v-deadbeef12", "1.0.0"),
        (_ANY, "1.0.0 12345678", "1.0.0"),
        (_ANY, "v1.0.0 nightly-20240901", "v1.0.0"),
        (_ANY, "v1.0.0 nightly/20240901 beta-2.0 rc-3.0", "v1.0.0"),
        (_ANY, "jdk-21+35 jdk-22+36-ea", "jdk-21+35"),
        # Numbers in suffixes, builds and dates.
        (_SUFFIXED, "1.2.3-debian-12-r9 1.2.3-debian-12-r10", "1.2.3-debian-12-r10"),
        (_SUFFIXED, "8.4.59-ls9 8.4.59-ls10", "8.4.59-ls10"),
        (_ANY, "11.0.0-M9 11.0.0-M10", "11.0.0-M10"),
        (_ANY, "1.0.0-rc9 1.0.0-rc10", "1.0.0-rc10"),
        (_ANY, "1.0.0rc9 1.0.0rc10", "1.0.0rc10"),
        (_ANY, "jdk-21.0.1+9 jdk-21.0.1+12", "jdk-21.0.1+12"),
        (_ANY, "2026-08-28 2026-08-10 v0.1.0", "2026-08-28"),
        (_ANY, "3.5 3.5a", "3.5a"),
        (_SUFFIXED, "4.0.9.2278 4.0.8.1874 latest develop", "4.0.9.2278"),
        (_SUFFIXED, "1.43.3.10896-cb3ebc72d 1.43.3.9999-ffffffff1 latest", "1.43.3.10896-cb3ebc72d"),
        (_SUFFIXED, "3.5.0.2 3.5.0.1 latest", "3.5.0.2"),
    ],
)
def test_tracker_of_a_mixed_list_the_right_version_is_the_latest(form: TagForm, tags: str, right: str) -> None:
    """In both orders of the list."""
    listed = [FoundRelease(tag) for tag in tags.split() if form is _ANY or precedence(tag, form)]
    for order in (listed, listed[::-1]):
        found = latest(one_version_each(order, form).published.values(), form, "app")
        assert found is not None
        assert found.version == right
