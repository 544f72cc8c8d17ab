"""The database: an index over the state, and what only a database can keep."""
