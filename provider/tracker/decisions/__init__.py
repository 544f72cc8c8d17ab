"""The release tracker's decisions: addresses, versions and their order, what a poll changes. Pure.

Start in `polling.py` (what a poll found becomes what is written) and `versions/order.py` (which version is the
latest).
"""
