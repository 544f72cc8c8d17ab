"""What images are built from, and the rebuilds and digest histories of all images in lists of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the tables and columns; the next round fills them, because no image has its fingerprint any more."""
    op.add_column("images", sa.Column("histories_fingerprint", sa.String, nullable=False, server_default=""))
    op.execute("UPDATE images SET fingerprint = ''")
    op.add_column("dependencies", sa.Column("built_on", _words(), nullable=False, server_default=""))
    op.create_index("dependencies_by_built_on", "dependencies", ["built_on", "image"])
    op.create_table(
        "origins",
        _image(),
        sa.Column("digest", _words(), primary_key=True),
        sa.Column("built_from", _words(), primary_key=True),
    )
    op.create_index("origins_by_built_from", "origins", ["built_from", "digest"])
    _make_history("image_rebuilds", sa.Column("conclusion", _words(), nullable=False))
    _make_history("image_updates")


def _make_history(name: str, *more: sa.Column[str]) -> None:
    op.create_table(
        name,
        _image(),
        sa.Column("id", _words(), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *more,
        sa.Column("document", sa.Text, nullable=False),
    )
    op.create_index(f"{name}_by_at", name, ["at", "image", "id"])


def _image() -> sa.Column[str]:
    return sa.Column("image", _words(), sa.ForeignKey("images.name", ondelete="CASCADE"), primary_key=True)


def _words() -> sa.String:
    return sa.String().with_variant(sa.String(collation="C"), "postgresql")
