"""Asks Backstage to read the catalog again after it has changed, so that people see a change within seconds.

In: the tag of the catalog in the index, whoever has written it. Out: requests to Backstage, and a record of them. Start
in `pushes.py`; `ways.py` knows how Backstage reads the catalog.
"""
