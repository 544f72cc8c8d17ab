"""Tracked repositories and their releases in the database. Start in `tracker_store.py`."""
