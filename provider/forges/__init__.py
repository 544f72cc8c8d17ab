"""The sites that may host the config repository: one file and one class for each, and one line in `table.py`.

In: the address of the config repository, pull requests to open, marks of commits. Out: pull requests. Start in
`github.py`; `place.py` finds the project of an address.
"""
