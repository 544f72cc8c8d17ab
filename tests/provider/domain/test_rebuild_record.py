"""What follows on what in the course of one rebuild."""

from dataclasses import replace
from datetime import timedelta

import pytest

from catalog.image import Conclusion, Evidence
from provider.domain.asking.asked import AskedRebuild
from provider.domain.build_request import BASE_IMAGES, BuildRequest, Dispatched, Run
from provider.domain.enrollment import Enrollment
from provider.domain.ledger import Observation
from provider.domain.policy.authority import ADMINS
from provider.domain.policy.rules import NO_POLICY, Policy, PolicyRule
from provider.domain.rebuild import Rebuild
from provider.domain.rebuild_record import (
    MOST_REQUESTS,
    adopted,
    answered,
    asked_again,
    built,
    ended,
    given_up,
    intended,
    not_sent,
    request_of,
)
from provider.domain.state import RebuildStage, RebuildState
from proxy.errors import NotFound, OutcomeUnknown, OutsideFailure, Refused, Unavailable
from tests.provider.domain.samples import HOUR, START, WINDOW, decided, dependency, digest, image, ledger

DECISION = decided(8 * 24 * HOUR, ledger(("a", timedelta(0)), ("b", HOUR)))
PORTAL = image("portal", dependency())


def intent() -> RebuildState:
    """A rebuild that was just decided."""
    assert isinstance(DECISION, Rebuild)
    return intended(START, "r-1", DECISION)


def test_an_intent_names_who_asked_for_it() -> None:
    """Each person and each vulnerability once; where nobody asked, it is the service's own."""
    jane = AskedRebuild("q-1", "jane", "openssl", START, cve="CVE-2026-1")
    scanner = replace(jane, id="q-2", by="scanner", cve="CVE-2026-2", emergency=True)
    asked = (jane, scanner, replace(jane, id="q-3"), replace(jane, id="q-4", cve=None))
    assert isinstance(DECISION, Rebuild)
    record = intended(START, "r-1", replace(DECISION, asked=asked))

    assert (record.requested_by, record.cve, record.emergency) == ("jane, scanner", "CVE-2026-1, CVE-2026-2", True)
    assert record.requests == ("q-1", "q-2", "q-3", "q-4")
    own = intent()
    assert (own.requested_by, own.cve, own.emergency, own.requests) == ("image-factory", None, False, ())


def test_an_intent_counts_as_sent() -> None:
    """From its commit on, a request may be on its way, and its outcome is settled from that time on."""
    assert (intent().stage, intent().sending, intent().asked) == (RebuildStage.REQUESTED, True, 1)
    assert (intent().requested_at, intent().asked_at) == (START, START)


def test_a_request_that_was_not_begun_is_no_request() -> None:
    """It is not counted, has no unknown outcome, and is sent with the same record later."""
    record = not_sent(intent())
    assert (record.stage, record.sending, record.asked, record.retry_at) == (RebuildStage.REQUESTED, False, 0, None)

    again = asked_again(START + HOUR, record)
    assert (again.sending, again.asked, again.resent, again.id) == (True, 1, False, intent().id)
    assert not_sent(asked_again(START, again)).asked == 1


def test_an_intent_says_what_was_decided() -> None:
    """Its key, wave, causes and targets; of a long reason, the first 500 characters."""
    assert isinstance(DECISION, Rebuild)
    decision = replace(DECISION, reason="r" * 1000)
    record = intended(START, "r-1", decision)

    assert (record.key, record.wave, record.causes) == (decision.key, decision.wave, decision.causes)
    assert (record.targets, record.reason) == (decision.targets, "r" * 500)


def test_the_request_names_every_target_by_digest() -> None:
    """With the rebuild's id, its reason and when it was decided, so that a run can be recognised."""
    enrollment = PORTAL.enrollment
    assert enrollment.source
    assert enrollment.build

    (target,) = intent().targets
    assert (target.image.image, target.image.tag, target.digest) == ("docker.io/library/node", "22", digest("b"))
    assert request_of(NO_POLICY, enrollment, intent()) == BuildRequest(
        "r-1",
        "portal",
        "ghcr.io/acme/portal:latest",
        enrollment.source,
        enrollment.build,
        intent().reason,
        intent().targets,
        START,
        "images.yaml",
        ADMINS,
    )


@pytest.mark.parametrize(
    "enrollment", [replace(PORTAL.enrollment, source=None), replace(PORTAL.enrollment, build=None)]
)
def test_nothing_is_requested_without_a_source_and_a_workflow(enrollment: Enrollment) -> None:
    """An enrollment may lose either after the decision."""
    assert request_of(NO_POLICY, enrollment, intent()) is None


