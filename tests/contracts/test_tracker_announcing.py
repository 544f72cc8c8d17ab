"""What the release tracker's store puts into the outbox, over the fake and over each database."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from provider.tracker.decisions.outcomes import FailureNews
from provider.tracker.decisions.repository import TrackingError
from provider.tracker.decisions.wanted import AnnouncedVersions
from tests.contracts.tracker_subjects import HOUR, KINDS, NOW, Subject, fields, polled, subject_of


@pytest.fixture(params=KINDS)
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Subject]:
    """An empty store of each kind, and its outbox."""
    yield from subject_of(request.param, tmp_path)


@pytest.mark.parametrize("announce", AnnouncedVersions)
def test_tracker_the_choice_of_what_is_announced_is_kept(subject: Subject, announce: AnnouncedVersions) -> None:
    """A change of it is no change of the filter: the next poll is not silent. With nothing, failures are not told."""
    store, given = subject.store, fields("acme/app")
    number = store.add(given, NOW).id
    store.record([polled(store, number, ["1.0.0"])])
    changed = store.change(number, 1, replace(given, wanted=replace(given.wanted, announce=announce)))
    assert (changed.wanted.announce, changed.baseline) == (announce, False)

    result = polled(store, number, ["1.0.0"], NOW + HOUR)
    store.record([replace(result, tell=FailureNews.FAILS, error=TrackingError(NOW + HOUR, "gone"))])
    is_told = bool(subject.outbox.due(10))
    assert is_told is (announce is not AnnouncedVersions.NOTHING)
