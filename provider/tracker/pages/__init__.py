"""The release tracker's pages and their templates. Start in `blueprint.py`, which puts them together."""
