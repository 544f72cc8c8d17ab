"""Who calls, and what they may do.

In: a request with its tokens and cookies. Out: a caller, or a refusal. Start in `access.py`, the guard in front of
every request; `permissions.py` is the one rule of who may do what, `same_origin.py` the one check of where a
browser's request comes from.
"""
