"""Tests of the values of tracked repositories."""

from datetime import UTC, datetime

import pytest

from provider.tracker.decisions.kinds import RepositoryType, TagForm, default_tag_form
from provider.tracker.decisions.repository import Address, RepositoryState, Tracked, TrackingError, state_of

NOW = datetime(2026, 3, 1, tzinfo=UTC)
GITHUB = Address(RepositoryType.GITHUB, "https://github.com/Acme/App", "Acme/App", "App")
GIT = Address(RepositoryType.GIT, "https://git.example.org:8443/Team/App", "git.example.org:8443/Team/App", "App")


@pytest.mark.parametrize(
    ("last_polled", "failing", "dead", "state"),
    [
        (None, False, False, RepositoryState.NEVER),
        (NOW, False, False, RepositoryState.OK),
        (None, True, False, RepositoryState.ERROR),
        (NOW, True, False, RepositoryState.ERROR),
        (NOW, True, True, RepositoryState.DEAD),
        (NOW, False, True, RepositoryState.DEAD),
    ],
)
def test_of_several_states_the_worst_counts(
    last_polled: datetime | None, failing: bool, dead: bool, state: RepositoryState
) -> None:
    """Dead before failing, failing before never polled; a repository has the state of its values."""
    error = TrackingError(NOW, "no answer") if failing else None

    assert state_of(last_polled=last_polled, failing=failing, dead=dead) is state
    assert Tracked(1, "app", NOW, GITHUB, last_polled=last_polled, error=error, dead=dead).state is state


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
