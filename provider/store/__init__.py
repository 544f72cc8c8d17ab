"""The database: an index of the state in git, the cache, the outbox and the beats of the worker.

Start in `engine.py` for how it is opened and in `images.py` for the index; `tables.py` has the tables, `migrations/`
their history.
"""
