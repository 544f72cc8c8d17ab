"""Whether a version is a pre-release or belongs to a channel that is built all the time, for readers. Pure."""

import re

from provider.tracker.decisions.kinds import TagForm
from provider.tracker.decisions.release import FoundRelease, Release
from provider.tracker.decisions.versions.order import is_prerelease
from provider.tracker.decisions.versions.words import is_channel

# Stages on the way to one version; the others are channels, which go on for ever.
_STAGES = frozenset(["alpha", "beta", "rc", "cr", "pre", "preview", "pretest", "prerelease", "milestone", "ea", "next"])
_WORDS = re.compile(r"[a-z]+")


def channel_of(version: str) -> str | None:
    """The channel that a version names: `nightly` of `nightly-20261129` and of `1.2.3-nightly.4`; None for none."""
    words = (word for word in _WORDS.findall(version.lower()) if is_channel(word) and word not in _STAGES)
    return next(words, None)


def is_unstable(release: FoundRelease | Release, form: TagForm) -> bool:
    """Whether a release is a pre-release, by the publisher's mark or by its version, or one of a channel."""
    return is_prerelease(release, form) or channel_of(release.version) is not None
