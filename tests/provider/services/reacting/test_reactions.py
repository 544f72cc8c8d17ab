"""Tests of reactions to events: what each does and does not do, and when its delivery is closed."""

import threading
import time
from collections.abc import Mapping, Sequence

import pytest

from catalog.image import Conclusion
from catalog.reference import ImageReference
from provider.domain.enrollment import Build, Source
from provider.domain.events import (
    BuildReported,
    Event,
    ImagePushed,
    Pinged,
    ReleasePublished,
    RunChanged,
    SourcePushed,
)
from provider.domain.snapshot import Snapshot
from provider.ports import SourceFile
from provider.services.check_schedule import Pace
from provider.services.reacting.wanted import Reacted, Wanted
from provider.services.round import Round
from proxy.errors import KeptBack, Never, Unavailable
from tests.fakes.registry import digest_of
from tests.fakes.sources import FakeSources
from tests.provider.services.reacting.queues import Inbox, reactions
from tests.provider.services.world import DAY, HOUR, MINUTE, NODE, Company, due, settled

NO_RUN = "no rebuild in progress belongs to this run"
CONFIG_PUSH = SourcePushed("github", "acme/image-config", ("https://github.com/acme/image-config.git",), "main")


def pushed(repository: str = "acme/portal", branch: str = "main", provider: str = "github") -> SourcePushed:
    """A push to a branch."""
    addresses = (f"https://github.com/{repository}.git", f"git@github.com:{repository}.git")
    return SourcePushed(provider, repository, addresses, branch)  # type: ignore[arg-type]  # a row of a table


def image(reference: str = NODE, content: str = "") -> ImagePushed:
    """A push of an image."""
    return ImagePushed(ImageReference.parse(reference), digest_of(content) if content else None)


def quiet(company: Company) -> Company:
    """The company, whose calls so far do not count; no check is due for a day."""
    company.registry.calls.clear()
    company.sources.asked.clear()
    return company


def checked(company: Company) -> list[str]:
    """The references whose digests were asked for."""
    return [str(call.reference) for call in company.registry.calls if call.method == "check"]


@pytest.mark.parametrize(
    ("event", "checks", "reads", "outcome"),
    [
        (image(), [NODE], 0, "checked node-22"),
        (image(content="node 0"), [NODE], 0, "checked node-22"),
        (image("ghcr.io/acme/portal:latest"), ["ghcr.io/acme/portal:latest"], 0, "checked portal"),
        (image("docker.io/library/node:23"), [], 0, "not tracked"),
        (image("evil.example/library/node:22"), [], 0, "not tracked"),
        (pushed(), [], 1, "read the Dockerfiles of portal"),
        (pushed("Acme/Portal"), [], 1, "read the Dockerfiles of portal"),
        (pushed("acme/other"), [], 0, "no image is built from this branch"),
        (pushed(provider="gitlab"), [], 0, "no image is built from this branch"),
        (RunChanged("github-actions", "acme/portal", "7", None), [], 0, NO_RUN),
        (
            BuildReported("x", "completed", Conclusion.SUCCESS, None),
            [],
            0,
            NO_RUN,
        ),
        (ReleasePublished("https://github.com/acme/portal"), [], 0, "polled https://github.com/acme/portal"),
        (Pinged(), [], 0, "answered"),
    ],
)
def test_each_event_does_only_what_it_is_about(event: Event, checks: list[str], reads: int, outcome: str) -> None:
    """The billing image, which is due for nothing, is left alone."""
    company = settled(pace=Pace(DAY, DAY))
    company.enroll("billing", "FROM golang:1\n")
    company.round.run()
    quiet(company)
    inbox = Inbox(event)
    reactions(company.round, inbox=inbox).react()

    assert checked(company) == checks
    assert len(company.sources.asked) == reads
    assert inbox.outcomes == {1: outcome}
    assert company.builds.dispatches == []


@pytest.mark.parametrize(("branch", "reads"), [("main", 1), ("release/1", 0), ("Main", 0)])
def test_only_a_push_to_the_branch_of_the_source_counts(branch: str, reads: int) -> None:
    """An entry without a branch may mean any."""
    company = settled()
    company.enroll("billing", source=Source("github", "acme/billing", branch="main"))
    company.round.run()
    quiet(company)
    inbox = Inbox(pushed("acme/billing", branch))
    reactions(company.round, inbox=inbox).react()
    assert len(company.sources.asked) == reads


