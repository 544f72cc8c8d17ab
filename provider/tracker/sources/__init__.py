"""Where releases are found: one file and one class a type of repository, and one line in `table.py`.

In: an address. Out: what it publishes now. Start in `github.py`; git's tags are asked by `git_wire.py`, else by git
itself.
"""
