"""What there is to update of tracked repositories, and which releases are skipped or new."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Add the columns; nothing is skipped or new yet, and the next poll of each repository compares its versions."""
    words = sa.String().with_variant(sa.String(collation="C"), "postgresql")
    for name in ("in_use", "updates"):
        op.add_column("tracked_repositories", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.add_column("tracked_repositories", sa.Column("deployed_order", words, nullable=False, server_default="0"))
    op.create_index(
        "tracked_repositories_by_deployed_order", "tracked_repositories", ["deployed_order", "id", "type", "state"]
    )
    op.create_index("tracked_repositories_by_path", "tracked_repositories", ["path"])
    _create_partial("tracked_repositories_in_use", "tracked_repositories", ["id"], "in_use != ''")
    op.add_column("tracked_releases", sa.Column("skipped_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("tracked_releases", sa.Column("skipped_by", sa.String(), nullable=True))
    op.add_column("tracked_releases", sa.Column("skip_reason", sa.Text(), nullable=True))
    op.add_column("tracked_releases", sa.Column("unseen", sa.Boolean(), nullable=False, server_default=sa.false()))
    _create_partial("tracked_releases_skipped", "tracked_releases", ["repository"], "skipped_at IS NOT NULL")
    _create_partial("tracked_releases_unseen", "tracked_releases", ["repository", "id"], "unseen IS true")


def _create_partial(name: str, table: str, columns: list[str], condition: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(condition), postgresql_where=sa.text(condition))
