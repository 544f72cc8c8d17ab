"""Alembic runs this file at each command; the connection is given by `provider.store.engine.migrate`."""

from alembic import context

# Tables are known once their modules are imported; these import the other.
from provider.store.news import told_news
from provider.store.tracker_tables import repositories

TABLES = (repositories, told_news)

context.configure(connection=context.config.attributes["connection"], target_metadata=TABLES[0].metadata)
with context.begin_transaction():
    context.run_migrations()
