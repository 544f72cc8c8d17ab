"""Checks of enrollments with the parts of a process, against a registry, GitHub and a git server."""

import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from provider.composition.parts import Parts, utc_now
from provider.composition.worker import build_systems, sources
from provider.domain.enrollment import Build, Enrollment, Source
from provider.domain.findings.finding import Findings, Level
from provider.services.enrollment_findings.checks import EnrollmentChecks
from proxy.deadline import Deadline
from tests.peers.git_server import GitServer
from tests.peers.github.controls import TOKEN
from tests.peers.github.server import GitHub
from tests.peers.images import push
from tests.peers.process import LOOPBACK, reserved_port
from tests.peers.registry import DockerRegistry
from tests.provider.builds.samples import WORKFLOWS
from tests.provider.composition.checking import Service
from tests.provider.services.enrollment_findings.asking import said, snapshot

REPOSITORY = "acme/portal"
FAST_SECONDS = 0.05
"""The time for an answer while a person types."""


@pytest.fixture(name="parts")
def opened_parts(github: GitHub, registry: DockerRegistry, git_server: GitServer, tmp_path: Path) -> Iterator[Parts]:
    """The parts of a process that may ask the peers."""
    hosts = [urlsplit(url).netloc for url in (registry.url, git_server.url)]
    base = f"FROM {urlsplit(registry.url).netloc}/team/base:1\n"
    github.add_repository(REPOSITORY, {**WORKFLOWS, "Dockerfile": base})
    git_server.create(REPOSITORY, {"Dockerfile": base})
    git_server.anonymous_reading = True
    variables = {
        "GITHUB_API_URL": github.url,
        "GITHUB_TOKEN": TOKEN,
        "INSECURE_REGISTRIES": ",".join(hosts),
        "PRIVATE_HOSTS": LOOPBACK,
    }
    with Service(tmp_path, variables).parts() as parts:
        yield parts


@pytest.fixture(name="checks")
def made_checks(parts: Parts) -> EnrollmentChecks:
    """The checks, as composition makes them."""
    return EnrollmentChecks(sources(parts), parts.registries, build_systems(parts), utc_now)


def entry(registry: DockerRegistry, **changes: object) -> Enrollment:
    """An entry for an image in that registry."""
    values: dict[str, object] = {
        "source": Source("github", REPOSITORY),
        "build": Build("github-actions", workflow="build.yml"),
        **changes,
    }
    return Enrollment("portal", urlsplit(registry.url).netloc, "team/portal", **values)  # type: ignore[arg-type]


def ask(checks: EnrollmentChecks, about: Enrollment) -> Findings:
    """The findings, within the time of the API."""
    return checks.findings(about, snapshot(), Deadline.after(5))


def test_an_entry_is_checked_everywhere_and_the_next_time_from_memory(
    checks: EnrollmentChecks, registry: DockerRegistry, github: GitHub, capsys: pytest.CaptureFixture[str]
) -> None:
    """The base's digest, the workflow and the image itself; a repeated question sends no request and is fast."""
    base = push(registry.url, "team/base", ["1"])
    image = push(registry.url, "team/portal", ["latest"])

    begun = time.perf_counter()
    found = ask(checks, entry(registry))
    first = time.perf_counter() - begun
    asked = len(github.log)
    begun = time.perf_counter()
    again = ask(checks, entry(registry, title="Portal"))
    second = time.perf_counter() - begun

    with capsys.disabled():
        print(f"\nfindings: {first * 1000:.0f} ms, again: {second * 1000:.1f} ms")
    assert [item for item in found.items if item.level is not Level.INFO] == []
    assert [each.digest for each in found.bases] == [base.digest]
    assert said(found, "repository")[0].endswith(f"has the digest {image.digest}")
    assert again == found
    assert len(github.log) == asked
    assert second < FAST_SECONDS


@pytest.mark.parametrize(
    ("workflow", "words"),
    [
        ("none.yml", "none.yml on main does not exist"),
        ("lint.yml", "has no workflow_dispatch trigger"),
        ("demanding.yml", "requires version, which a rebuild cannot fill"),
    ],
)
def test_a_workflow_that_cannot_be_started_is_an_error(
    checks: EnrollmentChecks, registry: DockerRegistry, workflow: str, words: str
) -> None:
    """Each of them would be found at the first rebuild otherwise."""
    found = ask(checks, entry(registry, build=Build("github-actions", workflow=workflow)))

    assert [(item.field, words in item.message) for item in found.errors] == [("source.workflow", True)]


@pytest.mark.parametrize(
    ("source", "field"),
    [
        (Source("github", "acme/none"), "source.repo"),
        (Source("github", REPOSITORY, branch="none"), "source.branch"),
        (Source("github", REPOSITORY, dockerfiles=("none",)), "source.dockerfile"),
    ],
)
def test_a_source_that_cannot_be_read_is_one_error(
    checks: EnrollmentChecks, registry: DockerRegistry, source: Source, field: str
) -> None:
    """It is on the field that is wrong, and what is in the same repository is no second error."""
    assert [item.field for item in ask(checks, entry(registry, source=source)).errors] == [field]


@pytest.mark.parametrize(
    ("repository", "branch", "fields"),
    [
        (REPOSITORY, None, []),
        ("acme/none", None, ["source.repo"]),
        (REPOSITORY, "none", ["source.branch"]),
    ],
)
def test_a_git_repository_is_checked_too(
    checks: EnrollmentChecks,
    registry: DockerRegistry,
    git_server: GitServer,
    repository: str,
    branch: str | None,
    fields: list[str],
) -> None:
    """By git alone, with its branch."""
    source = Source("git", f"{git_server.url}/{repository}.git", branch=branch)

    found = ask(checks, entry(registry, source=source, build=None))

    assert [item.field for item in found.errors] == fields


def test_a_registry_that_nobody_answers_for_is_not_known(checks: EnrollmentChecks, registry: DockerRegistry) -> None:
    """It is never taken for one that has no image yet."""
    with reserved_port() as port:
        wrong = Enrollment("portal", f"{LOOPBACK}:{port}", "team/portal")
        found = ask(checks, wrong)

    assert [(item.field, item.unknown) for item in found.items] == [("registry", True)]
    assert not found.complete
