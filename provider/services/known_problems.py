"""What is wrong now, from what the service has stored: enrollments, images, the worker."""

from collections.abc import Iterator

from catalog.image import Status
from provider.operation_ports import ProblemDocument
from provider.ports import Beats, ImageIndex
from provider.push_ports import PushRecords
from provider.webhook_ports import Redeliveries

_IMAGE_REMEDIES = {
    Status.ERROR: "Correct the cause; the next check tries again.",
    Status.FAILED: "Open the run of the last rebuild. The next change of a base image starts a new rebuild.",
}
_REMEDY = "Correct the file in the config repository and push it; until then, the last valid version is used."
_HOOK_REMEDY = (
    "Allow the token or the GitHub App to manage this webhook, or correct IMAGE_FACTORY_GITHUB_HOOKS. Until then, the "
    "periodic checks find what GitHub could not deliver."
)
_PUSH_REMEDY = (
    "Correct what the message names; docs/backstage.md describes the token. The service tries again by itself, at "
    "least every two minutes."
)


def enrollment_problems(index: ImageIndex) -> Iterator[ProblemDocument]:
    """The problems of the files in the config repository, with file and line."""
    reported = index.reported()
    owners = index.owners({found.name for found in reported if found.name})
    for found in reported:
        yield ProblemDocument(
            "enrollment",
            found.name,
            found.message,
            _REMEDY,
            found.since,
            where=f"{found.file}:{found.line}" if found.file else None,
            file=found.file,
            line=found.line,
            field=found.field,
            removals=len(found.removes) or None,
            owner=owners.get(found.name),
        )


def image_problems(index: ImageIndex) -> Iterator[ProblemDocument]:
    """The images with the status error or failed."""
    for found in index.troubles():
        remedy = _IMAGE_REMEDIES[found.status]
        yield ProblemDocument(
            "image", found.name, found.message, remedy, found.since, where=found.reference, owner=found.owner
        )


def worker_problems(beats: Beats) -> Iterator[ProblemDocument]:
    """Why the last rounds of the parts of the worker ended early; `name` is the part."""
    for beat in beats.beats():
        if beat.problem:
            remedy = "Correct the cause; the next round tries again. The log of the worker has the details."
            yield ProblemDocument("worker", beat.part, beat.problem, remedy, beat.at)


def hook_problems(redeliveries: Redeliveries) -> Iterator[ProblemDocument]:
    """The webhooks at GitHub whose lost deliveries cannot be asked for."""
    for name, look in redeliveries.looks().items():
        if look.problem:
            yield ProblemDocument("webhooks", "", look.problem, _HOOK_REMEDY, look.at, where=name)


def push_problems(records: PushRecords | None, backstage: str) -> Iterator[ProblemDocument]:
    """Why Backstage takes no pushes of the catalog; nothing where none are sent."""
    if records and (record := records.last()).problem:
        yield ProblemDocument("backstage", "", record.problem, _PUSH_REMEDY, record.since, where=backstage)
