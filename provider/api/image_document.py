"""An image as the API returns it. It imports no web framework, because the command line prints the same document.

`ImageSchema` shows it in detail, `ImageItemSchema` as an item of a list: there, dependents are names only.
"""

import dataclasses
from collections.abc import Sequence

from catalog.image import Image
from provider.domain.asking.request import PersonRequest
from provider.ports import Neighbours


def image_document(image: Image, neighbours: Neighbours, requests: Sequence[PersonRequest] = ()) -> dict[str, object]:
    """All attributes that `ImageSchema` shows; `requests`: what the worker has not carried out yet."""
    attributes = {field.name: getattr(image, field.name) for field in dataclasses.fields(image)}
    return {
        **attributes,
        "criticality": image.criticality,
        "reference": str(image.reference),
        "entity_ref": image.entity_ref,
        "dependents": neighbours.dependents,
        "last_checked": neighbours.last_checked,
        "requests": requests,
    }
