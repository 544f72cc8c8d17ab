"""Tests of failures: nothing is lost, a decision has at most one run, and the state says what happened."""

from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from catalog.image import Conclusion
from catalog.reference import ImageReference
from provider.config_repo.state.snapshot_store import GitSnapshotStore
from provider.domain.asking.asked import Hold
from provider.domain.snapshot import Changes, Snapshot
from provider.domain.state import RebuildStage
from provider.errors import CheckoutUnwritable
from proxy.errors import Garbage, OutsideFailure, Refused, Unavailable
from tests.fakes.build_system import FakeBuildSystem
from tests.fakes.registry import digest_of
from tests.provider.config_repo.repositories import Remote
from tests.provider.config_repo.repository.steered import SteeredRepository, enrollments_text, push_enrollments
from tests.provider.services.world import DAY, HOUR, MINUTE, NODE, START, WINDOW, Company, due, enrolled, settled


def reference(digest: str) -> ImageReference:
    """node:22 at a digest."""
    return ImageReference.parse(f"{NODE}@{digest}")


def assert_one_run(company: Company, rounds: int = 5) -> None:
    """After several rounds there is one run for the decision, and the state has its id."""
    for _ in range(rounds):
        company.after(2 * MINUTE)
    record = company.last()
    assert [request.rebuild_id for request in company.builds.started.values()] == [record.id]
    assert (record.stage, record.run_id, record.sending) == (RebuildStage.DISPATCHED, "1", False)


@pytest.mark.parametrize("error", [Unavailable("registry is down"), Garbage("registry answers HTML")])
def test_a_failure_of_a_registry_ends_when_it_answers_again(error: OutsideFailure) -> None:
    """One commit records it at every image, and afterwards the work continues where it stopped."""
    company = settled()
    company.registry.go_down(error)
    company.after(HOUR)
    commits = len(company.snapshot.commits)
    company.after(HOUR)
    assert company.status()[0] == company.status("node-22")[0] == "error"
    assert str(error) in company.status()[1]
    assert len(company.snapshot.commits) == commits

    company.registry.heal()
    moved = company.move(NODE, "node 1")
    company.after(HOUR)
    company.after(7 * DAY + WINDOW)
    assert [target.digest for target in company.builds.dispatches[0].targets] == [moved]
    assert_one_run(company)


def test_a_registry_that_cannot_confirm_a_digest_delays_the_dispatch() -> None:
    """Nothing is dispatched on a digest that may not exist; it is dispatched once the registry confirms it."""
    company = due()
    company.registry.go_down(Unavailable("registry is down"))
    company.round.run()
    assert company.builds.dispatches == []

    company.registry.heal()
    assert_one_run(company)


def test_the_next_aged_digest_replaces_one_that_no_longer_exists() -> None:
    """The newest digest is gone before the dispatch, so the one before it is used."""
    company = settled()
    first = company.move(NODE, "node 1")
    company.after(HOUR)
    second = company.move(NODE, "node 2")
    company.after(HOUR)
    company.now += 8 * DAY
    company.registry.remove(reference(second))
    company.move(NODE, "node 3")
    company.after(MINUTE)

    assert [target.digest for target in company.builds.dispatches[0].targets] == [first]
    assert_one_run(company)


def test_without_another_aged_digest_the_image_waits() -> None:
    """Nothing is dispatched on a digest that is gone; the next digest is dispatched once it has aged."""
    company = due()
    company.registry.remove(reference(digest_of("node 1")))
    company.registry.fail(NODE, Unavailable("registry is busy"))
    company.round.run()
    assert company.builds.dispatches == []
    assert "no longer exists" in company.status()[1]

    company.registry.heal()
    moved = company.move(NODE, "node 2")
    company.after(MINUTE)
    company.after(7 * DAY + WINDOW)
    assert [target.digest for target in company.builds.dispatches[0].targets] == [moved]


