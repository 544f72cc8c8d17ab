"""The config repository as git sees it: one checkout, one writer, commits that are pushed or not made.

Start in `config_repository.py`; `opening.py` makes the checkout, `branch.py` follows and extends one branch, and
`recording.py` orders the steps of a commit so that a kill loses nothing.
"""
