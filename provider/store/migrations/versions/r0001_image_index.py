"""The image index and the worker's beats.

The columns are repeated here, not imported: a migration must not change when the tables do.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_EMPTY_CATALOG = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
_SORTED = ("role", "registry", "repository", "tag", "status", "owner", "title", "digest", "last_updated", "last_built")


def upgrade() -> None:
    """Make the tables, and the one row of `catalog_state`."""
    _make_images()
    _make_relatives()
    catalog_state = op.create_table(
        "catalog_state",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("tag", sa.String, nullable=False),
    )
    op.bulk_insert(catalog_state, [{"id": 1, "tag": _EMPTY_CATALOG}])
    op.create_table(
        "beats",
        sa.Column("part", _words(), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("problem", sa.Text),
        sa.Column("details", sa.Text, nullable=False),
    )


def _words() -> sa.String:
    return sa.String().with_variant(sa.String(collation="C"), "postgresql")


def _make_images() -> None:
    op.create_table(
        "images",
        sa.Column("name", _words(), primary_key=True),
        sa.Column("role", _words(), nullable=False),
        sa.Column("registry", _words(), nullable=False),
        sa.Column("repository", _words(), nullable=False),
        sa.Column("tag", _words(), nullable=False),
        sa.Column("status", _words(), nullable=False),
        sa.Column("owner", _words(), nullable=False),
        sa.Column("title", _words(), nullable=False),
        sa.Column("digest", _words(), nullable=False),
        sa.Column("last_updated", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_built", sa.DateTime(timezone=True), nullable=False),
        sa.Column("searched", _words(), nullable=False),
        sa.Column("fingerprint", sa.String, nullable=False),
        sa.Column("fragment_fingerprint", sa.String),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("fragment", sa.Text),
        sa.Column("histories", sa.Text, nullable=False),
    )
    for name in _SORTED:
        op.create_index(f"images_by_{name}", "images", [name, "name"])


def _make_relatives() -> None:
    op.create_table(
        "dependencies",
        sa.Column("image", _words(), sa.ForeignKey("images.name", ondelete="CASCADE"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("base", _words(), nullable=False),
    )
    op.create_index("dependencies_by_base", "dependencies", ["base", "image"])
    op.create_table(
        "checks",
        sa.Column("name", _words(), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
