"""What the files of sources name, each file read once for many questions about it."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from catalog.reference import Digest
from provider.domain.discovery.findings import SourceFindings
from provider.domain.enrollment import Source
from provider.domain.state import ImageState
from provider.ports import SourceFile, SourceRepository
from provider.services.enrollment_findings.recent_answers import RecentAnswers
from provider.services.source_reading.dockerfiles import read_source
from proxy.deadline import Monotonic
from proxy.errors import Never
from proxy.ports import Registry

# A file may have a megabyte.
_MOST_FILES = 32
_MOST_READS = 128
_AT_ONCE = 8
_Files = Mapping[str, SourceFile | Never]


@dataclass(frozen=True, slots=True)
class SourceQuestion:
    """What an image is built from; the state of the image is part of it only as far as the answer depends on it."""

    source: Source
    platforms: tuple[str, ...]
    reference: str
    digest: Digest | None
    image: ImageState = field(compare=False)


def question_about(image: ImageState, source: Source) -> SourceQuestion:
    """The question for this image."""
    enrollment, current = image.enrollment, image.ledger.current
    digest = current.digest if current else None
    return SourceQuestion(source, enrollment.platforms, str(enrollment.reference), digest, image)


@dataclass(frozen=True, slots=True)
class SourceAnswer:
    """What the files name, and why files could not be read."""

    found: SourceFindings
    failures: tuple[Never, ...]


class RecentSources:
    """Reads what images are built from. Safe to use from many threads."""

    def __init__(self, sources: SourceRepository, registries: Registry, monotonic: Monotonic = time.monotonic) -> None:
        self._registries = registries
        self._files: RecentAnswers[tuple[Source, tuple[str, ...]], _Files] = RecentAnswers(
            "the source repository",
            lambda asked: sources.files(*asked),
            threads=_AT_ONCE,
            most=_MOST_FILES,
            monotonic=monotonic,
        )
        self.answers: RecentAnswers[SourceQuestion, SourceAnswer] = RecentAnswers(
            "the source repository", self._read, threads=_AT_ONCE, most=_MOST_READS, monotonic=monotonic
        )

    def _read(self, question: SourceQuestion) -> SourceAnswer:
        files = _Noting(self._files)
        found = read_source(files, self._registries, question.image, question.source)
        return SourceAnswer(found, tuple(files.failures))


class _Noting:
    """The files of one read, and why some of them cannot be read; a source, as `read_source` asks it."""

    def __init__(self, files: RecentAnswers[tuple[Source, tuple[str, ...]], _Files]) -> None:
        self._files = files
        self.failures: list[Never] = []

    def files(self, source: Source, paths: Sequence[str]) -> _Files:
        """See the port."""
        # Nothing else of the source decides what its files are.
        repository = Source(source.provider, source.repo, branch=source.branch)
        found = self._files.get((repository, tuple(paths)))
        self.failures += [file for file in found.values() if isinstance(file, Never)]
        return found
