"""The tables of the image index, the worker's beats and the cache of upstream answers.

The image index is made again from the state in git, the cache by asking again.
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
    """An aware time, kept and given back in UTC; SQLite itself knows no zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy passes it
        """Into the database; a naive time is refused, because nobody knows when it is."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone; give an aware time")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - as above
        """Out of the database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# Both databases must sort alike: by code point, as SQLite does, not by the language of the PostgreSQL server.
Words = String().with_variant(String(collation="C"), "postgresql")

metadata = MetaData()

images = Table(
    "images",
    metadata,
    Column("name", Words, primary_key=True),
    # Keys to filter and sort by, never null: the databases disagree where nulls sort. What was absent sorts first.
    Column("role", Words, nullable=False),
    Column("registry", Words, nullable=False),
    Column("repository", Words, nullable=False),
    Column("tag", Words, nullable=False),
    Column("status", Words, nullable=False),
    Column("owner", Words, nullable=False),
    Column("title", Words, nullable=False),
    Column("digest", Words, nullable=False),
    Column("last_updated", UtcTime, nullable=False),
    Column("last_built", UtcTime, nullable=False),
    Column("searched", Words, nullable=False),
    Column("fingerprint", String, nullable=False),
    Column("fragment_fingerprint", String),
    # The long texts come last: SQLite reads a row from the left and leaves the rest of it on the disk.
    Column("document", Text, nullable=False),
    Column("fragment", Text),
    Column("histories", Text, nullable=False),
)

SORTED_COLUMNS = (
    "role",
    "registry",
    "repository",
    "tag",
    "status",
    "owner",
    "title",
    "digest",
    "last_updated",
    "last_built",
)
# Each ends with the name, so that an index gives a filtered or sorted list in its whole order, either way round.
IMAGE_INDEXES = tuple(Index(f"images_by_{name}", images.c[name], images.c.name) for name in SORTED_COLUMNS)

dependencies = Table(
    "dependencies",
    metadata,
    Column("image", Words, ForeignKey("images.name", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("base", Words, nullable=False),
    Index("dependencies_by_base", "base", "image"),
)

checks = Table(
    "checks",
    metadata,
    Column("name", Words, primary_key=True),
    Column("at", UtcTime, nullable=False),
)

catalog_state = Table(
    "catalog_state",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("tag", String, nullable=False),
)
"""One row, made by the first migration."""

beats = Table(
    "beats",
    metadata,
    Column("part", Words, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("problem", Text),
    Column("details", Text, nullable=False),
)

cache_entries = Table(
    "cache_entries",
    metadata,
    Column("key", Words, primary_key=True),
    # At most an hour older than the last reading.
    Column("read_at", UtcTime, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("document", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    # All that forgetting needs, so that it reads no body.
    Index("cache_entries_by_reading", "read_at", "key", "size"),
)

cache_leases = Table(
    "cache_leases",
    metadata,
    Column("key", Words, primary_key=True),
    Column("holder", Words, nullable=False),
    Column("until", UtcTime, nullable=False),
)
