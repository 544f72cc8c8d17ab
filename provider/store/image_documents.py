"""Convert an image to two JSON texts, its values and its histories, and back without loss. Pure."""

import json
from dataclasses import dataclass

from catalog.image import Image
from provider.store.json_dataclasses import loaded, plain, printed

HISTORIES = ("updates", "rebuilds", "origins")


@dataclass(frozen=True, slots=True)
class ImageTexts:
    """An image as JSON: `document` is an object with everything but the histories, `histories` an object with these."""

    document: str
    histories: str


def document_of(image: Image) -> ImageTexts:
    """The image as JSON; equal images give equal texts.

    Raises:
        TypeError: the enrollment has a value that JSON cannot represent.
    """
    fields = plain(image)
    histories = {name: fields.pop(name) for name in HISTORIES}
    return ImageTexts(printed(fields), printed(histories))


def image_of(document: str, histories: str | None = None) -> Image:
    """The image from its JSON; without `histories`, its updates, rebuilds and origins are empty."""
    fields = json.loads(document)
    if histories is not None:
        fields |= json.loads(histories)
    return loaded(Image, fields)
