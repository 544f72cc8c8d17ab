"""Tests of the cells of the list of images."""

from dataclasses import replace

import pytest

from catalog.image import DependencyRole, Evidence, Status
from provider.pages.listing.cells import built_from, is_well, not_behind, owner_label
from tests.provider.web_images import NOW, base, dependency, digest, managed


def test_the_base_of_the_target_stage_is_shown() -> None:
    """Whatever comes first in the Dockerfile; the others that the build pulls are counted."""
    edges = (
        dependency("go", DependencyRole.STAGE),
        dependency("syntax", DependencyRole.SYNTAX),
        replace(dependency("node"), built_on=digest("a"), evidence=Evidence.VERIFIED, built_on_since=NOW),
    )
    shown = built_from(managed("app", dependencies=edges))

    assert shown is not None
    assert (shown.name, shown.short, shown.since, shown.others) == ("node", "a" * 12, NOW, 1)
    assert not shown.doubtful


def test_a_stage_is_shown_where_there_is_nothing_else() -> None:
    """An image from scratch is built from what its stages use; one that pulls nothing shows nothing."""
    go = dependency("go", DependencyRole.STAGE)
    shown = built_from(managed("app", dependencies=(go,)))

    assert shown is not None
    assert (shown.name, shown.short, shown.digest) == ("go", "", None)
    assert built_from(managed("app", dependencies=(dependency("x", DependencyRole.UNUSED),))) is None


@pytest.mark.parametrize(
    ("evidence", "doubtful"),
    [
        (Evidence.PASSED, False),
        (Evidence.VERIFIED, False),
        (Evidence.LABEL, False),
        (Evidence.LAYERS, False),
        (Evidence.ASSUMED, True),
        (Evidence.MISMATCH, True),
    ],
)
def test_a_digest_that_is_not_proven_is_marked(evidence: Evidence, doubtful: bool) -> None:
    """As it is on the page of the image."""
    edge = replace(dependency("node"), built_on=digest("a"), evidence=evidence)
    shown = built_from(managed("app", dependencies=(edge,)))

    assert shown is not None
    assert shown.doubtful is doubtful


def test_a_pinned_base_shows_its_pin() -> None:
    """Unless the image shows another digest."""
    pinned = dependency("node", reference=f"docker.io/library/node:22@{digest('c')}")
    shown = built_from(managed("app", dependencies=(pinned,)))
    other = built_from(managed("app", dependencies=(replace(pinned, built_on=digest("d")),)))

    assert shown is not None
    assert other is not None
    assert (shown.digest, other.digest) == (digest("c"), digest("d"))


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (Status.UP_TO_DATE, "No"),
        (Status.UNKNOWN, "Not known"),
        (Status.UNVERIFIED, "Not known"),
        (Status.ERROR, "Not known"),
        (Status.WATCHED, ""),
    ],
)
def test_only_an_image_that_is_proven_up_to_date_is_not_behind(status: Status, text: str) -> None:
    """What is not known is said so."""
    assert not_behind(managed("app", status=status)) == text
    assert not_behind(base("node")) == ""


def test_a_status_that_is_well_needs_no_reason() -> None:
    """Every other one has one."""
    well = {status for status in Status if is_well(managed("app", status=status))}
    assert well == {Status.UP_TO_DATE, Status.WATCHED}


@pytest.mark.parametrize(
    ("owner", "label"),
    [
        ("group:default/team-a", "team-a"),
        ("User:Default/jane", "jane"),
        ("group:other/team-a", "group:other/team-a"),
        ("", ""),
    ],
)
def test_an_owner_of_the_default_namespace_is_short(owner: str, label: str) -> None:
    """Others keep what tells them apart."""
    assert owner_label(owner) == label
