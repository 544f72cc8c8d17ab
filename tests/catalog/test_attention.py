"""Tests of the order in which images need attention."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.attention import attention
from catalog.image import Evidence, Failure, Image, Status
from tests.provider.web_images import NOW, base, dependency, managed


def with_status(status: Status, criticality: str = "normal", **others: object) -> Image:
    """A managed image."""
    return managed("app", enrollment={"criticality": criticality}, status=status, **others)


def mismatched() -> Image:
    """An image that was built from another digest than the one that was passed."""
    return with_status(Status.UNVERIFIED, dependencies=(replace(dependency("node"), evidence=Evidence.MISMATCH),))


ORDER = [
    with_status(Status.FAILED, "high", last_error=Failure(NOW - timedelta(days=3), "the build failed")),
    with_status(Status.ERROR, "high", last_error=Failure(NOW - timedelta(days=1), "no such branch")),
    mismatched(),
    with_status(Status.ERROR, "low"),
    with_status(Status.UNKNOWN, "high"),
    with_status(Status.UNVERIFIED),
    with_status(Status.HELD, "high"),
    with_status(Status.HELD, "low"),
    with_status(Status.DUE, "high"),
    with_status(Status.WAITING, "high", next_eligible_at=NOW + timedelta(days=6)),
    with_status(Status.DUE),
    with_status(Status.WAITING, next_eligible_at=NOW + timedelta(hours=1)),
    with_status(Status.WAITING, next_eligible_at=NOW + timedelta(days=1)),
    with_status(Status.WAITING),
    with_status(Status.WAITING, "low", next_eligible_at=NOW),
    with_status(Status.REBUILDING),
    with_status(Status.UP_TO_DATE, "high"),
    with_status(Status.UP_TO_DATE),
    base("node"),
]
"""What needs attention first is first."""


@given(st.randoms(use_true_random=False))
def test_what_needs_attention_is_first(chance: random.Random) -> None:
    """Failed, errors and mismatches; unknown and unverified; held; due and waiting; rebuilding; the rest."""
    mixed = list(ORDER)
    chance.shuffle(mixed)

    assert sorted(mixed, key=attention) == ORDER


@pytest.mark.parametrize("status", list(Status))
def test_every_status_has_its_place(status: Status) -> None:
    """Also with a criticality that is not known, which counts as normal."""
    assert attention(with_status(status, "urgent")) == attention(with_status(status))


def test_a_mismatch_of_an_image_that_is_built_again_is_being_mended() -> None:
    """It comes first only while its status is unverified."""
    assert attention(mismatched()) < attention(replace(mismatched(), status=Status.REBUILDING))
    assert attention(replace(mismatched(), status=Status.REBUILDING)) == attention(with_status(Status.REBUILDING))
