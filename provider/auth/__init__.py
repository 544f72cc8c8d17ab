"""Authentication and authorization of callers.

In: a request with its tokens and cookies. Out: a caller, or a refusal. Start in `access.py`, the guard in front of
every request; `permissions.py` has the rules for actions, and `same_origin.py` checks the origin of requests that
browsers send.
"""
