"""What is due is recorded, then asked for."""

from datetime import timedelta

from provider.domain.plan import BuildCaps
from provider.domain.state import RebuildStage
from proxy.errors import Unavailable
from tests.fakes.registry import digest_of
from tests.provider.services.world import DAY, HOUR, MINUTE, NODE, WINDOW, Company, due, settled


def test_the_intent_is_kept_before_the_request() -> None:
    """Whoever reads the snapshot while the build system is asked sees the rebuild's id there."""
    company = due()
    seen: list[tuple[str, RebuildStage, bool]] = []
    start = company.builds.dispatch

    def dispatch(request: object) -> object:
        record = company.last()
        seen.append((record.id, record.stage, record.sending))
        return start(request)

    company.builds.dispatch = dispatch
    company.round.run()

    assert seen == [("rebuild-1", RebuildStage.REQUESTED, True)]
    assert company.builds.dispatches[0].rebuild_id == "rebuild-1"


def test_an_open_window_is_written_down_once() -> None:
    """With what will be rebuilt and when; it is gone when the rebuild goes."""
    company = settled()
    company.move(NODE, "node 1")
    company.after(HOUR)
    company.after(7 * DAY)
    pending = company.image().pending
    assert pending
    assert (pending.until - pending.opened_at, [cause.name for cause in pending.causes]) == (WINDOW, ["node-22"])
    commits = len(company.snapshot.commits)
    company.after(MINUTE)
    assert len(company.snapshot.commits) == commits

    company.after(WINDOW)
    assert company.image().pending is None
    assert len(company.builds.dispatches) == 1


def test_several_go_with_one_commit_for_all() -> None:
    """One for the intents, one for the answers."""
    company = Company()
    company.move(NODE, "node 0")
    company.enroll("a")
    company.enroll("b")
    company.round.run()
    company.move(NODE, "node 1")
    company.after(HOUR)
    company.snapshot.commits.clear()
    company.after(7 * DAY + WINDOW)

    assert [subject for subject, _ in company.snapshot.commits] == ["Rebuild a, b", "Note what became of a, b"]
    assert len(company.builds.started) == 2


def test_what_does_not_fit_under_the_cap_goes_later() -> None:
    """It is shown as waiting for the others."""
    company = Company(caps=BuildCaps(timedelta(0), builds=1))
    company.move(NODE, "node 0")
    company.enroll("a")
    company.enroll("b")
    company.round.run()
    company.move(NODE, "node 1")
    company.after(HOUR)
    company.after(7 * DAY)
    assert [request.source.repo for request in company.builds.dispatches] == ["acme/a"]
    assert company.status("b")[0] == "due"

    company.finish("a")
    company.after(MINUTE)
    assert [request.source.repo for request in company.builds.dispatches] == ["acme/a", "acme/b"]


def test_an_enrollment_that_lost_its_workflow_is_not_asked() -> None:
    """A rebuild whose outcome is open ends with a word about it."""
    company = due()
    company.builds.lose_next(started=False)
    company.round.run()
    company.enroll("portal", build=None)
    company.after(MINUTE)

    assert company.image().active is None
    assert "names no workflow any more" in (company.last().error or "")


def test_an_image_whose_digests_cannot_be_asked_for_takes_nobodys_place() -> None:
    """With one build at a time, the next image goes while the first one's registry is down."""
    company = Company(caps=BuildCaps(window=WINDOW, builds=1))
    other = "quay.example/team/base:1"
    company.move(NODE, "node 0")
    company.move(other, "base 0")
    company.enroll("a", f"FROM {other}\n")
    company.enroll("b")
    company.round.run()
    company.move(other, "base 1")
    company.move(NODE, "node 1")
    company.after(HOUR)
    company.registry.fail(f"{other.rsplit(':', 1)[0]}@{digest_of('base 1')}", Unavailable("quay.example is down"))
    company.after(7 * DAY + WINDOW)

    assert [request.rebuild_id for request in company.builds.dispatches] == [company.last("b").id]
    assert company.image("a").last_rebuild is None


def test_something_unforeseen_in_one_dispatch_is_settled_by_looking() -> None:
    """The answer of nobody else is lost, and whether a run started is found out."""
    company = due()

    def dispatch(request: object) -> object:
        raise RuntimeError("a bug")

    company.builds.dispatch = dispatch
    company.round.run()

    assert (company.last().stage, company.last().sending) == (RebuildStage.REQUESTED, True)
    assert "RuntimeError" in (company.last().error or "")
