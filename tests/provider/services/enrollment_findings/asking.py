"""Checks over fakes: a world with one repository, and the findings about an entry by field."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from provider.domain.enrollment import Enrollment
from provider.domain.findings.finding import Finding, Findings
from provider.domain.snapshot import Snapshot
from provider.domain.state import BaseState, ImageState
from provider.services.enrollment_findings.checks import EnrollmentChecks
from proxy.deadline import Deadline
from tests.fakes.build_system import FakeBuildSystem
from tests.fakes.registry import FakeRegistry, digest_of
from tests.fakes.sources import FakeSources
from tests.provider.services.world import NODE, START, enrolled

SECONDS = 5.0
NODE_DIGEST = digest_of("node")


def snapshot(*images: ImageState, bases: Mapping[str, BaseState] | None = None, **others: Any) -> Snapshot:
    """A snapshot of these images, all enrolled."""
    by_name = {image.name: image for image in images}
    enrollments = {name: image.enrollment for name, image in by_name.items()}
    return Snapshot("0", enrollments, by_name, bases or {}, **others)


@dataclass
class Asking:
    """A world in which acme/portal has a Dockerfile FROM node:22, which its registry has; nothing else is there."""

    sources: FakeSources = field(default_factory=FakeSources)
    registry: FakeRegistry = field(default_factory=FakeRegistry)
    builds: Any = field(default_factory=FakeBuildSystem)
    seconds: float = 0.0

    def __post_init__(self) -> None:
        self.sources.put("acme/portal", "Dockerfile", f"FROM {NODE}\n")
        self.registry.put(NODE, NODE_DIGEST)
        self.checks = EnrollmentChecks(
            self.sources, self.registry, self.builds, lambda: START, monotonic=lambda: self.seconds
        )

    def about(self, entry: Enrollment | None = None, known: Snapshot | None = None) -> Findings:
        """The findings about an entry, by default portal's."""
        return self.checks.findings(entry or enrolled("portal"), known or snapshot(), Deadline.after(SECONDS))


def said(found: Findings, name: str) -> list[str]:
    """The level and the message of each finding about a field."""
    return [shown(item) for item in found.items if item.field == name]


def shown(item: Finding) -> str:
    """A finding in one line, without its field."""
    return f"{item.level.value}: {item.message}"
