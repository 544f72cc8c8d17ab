"""The release tracker: repositories, releases, and messages to send."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_SORTED = ("sorted_name", "type", "date_added", "last_polled", "latest_order", "latest_date", "state")


def upgrade() -> None:
    """Make the four tables and their indexes."""
    _make_repositories()
    op.create_table(
        "tracked_texts",
        sa.Column(
            "repository", sa.Integer, sa.ForeignKey("tracked_repositories.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("words", _words(), nullable=False),
    )
    _make_releases()
    _make_outbox()


def _make_repositories() -> None:
    op.create_table(
        "tracked_repositories",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", _words(), nullable=False, unique=True),
        sa.Column("type", _words(), nullable=False),
        sa.Column("state", _words(), nullable=False),
        sa.Column("sorted_name", _words(), nullable=False),
        sa.Column("date_added", _time(), nullable=False),
        sa.Column("last_polled", _time(), nullable=False),
        sa.Column("latest_order", _words(), nullable=False),
        sa.Column("latest_date", _time(), nullable=False),
        sa.Column("next_poll", _time(), nullable=False),
        sa.Column("latest_id", sa.Integer),
        sa.Column("name", _words(), nullable=False),
        sa.Column("url", _words(), nullable=False),
        sa.Column("path", _words(), nullable=False),
        sa.Column("tag_form", _words(), nullable=False),
        sa.Column("error_at", _time()),
        sa.Column("error", sa.Text),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("dead", sa.Boolean, nullable=False),
        sa.Column("memory", sa.Text),
        sa.Column("baseline", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("notes", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    for name in _SORTED:
        others = [other for other in ("type", "state") if other != name]
        op.create_index(f"tracked_repositories_by_{name}", "tracked_repositories", [name, "id", *others])
    op.create_index("tracked_repositories_by_next_poll", "tracked_repositories", ["next_poll", "id"])


def _make_releases() -> None:
    op.create_table(
        "tracked_releases",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "repository", sa.Integer, sa.ForeignKey("tracked_repositories.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("version", _words(), nullable=False),
        sa.Column("version_order", _words(), nullable=False),
        sa.Column("standing", sa.Integer, nullable=False),
        sa.Column("date", _time(), nullable=False),
        sa.Column("prerelease", sa.Boolean, nullable=False),
        sa.Column("draft", sa.Boolean, nullable=False),
        sa.Column("by_hand", sa.Boolean, nullable=False),
        sa.Column("withdrawn", sa.Boolean, nullable=False),
        sa.Column("removed", sa.Boolean, nullable=False),
        sa.Column("url", sa.Text),
        sa.Column("hash", sa.String),
        sa.Column("notes", sa.Text, nullable=False),
        sa.UniqueConstraint("repository", "version", name="tracked_releases_once"),
        sqlite_autoincrement=True,
    )
    op.create_index("tracked_releases_by_version", "tracked_releases", ["repository", "version_order", "id", "removed"])
    op.create_index("tracked_releases_by_date", "tracked_releases", ["repository", "date", "id", "removed"])


def _make_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", _words(), primary_key=True),
        sa.Column("kind", _words(), nullable=False),
        sa.Column("subject", _words(), nullable=False),
        sa.Column("pending", sa.Boolean, nullable=False),
        sa.Column("not_before", _time(), nullable=False),
        sa.Column("put_at", _time(), nullable=False),
        sa.Column("tried", sa.Boolean, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("receipt", sa.Text),
        sa.Column("problem", sa.Text),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_index("outbox_by_turn", "outbox", ["pending", "put_at", "id"])


def _time() -> sa.DateTime:
    return sa.DateTime(timezone=True)


def _words() -> sa.String:
    return sa.String().with_variant(sa.String(collation="C"), "postgresql")