def test_what_the_build_system_took_is_dispatched() -> None:
    """With its run, and nothing that an earlier request left open: no pause, no error, nothing on its way."""
    waiting = answered(START, intent(), Unavailable("busy"))
    record = answered(START + HOUR, waiting, Dispatched("7", "https://ci.example.org/7", ("reason",)))

    assert (record.stage, record.dispatched_at) == (RebuildStage.DISPATCHED, START + HOUR)
    assert (record.run_id, record.url, record.not_passed) == ("7", "https://ci.example.org/7", ("reason",))
    assert (record.sending, record.retry_at, record.error) == (False, None, None)
    assert answered(START, intent(), Dispatched(None, None)).sending is False


def test_what_was_certainly_not_carried_out_waits_with_the_reason() -> None:
    """Not before the time that the build system names, nor before the pause has passed."""
    soon, late = START + timedelta(seconds=1), START + HOUR

    early = answered(START, intent(), Unavailable("busy", soon))
    assert (early.sending, early.retry_at, early.error) == (False, START + timedelta(seconds=30), "busy")
    assert answered(START, intent(), Unavailable("busy", late)).retry_at == late


def test_a_request_of_unknown_outcome_stays_on_its_way() -> None:
    """Nothing is sent until it is settled; the reason says what is looked for."""
    record = answered(START, intent(), OutcomeUnknown("no answer"))

    assert (record.stage, record.sending, record.retry_at) == (RebuildStage.REQUESTED, True, None)
    assert record.error
    assert record.error.startswith("no answer; ")


def test_the_second_request_is_remembered() -> None:
    """One that was certainly not carried out, sent after it, does not make room for a third of unknown outcome."""
    second = asked_again(START, answered(START, intent(), OutcomeUnknown("no answer")))
    limited = answered(START, second, Unavailable("busy"))
    again = asked_again(START + HOUR, limited)

    assert (again.resent, again.asked, again.asked_at) == (True, 3, START + HOUR)
    assert again.retry_at is None


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (Refused("no such workflow"), "no such workflow"),
        (NotFound("no such branch"), "no such branch"),
    ],
)
def test_any_other_answer_ends_the_rebuild_with_its_words(error: OutsideFailure, words: str) -> None:
    """It has failed now, no image waits for it, and no request is in progress or planned."""
    waiting = answered(START, intent(), Unavailable("busy"))
    record = answered(START + HOUR, asked_again(START, waiting), error)

    assert (record.failed, record.active, record.error) == (True, False, words)
    assert (record.conclusion, record.completed_at) == (Conclusion.FAILURE, START + HOUR)
    assert record.sending is False


def test_what_is_given_up_while_it_waits_is_not_sent_later() -> None:
    """Its pause ends with it."""
    waiting = answered(START, intent(), Unavailable("busy"))

    assert given_up(START, waiting, "its enrollment is gone").retry_at is None


@pytest.mark.parametrize(
    ("file", "rule", "needs"),
    [
        ("images.yaml", PolicyRule(("images.d/team-a.yaml",)), (False, False)),
        ("images.d/team-a.yaml", PolicyRule(("images.d/team-a.yaml",)), (True, True)),
        ("images.d/team-a.yaml", PolicyRule(("images.d/team-a.yaml",), workflows=("build.yml",)), (False, True)),
        ("images.d/team-a.yaml", PolicyRule(("images.d/team-b.yaml",), workflows=("build.yml",)), (True, True)),
    ],
)
def test_the_request_says_what_the_entry_may_have_built(file: str, rule: PolicyRule, needs: tuple[bool, bool]) -> None:
    """An entry of a team's file needs a rule for more than the defaults."""
    request = request_of(Policy(rules=(rule,)), replace(PORTAL.enrollment, file=file), intent())

    assert request
    assert request.file == file
    assert (request.authority.needs_id, request.authority.needs_default_branch) == needs


def test_pauses_grow_up_to_an_hour_and_asking_ends() -> None:
    """A build system that never takes it is a failure in the end, with its words."""
    record, pauses = intent(), []
    while record.active:
        record = answered(START, record, Unavailable("busy"))
        if record.retry_at:
            pauses.append(record.retry_at - START)
            record = asked_again(START, record)

    assert pauses[:3] == [timedelta(seconds=30), timedelta(minutes=1), timedelta(minutes=2)]
    assert pauses == sorted(pauses)
    assert len(pauses) == MOST_REQUESTS - 1
    assert record.completed_at == START
    assert record.error == f"busy; {MOST_REQUESTS} requests were sent"


def test_only_an_unknown_outcome_uses_up_the_second_request() -> None:
    """What was certainly not carried out may be asked again as before."""
    unknown = asked_again(START, answered(START, intent(), OutcomeUnknown("no answer")))
    limited = asked_again(START, answered(START, intent(), Unavailable("busy", START + HOUR)))

    assert (unknown.resent, limited.resent) == (True, False)
    assert unknown.sending
    assert limited.sending