def test_a_missing_digest_of_one_image_does_not_stop_another() -> None:
    """This holds also where the image is built from that digest, and no newer one replaces it yet."""
    company = settled()
    company.move("docker.io/library/golang:1", "go 0")
    company.enroll("tools", f"FROM docker.io/library/golang:1 AS build\nFROM {NODE}\n")
    company.after(MINUTE)
    company.move(NODE, "node 1")
    company.after(HOUR)
    company.now += 7 * DAY + WINDOW
    company.registry.remove("docker.io/library/golang:1@" + digest_of("go 0"))
    company.move("docker.io/library/golang:1", "go 1")
    company.round.run()

    assert [request.source.repo for request in company.builds.dispatches] == ["acme/portal"]
    assert company.status("tools")[0] == "waiting"
    assert "of golang:1 that this image is built from no longer exists" in company.status("tools")[1]


@pytest.mark.parametrize("words", ["422: the workflow has no workflow_dispatch trigger", "404: no workflow build.yml"])
def test_a_refused_dispatch_is_recorded_and_not_repeated(words: str) -> None:
    """The message of the build system is shown; a new cause starts the next rebuild."""
    company = due()
    company.builds.fail_next(Refused(words))
    for _ in range(4):
        company.after(HOUR)
    assert len(company.builds.dispatches) == 1
    assert company.builds.started == {}
    assert company.status()[0] == "failed"
    assert words in company.status()[1]

    company.move(NODE, "node 2")
    company.after(MINUTE)
    company.after(7 * DAY + WINDOW)
    assert len(company.builds.started) == 1


@pytest.mark.parametrize("ids_shown", [True, False])
def test_a_lost_answer_of_a_started_run_is_found(ids_shown: bool) -> None:
    """The run is adopted, by its id or as the only one since the request."""
    company = due(builds=FakeBuildSystem(ids_shown=ids_shown))
    company.builds.lose_next(started=True)
    company.round.run()
    assert "to learn whether it started" in (company.last().error or "")

    assert_one_run(company)
    assert company.last().error is None


def test_a_lost_request_is_sent_once_more_where_runs_show_ids() -> None:
    """Only after the run had time to appear."""
    company = due()
    company.builds.lose_next(started=False)
    company.round.run()
    company.after(timedelta(seconds=30))
    assert len(company.builds.dispatches) == 1

    assert_one_run(company)
    assert len(company.builds.dispatches) == 2


def test_a_lost_request_waits_for_a_person_where_runs_show_no_ids() -> None:
    """Not finding a run proves nothing there, so nothing is sent again."""
    company = due(builds=FakeBuildSystem(ids_shown=False))
    company.builds.lose_next(started=False)
    for _ in range(4):
        company.after(2 * MINUTE)

    assert len(company.builds.dispatches) == 1
    assert company.status()[0] == "failed"
    assert "outcome unknown" in company.status()[1]


@pytest.mark.parametrize("started", [True, False])
def test_a_second_unknown_outcome_is_the_last(started: bool) -> None:
    """A started run is adopted; otherwise a person has to decide, and there is no third request."""
    company = due()
    company.builds.lose_next(started=False)
    company.builds.lose_next(started=started)
    for _ in range(6):
        company.after(2 * MINUTE)

    assert len(company.builds.dispatches) == 2
    assert len(company.builds.started) == started
    assert company.status()[0] == ("rebuilding" if started else "failed")


def test_a_rate_limited_dispatch_is_sent_later() -> None:
    """Not before the time that the build system names, and then once."""
    company = due()
    company.builds.fail_next(Unavailable("rate limited", company.now + HOUR))
    company.round.run()
    company.after(30 * MINUTE)
    assert len(company.builds.dispatches) == 1
    assert company.status()[0] == "due"
    assert "rate limited" in company.status()[1]

    company.after(30 * MINUTE)
    assert_one_run(company)


def test_a_run_without_an_id_may_appear_late_after_retries() -> None:
    """The time until the request was accepted does not count."""
    company = due(builds=FakeBuildSystem(tells_runs=False, not_passed=("reason",)))
    company.builds.fail_next(Unavailable("rate limited", company.now + HOUR))
    company.round.run()
    company.after(HOUR)
    company.builds.ids_shown, hidden = False, dict(company.builds.started)
    company.builds.started.clear()
    company.after(MINUTE)
    assert company.status()[0] == "rebuilding"

    company.builds.started.update(hidden)
    assert_one_run(company)
    assert company.last().not_passed == ("reason",)


