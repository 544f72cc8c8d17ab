"""The database: an index over the state in git, and what only a database can keep.

Start in `engine.py` for how it is opened and in `images.py` for the index; `tables.py` has the tables, `migrations/`
their history.
"""
