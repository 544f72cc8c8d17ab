"""The acts on one image, for its page and its timeline."""

from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    """Add an index, so that the acts on an image are found among those on all others."""
    op.create_index("audit_by_name", "audit", ["name", "at", "id"])