@pytest.mark.parametrize("address", ["https://git.example/acme/tools.git", "git@git.example:acme/tools"])
def test_a_source_of_any_git_server_is_found_by_its_address(address: str) -> None:
    """However the entry writes it."""
    company = settled()
    company.enroll("tools", source=Source("git", address))
    company.round.run()
    quiet(company)
    inbox = Inbox(SourcePushed("gitlab", "acme/tools", ("https://git.example/acme/tools.git",), "main"))
    reactions(company.round, inbox=inbox).react()
    assert inbox.outcomes == {1: "read the Dockerfiles of tools"}


def test_many_events_of_one_image_are_one_check() -> None:
    """Three deliveries of one multi-architecture push, and one of another image."""
    company = quiet(settled(pace=Pace(DAY, DAY)))
    inbox = Inbox(*[image(content=f"node {number}") for number in range(30)], image("ghcr.io/acme/portal:latest"))
    reactions(company.round, inbox=inbox).react()
    assert sorted(checked(company)) == [NODE, "ghcr.io/acme/portal:latest"]
    assert len(inbox.outcomes) == 31


def test_what_was_due_anyway_is_dispatched() -> None:
    """An event is not trusted: the digest that it names is not the one that is built on."""
    company = due()
    company.round.run()
    company.finish()
    company.round.follow()
    company.after(MINUTE)
    first = len(company.builds.dispatches)
    company.move(NODE, "node 2")
    inbox = Inbox(image(content="a forged digest"))
    reactions(company.round, inbox=inbox).react()
    company.now += 8 * DAY
    reactions(company.round).react()
    assert len(company.builds.dispatches) == first + 1
    assert [target.digest for target in company.last().targets] == [digest_of("node 2")]


def test_a_push_that_names_a_new_base_image_has_it_checked() -> None:
    """Its digest is known at once; the other images are left alone."""
    company = settled(pace=Pace(DAY, DAY))
    company.move("docker.io/library/golang:1", "golang")
    company.sources.put("acme/portal", "Dockerfile", f"FROM golang:1 AS build\nFROM {NODE}\nCOPY --from=build /a /a\n")
    quiet(company)
    reactions(company.round, inbox=Inbox(pushed())).react()
    assert checked(company) == ["docker.io/library/golang:1"]
    assert company.store.read().ledger("golang-1").current is not None


def test_req_6_1_a_push_to_the_config_repository_is_applied() -> None:
    """A new image is published, read and checked; what is there already is left alone."""
    company = settled(pace=Pace(DAY, DAY))
    company.enroll("billing", "FROM golang:1\n")
    quiet(company)
    inbox = Inbox(CONFIG_PUSH)
    reactions(company.round, inbox=inbox).react()
    assert inbox.outcomes == {1: "applied the enrollments"}
    assert sorted(checked(company)) == ["docker.io/library/golang:1", "ghcr.io/acme/billing:latest"]
    assert [repository for repository, _ in company.sources.asked] == ["acme/billing"]
    assert company.status("billing")[0] != "watched"


