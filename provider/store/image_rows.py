"""An image as rows of the tables, and the fingerprints by which two versions of it are told apart. Pure."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from catalog.image import Image
from provider.store.image_documents import document_of
from provider.store.json_dataclasses import dumped

NEVER = datetime.min.replace(tzinfo=UTC)
# PostgreSQL keeps no NUL, and no database a half of a surrogate pair; both can be written in YAML.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ImageRow:
    """What is written for one image: its own row without the fragment, and one for each dependency."""

    name: str
    image: Row
    dependencies: tuple[Row, ...]

    @property
    def fingerprint(self) -> object:
        """Differs when anything in these rows does."""
        return self.image["fingerprint"]


def row_of(image: Image) -> ImageRow:
    """The rows of an image.

    Raises:
        TypeError: its enrollment has a value that is not JSON's.
    """
    texts = document_of(image)
    row = {
        "name": image.name,
        "role": image.role.value,
        "registry": image.registry,
        "repository": image.repository,
        "tag": image.tag,
        "status": image.status.value,
        "owner": storable(image.owner),
        "title": storable(image.title or ""),
        "digest": image.digest or "",
        "last_updated": image.last_updated or NEVER,
        "last_built": image.last_built or NEVER,
        "searched": searched_text(image),
        "document": texts.document,
        "histories": texts.histories,
    }
    dependencies = tuple(
        {"image": image.name, "position": position, "base": dependency.name}
        for position, dependency in enumerate(image.dependencies)
    )
    return ImageRow(image.name, {**row, "fingerprint": fingerprint(dumped(row))}, dependencies)


def searched_text(image: Image) -> str:
    """What a query is looked for in; both sides are case-folded here, since databases fold only ASCII."""
    return storable("\n".join((image.name, image.repository, image.title or "")).casefold())


def storable(text: str) -> str:
    """The text with what a database cannot keep replaced by U+FFFD."""
    return _UNSTORABLE.sub("\ufffd", text)


def fingerprint(text: str) -> str:
    """A short text that is equal for equal texts only."""
    return hashlib.sha256(text.encode()).hexdigest()


def catalog_tag_of(fragments: Mapping[str, str]) -> str:
    """The tag of a catalog, from the fingerprints of its fragments by name: the same content has the same tag."""
    return fingerprint("".join(f"{name}\n{fragments[name]}\n" for name in sorted(fragments)))
