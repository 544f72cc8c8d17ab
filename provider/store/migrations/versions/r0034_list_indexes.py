"""Indexes from which the list of images is filtered and sorted without reading the images themselves."""

from alembic import op

revision = "0034"
down_revision = "0033"
_FILTERED = ("role", "registry", "owner", "status", "criticality", "behind_since", "searched")
_LISTED = ("registry", "owner", "status", "last_updated", "attention", "criticality", "behind_since")


def upgrade() -> None:
    """Make the indexes again with the columns to filter by, and one by name."""
    op.create_index("images_by_name", "images", ["name", *_FILTERED])
    for name in _LISTED:
        op.drop_index(f"images_by_{name}", "images")
        op.create_index(f"images_by_{name}", "images", list(dict.fromkeys((name, "name", *_FILTERED))))
    op.drop_index("images_by_facets", "images")
    op.create_index("images_by_facets", "images", [*_FILTERED[:5], "name", *_FILTERED[5:]])
