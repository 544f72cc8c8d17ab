"""Which parts of the state are old enough to be removed, and needed by no decision. Pure.

In: a snapshot, the time and the retention of the settings. Out: the changes of one commit. Start in `pruning.py`;
`ledgers.py` shortens the history of one tag.
"""
