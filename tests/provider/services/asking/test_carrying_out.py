"""Tests of requests of people in a whole company: from the queue to the build system."""

import itertools
from datetime import timedelta
from typing import Any

import pytest

from catalog.image import Conclusion
from catalog.reference import Digest
from provider.domain.asking.request import Outcome, PersonRequest, RequestKind
from provider.errors import ProviderError
from provider.services.reacting.wanted import Wanted
from proxy.errors import Refused
from tests.fakes.registry import digest_of
from tests.provider.services.world import DAY, HOUR, NODE, Company, settled

SCANNER = "scanner"
NUMBERS = itertools.count(1)


def ask(company: Company, kind: RequestKind, name: str = "portal", **others: Any) -> PersonRequest:
    """Queue a request, and let the worker react."""
    request = PersonRequest(
        f"request-{next(NUMBERS)}",
        kind,
        name,
        others.pop("reason", "openssl"),
        others.pop("by", "user:default/jane"),
        company.now,
        **others,
    )
    company.requests.ask(request)
    company.round.react(Wanted())
    return request


def passed(company: Company, name: str = "portal") -> list[Digest]:
    """The digests of the newest rebuild."""
    return [target.digest for target in company.last(name).targets]


def test_a_rebuild_is_dispatched_at_once_with_who_and_why() -> None:
    """The record, the commits and the request to the build system have both; it is dispatched once."""
    company = settled()
    request = ask(company, RequestKind.REBUILD)

    record = company.last()
    assert (record.requested_by, record.requests, record.emergency) == ("user:default/jane", (request.id,), False)
    assert record.reason == "rebuild requested by user:default/jane: openssl"
    assert company.image().asked == ()
    assert company.requests.outcome(request.id) == Outcome(
        done=True, message="portal: rebuild requested by user:default/jane: openssl"
    )
    subjects = [subject for subject, _ in company.snapshot.commits]
    assert subjects[-3:] == ["Note requests: rebuild portal", "Rebuild portal", "Record the dispatch of portal"]
    (sent,) = company.builds.started.values()
    assert sent.reason == record.reason
    company.finish()
    company.after(HOUR)
    company.after(DAY)
    assert len(company.image().rebuilds) == 1


def test_a_failure_without_a_run_is_tried_again_when_a_person_asks() -> None:
    """The workflow was missing, and exists now."""
    company = settled()
    company.move(NODE, "node 1")
    company.after(HOUR)
    company.builds.go_down(Refused("build.yml does not exist on main"))
    company.after(8 * DAY)
    assert company.status()[0] == "failed"
    company.after(DAY)
    assert len(company.image().rebuilds) == 1

    company.builds.heal()
    ask(company, RequestKind.REBUILD)
    assert passed(company) == [digest_of("node 1")]
    assert company.status()[0] == "rebuilding"


def test_an_emergency_goes_through_delay_hold_and_auto_rebuild_parents_first() -> None:
    """The child starts when its parent is built, on what that is now."""
    company = settled()
    company.enroll("base", auto_rebuild=False)
    company.enroll("app", "FROM ghcr.io/acme/base:latest\n")
    company.after(HOUR)
    ask(company, RequestKind.HOLD, "app", reason="freeze")
    new = company.move(NODE, "node 1")
    company.after(HOUR)
    ask(company, RequestKind.EMERGENCY, "node-22", images=("base", "portal", "app"), cve="CVE-2026-1234", by=SCANNER)

    assert (passed(company, "base"), passed(company)) == ([new], [new])
    assert company.image("app").rebuilds == ()
    assert "waiting for base, which is rebuilt first" in company.status("app")[1]
    made = company.finish("base")
    company.after(HOUR)
    assert passed(company, "app") == [made]
    record = company.last("app")
    assert (record.emergency, record.cve, record.requested_by) == (True, "CVE-2026-1234", SCANNER)


