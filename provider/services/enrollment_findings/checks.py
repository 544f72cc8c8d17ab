"""Check an enrollment against the world: sources, registries and build systems, all at once and by one deadline."""

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime

from catalog.reference import Digest, ImageReference
from provider.containment import contained
from provider.domain.build_request import BuildDescription, BuildRequest
from provider.domain.discovery.build_contexts import observed_images
from provider.domain.discovery.outcome import after_discovery
from provider.domain.enrollment import Build, Enrollment, Source
from provider.domain.findings.bases import BaseAnswers, base_findings, found_bases
from provider.domain.findings.build import build_field, build_findings
from provider.domain.findings.cycles import cycle_findings
from provider.domain.findings.finding import Finding, Findings, FoundBase, Unanswered, in_order, not_known
from provider.domain.findings.registry import registry_findings
from provider.domain.findings.rules import rule_findings
from provider.domain.findings.source import source_findings
from provider.domain.ledger import Ledger
from provider.domain.policy.authority import Authority, authority_of
from provider.domain.snapshot import Snapshot, names_by_reference
from provider.domain.state import ImageState
from provider.errors import InternalError
from provider.ports import BuildSystem, SourceRepository
from provider.services.enrollment_findings.recent_answers import RecentAnswers, in_time
from provider.services.enrollment_findings.recent_files import RecentSources, SourceAnswer, question_about
from proxy.deadline import Deadline, Monotonic
from proxy.errors import Garbage
from proxy.ports import Registry

_MOST_BASES = 50
_AT_ONCE = 16
_MOST_ANSWERS = 1024


@dataclass(frozen=True, slots=True)
class _BuildQuestion:
    """What a build system has for a build."""

    source: Source
    build: Build
    file: str
    authority: Authority


class EnrollmentChecks:
    """Checks enrollments before they are committed. Safe to use from many threads.

    Answers are remembered for a short time, so that a form may ask at each keystroke: a repeated question costs no
    request. Nothing is ever taken for granted: what does not answer by the deadline is a finding that says so.

    Args:
        sources: have the Dockerfiles.
        registries: have the images.
        builds: start the builds; nothing is started here.
        now: our own clock.
        monotonic: the clock of the memory of answers.
    """

    def __init__(
        self,
        sources: SourceRepository,
        registries: Registry,
        builds: BuildSystem,
        now: Callable[[], datetime],
        monotonic: Monotonic = time.monotonic,
    ) -> None:
        self._now = now
        self._registries = registries
        self._builds = builds
        self._sources = RecentSources(sources, registries, monotonic)
        self._digests: RecentAnswers[ImageReference, Digest] = RecentAnswers(
            "the registry", self._digest, threads=_AT_ONCE, most=_MOST_ANSWERS, monotonic=monotonic
        )
        self._descriptions: RecentAnswers[_BuildQuestion, BuildDescription] = RecentAnswers(
            "the build system", self._describe, threads=_AT_ONCE, most=_MOST_ANSWERS, monotonic=monotonic
        )

    def findings(self, enrollment: Enrollment, snapshot: Snapshot, deadline: Deadline) -> Findings:
        """What is right and wrong with an entry, by field, and what it would depend on.

        Args:
            enrollment: the entry, valid by itself, with the file that it would be in.
            snapshot: the images that are tracked, the policy, and what the entry would replace.
            deadline: by which the answer is given; about 5 seconds. What is not known by then is a warning.
        """
        authority = authority_of(snapshot.policy, enrollment)
        image = self._digests.begin(enrollment.reference)
        description = self._begin_build(enrollment, authority)
        found: list[Finding] = []
        bases: tuple[FoundBase, ...] = ()
        if enrollment.source:
            read = contained(enrollment.name, self._source, enrollment, enrollment.source, snapshot, deadline)
            if isinstance(read, InternalError):
                found.append(not_known("source.repo", read))
            else:
                items, bases = read
                found += items
        digest = in_time(image, deadline, enrollment.registry)
        built: BuildDescription | Unanswered | None = None
        if description:
            built = in_time(description, deadline, _builder(enrollment))
        found += _section(build_field(enrollment), build_findings(enrollment, authority, built))
        found += _section("registry", registry_findings(enrollment, digest))
        found += _section("owner", rule_findings(enrollment, snapshot))
        return Findings(in_order(found), bases)

    def _source(
        self, enrollment: Enrollment, source: Source, snapshot: Snapshot, deadline: Deadline
    ) -> tuple[list[Finding], tuple[FoundBase, ...]]:
        image = _before(enrollment, snapshot, self._now())
        answer = in_time(self._sources.answers.begin(question_about(image, source)), deadline, source.repo)
        if not isinstance(answer, SourceAnswer):
            return list(source_findings(source, answer)), ()
        items = list(source_findings(source, answer.found, answer.failures))
        candidate = after_discovery(self._now(), image, source, answer.found, observed_images(snapshot))
        answers = self._base_answers(candidate, snapshot, deadline)
        items += base_findings(source, candidate, answer.found, answers)
        items += _section("source", cycle_findings(candidate, snapshot.images, snapshot.policy))
        return items, found_bases(candidate, answer.found, answers)

    def _base_answers(self, candidate: ImageState, snapshot: Snapshot, deadline: Deadline) -> BaseAnswers:
        """What is known of the images: what is tracked needs no request."""
        names = names_by_reference(snapshot.images.values(), snapshot.bases.values())
        asked: dict[ImageReference, Future[Digest | Unanswered]] = {}
        digests: dict[ImageReference, Digest | Unanswered] = {}
        for edge in candidate.dependencies:
            current = snapshot.ledger(names.get(edge.image.tagged, "")).current
            if current and not current.gone:
                digests[edge.image] = current.digest
            elif len(asked) < _MOST_BASES:
                asked[edge.image] = self._digests.begin(edge.image)
        digests |= {image: in_time(future, deadline, image.registry) for image, future in asked.items()}
        return BaseAnswers(digests, names)

    def _begin_build(
        self, enrollment: Enrollment, authority: Authority
    ) -> "Future[BuildDescription | Unanswered] | None":
        if enrollment.build is None or enrollment.source is None:
            return None
        source = Source(enrollment.source.provider, enrollment.source.repo, branch=enrollment.source.branch)
        return self._descriptions.begin(_BuildQuestion(source, enrollment.build, enrollment.file, authority))

    def _describe(self, asked: _BuildQuestion) -> BuildDescription:
        request = BuildRequest("", "", "", asked.source, asked.build, "", (), self._now(), asked.file, asked.authority)
        return self._builds.describe(request)

    def _digest(self, reference: ImageReference) -> Digest:
        answer = self._registries.digest(reference)
        if not isinstance(answer, str):
            raise Garbage(f"{reference}: the registry's answer has no digest; retried later")
        return answer


def _before(enrollment: Enrollment, snapshot: Snapshot, now: datetime) -> ImageState:
    """The state of the image with this enrollment, before its files are read; the platforms that are known stay."""
    known = snapshot.images.get(enrollment.name)
    same = known is not None and known.enrollment.reference == enrollment.reference
    return ImageState(enrollment, now, known.ledger if known and same else Ledger())


def _builder(enrollment: Enrollment) -> str:
    return enrollment.build.system if enrollment.build else "the build system"


def _section(field: str, items: Iterable[Finding]) -> Iterator[Finding]:
    """The findings of one part; an unexpected error of it hides no other part."""
    found = contained(field, list, items)
    yield from [not_known(field, found)] if isinstance(found, InternalError) else found
