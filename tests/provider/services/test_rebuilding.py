"""Tests of recording and dispatching the rebuilds that are due."""

from datetime import timedelta

from provider.domain.plan import BuildCaps
from provider.domain.state import RebuildStage
from proxy.errors import Unavailable
from tests.fakes.registry import digest_of
from tests.provider.services.world import DAY, HOUR, MINUTE, NODE, WINDOW, Company, due, settled


def test_the_intent_is_stored_before_the_request() -> None:
    """A reader of the snapshot sees the id of the rebuild while the request is being sent."""
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


def test_an_open_window_is_recorded_once() -> None:
    """The record has the causes and the end of the window; it is removed when the rebuild starts."""
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


def test_several_rebuilds_share_their_commits() -> None:
    """There is one commit for all intents and one for all answers."""
    company = Company()
    company.move(NODE, "node 0")
    company.enroll("a")
    company.enroll("b")
    company.round.run()
    company.move(NODE, "node 1")
    company.after(HOUR)
    company.snapshot.commits.clear()
    company.after(7 * DAY + WINDOW)

    assert [subject for subject, _ in company.snapshot.commits] == ["Rebuild a, b", "Record the dispatch of a, b"]
    assert len(company.builds.started) == 2


def test_a_rebuild_above_the_cap_starts_later() -> None:
    """Until then its reason says that it waits for other builds."""
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


def test_an_enrollment_without_a_workflow_ends_its_rebuild() -> None:
    """An unfinished rebuild ends with a message that the enrollment names no workflow."""
    company = due()
    company.builds.lose_next(started=False)
    company.round.run()
    company.enroll("portal", build=None)
    company.after(MINUTE)

    assert company.image().active is None
    assert "names no workflow any more" in (company.last().error or "")


def test_an_image_whose_digests_cannot_be_verified_does_not_block_others() -> None:
    """With one build at a time, the next image is built while the registry of the first one is down."""
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


def test_an_unexpected_error_in_a_dispatch_is_settled_by_a_search() -> None:
    """The answers for other images are kept, and a search shows whether a run started."""
    company = due()

    def dispatch(request: object) -> object:
        raise RuntimeError("a bug")

    company.builds.dispatch = dispatch
    company.round.run()

    assert (company.last().stage, company.last().sending) == (RebuildStage.REQUESTED, True)
    assert "RuntimeError" in (company.last().error or "")
