"""Versions of images: one file and one class a kind of registry, and one line in `table.py`.

Start in `versions.py`, which puts one page together whatever the registry is.
"""
