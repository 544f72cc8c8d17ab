"""The tables of the release tracker: its records live here and nowhere else."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from provider.store.tables import UtcTime, Words, metadata

repositories = Table(
    "tracked_repositories",
    metadata,
    Column("id", Integer, primary_key=True),
    # Keys to find, filter and sort by, never null: the databases disagree where nulls sort. What is absent sorts first.
    Column("key", Words, nullable=False, unique=True),
    Column("type", Words, nullable=False),
    Column("state", Words, nullable=False),
    Column("sorted_name", Words, nullable=False),
    Column("date_added", UtcTime, nullable=False),
    Column("last_polled", UtcTime, nullable=False),
    Column("latest_order", Words, nullable=False),
    Column("latest_date", UtcTime, nullable=False),
    Column("next_poll", UtcTime, nullable=False),
    Column("latest_id", Integer),
    Column("name", Words, nullable=False),
    Column("url", Words, nullable=False),
    Column("path", Words, nullable=False),
    Column("tag_form", Words, nullable=False),
    Column("error_at", UtcTime),
    Column("error", Text),
    Column("failures", Integer, nullable=False),
    Column("dead", Boolean, nullable=False),
    Column("memory", Text),
    Column("baseline", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("notes", Text, nullable=False),
    # An id is in addresses and messages: it is never given to another.
    sqlite_autoincrement=True,
)

_SORTED = ("sorted_name", "type", "date_added", "last_polled", "latest_order", "latest_date", "state")
# Each ends with what lists are filtered by, so that an index alone tells which rows a page has.
REPOSITORY_INDEXES = tuple(
    Index(
        f"tracked_repositories_by_{name}",
        repositories.c[name],
        repositories.c.id,
        *(repositories.c[other] for other in ("type", "state") if other != name),
    )
    for name in _SORTED
)
DUE_INDEX = Index("tracked_repositories_by_next_poll", repositories.c.next_poll, repositories.c.id)

searched = Table(
    "tracked_texts",
    metadata,
    Column("repository", Integer, ForeignKey(repositories.c.id, ondelete="CASCADE"), primary_key=True),
    Column("words", Words, nullable=False),
)
"""What a text filter looks in: name, url and notes, case-folded, apart from all else, so that it is read quickly."""

releases = Table(
    "tracked_releases",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("repository", Integer, ForeignKey(repositories.c.id, ondelete="CASCADE"), nullable=False),
    Column("version", Words, nullable=False),
    Column("version_order", Words, nullable=False),
    Column("standing", Integer, nullable=False),
    Column("date", UtcTime, nullable=False),
    Column("prerelease", Boolean, nullable=False),
    Column("draft", Boolean, nullable=False),
    Column("by_hand", Boolean, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    # A person removed it: it stays so that no poll brings it back.
    Column("removed", Boolean, nullable=False),
    Column("url", Text),
    Column("hash", String),
    Column("notes", Text, nullable=False),
    UniqueConstraint("repository", "version", name="tracked_releases_once"),
    Index("tracked_releases_by_version", "repository", "version_order", "id", "removed"),
    Index("tracked_releases_by_date", "repository", "date", "id", "removed"),
    sqlite_autoincrement=True,
)
