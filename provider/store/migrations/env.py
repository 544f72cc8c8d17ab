"""Alembic runs this file at each command; the connection is given by `provider.store.engine.migrate`."""

from alembic import context

from provider.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
