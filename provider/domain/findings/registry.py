"""Findings about the image in its registry."""

from collections.abc import Iterator

from catalog.reference import Digest
from provider.domain.enrollment import Enrollment
from provider.domain.findings.finding import Finding, Unanswered, error, info, not_known, warning
from proxy.errors import AddressRefused, NotFound, Refused


def registry_findings(enrollment: Enrollment, answer: Digest | Unanswered) -> Iterator[Finding]:
    """Whether the registry has the image, and with which digest.

    Args:
        enrollment: the entry.
        answer: the digest of its tag, or why it is not known.
    """
    reference = enrollment.reference.familiar
    match answer:
        case str():
            yield info("repository", f"{reference} has the digest {answer}")
        case NotFound() if enrollment.source is None:
            yield warning("repository", f"{enrollment.registry} has no {reference}, which would be watched; correct it")
        case NotFound():
            yield info("repository", f"{reference} is not pushed yet; it is found after its first build")
        case AddressRefused():
            yield error("registry", str(answer))
        case Refused():
            # Several registries, such as ghcr.io, also refuse to talk about an image that does not exist.
            message = f"{answer}; if the image is not pushed yet, that may be the reason"
            yield warning("registry", message)
        case _:
            yield not_known("registry", answer)
