"""Registries: one file and one class a kind, and one line a kind in `table.py`.

Start in `router.py`; `oci.py` speaks the distribution specification, `session.py` is the conversation with one
registry, `auth.py` how it is convinced.
"""
