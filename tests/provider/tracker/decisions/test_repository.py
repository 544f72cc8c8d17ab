"""Tests of the values of tracked repositories."""

from datetime import UTC, datetime

import pytest

from provider.tracker.decisions.kinds import RepositoryType, TagForm, default_tag_form
from provider.tracker.decisions.repository import (
    Address,
    RepositoryState,
    Tracked,
    TrackingError,
    TrackingWait,
    state_of,
)

NOW = datetime(2026, 3, 1, tzinfo=UTC)
GITHUB = Address(RepositoryType.GITHUB, "https://github.com/Acme/App", "Acme/App", "App")
GIT = Address(RepositoryType.GIT, "https://git.example.org:8443/Team/App", "git.example.org:8443/Team/App", "App")


@pytest.mark.parametrize(
    ("last_polled", "failing", "waiting", "dead", "state"),
    [
        (None, False, False, False, RepositoryState.NEVER),
        (NOW, False, False, False, RepositoryState.OK),
        (None, True, False, False, RepositoryState.ERROR),
        (NOW, True, False, False, RepositoryState.ERROR),
        (None, False, True, False, RepositoryState.WAITING),
        (NOW, False, True, False, RepositoryState.WAITING),
        (NOW, True, True, False, RepositoryState.WAITING),
        (NOW, True, False, True, RepositoryState.DEAD),
        (NOW, True, True, True, RepositoryState.DEAD),
        (NOW, False, False, True, RepositoryState.DEAD),
    ],
)
def test_of_several_states_one_counts(
    last_polled: datetime | None, failing: bool, waiting: bool, dead: bool, state: RepositoryState
) -> None:
    """Dead before waiting, waiting before failing, failing before never polled; a repository has its values' state."""
    error = TrackingError(NOW, "no answer") if failing else None
    wait = TrackingWait(NOW, "slow down") if waiting else None

    assert state_of(last_polled=last_polled, failing=failing, waiting=waiting, dead=dead) is state
    tracked = Tracked(1, "app", NOW, GITHUB, last_polled=last_polled, error=error, waiting=wait, dead=dead)
    assert tracked.state is state


def test_only_versions_are_releases_of_an_image_by_default() -> None:
    """A registry mixes versions with tags such as `latest`; elsewhere every tag is a release."""
    forms = {kind: default_tag_form(kind) for kind in RepositoryType}

    assert forms == {
        RepositoryType.GITHUB: TagForm.ANY,
        RepositoryType.GIT: TagForm.ANY,
        RepositoryType.CONTAINER: TagForm.SEMVER,
    }


def test_letter_case_makes_no_other_repository_at_github_only() -> None:
    """A git host can have both; GitHub is polled at its API, a git host at its own address."""
    assert (GITHUB.key, GITHUB.host) == ("github:acme/app", None)
    assert (GIT.key, GIT.host) == ("git:git.example.org:8443/Team/App", "git.example.org:8443")
