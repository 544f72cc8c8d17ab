"""Findings about the source of an enrollment: the repository, its Dockerfiles and what they do not tell."""

from collections.abc import Iterable, Iterator, Mapping

from provider.domain.discovery.findings import SourceFindings
from provider.domain.enrollment import Source
from provider.domain.findings.finding import Finding, Unanswered, error, not_known, warning
from provider.errors import InternalError
from proxy.errors import Never, NoSuchBranch, NoSuchFile, NoSuchRepository, NotFound, OutsideFailure


def source_findings(
    source: Source, answer: SourceFindings | Unanswered, failures: Iterable[Never] = ()
) -> Iterator[Finding]:
    """What is wrong with the source.

    Args:
        source: of the entry.
        answer: what its files name, or why it cannot be read.
        failures: why single files cannot be read.
    """
    match answer:
        case Never():
            yield error(_field(source, answer), str(answer))
        case OutsideFailure() | InternalError():
            yield not_known("source.repo", answer)
        case SourceFindings():
            yield from _of_files(source, answer, {str(failure): failure for failure in failures})


def _of_files(source: Source, found: SourceFindings, failures: Mapping[str, Never]) -> Iterator[Finding]:
    files = file_field(source)
    for problem in found.problems:
        failure = failures.get(problem)
        yield error(_field(source, failure) if failure else files, problem)
    for variable in found.unresolved:
        todo = variable.hint or "set it in source.buildArgs, or give its ARG a default value"
        yield warning(files, f"{variable.place}: {variable.name} has no value, so the image is not known; {todo}")
    for unclear in found.not_understood:
        yield warning(files, f"{unclear.place}: {unclear.message}")


def file_field(source: Source) -> str:
    """The key that names the file with the images."""
    return "source.bake" if source.bake else "source.dockerfile"


def _field(source: Source, failure: Never) -> str:
    match failure:
        case NoSuchBranch():
            return "source.branch" if source.branch else "source.repo"
        case NoSuchRepository():
            return "source.repo"
        case NoSuchFile() | NotFound():
            return file_field(source)
        case _:
            return "source.repo"
