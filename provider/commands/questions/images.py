"""`image-factory images`: which images there are that are built from a digest, behind, or of an owner."""

from collections.abc import Iterator, Mapping

from marshmallow import Schema
from sqlalchemy import Engine

from catalog.image import DependencyDocument, Image
from catalog.times import utc_time
from provider.api.answers.csv_answers import row_of
from provider.api.image_document import image_document
from provider.api.schemas.images import ImageItemSchema
from provider.commands.questions.answering import answer
from provider.commands.questions.printed_list import PrintedList
from provider.commands.status_lines import line_of
from provider.pages.image.labels import evidence_label
from provider.ports import ImageFilter, Neighbours
from provider.services.asking.asking import every_image
from provider.settings import Settings
from provider.store.images import SqlImageIndex

Found = tuple[Image, Neighbours]
_COLUMNS = (
    "name",
    "role",
    "status",
    "reason",
    "owner",
    "reference",
    "digest",
    "builtFrom",
    "behindSince",
    "nextEligibleAt",
    "lastBuilt",
    "lastChecked",
)
_MANY = 500


def images(settings: Settings, form: str, wanted: ImageFilter) -> int:
    """Print the images that the filter finds, each with its status and the reason."""

    def found(engine: Engine) -> Iterator[Found]:
        index = SqlImageIndex(engine)
        images = list(every_image(index, wanted))
        for start in range(0, len(images), _MANY):
            part = images[start : start + _MANY]
            near = index.neighbours([image.name for image in part])
            yield from ((image, near[image.name]) for image in part)

    listing = PrintedList("images", ImageItemSchema(), _document, _lines, _row, _COLUMNS)
    return answer(settings, form, listing, found)


def _document(found: Found) -> Mapping[str, object]:
    return image_document(*found)


def _lines(found: Found) -> Iterator[str]:
    image, _ = found
    yield line_of(image)
    if image.behind_since:
        yield f"  behind since {utc_time(image.behind_since)}"
    if image.next_eligible_at:
        yield f"  rebuilt at the earliest {utc_time(image.next_eligible_at)}"
    for dependency in image.dependencies:
        if dependency.built_on:
            yield f"  built from {_built_from(dependency)}"


def _row(schema: Schema, found: Found) -> Mapping[str, object]:
    """With `builtFrom` as one text: `docker.io/library/node:22@sha256:... (passed to the build); ...`."""
    image, _ = found
    built_from = (_built_from(dependency) for dependency in image.dependencies if dependency.built_on)
    return {**row_of(schema, _document(found)), "builtFrom": "; ".join(built_from)}


def _built_from(dependency: DependencyDocument) -> str:
    reference = str(dependency.reference).partition("@")[0]
    how = f" ({evidence_label(dependency.evidence)})" if dependency.evidence else ""
    return f"{reference}@{dependency.built_on}{how}"
