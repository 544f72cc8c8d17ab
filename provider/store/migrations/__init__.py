"""The schema migrations; Alembic runs them in order."""
