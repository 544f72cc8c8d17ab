"""Registries: for each kind one file, one class, and one line in `table.py`.

Start in `router.py`; `oci.py` implements the distribution specification, `session.py` sends the requests to one
registry, `auth.py` authenticates them.
"""