def test_a_lost_race_between_decision_and_commit_is_decided_again() -> None:
    """A person has put the image on hold in between, so nothing is sent."""
    company = due()

    def hold(snapshot: Snapshot) -> Changes:
        return Changes({"portal": replace(snapshot.images["portal"], held=Hold("a person was faster"))})

    company.snapshot.lose_race(hold)
    company.round.run()

    assert company.builds.dispatches == []
    assert company.status() == ("held", "node:22 changed, but the image is on hold: a person was faster")


@pytest.mark.parametrize("ids_shown", [True, False])
def test_an_intent_that_cannot_be_written_sends_nothing(ids_shown: bool) -> None:
    """When there is room again, the rebuild starts."""
    company = due(builds=FakeBuildSystem(ids_shown=ids_shown))
    company.snapshot.fail_writes(CheckoutUnwritable("the disk is full"))
    with pytest.raises(CheckoutUnwritable):
        company.round.run()
    assert company.builds.dispatches == []

    assert_one_run(company)


@pytest.mark.parametrize("ids_shown", [True, False])
def test_an_answer_that_cannot_be_written_starts_no_second_run(ids_shown: bool) -> None:
    """The run is found again, also by a new process."""
    company = due(builds=FakeBuildSystem(ids_shown=ids_shown))
    company.snapshot.fail_writes(None, CheckoutUnwritable("the disk is full"))
    with pytest.raises(CheckoutUnwritable):
        company.round.run()
    assert len(company.builds.started) == 1
    company.restart()

    assert_one_run(company)


def test_a_clock_that_jumps_back_does_not_change_decisions() -> None:
    """The history keeps its order, nothing is sent twice, and aged digests are still built."""
    company = due()
    company.now = START - 30 * DAY
    company.round.run()
    assert company.builds.dispatches == []

    company.now = START + 8 * DAY
    company.round.run()
    company.now = START - 30 * DAY
    assert_one_run(company)
    seen = company.store.read().bases["node-22"].ledger.observations
    assert [each.first_seen for each in seen] == sorted(each.first_seen for each in seen)


def test_a_tag_that_returns_withdraws_the_digests_in_between() -> None:
    """After A, B, A the digest B is never built."""
    company = settled()
    company.move(NODE, "node 1")
    company.after(HOUR)
    company.move(NODE, "node 0")
    for _ in range(10):
        company.after(DAY)

    assert company.builds.dispatches == []
    assert company.status()[0] == "unverified"


def test_a_failed_build_is_not_repeated() -> None:
    """It is a result; only a new cause or a person starts another build."""
    company = due()
    company.round.run()
    company.finish(conclusion=Conclusion.FAILURE)
    for _ in range(4):
        company.after(DAY)

    assert len(company.builds.dispatches) == 1
    assert company.status()[0] == "failed"


def over_git(folder: Path, stack: ExitStack, *names: str) -> tuple[Company, Remote, SteeredRepository]:
    """A company whose snapshot is in a local repository, after one round."""
    remote = Remote.make(folder / "remote.git", {"images.yaml": enrollments_text(map(enrolled, names))})
    repository = stack.enter_context(SteeredRepository.open(str(remote.folder), checkout=folder / "config"))
    assert isinstance(repository, SteeredRepository)
    company = Company(store=GitSnapshotStore(repository))
    company.move(NODE, "node 0")
    for name in names:
        company.have(enrolled(name))
    company.round.run()
    return company, remote, repository


