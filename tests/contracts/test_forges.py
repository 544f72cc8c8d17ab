"""The contract of the sites that host the config repository, over each of them and the fake."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from provider.forge_ports import CommitMark, ProposedPullRequest, PullRequestState
from provider.forges.table import FORGES
from proxy.errors import NotNow, Refused
from tests.contracts.forge_subjects import BRANCH, FORGE_SUBJECTS, ForgeSubject
from tests.fakes.forge import FakeForge

PROPOSED = ProposedPullRequest(BRANCH, "main", "Enroll portal", "Requested-by: ann\n\n```diff\n+- name: portal\n```\n")
PREFIX = "image-factory/"


@pytest.fixture(name="subject", params=[*FORGES, FakeForge], ids=lambda kind: kind.__name__)
def running_subject(request: pytest.FixtureRequest) -> Iterator[ForgeSubject]:
    """A line of the table with its peer, or the fake."""
    with FORGE_SUBJECTS[request.param]() as running:
        running.add_branch(BRANCH)
        yield running


def test_a_pull_request_is_opened_with_its_text(subject: ForgeSubject) -> None:
    """The answer has its number, address and state."""
    opened = subject.forge.open(PROPOSED)

    assert (opened.state, opened.branch, opened.title) == (PullRequestState.OPEN, BRANCH, "Enroll portal")
    assert opened.url.startswith("https://")
    assert subject.bodies() == [PROPOSED.body]


def test_the_same_branch_has_one_open_pull_request(subject: ForgeSubject) -> None:
    """Whoever asks again gets the one that is open."""
    first = subject.forge.open(PROPOSED)

    assert subject.forge.open(replace(PROPOSED, title="Again")) == first
    assert len(subject.bodies()) == 1


def test_a_lost_answer_opens_no_second_one(subject: ForgeSubject) -> None:
    """Where the outcome is not known, the open one is looked for."""
    subject.lose_answer()

    opened = subject.forge.open(PROPOSED)

    assert opened.branch == BRANCH
    assert len(subject.bodies()) == 1


def test_the_states_are_told_newest_first(subject: ForgeSubject) -> None:
    """Merged is not the same as closed; branches with another prefix are of other people."""
    for name in ("image-factory/two", "image-factory/three", "feature/x"):
        subject.add_branch(name)
    first = subject.forge.open(PROPOSED)
    second = subject.forge.open(replace(PROPOSED, branch="image-factory/two"))
    third = subject.forge.open(replace(PROPOSED, branch="image-factory/three"))
    subject.forge.open(replace(PROPOSED, branch="feature/x"))
    subject.close(second.number)
    subject.merge(first.number)

    found = {each.branch: each.state for each in subject.forge.pull_requests(PREFIX, "main")}

    assert found == {
        BRANCH: PullRequestState.MERGED,
        "image-factory/two": PullRequestState.CLOSED,
        third.branch: PullRequestState.OPEN,
    }
    assert subject.forge.pull_requests(PREFIX, "other") == []


def test_after_it_was_closed_a_new_one_is_opened(subject: ForgeSubject) -> None:
    """A person who closed it did not forbid the next request."""
    first = subject.forge.open(PROPOSED)
    subject.close(first.number)

    second = subject.forge.open(PROPOSED)

    assert second.number != first.number
    assert second.state is PullRequestState.OPEN


@pytest.mark.parametrize("success", [True, False])
def test_a_commit_is_marked(subject: ForgeSubject, success: bool) -> None:
    """With a word for people and an address."""
    subject.forge.mark(subject.commit, CommitMark(success, "2 images enrolled", "https://factory.example.com/images"))

    assert subject.marks() == [(subject.commit, success, "2 images enrolled", "https://factory.example.com/images")]


def test_without_the_permission_everything_is_refused(subject: ForgeSubject) -> None:
    """Another try gives the same result."""
    subject.refuse()

    with pytest.raises(Refused):
        subject.forge.open(PROPOSED)
    with pytest.raises(Refused):
        subject.forge.mark(subject.commit, CommitMark(success=True, description="x", url="https://x.example"))


def test_a_site_that_does_not_answer_is_asked_later(subject: ForgeSubject) -> None:
    """It says so, and nothing was opened."""
    subject.go_down()

    with pytest.raises(NotNow):
        subject.forge.open(PROPOSED)
    with pytest.raises(NotNow):
        subject.forge.pull_requests(PREFIX, "main")
    with pytest.raises(NotNow):
        subject.forge.mark(subject.commit, CommitMark(success=True, description="x", url="https://x.example"))
    assert subject.bodies() == []


def test_the_same_mark_again_is_no_failure(subject: ForgeSubject) -> None:
    """A new process may show what was shown; GitLab refuses a status that is there."""
    shown = CommitMark(success=True, description="2 images enrolled", url="https://factory.example.com/images")

    for _ in range(2):
        subject.forge.mark(subject.commit, shown)

    assert {mark[1:] for mark in subject.marks()} == {(True, shown.description, shown.url)}
