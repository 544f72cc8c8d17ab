"""Pull requests for changes of entries, over a fake site."""

import pytest

from provider.domain.enrolling.change import EntryEdit, Requester
from provider.domain.findings.finding import Finding, Findings, Level
from provider.errors import ReviewNotPossible
from provider.forge_ports import PullRequest, PullRequestState
from provider.services.reviewing.proposing import Reviews
from proxy.errors import Refused, Unavailable
from tests.fakes.forge import FakeForge
from tests.provider.services.world import enrolled

EDIT = EntryEdit("images.d/team-a.yaml", None, enrolled("portal"))
ANN = Requester("user:default/ann")
ADMIN = Requester("ops", is_admin=True)
UNRULED = Findings((Finding("repository", Level.WARNING, "no rule lets this file claim it", needs_rule=True),))
FINE = Findings(())


class World:
    """A site, and the branches that were pushed."""

    def __init__(self, *, always: bool = False) -> None:
        self.forge = FakeForge()
        self.pushed: list[str] = []
        self.seconds = 0.0
        self.reviews = Reviews(self.forge, "main", always=always, monotonic=lambda: self.seconds)

    def open(self, edit: EntryEdit = EDIT) -> PullRequest:
        """Open one."""
        return self.reviews.open(edit, "+- name: portal\n", UNRULED, ANN, "An admin decides.", self.pushed.append)


@pytest.mark.parametrize(
    ("always", "findings", "requester", "reviewed"),
    [
        (False, FINE, ANN, False),
        (False, UNRULED, ANN, True),
        (False, UNRULED, ADMIN, False),
        (True, FINE, ANN, True),
        (True, FINE, ADMIN, True),
        (True, UNRULED, ADMIN, True),
    ],
)
def test_what_is_reviewed(always: bool, findings: Findings, requester: Requester, reviewed: bool) -> None:
    """Everything where the setting says so; else what no rule allows, unless an admin asks for it."""
    assert (World(always=always).reviews.reason(findings, requester) is not None) is reviewed


def test_the_branch_is_pushed_before_the_pull_request_is_opened() -> None:
    """The text has the requester, the reason and the diff."""
    world = World()

    opened = world.open()

    assert world.pushed == [opened.branch]
    assert opened.branch.startswith("image-factory/enroll-portal-")
    assert opened.state is PullRequestState.OPEN
    (proposed,) = world.forge.proposed
    assert (proposed.base, proposed.title) == ("main", "Enroll portal")
    assert all(text in proposed.body for text in ("An admin decides.", "no rule lets", "+- name: portal", ANN.name))


def test_the_same_request_opens_and_pushes_nothing_new() -> None:
    """An approval that was given stays; a corrected entry is another request."""
    world = World()

    assert world.open() == world.open()
    assert (len(world.pushed), len(world.forge.proposed)) == (1, 1)

    world.open(EntryEdit(EDIT.file, None, enrolled("portal", title="Portal")))
    assert (len(world.pushed), len(world.forge.proposed)) == (2, 2)


def test_after_it_was_closed_the_same_request_opens_another_one() -> None:
    """A person may have closed it by mistake."""
    world = World()
    first = world.open()
    world.forge.set_state(first.number, PullRequestState.CLOSED)

    assert world.open().number != first.number


def test_the_state_is_told_until_it_is_merged_and_after() -> None:
    """The site is asked at most every 20 seconds."""
    world = World()
    first = world.open()
    states = []
    for state in (None, PullRequestState.MERGED):
        if state:
            world.forge.set_state(first.number, state)
        states += [(each.image, each.pull_request.state) for each in world.reviews.all()]
    tries = world.forge.tries
    world.seconds += 21
    states += [(each.image, each.pull_request.state) for each in world.reviews.all()]

    assert states == [
        ("portal", PullRequestState.OPEN),
        ("portal", PullRequestState.OPEN),
        ("portal", PullRequestState.MERGED),
    ]
    assert world.forge.tries == tries + 1


def test_elsewhere_the_error_says_what_to_do() -> None:
    """At neither GitHub nor GitLab there are no pull requests."""
    reviews = Reviews(None, "main", always=True)

    with pytest.raises(
        ReviewNotPossible, match=r"at neither GitHub nor GitLab.*change the file in git, or ask an admin"
    ):
        reviews.open(EDIT, "+x\n", FINE, ANN, "Every change is reviewed.", lambda _: None)
    assert reviews.all() == ()
    assert reviews.can_replace(Refused("protected branch")) is None


@pytest.mark.parametrize("error", [Refused("the token may not open pull requests"), Unavailable("GitHub is down")])
def test_a_failure_of_the_site_is_passed_on(error: Exception) -> None:
    """Nothing is pushed where the site does not answer at all."""
    world = World()
    world.forge.go_down(error)  # type: ignore[arg-type]

    with pytest.raises(type(error)):
        world.open()
    assert world.pushed == []