def test_a_real_push_race_loses_nothing(tmp_path: Path) -> None:
    """A person edits the image's state between decision and push: both changes are kept, and there is one run."""
    with ExitStack() as stack:
        company, remote, repository = over_git(tmp_path, stack, "portal")
        company.move(NODE, "node 1")
        company.after(HOUR)
        company.now += 7 * DAY + WINDOW

        def interfere(message: str) -> None:
            if message.startswith("Rebuild portal"):
                repository.before = None
                text = remote.read("state/images/portal.yaml")
                remote.push({"state/images/portal.yaml": f"held: by hand\n{text}"})

        repository.before = interfere
        company.round.run()
        assert company.builds.dispatches == []
        assert company.status()[0] == "held"

        remote.push(
            {"state/images/portal.yaml": remote.read("state/images/portal.yaml").replace("held: by hand\n", "")}
        )
        assert_one_run(company)


def test_an_invalid_entry_among_good_ones_keeps_its_last_valid_version(tmp_path: Path) -> None:
    """The other images follow their entries, and the problem is reported."""
    with ExitStack() as stack:
        company, remote, _ = over_git(tmp_path, stack, "portal", "billing")
        good = enrollments_text([enrolled("portal"), enrolled("billing", title="Billing")])
        remote.push({"images.yaml": good.replace("name: portal\n", "name: portal\n  rebuildDelay: never\n", 1)})
        company.after(MINUTE)

        assert company.image("portal").enrollment == enrolled("portal")
        assert company.image("billing").enrollment.title == "Billing"
        assert any("rebuildDelay" in note for note in company.index.images["portal"].notes)


def test_more_than_a_fifth_is_not_removed_at_once(tmp_path: Path) -> None:
    """A commit that empties the list removes nothing, and the problem says what to do."""
    names = [f"image-{number}" for number in range(8)]
    with ExitStack() as stack:
        company, remote, _ = over_git(tmp_path, stack, *names)
        push_enrollments(remote, [enrolled("image-0")])
        company.after(MINUTE)

        snapshot = company.store.read()
        assert sorted(snapshot.images) == names
        (problem,) = company.index.reported()
        assert problem.message.startswith("7 of the 8 images of this file would be removed")
        assert (problem.file, problem.line) == ("images.yaml", 1)


BUSYBOX = "docker.io/library/busybox:1.36"
CLAIM = """- name: busybox-hardened
  registry: docker.io
  repository: library/busybox
  tag: "1.36"
  source: {provider: github, repo: acme/evil, workflow: build.yml}
"""


def test_a_teams_file_takes_the_ageing_of_a_public_base_from_nobody(tmp_path: Path) -> None:
    """It enrolls the base of another image; the digest that moves then still ages, and goes after the delay."""
    with ExitStack() as stack:
        company, remote, _ = over_git(tmp_path, stack, "portal")
        company.sources.put("acme/portal", "Dockerfile", f"FROM {BUSYBOX}\n")
        company.sources.put("acme/evil", "Dockerfile", f"FROM {NODE}\n")
        company.move(BUSYBOX, "busybox 0")
        company.after(DAY)
        remote.push({"images.d/evil.yaml": CLAIM})
        company.after(HOUR)
        company.move(BUSYBOX, "busybox 1")
        for _ in range(6):
            company.after(DAY)
        assert company.builds.dispatches == []
        assert set(company.store.read().images) == {"portal"}
        assert any("no rule lets this file claim it" in problem for _, problem in company.store.read().problems)

        company.after(2 * DAY)
        company.after(WINDOW)
        assert len(company.builds.dispatches) == 1


def test_a_teams_file_that_had_the_base_first_takes_its_ageing_from_nobody(tmp_path: Path) -> None:
    """It stays enrolled when another image begins to depend on it, and its entry is not trusted."""
    with ExitStack() as stack:
        company, remote, _ = over_git(tmp_path, stack, "portal")
        company.sources.put("acme/evil", "Dockerfile", f"FROM {NODE}\n")
        company.move(BUSYBOX, "busybox 0")
        remote.push({"images.d/evil.yaml": CLAIM})
        company.after(HOUR)
        company.sources.put("acme/portal", "Dockerfile", f"FROM {BUSYBOX}\n")
        company.after(DAY)
        assert set(company.store.read().images) == {"portal", "busybox-hardened"}

        company.move(BUSYBOX, "busybox 1")
        company.after(HOUR)
        company.after(2 * HOUR)
        assert company.builds.dispatches == []
        assert company.status()[0] == "waiting"
