"""The only place that knows every part of the service.

`parts.py` makes each part once for a process (start there); `web.py`, `worker.py` and `tracker.py` put the web part,
the worker and the release tracker together from them. `flask_app.py` has the routes of the web part, `schedule.py`
says what runs when, `opening.py` says in one line why a command cannot start.
"""
