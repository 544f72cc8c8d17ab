"""Images of an organization, as many as wanted, with histories: for tests of pages at size and for the bench.

The first three are always the same: `node-22`, which changed two days ago, `base-node`, which waits for its delay, and
`payments-api`, which waits for its parent. Start in `images.py`; `filling.py` writes them to a database.
"""
