"""Versions of images: for each kind of registry one file and one class in `kinds/`, and one line in `table.py`.

Start in `versions.py`, which composes one page for any registry.
"""
