"""Tests of the findings about an image in its registry."""

import pytest

from catalog.reference import Digest
from provider.domain.findings.finding import Finding, Level, Unanswered
from provider.domain.findings.registry import registry_findings
from proxy.errors import AddressRefused, NotFound, Refused, Unavailable
from tests.provider.domain.samples import digest, image

IMAGE = "ghcr.io/acme/portal:latest"


@pytest.mark.parametrize(
    ("answer", "finding"),
    [
        (digest("a"), Finding("repository", Level.INFO, f"{IMAGE} has the digest {digest('a')}")),
        (
            NotFound("x"),
            Finding("repository", Level.INFO, f"{IMAGE} is not pushed yet; it is found after its first build"),
        ),
        (AddressRefused("private"), Finding("registry", Level.ERROR, "private")),
        (
            Refused("no rights"),
            Finding("registry", Level.WARNING, "no rights; if the image is not pushed yet, that may be the reason"),
        ),
        (Unavailable("later"), Finding("registry", Level.WARNING, "not known: later", unknown=True)),
    ],
)
def test_each_answer_of_the_registry_is_a_finding(answer: Digest | Unanswered, finding: Finding) -> None:
    """At the key that a person would correct."""
    assert list(registry_findings(image().enrollment, answer)) == [finding]


def test_an_image_that_would_be_watched_has_to_be_there() -> None:
    """Nothing builds it, so it does not appear later."""
    (finding,) = registry_findings(image(source=None, build=None).enrollment, NotFound("x"))

    assert (finding.field, finding.level) == ("repository", Level.WARNING)
    assert finding.message == f"ghcr.io has no {IMAGE}, which would be watched; correct it"
