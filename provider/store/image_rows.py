"""Convert an image to table rows, with fingerprints to detect changes. Pure."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Table

from catalog.attention import attention
from catalog.image import CRITICALITIES, DependencyDocument, Image, RebuildDocument
from catalog.reference import Digest
from provider.domain.records.rebuild_times import times_of
from provider.store.image_documents import document_of
from provider.store.json_dataclasses import dumped
from provider.store.tables import image_rebuilds, image_updates, origins

NEVER = datetime.min.replace(tzinfo=UTC)
NOT_BEHIND = datetime(9000, 1, 1, tzinfo=UTC)
"""After every time at which an image can be behind."""
PINNED = "pinned"
"""The evidence of a digest that only the Dockerfile names."""
NOT_TIMED = -1
"""Of a rebuild without a time from the change of a base image to its end."""
# PostgreSQL cannot store NUL, and no database a lone surrogate; YAML can contain both.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ImageRow:
    """The rows of one image: its own row without the fragment, and one for each dependency and each vulnerability.

    Attributes:
        read_model: the image; `history_rows` makes the rows of its histories, which seldom change.
    """

    name: str
    image: Row
    dependencies: tuple[Row, ...]
    cves: tuple[Row, ...]
    read_model: Image

    @property
    def fingerprint(self) -> object:
        """Differs if any value in these rows differs."""
        return self.image["fingerprint"]

    @property
    def histories_fingerprint(self) -> object:
        """Differs if any value of the histories differs."""
        return self.image["histories_fingerprint"]


def row_of(image: Image) -> ImageRow:
    """The rows of an image.

    Raises:
        TypeError: the enrollment has a value that JSON cannot represent.
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
        "attention": attention(image),
        "criticality": criticality_key(image.criticality),
        "behind_since": image.behind_since or NOT_BEHIND,
        "searched": searched_text(image),
        "document": texts.document,
        "histories": texts.histories,
        "histories_fingerprint": fingerprint(texts.histories),
    }
    dependencies = tuple(
        {"image": image.name, "position": position, **_dependency_row(dependency)}
        for position, dependency in enumerate(image.dependencies)
    )
    cves = tuple({"image": image.name, "cve": cve} for cve in sorted(_cves(image)))
    return ImageRow(image.name, {**row, "fingerprint": fingerprint(dumped(row))}, dependencies, cves, image)


def history_rows(image: Image) -> Mapping[Table, tuple[Row, ...]]:
    """The rows of origins, rebuilds and updates, by table."""
    return {origins: _origin_rows(image), image_rebuilds: _rebuild_rows(image), image_updates: _update_rows(image)}


def _cves(image: Image) -> set[str]:
    """The vulnerabilities of its rebuilds, and of those that people asked for; a text may name several."""
    texts = [*(each.cve for each in image.rebuilds), *(each.cve for each in image.asked)]
    return {storable(cve) for text in texts if text for part in text.split(",") if (cve := cve_key(part))}


def cve_key(text: str) -> str:
    """The text of a vulnerability as the index has it."""
    return text.strip().upper()


def _dependency_row(dependency: DependencyDocument) -> Row:
    built_on, evidence = _built_on(dependency), dependency.evidence if dependency.built_on else None
    return {
        "base": dependency.name,
        "built_on": built_on,
        "role": dependency.role.value,
        "evidence": evidence.value if evidence else PINNED if built_on and not dependency.built_on else "",
    }


def _built_on(dependency: DependencyDocument) -> Digest | str:
    """The digest that the image was built from; a reference that is pinned in the Dockerfile names it itself."""
    return dependency.built_on or dependency.reference.partition("@")[2]


def _origin_rows(image: Image) -> tuple[Row, ...]:
    return tuple(
        {"image": image.name, "digest": origin.digest, "built_from": digest}
        for origin in image.origins
        for digest in origin.built_from
    )


def _rebuild_rows(image: Image) -> tuple[Row, ...]:
    """One row for each id; a record with the id of an earlier one replaces it."""
    return tuple({rebuild.id: _rebuild_row(image.name, rebuild) for rebuild in image.rebuilds}.values())


def _rebuild_row(name: str, rebuild: RebuildDocument) -> Row:
    times = times_of(rebuild)
    return {
        "image": name,
        "id": rebuild.id,
        "at": rebuild.requested_at,
        "conclusion": rebuild.conclusion.value if rebuild.conclusion else "",
        "requested_by": storable(rebuild.requested_by),
        "cve": storable(rebuild.cve or ""),
        "took": int(times.took.total_seconds()) if times else NOT_TIMED,
        "beyond": int(times.beyond.total_seconds()) if times else NOT_TIMED,
        "document": dumped(rebuild),
    }


def _update_rows(image: Image) -> tuple[Row, ...]:
    return tuple(
        {"image": image.name, "id": f"{position:06}", "at": seen.first_seen, "document": dumped(seen)}
        for position, seen in enumerate(image.updates)
    )


def criticality_key(criticality: str | None) -> str:
    """A text that sorts by criticality, the highest first; images without one come last."""
    place = CRITICALITIES.index(criticality) if criticality in CRITICALITIES else len(CRITICALITIES)
    return f"{place}-{criticality or ''}"


def criticality_of(key: str) -> str:
    """The criticality of a key; empty where the image has none."""
    return key.partition("-")[2]


def searched_text(image: Image) -> str:
    """The text that queries search; case-folded here like the query, since databases fold ASCII only."""
    return storable("\n".join((image.name, image.repository, image.title or "")).casefold())


def storable(text: str) -> str:
    """The text, with characters that a database cannot store replaced by U+FFFD."""
    return _UNSTORABLE.sub("\ufffd", text)


def fingerprint(text: str) -> str:
    """A short text that is equal only for equal texts."""
    return hashlib.sha256(text.encode()).hexdigest()


def catalog_tag_of(fragments: Mapping[str, str]) -> str:
    """The tag of a catalog, from the fingerprints of its fragments by name: the same content has the same tag."""
    return fingerprint("".join(f"{name}\n{fragments[name]}\n" for name in sorted(fragments)))
