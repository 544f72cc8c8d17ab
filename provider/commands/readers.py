"""`image-factory status` and `catalog`: print the content of the database; the service may be running."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from catalog.image import Image, Role
from catalog.reference import Digest
from catalog.render import document
from provider.api.image_document import image_document
from provider.api.schemas.images import ImageItemSchema, ImageSchema, ImpactSchema
from provider.commands.status_lines import detail_lines, impact_line, line_of
from provider.composition.parts import utc_now
from provider.composition.reading import index_to_read, where_no_database_is
from provider.config_repo.enrollments.validate import count_enrollments
from provider.domain.impact import emergency_impacts, impact_of
from provider.observing.logs import set_up_logging
from provider.ports import ImageFilter, ImageIndex
from provider.services.asking.asking import coverage, every_image
from provider.settings import Settings
from proxy.secrets.redactor import Redactor


def status(settings: Settings, name: str | None, form: str) -> int:
    """Print every image, or one image, with its status and the reason."""
    with _opened(settings) as index:
        images = _found(index, name)
        if name is not None and not images:
            return no_such_image(settings, name)
        detailed = images if form == "json" or name is not None else ()
        near = index.neighbours([image.name for image in detailed]) if index else {}
        if form == "json":
            if index is None:
                print(nothing_indexed(settings), file=sys.stderr)
            schema = ImageItemSchema() if name is None else ImageSchema()
            documents = [schema.dump(image_document(image, near[image.name])) for image in images]
            print(json.dumps(documents if name is None else documents[0], indent=2))
        elif name is not None:
            print("\n".join(detail_lines(images[0], near[name].dependents)))
        else:
            print("\n".join(map(line_of, images)) or nothing_indexed(settings))
        return 0


def impact(settings: Settings, name: str, form: str, emergency: bool, digest: Digest | None) -> int:  # noqa: FBT001 - an option of the command line
    """Print which images a change of an image would rebuild, or what an emergency rebuild of it covers."""
    with _opened(settings) as index:
        image = index.image(name) if index else None
        if index is None or image is None:
            return no_such_image(settings, name)
        now = utc_now()
        if emergency:
            impacts = emergency_impacts(coverage(index, image, digest), now)
        else:
            impacts = impact_of(image, every_image(index, ImageFilter(role=Role.MANAGED, related_to=name)), now)
        if form == "json":
            print(json.dumps([ImpactSchema().dump(each) for each in impacts], indent=2))
        else:
            print("\n".join(map(impact_line, impacts)) or f"nothing is built from {name}")
        return 0


def catalog(settings: Settings, output: str | None) -> int:
    """Write the entities as YAML; returns 1 if there is no database, or the file cannot be written."""
    with _opened(settings) as index:
        if index is None:
            # An empty document would take all entities out of Backstage's catalog.
            print(nothing_indexed(settings), file=sys.stderr)
            return 1
        text = document(index.fragments())
    return write_out(text, output)


def nothing_indexed(settings: Settings) -> str:
    """Why there is no image, and what to do: the checkout of the config repository may have enrollments."""
    if count := count_enrollments(settings.config_checkout):
        enrolled = "1 image" if count == 1 else f"{count} images"
        return (
            f"the index is empty, but {settings.config_checkout} has {enrolled}; run 'image-factory check', "
            "or 'image-factory serve' if it is not running"
        )
    return where_no_database_is(settings) or (
        "no images are tracked; enroll an image in images.yaml of the config repository, "
        "then run 'image-factory check' or 'image-factory serve'"
    )


def write_out(text: str, output: str | None) -> int:
    """Write a text to a file, or to standard output; returns 1 if the file cannot be written."""
    if output is None:
        sys.stdout.write(text)
        return 0
    try:
        Path(output).write_text(text, encoding="utf-8")
    except OSError as error:
        print(f"{output}: cannot write the file: {error.strerror}", file=sys.stderr)
        return 1
    return 0


@contextmanager
def _opened(settings: Settings) -> Iterator[ImageIndex | None]:
    set_up_logging(settings.log_format, Redactor(settings.secrets))
    with index_to_read(settings) as index:
        yield index


def _found(index: ImageIndex | None, name: str | None) -> Sequence[Image]:
    if index is None:
        return ()
    return (
        list(every_image(index, ImageFilter())) if name is None else [image for image in [index.image(name)] if image]
    )


def no_such_image(settings: Settings, name: str) -> int:
    """Say that there is no such image, and what to do; the exit code of the command."""
    known = "no such image; 'image-factory status' lists all images"
    print(f"{name}: {where_no_database_is(settings) or known}", file=sys.stderr)
    return 1