def test_a_new_image_is_published_before_anything_is_asked_about_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A registry and a source that hang keep no entity from the catalog."""
    company = settled()
    company.enroll("billing")

    def hang(_self: Round, *_names: object) -> Snapshot:
        assert "billing" in company.index.images
        raise KeyboardInterrupt

    monkeypatch.setattr(Round, "_with_platforms", hang)
    with pytest.raises(KeyboardInterrupt):
        reactions(company.round, inbox=Inbox(CONFIG_PUSH)).react()


@pytest.mark.parametrize(
    "push",
    [
        SourcePushed("github", "acme/image-config", ("https://github.com/acme/image-config.git",), "topic"),
        SourcePushed("github", "acme/other", ("https://github.com/acme/other.git",), "main"),
    ],
)
def test_other_pushes_do_not_read_the_config_repository(push: SourcePushed) -> None:
    """Another branch, or another repository."""
    company = settled()
    company.enroll("billing")
    reactions(company.round, inbox=Inbox(push)).react()
    assert "billing" not in company.store.read().images


@pytest.mark.parametrize(
    "event",
    [
        RunChanged("github-actions", "acme/portal", "1", "rebuild-1"),
        RunChanged("github-actions", "acme/portal", "1", None),
        image("ghcr.io/acme/portal:latest"),
    ],
)
def test_a_run_that_ended_is_followed_at_once(event: Event) -> None:
    """The state of the run is asked for, and the new digest is read."""
    company = due()
    company.round.run()
    run = next(iter(company.builds.started))
    if isinstance(event, RunChanged):
        event = RunChanged(event.system, event.repository, run, event.rebuild_id)
    made = company.finish()
    inbox = Inbox(event)
    reactions(company.round, inbox=inbox).react()
    assert (company.last().conclusion, company.last().result) == (Conclusion.SUCCESS, made)
    assert inbox.outcomes == {1: "followed the rebuild of portal"}


@pytest.mark.parametrize(
    "event",
    [
        RunChanged("github-actions", "acme/portal", "999", None),
        RunChanged("github-actions", "acme/portal", "1", "rebuild-999"),
        RunChanged("gitlab", "acme/portal", "1", None),
        BuildReported("rebuild-1", "completed", Conclusion.FAILURE, None),
    ],
)
def test_no_event_says_how_a_run_ended_where_it_can_be_asked(event: Event) -> None:
    """The run is still going on, whatever the event says."""
    company = due()
    company.round.run()
    assert company.last().run_id is not None
    reactions(company.round, inbox=Inbox(event)).react()
    assert company.image().active is not None


@pytest.mark.parametrize("conclusion", [Conclusion.SUCCESS, Conclusion.FAILURE, None])
def test_a_build_system_that_cannot_be_asked_reports_the_result(conclusion: Conclusion | None) -> None:
    """Without a conclusion the build goes on."""
    company = settled()
    company.enroll("tools", build=Build("webhook", url="https://ci.example/build"))
    company.round.run()
    company.move(NODE, "node 1")
    company.after(HOUR)
    company.after(8 * DAY)
    record = company.last("tools")
    made = company.move("ghcr.io/acme/tools:latest", "tools 1")
    inbox = Inbox(BuildReported(record.id, "completed", conclusion, "https://ci.example/7"))
    reactions(company.round, inbox=inbox).react()

    after = company.last("tools")
    assert after.conclusion == conclusion
    assert after.result == (made if conclusion is Conclusion.SUCCESS else None)
    assert bool(company.image("tools").active) is (conclusion is None)
    assert inbox.outcomes == {1: "followed the rebuild of tools"}


def test_a_delivery_stays_open_until_it_was_acted_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """The config repository cannot be reached, or the process is killed: the next reaction does it."""
    company = settled()
    inbox = Inbox(CONFIG_PUSH, image())

    def gone() -> bool:
        raise Unavailable("git is gone")

    with monkeypatch.context() as patch:
        patch.setattr(company.store, "pull", gone)
        with pytest.raises(Unavailable):
            reactions(company.round, inbox=inbox).react()
    assert inbox.outcomes == {}
    company.restart()
    reactions(company.round, inbox=inbox).react()
    assert inbox.outcomes == {1: "applied the enrollments", 2: "checked node-22"}


def test_a_registry_that_does_not_answer_is_asked_again_later() -> None:
    """The delivery is closed: the schedule of checks has it now."""
    company = settled(pace=Pace(DAY, DAY))
    company.registry.fail(NODE, Unavailable("docker.io is down"))
    inbox = Inbox(image())
    reactions(company.round, inbox=inbox).react()
    assert inbox.outcomes == {1: "node-22 cannot be checked now, and is checked again later: docker.io is down"}
    company.registry.heal()
    company.now += HOUR
    quiet(company).round.follow()
    assert NODE in checked(company)


def test_a_check_that_was_not_made_keeps_its_delivery_open() -> None:
    """The time of the reaction was over."""
    company = settled(pace=Pace(DAY, DAY))
    company.registry.fail(NODE, KeptBack("no time is left"))
    inbox = Inbox(image(), Pinged())
    reactions(company.round, inbox=inbox).react()
    assert inbox.outcomes == {2: "answered"}
    company.registry.heal()
    reactions(company.round, inbox=inbox).react()
    assert inbox.outcomes[1] == "checked node-22"


def test_a_delivery_of_several_events_is_closed_with_the_last_of_them() -> None:
    """Its outcome names what was done for each."""
    company = settled()
    inbox = Inbox()
    inbox.put(pushed(), image(), image("ghcr.io/acme/none:1"))
    reactions(company.round, inbox=inbox).react()
    assert inbox.outcomes == {1: "read the Dockerfiles of portal; checked node-22; not tracked"}


def broken_for(monkeypatch: pytest.MonkeyPatch, *events: Event) -> None:
    """Let every reaction to one of these events end unexpectedly."""
    react = Round.react

    def some(self: Round, wanted: Wanted) -> Reacted:
        if set(events) & set(wanted.events):
            raise ZeroDivisionError
        return react(self, wanted)

    monkeypatch.setattr(Round, "react", some)


def test_an_event_that_breaks_the_reaction_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is closed with the error, because the others show that it is the cause."""
    company = settled()
    inbox = Inbox(pushed(), image(), Pinged())
    broken_for(monkeypatch, image())
    with pytest.raises(ZeroDivisionError):
        reactions(company.round, inbox=inbox).react()
    assert inbox.outcomes == {
        1: "read the Dockerfiles of portal",
        2: "internal error: ZeroDivisionError; see the log",
        3: "answered",
    }


