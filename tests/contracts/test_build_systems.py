"""The contract of build systems, over each of them and the fake."""

from collections.abc import Iterator

import pytest

from catalog.image import Conclusion
from provider.builds.table import BUILD_SYSTEMS
from provider.builds.webhook import WebhookBuilds
from provider.domain.build_request import FILLED_INPUTS, BuildRequest, Run, StartedBuild
from proxy.errors import NotFound, OutcomeUnknown, Refused, Unavailable
from tests.contracts.build_system_subjects import SUBJECTS, Subject
from tests.fakes.build_system import FakeBuildSystem

_ALL = [*BUILD_SYSTEMS, FakeBuildSystem]
# A receiver of webhooks reports with the id or not at all, and cannot be asked without a start.
_HIDING = _ASKED = [kind for kind in _ALL if kind is not WebhookBuilds]


@pytest.fixture(params=_ALL, ids=lambda kind: kind.__name__)
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    """A line of the table with its peer, or the fake."""
    with SUBJECTS[request.param]() as running:
        yield running


def run_of(subject: Subject, asked: BuildRequest, run_id: str | None) -> Run | None:
    """What the build system says about the run of one build."""
    return subject.system.runs([StartedBuild(asked, run_id, asked.requested_at)])[asked.rebuild_id]


def test_a_dispatch_starts_one_run(subject: Subject) -> None:
    """The run that the dispatch returns is the one that is found, and it is not completed."""
    asked = subject.request("r-1")

    dispatched = subject.system.dispatch(asked)

    assert subject.runs() == 1
    assert dispatched.run_id is not None
    run = run_of(subject, asked, dispatched.run_id)
    assert run == subject.system.find(asked)
    assert run is not None
    assert (run.id, run.conclusion, run.completed_at) == (dispatched.run_id, None, None)


@pytest.mark.parametrize("conclusion", list(Conclusion))
def test_a_run_is_followed_to_its_end(subject: Subject, conclusion: Conclusion) -> None:
    """A completed run has its conclusion and the time of its end."""
    asked = subject.request("r-1")
    run_id = subject.system.dispatch(asked).run_id or ""

    subject.finish(run_id, conclusion)

    run = run_of(subject, asked, run_id)
    assert run is not None
    assert (run.status, run.conclusion) == ("completed", conclusion)
    assert run.completed_at is not None


@pytest.mark.parametrize("shows_ids", [True, False])
def test_a_lost_answer_is_resolved_by_a_search(subject: Subject, shows_ids: bool) -> None:
    """The outcome is unknown; the started run is found by its id, or as the only one."""
    asked = subject.request("r-1", shows_ids=shows_ids)
    subject.lose(started=True)

    with pytest.raises(OutcomeUnknown):
        subject.system.dispatch(asked)

    assert subject.system.find(asked) is not None
    assert subject.runs() == 1


def test_an_unknown_outcome_without_a_run_finds_none(subject: Subject) -> None:
    """If runs show ids, a search that finds none proves that no run started; a webhook proves nothing."""
    asked = subject.request("r-1")
    subject.lose(started=False)

    with pytest.raises(OutcomeUnknown):
        subject.system.dispatch(asked)

    assert subject.system.find(asked) is None
    assert subject.system.shows_ids(asked) is subject.shows_absence
    assert subject.runs() == 0


def test_the_run_of_another_request_is_not_found(subject: Subject) -> None:
    """A run may show a longer id that begins with ours."""
    subject.system.dispatch(subject.request("r-12"))

    assert subject.system.find(subject.request("r-1")) is None


@pytest.mark.parametrize("subject", _HIDING, indirect=True, ids=lambda kind: kind.__name__)
def test_of_two_runs_without_ids_none_is_found(subject: Subject) -> None:
    """It is not known which of them belongs to the request."""
    asked = subject.request("r-1", shows_ids=False)
    subject.system.dispatch(asked)
    subject.system.dispatch(subject.request("r-2", shows_ids=False))

    assert not subject.system.shows_ids(asked)
    assert subject.system.find(asked) is None


def test_a_refusal_starts_nothing(subject: Subject) -> None:
    """The refusal is permanent, and no run exists."""
    subject.refuse()

    with pytest.raises(Refused):
        subject.system.dispatch(subject.request("r-1"))

    assert subject.runs() == 0


def test_a_busy_system_names_a_retry_time(subject: Subject) -> None:
    """No run started; after that time the dispatch succeeds."""
    asked = subject.request("r-1")
    subject.delay()

    with pytest.raises(Unavailable) as caught:
        subject.system.dispatch(asked)

    assert caught.value.retry_at is not None
    assert subject.runs() == 0
    subject.wait_until(caught.value.retry_at)
    assert subject.system.dispatch(asked).run_id is not None


def test_an_unknown_run_is_none(subject: Subject) -> None:
    """The build system does not have this run."""
    assert run_of(subject, subject.request("r-1"), "424242") is None


def test_a_description_starts_nothing(subject: Subject) -> None:
    """It names the build, and says that it can be started and takes all that a rebuild passes."""
    described = subject.system.describe(subject.request("r-1"))

    assert described.startable
    assert described.inputs == frozenset(FILLED_INPUTS)
    assert described.demanded == frozenset()
    assert described.where
    assert subject.runs() == 0


@pytest.mark.parametrize("subject", _ASKED, indirect=True, ids=lambda kind: kind.__name__)
def test_what_is_not_there_is_not_found(subject: Subject) -> None:
    """The message says what there is not."""
    asked = subject.request("r-1")
    subject.remove_build()

    with pytest.raises(NotFound, match="build"):
        subject.system.describe(asked)


def test_the_runs_of_a_group_are_told_together(subject: Subject) -> None:
    """Each build gets its own run, also where its id is not known; one that is not there is None."""
    first, second, unknown = (subject.request(f"r-{number}") for number in (1, 2, 3))
    started = [subject.system.dispatch(asked).run_id or "" for asked in (first, second)]
    subject.finish(started[1], Conclusion.FAILURE)
    builds = [
        StartedBuild(first, started[0], first.requested_at),
        StartedBuild(second, started[1], second.requested_at),
        StartedBuild(first, None, first.requested_at),
    ]

    assert len({subject.system.group(build.request) for build in builds[:1] + builds[2:]}) == 1
    found = subject.system.runs(builds[:2])
    assert {name: (run.id, run.conclusion) if run else None for name, run in found.items()} == {
        "r-1": (started[0], None),
        "r-2": (started[1], Conclusion.FAILURE),
    }
    assert subject.system.runs(builds[2:])["r-1"] == subject.system.find(first)
    assert subject.system.runs([StartedBuild(unknown, None, unknown.requested_at)]) == {"r-3": None}
