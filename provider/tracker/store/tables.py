"""The tables of the release tracker. They are the only place where its records are stored."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from provider.store.tables import SortableText, UtcTime, metadata

repositories = Table(
    "tracked_repositories",
    metadata,
    Column("id", Integer, primary_key=True),
    # Columns to find, filter and sort by are never null, since the databases sort nulls differently; missing values
    # come first.
    Column("key", SortableText, nullable=False, unique=True),
    Column("type", SortableText, nullable=False),
    Column("state", SortableText, nullable=False),
    Column("sorted_name", SortableText, nullable=False),
    Column("date_added", UtcTime, nullable=False),
    Column("last_polled", UtcTime, nullable=False),
    Column("latest_order", SortableText, nullable=False),
    Column("latest_date", UtcTime, nullable=False),
    Column("next_poll", UtcTime, nullable=False),
    Column("latest_id", Integer),
    Column("name", SortableText, nullable=False),
    Column("url", SortableText, nullable=False),
    Column("path", SortableText, nullable=False),
    Column("tag_form", SortableText, nullable=False),
    Column("source", SortableText, nullable=False),
    Column("include", SortableText, nullable=False),
    Column("exclude", SortableText, nullable=False),
    Column("prereleases", SortableText, nullable=False),
    Column("announce", SortableText, nullable=False),
    # One in a line.
    Column("labels", SortableText, nullable=False),
    Column("deployed_version", SortableText, nullable=False),
    Column("error_at", UtcTime),
    Column("error", Text),
    Column("waiting_until", UtcTime),
    Column("waiting_for", Text),
    Column("failures", Integer, nullable=False),
    Column("failing_since", UtcTime),
    Column("failure_told", Boolean, nullable=False),
    Column("dead", Boolean, nullable=False),
    Column("memory", Text),
    Column("baseline", Boolean, nullable=False),
    Column("missing_since", UtcTime),
    Column("missing_polls", Integer, nullable=False),
    Column("read_whole_at", UtcTime),
    Column("source_number", BigInteger),
    Column("renamed_from", Text),
    Column("renamed_to", Text),
    Column("renamed_at", UtcTime),
    Column("version", Integer, nullable=False),
    # The tags that images are built from, and what there is to update, both as JSON; empty where there is nothing.
    Column("in_use", Text, nullable=False),
    Column("updates", Text, nullable=False),
    Column("deployed_order", SortableText, nullable=False),
    # The rules of this program by which the order of its releases was computed.
    Column("order_rules", Integer, nullable=False),
    Column("notes", Text, nullable=False),
    # Ids occur in addresses and messages, so they are never reused.
    sqlite_autoincrement=True,
)

_SORTED = ("sorted_name", "type", "date_added", "last_polled", "latest_order", "latest_date", "state", "deployed_order")
# Each index ends with the filter columns, so that the rows of a page are found from an index alone.
REPOSITORY_INDEXES = tuple(
    Index(
        f"tracked_repositories_by_{name}",
        repositories.c[name],
        repositories.c.id,
        *(repositories.c[other] for other in ("type", "state") if other != name),
    )
    for name in _SORTED
)
PATH_INDEX = Index("tracked_repositories_by_path", repositories.c.path)
IN_USE_INDEX = Index(
    "tracked_repositories_in_use",
    repositories.c.id,
    sqlite_where=repositories.c.in_use != "",
    postgresql_where=repositories.c.in_use != "",
)
DUE_INDEX = Index("tracked_repositories_by_next_poll", repositories.c.next_poll, repositories.c.id)

searched = Table(
    "tracked_texts",
    metadata,
    Column("repository", Integer, ForeignKey(repositories.c.id, ondelete="CASCADE"), primary_key=True),
    Column("words", SortableText, nullable=False),
)
"""The text that queries search: name, url and notes, case-folded; a narrow table of its own, so that it reads fast."""

releases = Table(
    "tracked_releases",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("repository", Integer, ForeignKey(repositories.c.id, ondelete="CASCADE"), nullable=False),
    Column("version", SortableText, nullable=False),
    Column("version_order", SortableText, nullable=False),
    Column("standing", Integer, nullable=False),
    # The component that the tag names and its scheme of numbers; only one of each gives the latest release.
    Column("family", SortableText, nullable=False),
    Column("scheme", Integer, nullable=False),
    Column("date", UtcTime, nullable=False),
    Column("prerelease", Boolean, nullable=False),
    Column("draft", Boolean, nullable=False),
    Column("by_hand", Boolean, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    # Removed by a person: the row is kept so that no poll adds it again.
    Column("removed", Boolean, nullable=False),
    Column("listed_in", SortableText, nullable=False),
    Column("first_seen", UtcTime, nullable=False),
    # Known from the start, so it is no news.
    Column("baseline", Boolean, nullable=False),
    # Where it is listed among the releases of all repositories: a `NewsGroup`.
    Column("news_group", Integer, nullable=False),
    # The version from its first digit on, in lower case: what a search finds.
    Column("number_text", SortableText, nullable=False),
    Column("moved_from", String),
    Column("moved_at", UtcTime),
    # Other tags of the version, one in a line, and the one that the hash is of where no tag is named as the version.
    Column("variants", Text, nullable=False),
    Column("tag", String),
    Column("url", Text),
    Column("hash", String),
    Column("notes", Text, nullable=False),
    Column("skipped_at", UtcTime),
    Column("skipped_by", String),
    Column("skip_reason", Text),
    Column("unseen", Boolean, nullable=False),
    UniqueConstraint("repository", "version", name="tracked_releases_once"),
    Index("tracked_releases_by_version", "repository", "version_order", "id", "removed"),
    Index("tracked_releases_by_date", "repository", "date", "id", "removed"),
    Index("tracked_releases_by_first_seen", "news_group", "first_seen", "id", "repository"),
    Index("tracked_releases_by_repository_news", "repository", "news_group", "first_seen", "id"),
    Index("tracked_releases_by_number", "repository", "number_text", "news_group"),
    sqlite_autoincrement=True,
)

SKIPPED_INDEX = Index(
    "tracked_releases_skipped",
    releases.c.repository,
    sqlite_where=releases.c.skipped_at.is_not(None),
    postgresql_where=releases.c.skipped_at.is_not(None),
)
UNSEEN_INDEX = Index(
    "tracked_releases_unseen",
    releases.c.repository,
    releases.c.id,
    sqlite_where=releases.c.unseen.is_(True),
    postgresql_where=releases.c.unseen.is_(True),
)
"""Few releases are skipped or unseen, so that finding them reads no others."""

poll_counts = Table(
    "tracked_poll_counts",
    metadata,
    Column("type", String, primary_key=True),
    Column("host", String, primary_key=True),
    Column("outcome", String, primary_key=True),
    Column("polls", BigInteger, nullable=False),
)
"""How many polls of each host had which outcome, for the metrics."""
