"""What is wrong with images, read without making an `Image` of each: a registry that fails makes thousands of them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Connection, Row, cast, select, type_coerce

from catalog.image import Status
from catalog.reference import ImageReference
from provider.ports import ImageTrouble
from provider.store.tables import images

TROUBLES = (Status.ERROR, Status.FAILED)
_COLUMNS = (images.c.name, images.c.owner, images.c.registry, images.c.repository, images.c.tag, images.c.status)


def read_troubles(connection: Connection) -> list[ImageTrouble]:
    """The images whose status is error or failed, by name."""
    # The database takes values out of a document several times as fast as Python parses it.
    document = (cast if connection.dialect.name == "postgresql" else type_coerce)(images.c.document, JSON)
    error = document["last_error", "message"].as_string().label("error")
    since = document["last_error", "at"].as_string().label("since")
    wanted = images.c.status.in_([status.value for status in TROUBLES])
    query = (
        select(*_COLUMNS, error, since, document["reason"].as_string().label("reason"))
        .where(wanted)
        .order_by(images.c.name)
    )
    return [_read(row) for row in connection.execute(query)]


def _read(row: Row[*tuple[Any, ...]]) -> ImageTrouble:
    name, owner, registry, repository, tag, status, error, since, reason = row
    return ImageTrouble(
        name,
        owner,
        str(ImageReference(registry, repository, tag)),
        Status(status),
        reason if error is None else error,
        datetime.fromisoformat(since) if since else None,
    )
