"""Tests of reading Dockerfiles and recording the images that they name."""

import pytest

from catalog.image import DependencyRole, DiscoveryStatus
from provider.domain.dockerfile.findings import Unresolved
from proxy.errors import Unavailable
from tests.provider.services.world import DAY, HOUR, NODE, Company, settled

BOTH = f"""# syntax=docker/dockerfile:1
FROM golang:1 AS build
FROM {NODE}
COPY --from=build /a /a
COPY --from=golang:1 /b /b
"""


def test_everything_that_a_dockerfile_names_is_a_dependency() -> None:
    """There is one dependency for each image, with all its kinds and its most important role."""
    company = Company()
    company.enroll("portal", BOTH)
    company.round.run()

    found = {each.name: (each.role, each.kinds) for each in company.image().dependencies}
    assert {name: role for name, (role, _) in found.items()} == {
        "docker-io-docker-dockerfile-1": DependencyRole.SYNTAX,
        "golang-1": DependencyRole.STAGE,
        "node-22": DependencyRole.FINAL,
    }
    assert len(found["golang-1"][1]) == 2
    assert set(company.store.read().bases) == set(found)


def test_a_changed_dockerfile_changes_only_the_dependencies_that_differ() -> None:
    """A base that is still named keeps its history; one that is no longer named moves to the archive."""
    company = settled()
    before = company.image().dependencies[0]
    company.sources.put("acme/portal", "Dockerfile", BOTH)
    company.after(DAY)
    assert before.built_on == next(each.built_on for each in company.image().dependencies if each.name == "node-22")

    company.sources.put("acme/portal", "Dockerfile", "FROM golang:1\n")
    company.after(DAY)
    assert set(company.store.read().bases) == {"golang-1"}
    assert "node-22" in company.store.read().archived_bases


def test_a_missing_dockerfile_does_not_stop_other_images() -> None:
    """The message names the missing file; another image is still discovered."""
    company = settled()
    company.enroll("broken")
    company.enroll("other")
    company.sources.remove("acme/broken", "Dockerfile")
    company.sources.put("acme/broken", "README", "")
    company.after(HOUR)

    assert company.image("broken").discovery is DiscoveryStatus.FAILED
    assert (
        "acme/broken has neither Dockerfile nor Containerfile; set source.dockerfile, or baseImages"
        in (company.status("broken")[1])
    )
    assert company.image("other").discovery is DiscoveryStatus.SUCCESS


def test_dependencies_stay_while_the_source_does_not_answer() -> None:
    """The failure is recorded once, and each round tries again until the source answers."""
    company = settled()
    company.sources.fail("acme/portal", Unavailable("github is down"))
    company.after(DAY)
    commits = len(company.snapshot.commits)
    company.after(HOUR)
    assert [each.name for each in company.image().dependencies] == ["node-22"]
    assert company.status()[0] == "error"
    assert len(company.snapshot.commits) == commits

    company.sources.heal()
    company.after(HOUR)
    assert company.status()[0] == "unverified"


def test_an_argument_without_a_value_and_no_dependency_are_recorded() -> None:
    """Neither is an error."""
    company = Company()
    company.enroll("portal", "ARG BASE\nFROM ${BASE}\n")
    company.enroll("scratched", "FROM scratch\n")
    company.round.run()

    assert company.image().unresolved == (Unresolved("BASE", 2),)
    assert company.image("scratched").discovery is DiscoveryStatus.NONE
    assert company.status("scratched")[0] == "up-to-date"


@pytest.mark.parametrize(
    "text",
    [
        "DB_PASSWORD=hunter2-the-real-one",
        "FROM hunter2-host-password:Tr0ub4dor&3",
        "ARG RUN\nFROM hunter2&",
        "FROM node:22 hunter2 x",
        "# escape=hunter2\nFROM node:22",
    ],
)
def test_no_text_of_a_file_is_stored_or_shown_with_its_error(text: str) -> None:
    """Whoever sees the error of an image need not be allowed to see the file that it names."""
    company = Company()
    company.enroll("portal", text)
    company.round.run()

    state, shown = company.image(), company.status("portal")
    assert state.discovery is DiscoveryStatus.FAILED
    assert "hunter2" not in f"{state} {shown} {company.store.read()}".lower()
    assert f"Dockerfile: line {text.count('RUN') + 1}: " in (state.discovery_error or "")


@pytest.mark.parametrize(
    "line", ["RUN --mount=type=hunter2 x", "ENV A=b hunter2", "hunter2 x", "COPY --from=$hunter2 a b"]
)
def test_no_text_of_a_line_is_stored_or_shown_with_its_warning(line: str) -> None:
    """The line and what is wrong with it are, and the images of other lines are watched; a variable has its name."""
    company = Company()
    company.enroll("portal", f"FROM node:22\n{line}\n")
    company.round.run()

    state, shown = company.image(), company.status("portal")
    assert state.discovery is DiscoveryStatus.SUCCESS
    assert [dependency.image.familiar for dependency in state.dependencies] == ["node:22"]
    assert [warning.line for warning in state.warnings] == [2]
    assert "hunter2" not in f"{state.warnings} {[warning.quoted for warning in state.warnings]} {shown[0]}".lower()


def test_a_file_in_another_language_is_not_read() -> None:
    """Its frontend is shown, and what to do; the image is not up to date."""
    company = Company()
    company.enroll("portal", "# syntax=ghcr.io/acme/frontend:1\nname: portal\nsources: {}\n")
    company.round.run()

    state = company.image()
    assert state.discovery is DiscoveryStatus.FAILED
    assert "list its images under source.baseImages" in (state.discovery_error or "")
    assert [dependency.image.familiar for dependency in state.dependencies] == ["ghcr.io/acme/frontend:1"]
    assert company.status("portal")[0] != "up-to-date"


@pytest.mark.parametrize(
    ("text", "status", "reason"),
    [
        ("FROM scratch\n", DiscoveryStatus.NONE, "its Dockerfile names no external image"),
        ("FROM scratch AS a\nFROM a\n", DiscoveryStatus.NONE, "its Dockerfile names no external image"),
        ("ARG BASE\nFROM ${BASE}\n", DiscoveryStatus.SUCCESS, "BASE (line 2) has no value"),
        (
            "ARG A\nARG B\nFROM $A\nFROM $B\n",
            DiscoveryStatus.SUCCESS,
            "A (line 3) has no value; B (line 4) has no value",
        ),
        ("ARG B\nFROM node:22\nFROM $B\n", DiscoveryStatus.SUCCESS, "depends on node:22; B (line 3) has no value"),
        ("FROM node:22\n", DiscoveryStatus.SUCCESS, "depends on node:22"),
    ],
)
def test_only_a_file_that_names_nothing_from_outside_has_no_dependency(
    text: str, status: DiscoveryStatus, reason: str
) -> None:
    """What has no value is named with its line: it is something from outside that nobody watches."""
    company = Company()
    company.enroll("portal", text)
    company.round.run()

    assert company.image().discovery is status
    assert f"portal: {reason}" in [line for _, reasons in company.snapshot.commits for line in reasons]
