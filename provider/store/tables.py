"""The tables of the image index, of the worker's beats, of browser sessions and of the cache of upstream responses.

All of them can be rebuilt: the image index from the state in git, the cache by new requests; people sign in again.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)


class UtcTime(TypeDecorator[datetime]):
    """An aware time, stored and returned in UTC; SQLite itself has no time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy passes it
        """Convert a value for the database; a time without a zone is refused."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone; give an aware time")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - as above
        """Convert a value from the database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# Both databases must sort alike: by code point, as SQLite does, not by the locale of the PostgreSQL server.
SortableText = String().with_variant(String(collation="C"), "postgresql")

metadata = MetaData()

images = Table(
    "images",
    metadata,
    Column("name", SortableText, primary_key=True),
    # Columns to filter and sort by are never null: the databases sort nulls differently. Missing values sort first.
    Column("role", SortableText, nullable=False),
    Column("registry", SortableText, nullable=False),
    Column("repository", SortableText, nullable=False),
    Column("tag", SortableText, nullable=False),
    Column("status", SortableText, nullable=False),
    Column("owner", SortableText, nullable=False),
    Column("title", SortableText, nullable=False),
    Column("digest", SortableText, nullable=False),
    Column("last_updated", UtcTime, nullable=False),
    Column("last_built", UtcTime, nullable=False),
    Column("attention", SortableText, nullable=False),
    # As `image_rows.criticality_key` writes it, so that the most critical images come first.
    Column("criticality", SortableText, nullable=False),
    # `image_rows.NOT_BEHIND` where the image is not behind, so that the one that is behind for longest comes first.
    Column("behind_since", UtcTime, nullable=False),
    Column("searched", SortableText, nullable=False),
    Column("fingerprint", String, nullable=False),
    Column("fragment_fingerprint", String),
    Column("histories_fingerprint", String, nullable=False),
    # Long texts come last: SQLite reads a row from the left and does not load the rest.
    Column("document", Text, nullable=False),
    Column("fragment", Text),
    Column("histories", Text, nullable=False),
)

_FILTERED = ("role", "registry", "owner", "status", "criticality", "behind_since", "searched")
"""Columns that lists are filtered by."""
_LISTED = ("name", "registry", "owner", "status", "last_updated", "attention", "criticality", "behind_since")
"""Columns that the page with the list sorts by."""
_SORTED = ("role", "repository", "tag", "title", "digest", "last_built")
"""Further columns that the API sorts by."""


def _index(name: str, *columns: str) -> Index:
    return Index(f"images_by_{name}", *(images.c[column] for column in dict.fromkeys(columns)))


# Each index goes on with the name, so that it gives a sorted list in full order, in both directions. Those of the page
# have all columns to filter by too: a row is large, and a filter that most images pass would read nearly all rows.
IMAGE_INDEXES = (
    *(_index(name, name, "name", *_FILTERED) for name in _LISTED),
    *(_index(name, name, "name") for name in _SORTED),
    # Counts of all values are read from this index alone.
    _index("facets", *_FILTERED[:5], "name", *_FILTERED[5:]),
)

dependencies = Table(
    "dependencies",
    metadata,
    Column("image", SortableText, ForeignKey("images.name", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("base", SortableText, nullable=False),
    # Empty where it is not known.
    Column("built_on", SortableText, nullable=False),
    Column("role", SortableText, nullable=False),
    # How `built_on` is known; `pinned` where only the Dockerfile names it.
    Column("evidence", SortableText, nullable=False),
    Index("dependencies_by_base", "base", "image"),
    Index("dependencies_by_built_on", "built_on", "image"),
)

origins = Table(
    "origins",
    metadata,
    Column("image", SortableText, ForeignKey("images.name", ondelete="CASCADE"), primary_key=True),
    Column("digest", SortableText, primary_key=True),
    Column("built_from", SortableText, primary_key=True),
    Index("origins_by_built_from", "built_from", "digest"),
)
"""A digest of a managed image, and a digest of a dependency that it was built from."""

image_cves = Table(
    "image_cves",
    metadata,
    Column("image", SortableText, ForeignKey("images.name", ondelete="CASCADE"), primary_key=True),
    Column("cve", SortableText, primary_key=True),
    Index("image_cves_by_cve", "cve", "image"),
)
"""A vulnerability, in capital letters, for which people asked to rebuild an image."""

image_rebuilds = Table(
    "image_rebuilds",
    metadata,
    Column("image", SortableText, ForeignKey("images.name", ondelete="CASCADE"), primary_key=True),
    Column("id", SortableText, primary_key=True),
    Column("at", UtcTime, nullable=False),
    # Empty until the rebuild has ended.
    Column("conclusion", SortableText, nullable=False),
    # Both have several values with ", " between them.
    Column("requested_by", SortableText, nullable=False),
    Column("cve", SortableText, nullable=False),
    # In seconds, see provider/domain/records/rebuild_times.py; -1 where the rebuild has no such times.
    Column("took", Integer, nullable=False),
    Column("beyond", Integer, nullable=False),
    Column("document", Text, nullable=False),
)
"""The rebuilds of all images; `at` is when they were requested."""

# Filters and figures of a period are read from this index alone: a document is long.
_OF_REBUILDS = ("at", "image", "id", "conclusion", "requested_by", "cve", "took", "beyond")
_REBUILDS_INDEX = Index("image_rebuilds_by_at", *(image_rebuilds.c[name] for name in _OF_REBUILDS))

image_updates = Table(
    "image_updates",
    metadata,
    Column("image", SortableText, ForeignKey("images.name", ondelete="CASCADE"), primary_key=True),
    Column("id", SortableText, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("document", Text, nullable=False),
    Index("image_updates_by_at", "at", "image", "id"),
)
"""The digest histories of all images; `at` is when the digest was first seen, `id` its position, with leading zeros."""

checks = Table(
    "checks",
    metadata,
    Column("name", SortableText, primary_key=True),
    Column("at", UtcTime, nullable=False),
)

catalog_state = Table(
    "catalog_state",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("tag", String, nullable=False),
    Column("written", String, nullable=False),
)
"""One row, inserted by the first migration; `written` is another random text after each replacement of the index."""

beats = Table(
    "beats",
    metadata,
    Column("part", SortableText, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("problem", Text),
    Column("details", Text, nullable=False),
)

browser_sessions = Table(
    "browser_sessions",
    metadata,
    Column("id", String, primary_key=True),
    Column("until", UtcTime, nullable=False),
    # JSON; null for a service token.
    Column("person", Text),
)

used_sign_ins = Table(
    "used_sign_ins",
    metadata,
    Column("state", String, primary_key=True),
    Column("until", UtcTime, nullable=False),
)

cache_entries = Table(
    "cache_entries",
    metadata,
    Column("key", SortableText, primary_key=True),
    # Up to an hour older than the last read.
    Column("read_at", UtcTime, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("document", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    # Everything that deletion of old entries needs, so that it reads no bodies.
    Index("cache_entries_by_reading", "read_at", "key", "size"),
)

cache_leases = Table(
    "cache_leases",
    metadata,
    Column("key", SortableText, primary_key=True),
    Column("holder", SortableText, nullable=False),
    Column("until", UtcTime, nullable=False),
)
