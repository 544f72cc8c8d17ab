"""Tests of the one dependency that several references to an image make."""

import pytest

from catalog.image import DependencyRole
from provider.domain.discovery.dependencies import dependencies_of
from provider.domain.discovery.findings import FileFindings, SourceFindings
from provider.domain.dockerfile import discover
from provider.domain.enrollment import Source

AMD, ARM = "linux/amd64", "linux/arm64"
UNUSED = "FROM --platform=linux/arm64 node:22 AS tests\n"
STAGE = "FROM node:22 AS build\n"
OTHER_STAGE = "FROM --platform=linux/s390x node:22 AS more\n"
LAST = "FROM debian:12\nCOPY --from=build /a /a\n"


@pytest.mark.parametrize(
    ("text", "role", "platforms"),
    [
        (UNUSED + STAGE + LAST, DependencyRole.STAGE, (AMD,)),
        (STAGE + UNUSED + LAST, DependencyRole.STAGE, (AMD,)),
        (UNUSED + STAGE + UNUSED.replace("tests", "again") + LAST, DependencyRole.STAGE, (AMD,)),
        ("# syntax=node:22\n" + STAGE + LAST, DependencyRole.STAGE, (AMD,)),
        (STAGE + OTHER_STAGE + LAST + "COPY --from=more /b /b\n", DependencyRole.STAGE, (AMD, "linux/s390x")),
        (UNUSED + "FROM node:22 AS others\nFROM debian:12\n", DependencyRole.UNUSED, (ARM, AMD)),
        (UNUSED + "FROM node:22\n", DependencyRole.FINAL, (AMD,)),
        (UNUSED + "FROM --platform=$BUILDPLATFORM node:22 AS build\n" + LAST, DependencyRole.STAGE, ()),
    ],
)
def test_an_image_is_pulled_for_the_platforms_of_the_places_that_the_build_needs(
    text: str, role: DependencyRole, platforms: tuple[str, ...]
) -> None:
    """The platforms of places that it never pulls count only where it needs the image nowhere."""
    findings = SourceFindings((FileFindings("Dockerfile", discover(text, platforms=(AMD,))),))
    found = {each.image.repository: each for each in dependencies_of(Source("github", "acme/a"), findings, (), ())}

    assert (found["library/node"].role, found["library/node"].platforms) == (role, platforms)