@pytest.mark.parametrize("events", [(image(),), (image(), pushed())])
def test_where_no_event_can_be_done_all_stay_open(monkeypatch: pytest.MonkeyPatch, events: tuple[Event, ...]) -> None:
    """The cause is elsewhere, such as in the database."""
    company = settled()
    inbox = Inbox(*events)
    broken_for(monkeypatch, *events)
    with pytest.raises(ZeroDivisionError):
        reactions(company.round, inbox=inbox).react()
    assert inbox.outcomes == {}


def test_a_tracker_that_breaks_is_the_outcome_of_its_event() -> None:
    """The others are done."""

    def broken(_address: str) -> str:
        raise OSError("the database is locked")

    company = settled()
    inbox = Inbox(ReleasePublished("https://github.com/acme/portal"), image())
    reactions(company.round, inbox=inbox, poll_soon=broken).react()
    assert inbox.outcomes == {1: "internal error: OSError; see the log", 2: "checked node-22"}


def test_a_source_that_cannot_be_read_in_time_is_read_later_even_after_a_restart() -> None:
    """The git server hangs for longer than a reaction; the push is not forgotten."""
    company = settled(pace=Pace(DAY, DAY))
    reading, answer = threading.Event(), threading.Event()

    class Hanging(FakeSources):
        def files(self, source: Source, paths: Sequence[str]) -> Mapping[str, SourceFile | Never]:
            reading.set()
            assert answer.wait(20)
            return company.sources.files(source, paths)

    company.round.sources = Hanging()
    inbox = Inbox(pushed())
    late = "the Dockerfiles of portal could not be read in time, and are read soon"
    reader = threading.Thread(target=reactions(company.round, inbox=inbox).react)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("provider.services.round.ROUND_SECONDS", 5.2)
        company.round.monotonic = time.monotonic
        reader.start()
        assert reading.wait(20)
        reader.join(20)
    assert inbox.outcomes == {1: late}
    assert company.image().discovery.value == "pending"

    company.restart()
    quiet(company).round.run()
    assert len(company.sources.asked) == 1
    answer.set()


def test_deliveries_are_taken_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A storm is several reactions, the oldest first."""
    monkeypatch.setattr("provider.services.reacting.reactions.MOST_DELIVERIES", 2)
    company = settled()
    inbox = Inbox(*[image(content=f"node {number}") for number in range(5)])
    for done in (2, 4, 5):
        reactions(company.round, inbox=inbox).react()
        assert len(inbox.outcomes) == done
