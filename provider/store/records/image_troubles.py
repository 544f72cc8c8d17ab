"""What is wrong with images, read without making an `Image` of each: a registry that fails makes thousands of them."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from catalog.image import Status
from catalog.reference import ImageReference
from provider.ports import ImageTrouble
from provider.store.tables import images

TROUBLES = (Status.ERROR, Status.FAILED)
_COLUMNS = (images.c.name, images.c.owner, images.c.registry, images.c.repository, images.c.tag, images.c.status)


def read_troubles(connection: Connection) -> list[ImageTrouble]:
    """The images whose status is error or failed, by name."""
    wanted = images.c.status.in_([status.value for status in TROUBLES])
    return [
        _read(row)
        for row in connection.execute(select(*_COLUMNS, images.c.document).where(wanted).order_by(images.c.name))
    ]


def _read(row: Row[*tuple[Any, ...]]) -> ImageTrouble:
    document = json.loads(row.document)
    error = document.get("last_error")
    return ImageTrouble(
        row.name,
        row.owner,
        str(ImageReference(row.registry, row.repository, row.tag)),
        Status(row.status),
        error["message"] if error else document["reason"],
        datetime.fromisoformat(error["at"]) if error else None,
    )
