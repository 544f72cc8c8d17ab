"""What is kept of a check, and when it is repeated."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.image import VerificationOutcome
from provider.domain.verification.record import VerificationRecord, pause_after, recorded
from proxy.errors import NotConfigured, OutsideFailure, Unavailable
from proxy.signatures.rules import NotSigned, SignatureAnswer, Signed
from tests.provider.domain.samples import DAY, HOUR, START, digest

A = digest("a")
LATER = START + DAY
DOWN = Unavailable("ghcr.io does not answer")
NONE = NotSigned("has no signature")
FAILED = VerificationRecord("rule", A, VerificationOutcome.FAILED, START, reason="has no signature")


def after(answer: SignatureAnswer | OutsideFailure, before: VerificationRecord | None = None) -> VerificationRecord:
    """The record after an answer a day later."""
    return recorded(LATER, "rule", A, answer, before)


def test_the_first_answer_is_recorded() -> None:
    """Each of the three outcomes, with who signed or why not."""
    assert after(Signed("a key")) == VerificationRecord("rule", A, VerificationOutcome.VERIFIED, LATER, by="a key")
    assert after(NONE) == VerificationRecord("rule", A, VerificationOutcome.FAILED, LATER, reason="has no signature")
    assert after(DOWN) == VerificationRecord(
        "rule", A, VerificationOutcome.UNKNOWN, LATER,
        reason="has signatures that cannot be checked: ghcr.io does not answer",
    )  # fmt: skip


def test_the_same_answer_changes_nothing() -> None:
    """So it makes no commit; another reason does."""
    assert after(NONE, FAILED) is FAILED
    assert after(NotSigned("has none of ours"), FAILED).reason == "has none of ours"
    assert after(Signed("a key"), FAILED).verified


def test_a_registry_that_is_down_changes_nothing_that_is_known() -> None:
    """Neither the outcome nor the first message; what a person has to correct is recorded."""
    assert after(DOWN, FAILED) is FAILED
    unknown = after(DOWN)
    assert after(Unavailable("another message"), unknown) is unknown
    assert after(NotConfigured("sigstore is not installed"), FAILED).outcome is VerificationOutcome.UNKNOWN


def test_a_long_reason_is_cut() -> None:
    """The state of an image has to stay small."""
    assert len(after(NotSigned("a" * 10_000)).reason or "") == 600
    assert len(after(Unavailable("a" * 10_000)).reason or "") == 600


@pytest.mark.parametrize(
    ("answer", "checks", "pause"),
    [
        (NONE, 1, timedelta(minutes=5)),
        (NONE, 2, timedelta(minutes=10)),
        (NONE, 5, timedelta(minutes=80)),
        (NONE, 10, DAY),
        (DOWN, 1, timedelta(minutes=1)),
        (DOWN, 3, timedelta(minutes=4)),
        (DOWN, 7, HOUR),
    ],
)
def test_pauses_grow(answer: SignatureAnswer | OutsideFailure, checks: int, pause: timedelta) -> None:
    """To a day for what is not signed, to an hour where there was no answer."""
    assert pause_after(answer, checks) == pause


@given(st.integers(1, 10**9))
def test_pauses_never_shrink_and_have_an_end(checks: int) -> None:
    """Whatever the number of checks."""
    for answer, most in ((NONE, DAY), (DOWN, HOUR)):
        assert pause_after(answer, checks) <= pause_after(answer, checks + 1) <= most