def test_a_run_that_is_adopted_keeps_what_the_answer_told() -> None:
    """When it was dispatched, and what could not be passed."""
    taken = answered(START, intent(), Dispatched(None, None, ("reason",)))
    record = adopted(START + WINDOW, taken, Run("7", "https://ci.example.org/7", "queued", None))

    assert (record.run_id, record.url) == ("7", "https://ci.example.org/7")
    assert (record.dispatched_at, record.not_passed) == (START, ("reason",))


def test_a_run_that_is_adopted_after_a_lost_answer_is_dispatched_now() -> None:
    """No better time is known."""
    lost = answered(START, intent(), OutcomeUnknown("no answer"))

    assert adopted(START + WINDOW, lost, Run("7", None, "queued", None)).dispatched_at == START + WINDOW


@pytest.mark.parametrize("conclusion", list(Conclusion))
def test_only_a_success_waits_for_its_digest(conclusion: Conclusion) -> None:
    """Any other end is the end."""
    record = ended(START, intent(), Run("7", None, "completed", conclusion, START))

    assert record.active == (conclusion is Conclusion.SUCCESS)


def test_an_end_is_what_the_run_says_of_it() -> None:
    """Its time and its address; where it says neither, now, and the address that was known."""
    known = answered(START, intent(), Dispatched("7", "https://ci.example.org/7"))
    moved = Run("7", "https://ci.example.org/moved/7", "completed", Conclusion.FAILURE, START + WINDOW)
    silent = Run("7", None, "completed", Conclusion.FAILURE, None)

    with_time, without_time = ended(START + HOUR, known, moved), ended(START + HOUR, known, silent)
    assert (with_time.stage, with_time.url, with_time.completed_at) == (
        RebuildStage.COMPLETED,
        moved.url,
        START + WINDOW,
    )
    assert (without_time.url, without_time.completed_at) == (known.url, START + HOUR)
    assert with_time.conclusion is without_time.conclusion is Conclusion.FAILURE


def test_after_a_success_the_image_is_built_on_what_was_passed() -> None:
    """The rebuild records the digest that it made."""
    after = built(START + HOUR, PORTAL.with_record(intent()), intent(), digest("new"), {})

    (edge,) = after.dependencies
    assert edge.built_on
    assert edge.built_on.digest == digest("b")
    made_at = intent().requested_at
    assert after.wave_of(Observation(digest("new"), START + HOUR)) == intent().wave
    assert after.wave_of(Observation(digest("new"), made_at)) == intent().wave
    assert after.wave_of(Observation(digest("new"), made_at - timedelta(seconds=1))) is None


def test_an_image_was_built_when_its_run_ended() -> None:
    """What it is built from is known since its digest was read; an error on the way is over."""
    finished = ended(START + HOUR, intent(), Run("7", None, "completed", Conclusion.SUCCESS, START + WINDOW))
    troubled = replace(finished, error="the registry is down")
    after = built(START + HOUR, PORTAL.with_record(troubled), troubled, digest("new"), {})

    assert after.last_built == START + WINDOW
    assert after.dependencies[0].built_on
    assert after.dependencies[0].built_on.at == START + HOUR
    assert after.last_rebuild
    assert (after.last_rebuild.error, after.last_rebuild.result) == (None, digest("new"))
    assert built(START + HOUR, PORTAL, intent(), digest("new"), {}).last_built == START + HOUR


@pytest.mark.parametrize(
    ("shown", "of_rebuild"),
    [
        ({}, Evidence.PASSED),
        ({"node": Evidence.PASSED}, Evidence.PASSED),
        ({"node": Evidence.VERIFIED}, Evidence.VERIFIED),
        ({"node": Evidence.MISMATCH}, Evidence.MISMATCH),
        ({"node": Evidence.VERIFIED, "other": Evidence.PASSED}, Evidence.PASSED),
        ({"node": Evidence.VERIFIED, "other": Evidence.MISMATCH}, Evidence.MISMATCH),
    ],
)
def test_what_the_new_image_shows_is_kept_with_its_base_and_its_rebuild(
    shown: dict[str, Evidence], of_rebuild: Evidence
) -> None:
    """The weakest of several counts for the rebuild; the digest that was passed stays."""
    after = built(START + HOUR, PORTAL.with_record(intent()), intent(), digest("new"), shown)

    (edge,) = after.dependencies
    assert edge.evidence is shown.get("node", Evidence.PASSED)
    assert edge.built_on
    assert edge.built_on.digest == digest("b")
    assert after.last_rebuild
    assert after.last_rebuild.evidence is of_rebuild


def test_a_build_that_takes_no_digests_proves_none() -> None:
    """What the image is built from has to be learned from the image."""
    record = replace(intent(), not_passed=(BASE_IMAGES,))
    after = built(START + HOUR, PORTAL.with_record(record), record, digest("new"), {"node": Evidence.VERIFIED})

    (edge,) = after.dependencies
    assert (edge.built_on, edge.evidence) == (None, Evidence.ASSUMED)
    assert after.last_rebuild
    assert after.last_rebuild.evidence is None
