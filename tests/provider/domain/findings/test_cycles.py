"""Tests of the finding about a cycle that an enrollment would close."""

from catalog.reference import ImageReference
from provider.domain.findings.cycles import cycle_findings
from provider.domain.findings.finding import Finding, Level
from provider.domain.policy.rules import Policy, PolicyRule
from provider.domain.state import ImageState
from tests.provider.domain.samples import dependency, image

TEAM = "images.d/team-a.yaml"


def on(name: str, other: str, **others: object) -> ImageState:
    """An image that is built from another one."""
    return image(name, dependency(ImageReference.parse(f"ghcr.io/acme/{other}:latest")), **others)


def test_a_cycle_is_an_error_with_its_path() -> None:
    """The images around it are no part of it."""
    images = {"child": on("child", "portal"), "other": on("other", "child")}

    assert list(cycle_findings(on("portal", "child"), images, Policy())) == [
        Finding(
            "source",
            Level.ERROR,
            "the image would depend on itself: child -> portal -> child; remove the cycle from one of the Dockerfiles",
        )
    ]
    assert list(cycle_findings(on("portal", "base"), images, Policy())) == []
    assert list(cycle_findings(on("portal", "other"), {"other": on("other", "base")}, Policy())) == []


def test_an_image_that_is_not_trusted_is_no_parent() -> None:
    """Its tag is a base from outside, so nothing waits for it; a rule makes it a parent."""
    images = {"child": on("child", "portal", file=TEAM)}
    policy = Policy(rules=(PolicyRule((TEAM,), images=("ghcr.io/acme/*",)),))

    assert list(cycle_findings(on("portal", "child"), images, Policy())) == []
    assert len(list(cycle_findings(on("portal", "child"), images, policy))) == 1
