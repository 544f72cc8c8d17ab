"""Whose credentials the registries get, besides those of the registry auth file; start in `sources.py`, the table."""
