"""The config repository by git: one checkout, one writer; a commit that cannot be pushed is not made.

Start in `config_repository.py`; `opening.py` makes the checkout, `branch.py` follows and extends one branch, and
`recording.py` orders the steps of a commit so that a kill loses nothing.
"""
