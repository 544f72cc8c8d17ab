"""Makes the service from its parts; only this package imports all of them.

`parts.py` makes each part once for a process (start there); `web.py`, `worker.py` and `tracker.py` make the web part,
the worker and the release tracker from these parts. `flask_app.py` registers the routes of the web part, `schedule.py`
defines what runs when, and `opening.py` reports in one line why a command cannot start.
"""
