"""Logs each decision about an image once it is committed; start in `logged_store.py`."""
