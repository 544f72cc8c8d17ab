"""Events in words."""

import pytest

from catalog.reference import Digest, ImageReference
from provider.domain.events import (
    BuildReported,
    Event,
    ImagePushed,
    Pinged,
    ReleasePublished,
    RunChanged,
    SourcePushed,
    about,
)

APP = ImageReference.parse("ghcr.io/acme/app:latest")
DIGEST = Digest("sha256:" + "a" * 64)


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (SourcePushed("github", "acme/portal", (), "main"), "branch main of acme/portal"),
        (ImagePushed(APP, None), "ghcr.io/acme/app:latest"),
        (ImagePushed(APP, DIGEST), f"ghcr.io/acme/app:latest@{DIGEST}"),
        (RunChanged("gitlab", "acme/portal", "31", None), "run 31 of acme/portal"),
        (ReleasePublished("https://github.com/acme/portal"), "releases of https://github.com/acme/portal"),
        (BuildReported("0123456789ab", "completed", None, None), "rebuild 0123456789ab: completed"),
        (Pinged(), "a test of the address"),
    ],
)
def test_an_event_says_what_it_is_about(event: Event, words: str) -> None:
    """In a few words, for lists."""
    assert about(event) == words
