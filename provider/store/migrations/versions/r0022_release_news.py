"""Which releases are new: known from the start or not, and where they are listed among those of all repositories."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

_UNLISTED, _RELEASE, _KNOWN_RELEASE = 0, 1, 3


def upgrade() -> None:
    """Add the columns. What the first poll of a repository found, or was found before that was kept, is no news.

    Whether a tag says that it is a pre-release, and what a search finds, is computed by the next poll of a repository,
    because its order has other rules.
    """
    words = sa.String().with_variant(sa.String(collation="C"), "postgresql")
    known: sa.Column[bool] = sa.Column("baseline", sa.Boolean(), nullable=False, server_default=sa.true())
    op.add_column("tracked_releases", known)
    group = sa.Column("news_group", sa.Integer(), nullable=False, server_default=str(_KNOWN_RELEASE))
    op.add_column("tracked_releases", group)
    op.add_column("tracked_releases", sa.Column("number_text", words, nullable=False, server_default=""))
    releases = sa.table(
        "tracked_releases",
        *(sa.column(name) for name in ("repository", "first_seen", "prerelease", "draft", "removed")),
        *(sa.column(name) for name in ("baseline", "news_group")),
    )
    _mark_new(releases)
    marked = releases.c.prerelease.is_(sa.true())
    op.execute(sa.update(releases).where(marked).values(news_group=releases.c.news_group + 1))
    unlisted = sa.or_(releases.c.draft.is_(sa.true()), releases.c.removed.is_(sa.true()))
    op.execute(sa.update(releases).where(unlisted).values(news_group=_UNLISTED))
    for name, columns in (
        ("first_seen", ["news_group", "first_seen", "id", "repository"]),
        ("repository_news", ["repository", "news_group", "first_seen", "id"]),
        ("number", ["repository", "number_text", "news_group"]),
    ):
        op.create_index(f"tracked_releases_by_{name}", "tracked_releases", columns)


def _mark_new(releases: sa.TableClause) -> None:
    """Mark what was found after the first releases of its repository."""
    connection = op.get_bind()
    columns = releases.c
    begun = connection.execute(sa.select(columns.repository, sa.func.min(columns.first_seen)).group_by("repository"))
    rows = [{"of": repository, "begun": first} for repository, first in begun]
    later = (columns.repository == sa.bindparam("of")) & (columns.first_seen > sa.bindparam("begun"))
    if rows:
        connection.execute(sa.update(releases).where(later).values(baseline=sa.false(), news_group=_RELEASE), rows)