def test_an_emergency_that_does_not_start_in_time_is_dropped() -> None:
    """Its parent takes too long; what runs already goes on."""
    company = settled()
    company.enroll("app", "FROM ghcr.io/acme/portal:latest\n")
    company.after(HOUR)
    company.move(NODE, "node 1")
    company.after(HOUR)
    end = company.now + 2 * HOUR
    ask(company, RequestKind.EMERGENCY, "app", images=("portal", "app"), until=end)
    assert company.image("app").asked != ()
    company.after(2 * HOUR)

    assert company.image("app").asked == ()
    reasons = [reason for _, reasons in company.snapshot.commits for reason in reasons]
    assert any(reason.startswith("app: dropped, because it did not start in time") for reason in reasons)
    assert company.status("portal")[0] == "rebuilding"


def test_a_request_joins_a_running_rebuild_as_its_one_follow_up() -> None:
    """Two people ask while it runs: one rebuild follows, and it names both."""
    company = settled()
    ask(company, RequestKind.REBUILD)
    ask(company, RequestKind.REBUILD, by="bob", reason="again")
    company.now += timedelta(hours=1)
    ask(company, RequestKind.REBUILD, by="eve", reason="and again")
    assert len(company.image().rebuilds) == 1

    company.finish()
    company.after(HOUR)
    company.finish()
    company.after(HOUR)
    assert [record.requested_by for record in company.image().rebuilds] == ["user:default/jane", "bob, eve"]
    assert company.last().conclusion is Conclusion.SUCCESS


def test_a_held_image_says_by_whom_and_is_rebuilt_when_the_hold_ends() -> None:
    """Nobody has to release it."""
    company = settled()
    company.move(NODE, "node 1")
    company.after(HOUR)
    ask(company, RequestKind.HOLD, reason="freeze", until=company.now + 9 * DAY)
    assert company.image().held is not None
    company.after(8 * DAY)
    status, reason = company.status()
    assert (status, company.image().rebuilds) == ("held", ())
    assert reason.startswith("node:22 changed, but the image is on hold by user:default/jane until ")
    assert reason.endswith(": freeze")

    company.after(DAY)
    assert company.image().held is None
    assert passed(company) == [digest_of("node 1")]


def test_a_skipped_digest_waits_for_the_next_one() -> None:
    """Released, it is used."""
    company = settled()
    bad = company.move(NODE, "node 1")
    company.after(HOUR)
    ask(company, RequestKind.SKIP, digest=bad, reason="broken")
    company.after(9 * DAY)
    assert company.image().rebuilds == ()
    status, reason = company.status()
    assert status == "held"
    assert "is skipped by user:default/jane: broken" in reason
    newer = company.move(NODE, "node 2")
    company.after(HOUR)
    assert company.status()[0] == "waiting"
    company.after(8 * DAY)
    assert passed(company) == [newer]


def test_a_digest_that_is_no_longer_skipped_is_used_at_once() -> None:
    """It has aged meanwhile."""
    company = settled()
    bad = company.move(NODE, "node 1")
    company.after(HOUR)
    ask(company, RequestKind.SKIP, digest=bad, reason="broken")
    company.after(9 * DAY)
    ask(company, RequestKind.UNSKIP, digest=bad)
    assert passed(company) == [bad]


def test_a_kill_between_the_commit_and_the_note_repeats_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The requests are open again, and change nothing any more."""
    company = settled()

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(company.requests, "close", killed)
        with pytest.raises(KeyboardInterrupt):
            ask(company, RequestKind.REBUILD)
    assert len(company.requests.open()) == 1
    company.restart()
    company.after(HOUR)
    company.finish()
    company.after(HOUR)
    company.after(HOUR)

    assert len(company.image().rebuilds) == 1
    assert company.requests.open() == []


def test_requests_stay_open_while_git_cannot_be_written() -> None:
    """They are carried out as soon as it can."""
    company = settled()
    company.snapshot.fail_writes(ProviderError("git is gone"))
    with pytest.raises(ProviderError):
        ask(company, RequestKind.REBUILD)
    assert len(company.requests.open()) == 1
    assert company.round.busy()
    company.round.follow()
    assert len(company.image().rebuilds) == 1
